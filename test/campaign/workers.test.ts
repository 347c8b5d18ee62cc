/**
 * Cases in order: over several targets, with their cleanup, what ends the target, and on targets of others.
 */
import t from 'tap';
import { anyError, genericError, success } from '../../src/judge/index.js';
import { TargetError } from '../../src/qmp/index.js';
import { fakeSource } from '../../src/target/bundled-fake.js';
import { mortal, numbered, saying, sayings, sending, SURVIVES, surviving, type Sent } from '../run/mortal.js';
import { checkReport, failuresOf, find, ran, suite, type Ran } from '../run/support.js';

const LONG = { timeoutMs: 20_000 };
const WORDS = numbered(500);

function status({ report }: Ran, id: string): string {
  return find(report, id).status;
}

void t.test('two targets at the same time: every case is sent once, over both', async (t) => {
  const { source, sent, started, stopped } = mortal(() => undefined);
  const suites = surviving(
    sending('a.one', () => sayings(WORDS)),
    sending('a.two', () => sayings(numbered(300, 'v'))),
  );
  const result = await ran(source, { suites, options: { ...LONG, jobs: 2 } });
  checkReport(t, result, suites);
  t.equal(result.exit, 0);
  t.strictSame(
    sent.map(({ word }) => word).sort(),
    [...WORDS, ...numbered(300, 'v')].sort(),
    'nothing twice, nothing left out',
  );
  t.strictSame([...new Set(sent.map(({ target }) => target))].sort(), [2, 3]);
  t.equal(started(), 3);
  t.equal(stopped(), 3);
  t.equal(find(result.report, 'a.one').cases, WORDS.length);
});

void t.test('two targets, and requests that crash them', async (t) => {
  const crashing = new Set(['w40', 'w41', 'w333']);
  const { source, sent, started, stopped } = mortal((word) => (crashing.has(word) ? 'crashes' : undefined));
  const suites = surviving(sending('a.one', () => sayings(WORDS)));
  const result = await ran(source, { suites, options: { ...LONG, jobs: 2 } });
  checkReport(t, result, suites);
  t.equal(status(result, 'a.one'), 'passed');
  t.strictSame(
    find(result.report, SURVIVES)
      .failures.map(({ key }) => key)
      .sort(),
    [...crashing].map((word) => `${SURVIVES}|qom-list|${word}|exited`).sort(),
  );
  t.equal(new Set(sent.map(({ word }) => word)).size, WORDS.length);
  t.equal(find(result.report, 'a.one').cases, WORDS.length - crashing.size);
  t.equal(stopped(), started());
});

void t.test('a target that cannot be had: the other worker goes to its end first', async (t) => {
  let running = 0;
  const { source, words, stopped, started } = mortal(() => undefined, {
    onStart: (number) => {
      if (number > 2) throw new TargetError('two are enough');
    },
    onRequest: () => {
      running += 1;
    },
  });
  const suites = surviving(
    sending('a.one', () => sayings(WORDS)),
    sending('a.two', () => sayings(WORDS)),
  );
  const result = await ran(source, { suites, options: { ...LONG, jobs: 2 } });
  checkReport(t, result, suites);
  t.equal(result.report.stopped, 'target-lost');
  t.not(status(result, 'a.one'), 'passed', 'not all of it was sent');
  t.equal(status(result, 'a.two'), 'notRun');
  t.equal(words().length, running);
  t.equal(stopped(), started());
});

/** What came to each target, in order. */
function byTarget(sent: readonly Sent[]): string[][] {
  const targets = new Map<number, string[]>();
  for (const { word, target } of sent) targets.set(target, [...(targets.get(target) ?? []), word]);
  return [...targets.values()];
}

