/**
 * What a run says of the arguments that it has reached.
 */
import t, { type Test } from 'tap';
import { CommandCounts } from '../../src/result/argument-counter.js';
import type { Unreached } from '../../src/result/coverage-result.js';
import {
  CoverageCounter,
  type ArgumentCoverage,
  type CommandArguments,
  type OptionsReport,
} from '../../src/result/index.js';
import { fakeSource } from '../../src/target/bundled-fake.js';
import { applyConditions } from '../../src/qapi/index.js';
import { messageKind } from '../../src/qmp/index.js';
import { referenceSchema as everything } from '../generate/support.js';
import { checkReport, ran, withFaults, type RunRequest } from '../run/support.js';

async function covered(t: Test, rules: readonly string[], request: RunRequest = {}, source = fakeSource()) {
  const result = await ran(source, {
    selection: { rules },
    ...request,
    options: { timeoutMs: 5000, ...request.options } satisfies Partial<OptionsReport>,
  });
  checkReport(t, result);
  return result.report.coverage;
}

function argumentsOf(coverage: { readonly arguments?: ArgumentCoverage }): ArgumentCoverage {
  if (coverage.arguments === undefined) throw new Error('nothing is said of arguments');
  return coverage.arguments;
}

function commandOf(coverage: { readonly arguments?: ArgumentCoverage }, name: string): CommandArguments {
  const found = argumentsOf(coverage).commands[name];
  if (found === undefined) throw new Error(`nothing is said of ${name}`);
  return found;
}

function whys({ unreached }: CommandArguments): [Unreached['why'], Unreached['side'], number][] {
  return unreached.map(({ why, side, count }) => [why, side, count]);
}

void t.test('the whole sweep on the fake', async (t) => {
  const coverage = await covered(t, ['args.*'], { options: { runs: 3 } });
  const { totals, commands, dropped, left, unknown } = argumentsOf(coverage);
  t.equal(dropped.count, 0);
  t.same(left, []);
  t.equal(unknown, undefined, 'the schema was given');
  const { positive, negative } = totals;
  t.equal(
    positive.reached + (totals.unreached.harm?.positive ?? 0),
    positive.total,
    'what is not harmful is reached',
  );
  t.equal(negative.reached, negative.total);
  t.equal(negative.refused, negative.total, 'the fake refuses whatever is wrong');
  t.same(
    Object.keys(totals.unreached).sort(),
    ['depth', 'harm'],
    'every operator has a rule, and everything is answered',
  );
  t.same(positive.kinds.enumValues?.reached, positive.kinds.enumValues?.total);
  t.same(positive.kinds.optionalMembers?.reached, positive.kinds.optionalMembers?.total);
  const all = Object.values(commands);
  t.equal(all.length, totals.commands.swept);
  t.equal(
    all.reduce((sum, command) => sum + command.positive.total, 0),
    positive.total,
    'the totals add up',
  );
  t.equal(
    all.filter(({ neverAccepted }) => neverAccepted === true).length,
    totals.commands.refusedOnly + totals.commands.notSent,
  );
  t.same(Object.keys(commands), Object.keys(commands).sort());
  for (const [name, { positive: valid, negative: invalid }] of Object.entries(commands)) {
    for (const { requests } of [valid, invalid]) {
      if (requests.succeeded + requests.refused !== requests.absent + requests.present) t.fail(name);
    }
  }
});

void t.test('a command by itself', async (t) => {
  const options = { runs: 0, commands: ['yank', 'balloon', 'stop'] };
  const coverage = await covered(t, ['args.*'], { options });
  const yank = commandOf(coverage, 'yank');
  t.equal(yank.neverAccepted, undefined);
  const { positive, negative } = yank;
  t.same(positive.arguments.instances, { present: positive.requests.present, absent: 0 });
  t.ok((negative.arguments.instances?.absent ?? 0) > 0, 'also without its argument');
  t.ok((positive.errorClasses.DeviceNotFound ?? 0) > 0);
  t.same(Object.keys(negative.errorClasses), ['GenericError']);
  t.equal(positive.kinds.branches?.total, positive.kinds.branches?.reached);
  t.equal(commandOf(coverage, 'balloon').neverAccepted, true, 'it was sent, and refused');
  t.ok(commandOf(coverage, 'balloon').positive.requests.refused > 0);
  t.match(commandOf(coverage, 'stop').events, { STOP: Number });
  t.match(argumentsOf(coverage).left, [{ why: 'selection', count: Number }]);
  t.ok(coverage.unseen?.events.includes('X_SELFTEST'));
  t.notOk(coverage.unseen?.events.includes('STOP'));
});

void t.test('what the profile forbids is said', async (t) => {
  const options = { runs: 0, commands: ['yank', 'query-version'] };
  const safe = await covered(t, ['args.*'], { options: { ...options, profile: 'safe' } });
  const yank = commandOf(safe, 'yank');
  t.same(whys(yank), [['profile', 'positive', yank.positive.total]]);
  t.match(yank.unreached[0]?.reason, /^not to this target with --profile safe: it /);
  t.equal(yank.unreached[0]?.elements, undefined, 'all of it, so nothing is listed');
  t.equal(yank.neverAccepted, true);
  t.same(whys(commandOf(safe, 'query-version')), []);
  const readonly = await covered(t, ['args.*'], { options: { ...options, profile: 'readonly' } });
  const { positive, negative } = commandOf(readonly, 'yank');
  t.same(whys(commandOf(readonly, 'yank')), [
    ['profile', 'negative', negative.total],
    ['profile', 'positive', positive.total],
  ]);
});

