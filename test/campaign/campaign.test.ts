/**
 * Many cases over several targets: what becomes of a run when targets die, hang or leave over single requests.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { TargetError } from '../../src/qmp/index.js';
import type { Case } from '../../src/exchange/index.js';
import type { RunReport } from '../../src/result/index.js';
import {
  mortal,
  numbered,
  saying,
  sayings,
  sending,
  SURVIVES,
  surviving,
  type Trouble,
} from '../run/mortal.js';
import { checking, checkReport, find, ping, ran, type Ran } from '../run/support.js';

const WORDS = numbered(200);
/** Where time has to run out a run should be short; where not, a busy machine must not make it run out. */
const SHORT = { timeoutMs: 500 };
const LONG = { timeoutMs: 20_000 };

function statuses({ report }: Ran): Record<string, string> {
  return Object.fromEntries(report.results.map(({ id, status }) => [id, status]));
}

/** How often each word came in. */
function counts(words: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const word of words) found.set(word, (found.get(word) ?? 0) + 1);
  return found;
}

function survival(report: RunReport) {
  return find(report, SURVIVES).failures;
}

void t.test('all is well: every case is sent once, on one target of their own', async (t) => {
  const { source, words, started, stopped } = mortal(() => undefined);
  const suites = surviving(
    sending('a.one', () => sayings(WORDS)),
    sending('a.two', () => sayings(numbered(3, 'v'))),
  );
  const result = await ran(source, { suites, options: LONG });
  checkReport(t, result, suites);
  t.strictSame(statuses(result), { 'a.one': 'passed', 'a.two': 'passed', [SURVIVES]: 'passed' });
  t.strictSame(words(), [...WORDS, ...numbered(3, 'v')]);
  t.equal(started(), 2, 'the one that is looked at first is spared');
  t.equal(stopped(), 2);
  t.strictSame(
    [find(result.report, 'a.one').cases, find(result.report, 'a.two').cases],
    [200, 3],
    'what is counted is what was generated',
  );
  t.equal(find(result.report, SURVIVES).cases, 203);
  t.equal(result.report.coverage.commands['qom-list']?.succeeded, 203);
});

const fatal: [Trouble, string, object][] = [
  ['crashes', 'exited', LONG],
  ['hangs', 'hung', SHORT],
  ['hangs-up', 'connection-lost', LONG],
];
for (const [trouble, kind, options] of fatal) {
  void t.test(`one request over which the target ${trouble}`, async (t) => {
    const { source, sent, words, started, stopped } = mortal((word) =>
      word === 'w70' ? trouble : undefined,
    );
    const suites = surviving(
      sending('a.one', () => sayings(WORDS)),
      sending('a.two', () => sayings(['w1', 'w70', 'w199'])),
    );
    const result = await ran(source, { suites, options });
    checkReport(t, result, suites);
    t.strictSame(statuses(result), { 'a.one': 'passed', 'a.two': 'passed', [SURVIVES]: 'failed' });
    t.equal(result.report.complete, true);
    const [failure, ...others] = survival(result.report);
    t.strictSame(others, []);
    t.match(failure, {
      key: `${SURVIVES}|qom-list|w70|${kind}`,
      count: 1,
      request: '{"execute":"qom-list","arguments":{"path":"w70"}}',
      message: /\(qom-list\/w70\)$/,
    });
    t.notMatch(failure?.message, 'a fresh target did not do it again');
    const seen = counts(words());
    const targets = sent.filter(({ word }) => word === 'w70').map(({ target }) => target);
    t.equal(new Set(targets).size, targets.length, 'to no target twice');
    t.ok(targets.length >= 2, 'where it was found, and to a fresh one');
    t.strictSame(
      WORDS.filter((word) => !seen.has(word)),
      [],
      'all others were sent',
    );
    t.equal(find(result.report, 'a.one').cases, 199);
    t.equal(find(result.report, 'a.two').cases, 2, 'and it is not sent by another rule');
    // Replies get lost with their server, and then all that may have done it are tried, and ever fewer of them.
    t.ok(started() <= 30, `${started()} were started`);
    t.equal(stopped(), started());
  });
}

