/**
 * Failures of generated requests are shown by requests of which nothing can be left out without losing that very failure,
 * and a target that is lost on the way there is lost over what it was lost over.
 */
import t, { type Test } from 'tap';
import { faultsById, type Fault } from '../../src/fake/index.js';
import { anyError, returnsTyped } from '../../src/judge/index.js';
import {
  isObject,
  jsonObject,
  JsonReader,
  writeJson,
  type Json,
  type JsonObject,
} from '../../src/json/index.js';
import type { Failure } from '../../src/result/index.js';
import type { CaseRule, Suite } from '../../src/rules/index.js';
import { fakeSource } from '../../src/target/bundled-fake.js';
import type { TargetSource } from '../../src/target/index.js';
import { suites } from '../../suites/index.js';
import { sending, surviving, SURVIVES } from '../run/mortal.js';
import { failuresOf, faulty, find, ran } from '../run/support.js';

/** Commands whose arguments are deep, and few enough that all their cases take a moment. */
const COMMANDS = ['chardev-add', 'object-add', 'migrate-set-parameters', 'yank'];
const OPTIONS = { timeoutMs: 20_000, runs: 30, commands: COMMANDS };

function argumentsSuite(...ids: string[]): readonly Suite[] {
  return suites
    .map((suite) => ({ ...suite, rules: suite.rules.filter(({ id }) => ids.includes(id)) }))
    .filter(({ rules }) => rules.length > 0);
}

/** The arguments of the request that a failure shows. */
function argumentsOf({ request }: Pick<Failure, 'request'>): Json | undefined {
  const [item] = new JsonReader().push(Buffer.from(`${request}\n`));
  return item?.kind === 'value' && isObject(item.value) ? item.value.arguments : undefined;
}

/** Arguments with one member or element less, whichever there is to be left out. */
function* withOneLess(value: Json): Generator<Json> {
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      yield value.toSpliced(index, 1);
      for (const inner of withOneLess(element)) yield value.with(index, inner);
    }
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      yield jsonObject(Object.entries(value).filter(([other]) => other !== name));
      for (const inner of withOneLess(member))
        yield jsonObject(Object.entries(value).map(([other, old]) => [other, other === name ? inner : old]));
    }
  }
}

/** The same case rule, with only this request of it: does it still show the failure? */
async function shows(source: TargetSource, rule: CaseRule, failure: Failure, args: Json): Promise<boolean> {
  const [, command = ''] = failure.key.split('|');
  const made: Json[] = [];
  const one: CaseRule = {
    ...rule,
    *cases(cases) {
      for (const template of rule.cases(cases)) {
        if (template.about?.command !== command || template.about.path !== failure.path) continue;
        const other = template.variable?.(template)?.with(args);
        if (other === undefined || writeJson(other.request.arguments ?? null) !== writeJson(args)) continue;
        made.push(args);
        yield { ...other, variable: () => undefined };
        return;
      }
    },
  };
  const { report } = await ran(source, {
    suites: [{ id: 'one', title: 'One', rules: [one] }],
    options: { ...OPTIONS, commands: [command] },
  });
  return made.length > 0 && failuresOf(report).some(({ key }) => key === failure.key);
}

async function checkMinimal(t: Test, faults: readonly Fault[], ids: readonly string[]): Promise<number[]> {
  const source = fakeSource({ faults });
  const chosen = argumentsSuite(...ids);
  const { report } = await ran(source, { suites: chosen, options: OPTIONS });
  const lengths: number[] = [];
  for (const { id, failures } of report.results) {
    const rule = chosen.flatMap(({ rules }) => rules).find((one) => one.id === id);
    if (rule?.kind !== 'cases') continue;
    for (const failure of failures) {
      lengths.push(failure.request.length);
      const args = argumentsOf(failure);
      if (args === undefined) continue;
      for (const less of withOneLess(args)) {
        if (await shows(source, rule, failure, less))
          t.fail(`${failure.key}: ${failure.request} could be ${writeJson(less)}`);
      }
    }
  }
  return lengths;
}

void t.test('of every failure a request is shown of which nothing can be left out', async (t) => {
  const lengths = await checkMinimal(
    t,
    faultsById(['unknown-member-accepted-nested', 'wrong-type-for-integer-accepted-at-top']),
    ['args.random-invalid', 'args.unknown-member', 'args.type-integer'],
  );
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  t.ok(lengths.length >= 4, `${lengths.length} failures`);
  t.comment(`mean length of the requests shown: ${mean.toFixed(0)} bytes`);
  t.ok(mean < 120, `${mean.toFixed(0)} bytes`);
});

/** A fake that is lost over some requests, and answers others with what is of no type that the schema declares. */
function treacherous(
  isDeadly: (args: JsonObject) => boolean,
  isWrong: (args: JsonObject) => boolean,
): TargetSource {
  return faulty(({ execute }) => ({
    execute: (command, args, call) => {
      if (command.name !== 'chardev-add') return execute(command, args, call);
      if (isDeadly(args)) {
        call.session.machine.crash();
        return new Promise(() => undefined);
      }
      return isWrong(args) ? { return: { pty: 5 } } : execute(command, args, call);
    },
  }));
}

void t.test('a crash while something else is made smaller is not blamed on anybody else', async (t) => {
  // Only what the search for a smaller request makes is short enough.
  const size = (args: JsonObject): number => writeJson(args).length;
  const generated: number[] = [];
  const source = treacherous(
    (args) => size(args) < 60,
    (args) => size(args) >= 60,
  );
  const rule = sending('a.random', function* (cases) {
    for (const made of cases.random('args.random-valid', 0)) {
      const length = writeJson(made.request.arguments ?? null).length;
      if (made.about?.command !== 'chardev-add' || length < 100) continue;
      generated.push(length);
      yield { ...made, oneOf: [returnsTyped('chardev-add'), anyError] };
    }
  });
  const { report } = await ran(source, {
    suites: surviving(rule),
    options: { ...OPTIONS, runs: 100, commands: ['chardev-add'] },
  });
  t.ok(generated.length > 0, `${generated.length} cases, none of which crashes it`);
  const [wrong, ...others] = find(report, 'a.random').failures;
  t.same(
    others.filter(({ key }) => !key.startsWith('a.random|chardev-add|')),
    [],
  );
  t.match(wrong?.key, /^a\.random\|chardev-add\|/);
  const crashes = find(report, SURVIVES).failures;
  t.ok(crashes.length >= 1, 'the loss of the target is a finding of its own');
  for (const { key, request, message } of crashes) {
    t.match(key, new RegExp(`^${SURVIVES}\\|chardev-add\\|`));
    t.ok(size(argumentsOf({ request }) as JsonObject) < 60, request);
    t.notMatch(message, /did not do it again/);
  }
});