void t.test('the cleanup of a case comes right behind it, on the same target', async (t) => {
  for (const jobs of [1, 2]) {
    const { source, sent } = mortal(() => undefined);
    const suites = suite(sending('a.one', () => sayings(WORDS, (word) => `un-${word}`)));
    const result = await ran(source, { suites, options: { ...LONG, jobs } });
    t.equal(result.exit, 0);
    t.equal(find(result.report, 'a.one').cases, WORDS.length, 'it is no case');
    t.equal(result.report.coverage.commands['qom-list']?.succeeded, WORDS.length, 'nor covered');
    const orders = byTarget(sent);
    t.equal(orders.length, jobs);
    for (const order of orders) {
      const expected = order
        .filter((word) => !word.startsWith('un-'))
        .flatMap((word) => [word, `un-${word}`]);
      t.strictSame(order, expected);
    }
    t.equal(orders.flat().length, 2 * WORDS.length);
  }
});

void t.test('and once only, when the case has to be sent again', async (t) => {
  const { source, sent } = mortal((word) => (word === 'w30' ? 'crashes' : undefined));
  const suites = surviving(sending('a.one', () => sayings(WORDS, (word) => `un-${word}`)));
  const result = await ran(source, { suites, options: LONG });
  t.equal(status(result, 'a.one'), 'passed');
  const last = byTarget(sent).at(-1) ?? [];
  const cleanups = last.filter((word) => word.startsWith('un-'));
  t.equal(new Set(cleanups).size, cleanups.length);
  t.ok(cleanups.includes('un-w499'));
});

void t.test('a target that dies of the cleanup of a case', async (t) => {
  const made = new Set<string>();
  const { source } = mortal((word, target) => {
    if (word === 'w30') made.add(`${target}`);
    return word === 'un-w30' && made.has(`${target}`) ? 'crashes' : undefined;
  });
  const suites = surviving(sending('a.one', () => sayings(WORDS, (word) => `un-${word}`)));
  const result = await ran(source, { suites, options: LONG });
  t.equal(status(result, 'a.one'), 'passed');
  t.match(failuresOf(result.report), [
    {
      rule: SURVIVES,
      request:
        '{"execute":"qom-list","arguments":{"path":"w30"}}\n{"execute":"qom-list","arguments":{"path":"un-w30"}}',
      message: /valid by type, after 1 before it \(qom-list\/w30\/undone\)$/,
    },
  ]);
});

/** `quit`, between words. */
function quitting(...words: string[]) {
  return sending('a.quits', () =>
    words.map((word) =>
      word === 'quit'
        ? {
            request: { execute: 'quit' },
            oneOf: [success],
            ends: true,
            about: {
              name: 'quit/',
              command: 'quit',
              path: '',
              label: '',
              valid: true,
              operator: 'no-arguments',
            },
          }
        : saying(word),
    ),
  );
}

void t.test('a request that ends the target, as it is told to', async (t) => {
  const { source, words, started, stopped } = mortal(() => undefined);
  const suites = surviving(
    quitting('v0', 'quit', 'v1', 'quit', 'quit', 'v2'),
    sending('a.after', () => sayings(numbered(3))),
  );
  const result = await ran(source, { suites, options: LONG });
  checkReport(t, result, suites);
  t.equal(result.exit, 0, 'nothing is found');
  t.strictSame(words(), ['v0', 'v1', 'v2', ...numbered(3)]);
  t.equal(find(result.report, 'a.quits').cases, 6);
  t.equal(result.report.coverage.commands.quit?.succeeded, 3);
  t.equal(started(), 5, 'a new one after each');
  t.equal(stopped(), 5);
});

void t.test(
  'a profile that allows everything: quit is sent to targets of ours, and only to them',
  async (t) => {
    const rules = ['args.returned', 'args.survives'];
    const selection = { rules };
    const options = { ...LONG, commands: ['quit', 'stop', 'query-name'], runs: 3 };
    const ours = await ran(fakeSource(), { selection, options });
    t.equal(ours.exit, 0);
    t.equal(ours.report.coverage.commands.quit?.succeeded, 1);
    t.ok((ours.report.coverage.commands.stop?.succeeded ?? 0) > 0);
    const another = { ...fakeSource(), owned: false };
    const theirs = await ran(another, { selection, options });
    t.equal(theirs.exit, 0, theirs.report.verdictReason);
    t.equal(theirs.report.coverage.commands.quit, undefined);
    t.ok((theirs.report.coverage.commands.stop?.succeeded ?? 0) > 0);
    t.equal(theirs.report.complete, true);
  },
);