void t.test('a finding can be replayed: it has the steps', async (t) => {
  const { source } = mortal((word) => (word === 'w3' ? 'crashes' : undefined));
  const saved: unknown[] = [];
  const suites = surviving(sending('a.one', () => sayings(numbered(5))));
  await ran(source, {
    suites,
    options: LONG,
    saveReplay: (_rule, { evidence }) => {
      saved.push(evidence.steps);
      return Promise.resolve('replay');
    },
  });
  t.match(saved, [
    [
      { do: 'connect' },
      { do: 'exchange', send: ['{"execute":"qmp_capabilities","id":1}\\x0a'] },
      { do: 'exchange', send: ['{"execute":"qom-list","arguments":{"path":"w3"},"id":2}\\x0a'] },
    ],
  ]);
});

void t.test('a target that crashes only sometimes: no trigger is proven, and the run goes on', async (t) => {
  const { source, words } = mortal((word, target) =>
    word === 'w70' && target === 2 ? 'crashes' : undefined,
  );
  const suites = surviving(sending('a.one', () => sayings(WORDS)));
  const result = await ran(source, { suites, options: LONG });
  t.strictSame(statuses(result), { 'a.one': 'passed', [SURVIVES]: 'failed' });
  const [failure, ...others] = survival(result.report);
  t.strictSame(others, []);
  t.match(failure, { key: /\|exited$/, message: /behind it; a fresh target did not do it again \(/ });
  const seen = counts(words());
  t.equal(seen.size, WORDS.length);
});

void t.test('a target that dies of what came before', async (t) => {
  const doomed = new Set<number>();
  const { source, words } = mortal((word, target) => {
    if (word === 'w10') doomed.add(target);
    return word === 'w70' && doomed.has(target) ? 'crashes' : undefined;
  });
  const suites = surviving(sending('a.one', () => sayings(WORDS)));
  const result = await ran(source, { suites, options: LONG });
  t.strictSame(statuses(result), { 'a.one': 'passed', [SURVIVES]: 'failed' });
  const [failure, ...others] = survival(result.report);
  t.strictSame(others, []);
  t.match(failure, { key: `${SURVIVES}|qom-list|w70|exited`, message: /after \d+ before it/ });
  t.equal(new Set(words()).size, WORDS.length);
});

void t.test('a target that dies of what came long before', async (t) => {
  const doomed = new Set<number>();
  const { source } = mortal((word, target) => {
    if (word === 'w10') doomed.add(target);
    return word === 'w900' && doomed.has(target) ? 'crashes' : undefined;
  });
  const suites = surviving(sending('a.one', () => sayings(numbered(1000))));
  const { report } = await ran(source, { suites, options: LONG });
  const [failure, ...others] = survival(report);
  t.strictSame(others, []);
  t.match(failure, { key: `${SURVIVES}|qom-list|w900|exited`, message: /after 1 before it \(/ });
  t.match(failure?.request, /^[^\n]*w10"[^\n]*\n[^\n]*w900"[^\n]*$/, 'these two, and no other');
});

void t.test('a target that dies of what came long before, one time in two', async (t) => {
  for (const luck of [1, 2, 3, 4]) {
    const doomed = new Set<number>();
    // As good as random, and the same every time; the one that gets the cases is not spared.
    const spared = (target: number): boolean =>
      target > 2 && Math.imul(target, luck * 0x9e3779b1) >>> 31 === 0;
    const { source } = mortal((word, target) => {
      if (word === 'w10') doomed.add(target);
      return word === 'w900' && doomed.has(target) && !spared(target) ? 'crashes' : undefined;
    });
    const suites = surviving(sending('a.one', () => sayings(numbered(1000))));
    const { report } = await ran(source, { suites, options: LONG });
    const [failure, ...others] = survival(report);
    t.strictSame(others, []);
    t.notMatch(failure?.message, /did not do it again/);
    const shown = failure?.request.split('\n') ?? [];
    t.ok(shown.length < 10 && shown.some((line) => line.includes('w10"')), `${shown.length} requests`);
  }
});

void t.test('a target that dies of everything: the run ends, with a result for every rule', async (t) => {
  for (const path of [undefined, 'same'] as const) {
    const { source, started, stopped } = mortal(() => 'crashes');
    const cases = (prefix: string) =>
      function* () {
        for (const word of numbered(300, prefix)) yield saying(word, path === undefined ? {} : { path });
      };
    const suites = surviving(...numbered(5, 'a.r').map((id) => sending(id, cases(id))));
    const result = await ran(source, { suites, options: LONG });
    checkReport(t, result, suites);
    t.equal(statuses(result)[SURVIVES], 'failed');
    for (const id of numbered(5, 'a.r')) {
      const { status, reason, cases } = find(result.report, id);
      t.equal(cases, 0, `${id} has no case that was answered`);
      t.not(status, 'passed', `${id}: nothing was shown (${reason ?? ''})`);
    }
    t.ok(started() < 40, `${started()} targets were started`);
    t.equal(stopped(), started());
    t.equal(result.exit, 1);
  }
});

void t.test('commands of every kind that crash it: bounded all the same', async (t) => {
  const { source, started } = mortal(() => 'crashes');
  function* cases(): Iterable<Case> {
    for (const word of numbered(1000)) {
      const { about, ...rest } = saying(word);
      if (about !== undefined) yield { ...rest, about: { ...about, command: word } };
    }
  }
  const suites = surviving(sending('a.one', cases), sending('a.two', cases));
  const result = await ran(source, { suites, options: LONG });
  checkReport(t, result, suites);
  t.equal(result.exit, 1);
  t.ok(started() < 250, `${started()} targets were started`);
  t.not(statuses(result)['a.one'], 'passed');
  t.not(statuses(result)['a.two'], 'passed');
});

void t.test('a target that cannot be started again: what it died of is said', async (t) => {
  for (const last of [2, 3]) {
    const { source } = mortal((word) => (word === 'w70' ? 'crashes' : undefined), {
      onStart: (number) => {
        if (number > last) throw new TargetError('there is no more');
      },
    });
    const suites = surviving(
      sending('a.one', () => sayings(WORDS)),
      sending('a.two', () => sayings(['w1'])),
    );
    const result = await ran(source, { suites, options: LONG });
    checkReport(t, result, suites);
    t.strictSame(statuses(result), { 'a.one': 'notRun', 'a.two': 'notRun', [SURVIVES]: 'failed' });
    const [failure, ...others] = survival(result.report);
    t.strictSame(others, []);
    t.match(failure, {
      key: /\|exited$/,
      count: 1,
      message: /; it could not be tried again: there is no more \(/,
    });
    t.equal(result.report.stopped, 'target-lost');
    t.match(result.report.verdictReason, 'there is no more');
    t.equal(result.exit, 1);
  }
});

void t.test(
  'a target that cannot be started again, and nothing that was found: it cannot be tested',
  async (t) => {
    const { source } = mortal(() => undefined, {
      onStart: (number) => {
        if (number > 1) throw new TargetError('there is no more');
      },
    });
    const suites = surviving(
      checking('a.ping', ping),
      sending('a.one', () => sayings(WORDS)),
    );
    const result = await ran(source, { suites, options: LONG });
    checkReport(t, result, suites);
    t.strictSame(statuses(result), { 'a.ping': 'passed', 'a.one': 'notRun', [SURVIVES]: 'notRun' });
    t.equal(result.report.verdict, 'not-testable');
    t.match(result.report.verdictReason, 'there is no more');
    t.equal(result.exit, 3);
  },
);

void t.test('a target that dies when it has answered is replaced, and that is said', async (t) => {
  // What dies does so in the pause.
  const pause = checking('a.pause', async (probe) => {
    await ping(probe);
    await sleep(200);
  });
  for (const [what, rules, words] of [
    ['between two rules', [pause, sending('a.two', () => sayings(['v0', 'v1']))], ['w0', 'last', 'v0', 'v1']],
    ['at the end', [pause], ['w0', 'last']],
  ] as const) {
    const target = mortal((word) => (word === 'last' ? 'crashes-late' : undefined));
    const suites = surviving(
      sending('a.one', () => sayings(['w0', 'last'])),
      ...rules,
    );
    const result = await ran(target.source, { suites, options: LONG });
    checkReport(t, result, suites);
    t.equal(result.report.complete, true, what);
    t.equal(result.report.totals.failed, 1, what);
    t.strictSame(target.words(), words, what);
    t.match(
      survival(result.report),
      [{ key: `${SURVIVES}|qom-list||exited`, message: /, when it had answered \(last: qom-list\/last\)$/ }],
      what,
    );
  }
});