void t.test('what the options leave out is said', async (t) => {
  const options = { runs: 0, commands: ['yank'] };
  const enums = commandOf(await covered(t, ['args.returned', 'args.type-string'], { options }), 'yank');
  t.same(
    enums.unreached.map(({ why, side }) => [why, side]),
    [['selection', 'negative']],
  );
  t.ok(enums.negative.reached > 0, 'one rule sends some');
  const shard = { index: 0, count: 2 };
  const half = commandOf(await covered(t, ['args.*'], { options: { ...options, shard } }), 'yank');
  t.same(
    half.unreached.map(({ why, side }) => [why, side]),
    [
      ['shard', 'negative'],
      ['shard', 'positive'],
    ],
  );
  t.equal(half.positive.reached + (half.unreached[1]?.count ?? 0), half.positive.total);
  const without = await covered(t, ['greeting.*']);
  t.equal(without.arguments, undefined, 'no rule of the run sends generated requests');
});

const NOTHING = new Uint8Array();

void t.test('what the target was built without is said', async (t) => {
  const without = ['HAVE_CHARDEV_SERIAL', 'CONFIG_REPLICATION'];
  const schema = applyConditions(everything(), (name) => !without.includes(name));
  const options = { runs: 0, commands: ['chardev-add'] };
  const coverage = await covered(t, ['args.returned'], { options }, fakeSource({ schema }));
  const [missing] = argumentsOf(coverage).left;
  t.equal(missing?.why, 'condition');
  t.ok(missing?.commands.includes('x-colo-lost-heartbeat'));
  const { unreached } = commandOf(coverage, 'chardev-add');
  const lacked = unreached.find(({ why }) => why === 'condition');
  t.equal(lacked?.side, 'positive');
  const elements = lacked?.elements ?? [];
  t.ok(elements.includes('backend{serial}/branch'));
  t.ok(
    elements.every((element) => element.includes('serial')),
    'and nothing else',
  );
});

void t.test('what nobody can know from introspection is said', async (t) => {
  const options = { runs: 0, commands: ['yank'] };
  const coverage = await covered(t, ['args.returned'], { fileSchema: undefined, options });
  t.match(argumentsOf(coverage).unknown, /widths of integers/);
});

void t.test('what was passed over after a target had died is said', async (t) => {
  const options = { runs: 0, commands: ['blockdev-reopen'] };
  const coverage = await covered(t, ['args.*'], { options }, withFaults('dies-of-a-valid-request'));
  const all = Object.values(argumentsOf(coverage).commands).flatMap(({ unreached }) => unreached);
  t.ok(
    all.some(({ why, count }) => ['target-died', 'unanswered'].includes(why) && count > 0),
    'the case that killed has no answer',
  );
});

void t.test('what must be refused and is not shows', async (t) => {
  const options = { runs: 0 };
  const source = withFaults('enum-case-accepted-at-top');
  const { negative } = argumentsOf(await covered(t, ['args.enum-case'], { options }, source)).totals;
  t.ok(negative.refused < negative.reached);
});

void t.test('counting is bounded', (t) => {
  const counter = new CoverageCounter();
  const about = { name: '', command: 'c', path: '', label: '', valid: true, operator: 'random' };
  for (let index = 0; index < 5000; index += 1) {
    const name = `${'n'.repeat(200)}${index}`;
    counter.arguments.add(
      about,
      { execute: 'c', arguments: { [`${index}`]: 1 } },
      { error: { class: `${index}` } },
    );
    counter.arguments.addEvent(about, `${index}`);
    const value = { event: name, timestamp: {} };
    counter.addMessage({
      kind: messageKind(value),
      value,
      raw: NOTHING,
      length: 0,
      footprint: 0,
      separator: NOTHING,
      violations: [],
    });
  }
  const counts = counter.arguments.of('c') ?? new CommandCounts();
  t.equal(counts.positive.refused, 5000);
  t.equal(Object.keys(counts.positive.errorClasses.toObject()).length, 2000);
  t.equal(Object.keys(counts.positive.members.toObject()).length, 2000);
  t.equal(Object.keys(counts.events.toObject()).length, 2000);
  t.same(counter.within(undefined).events, { ['n'.repeat(100)]: 5000 });
  counter.arguments.add(about, { execute: 'query-c' }, { return: {} });
  t.equal(counts.positive.succeeded, 0, 'what is asked behind a case is no case of the command');
  t.end();
});

void t.test('marks of cases', (t) => {
  const counts = new CommandCounts();
  counts.mark(3, true);
  counts.mark(1000, false);
  t.same(
    [3, 1000, 4, 5000].map((index) => counts.answered(index)),
    [true, true, false, false],
  );
  t.ok(counts.succeeded(3));
  t.notOk(counts.refused(3));
  counts.mark(3, false);
  t.ok(counts.succeeded(3) && counts.refused(3), 'a repeated case may end in both ways');
  t.end();
});