void t.test('a target of others that hangs up on a request, and lives', async (t) => {
  const { source, words } = mortal((word) => (word === 'w70' ? 'hangs-up' : undefined), { owned: false });
  const suites = surviving(sending('a.one', () => sayings(WORDS)));
  const result = await ran(source, { suites, options: LONG });
  checkReport(t, result, suites);
  t.equal(result.report.complete, true);
  t.equal(status(result, 'a.one'), 'passed');
  const [failure, ...others] = failuresOf(result.report);
  t.strictSame(others, [], 'only the case that does it alone');
  t.match(failure, { key: `${SURVIVES}|qom-list|w70|connection-lost`, count: 1 });
  t.equal(new Set(words()).size, WORDS.length, 'the rest was sent');
});

void t.test('a target of others that dies: the run is over, and only one rule fails', async (t) => {
  const { source, started, stopped } = mortal((word) => (word === 'w70' ? 'crashes' : undefined), {
    owned: false,
  });
  const suites = surviving(
    sending('a.one', () => sayings(WORDS)),
    sending('a.two', () => sayings(['v0'])),
  );
  const result = await ran(source, { suites, options: { ...LONG, jobs: 4 } });
  checkReport(t, result, suites);
  t.equal(result.exit, 1);
  t.equal(result.report.stopped, 'target-lost');
  t.strictSame(
    [status(result, 'a.one'), status(result, 'a.two'), status(result, SURVIVES)],
    ['notRun', 'notRun', 'failed'],
  );
  t.strictSame(
    failuresOf(result.report).map(({ kind }) => kind),
    ['connection-lost', 'target-lost'],
  );
  t.equal(started(), 1, 'no other target is started, and no second worker starts');
  t.equal(stopped(), 1);
});

void t.test('a rule that has no cases has shown nothing', async (t) => {
  const { source } = mortal(() => undefined);
  const suites = surviving(sending('a.none', () => []));
  const result = await ran(source, { suites, options: LONG });
  checkReport(t, result, suites);
  t.match(find(result.report, 'a.none'), {
    status: 'skipped',
    cases: 0,
    reason: /the schema has nothing for it/,
  });
  t.match(find(result.report, SURVIVES), { status: 'skipped', reason: 'no generated request was sent' });
});

void t.test('an exception in what makes cases is ours, and all workers come to rest', async (t) => {
  const { source, words, stopped, started } = mortal(() => undefined);
  const suites = surviving(
    sending('a.one', function* () {
      yield* sayings(numbered(100));
      throw new Error('a mistake');
    }),
    sending('a.two', () => sayings(['v0'])),
  );
  const result = await ran(source, { suites, options: { ...LONG, jobs: 2 } });
  checkReport(t, result, suites);
  t.match(find(result.report, 'a.one'), { status: 'errored', reason: 'a mistake' });
  t.equal(status(result, 'a.two'), 'passed');
  t.equal(words().at(-1), 'v0');
  t.equal(result.exit, 70);
  t.equal(stopped(), started());
});

void t.test(
  'what fails is said of the case, and without a rule about survival the rule has the crashes',
  async (t) => {
    const { source } = mortal((word) => (word === 'w7' ? 'refuses' : word === 'w20' ? 'crashes' : undefined));
    const suites = suite(sending('a.one', () => sayings(numbered(50))));
    const result = await ran(source, { suites, options: LONG });
    checkReport(t, result, suites);
    const keys = failuresOf(result.report).map(
      ({ key, message }) => `${key} ${/[^(]*$/.exec(message)?.[0] ?? ''}`,
    );
    t.strictSame(keys.sort(), [
      'a.one|qom-list|w20|exited qom-list/w20)',
      'a.one|qom-list|w7|refused qom-list/w7)',
    ]);
    const expecting = suite(
      sending('a.one', () => numbered(3).map((word) => saying(word, { oneOf: [genericError, anyError] }))),
    );
    t.equal(failuresOf((await ran(source, { suites: expecting, options: LONG })).report).length, 3);
  },
);
