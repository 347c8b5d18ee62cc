/**
 * Crashes: what takes a second connection, or came long before, is found; one crash is one failure, however many requests
 * show it; and hangs do not keep a run for ever.
 */
import t from 'tap';
import type { Case } from '../../src/exchange/index.js';
import type { TargetSource } from '../../src/target/index.js';
import { mortal, numbered, saying, sayings, sending, surviving, SURVIVES } from '../run/mortal.js';
import { checkReport, find, ran } from '../run/support.js';

const LONG = { timeoutMs: 20_000 };

/** Hangs up when a bad word comes on a later connection than one before; told apart by the rules that they come from. */
function secondConnection(): ReturnType<typeof mortal> {
  const first = new Map<number, unknown>();
  return mortal((word, target, session) => {
    if (!word.startsWith('bad')) return undefined;
    const earlier = first.get(target);
    first.set(target, earlier ?? session);
    return earlier !== undefined && earlier !== session ? 'hangs-up' : undefined;
  });
}

void t.test('a connection that ends over what came twice, on two connections', async (t) => {
  const { source } = secondConnection();
  const suites = surviving(
    sending('a.one', () => sayings([...numbered(50), 'bad', ...numbered(2000, 'v')])),
    sending('a.two', () => sayings([...numbered(20, 'x'), 'bad', ...numbered(20, 'y')])),
  );
  const saved: string[][] = [];
  const result = await ran(source, {
    suites,
    options: LONG,
    saveReplay: (_rule, { evidence }) => {
      saved.push(evidence.steps.map((step) => step.do));
      return Promise.resolve('replay');
    },
  });
  checkReport(t, result, suites);
  const [failure, ...others] = find(result.report, SURVIVES).failures;
  t.same(others, []);
  t.match(failure, { key: `${SURVIVES}|qom-list|bad|connection-lost` });
  t.match(failure?.message, /, after 1 before it on an earlier connection \(/);
  t.match(failure?.request, /^[^\n]*"bad"[^\n]*\n\(a new connection\)\n[^\n]*"bad"[^\n]*$/);
  t.same(saved, [['connect', 'exchange', 'exchange', 'close', 'connect', 'exchange', 'exchange']]);
});

void t.test(
  'two different requests, the first further back than anybody remembers, on another connection',
  async (t) => {
    const { source } = secondConnection();
    const suites = surviving(
      sending('a.one', () => sayings(['bad-1', ...numbered(3000)])),
      sending('a.two', () => sayings([...numbered(20, 'x'), 'bad-2', ...numbered(20, 'y')])),
    );
    const { report } = await ran(source, { suites, options: LONG });
    const [failure, ...others] = find(report, SURVIVES).failures;
    t.same(others, []);
    t.notMatch(failure?.message, /did not do it again/);
    t.match(failure?.request, /\(a new connection\)/);
  },
);

/** Owned targets that write a line before they end. */
function writing({ source }: ReturnType<typeof mortal>, line: (command: string) => string): TargetSource {
  return {
    ...source,
    start: async () => {
      const target = await source.start();
      return { ...target, output: () => (target.exit?.() === undefined ? '' : line('')) };
    },
  };
}

function* ofCommands(words: readonly string[]): Iterable<Case> {
  for (const word of words) {
    const { about, ...rest } = saying(word);
    if (about !== undefined) yield { ...rest, about: { ...about, command: `c-${word}` } };
  }
}

void t.test('one crash that several commands show is one failure, the smallest request first', async (t) => {
  const deadly = ['deadly-and-long', 'deadly', 'deadly-too'];
  const target = mortal((word) => (word.startsWith('deadly') ? 'crashes' : undefined));
  const source = writing(target, () => "q: a.c:12: f: Assertion `x != NULL' failed.\n");
  const suites = surviving(
    sending('a.one', () => ofCommands([...numbered(10), ...deadly, ...numbered(10, 'v')])),
  );
  const result = await ran(source, { suites, options: LONG });
  checkReport(t, result, suites);
  const [failure, ...others] = find(result.report, SURVIVES).failures;
  t.same(others, []);
  t.match(failure, {
    key: `${SURVIVES}||q: a.c:…: f: Assertion \`x != NULL' failed.|exited`,
    count: 3,
    request: /"path":"deadly"/,
  });
  t.equal(failure?.alsoSeenOn?.length, 2);
  t.match(failure?.alsoSeenOn?.join(), /deadly-too.*deadly-and-long/);
});

void t.test('and where nothing is written, what tells crashes apart is the request', async (t) => {
  const { source } = mortal((word) => (word.startsWith('deadly') ? 'crashes' : undefined));
  const suites = surviving(sending('a.one', () => ofCommands([...numbered(10), 'deadly-1', 'deadly-2'])));
  const { report } = await ran(source, { suites, options: LONG });
  t.equal(find(report, SURVIVES).failures.length, 2);
});

void t.test(
  'targets that hang over every word: the run ends, and says over what it hung first',
  async (t) => {
    const { source, started } = mortal((word) => (word === 'w3' || word > 'w5' ? 'hangs' : undefined));
    const suites = surviving(
      ...numbered(30, 'a.r').map((id, index) => sending(id, () => ofCommands(numbered(20, `w${index}-`)))),
    );
    const result = await ran(source, { suites, options: { timeoutMs: 300 } });
    checkReport(t, result, suites);
    t.equal(result.exit, 1);
    t.equal(result.report.stopped, 'target-lost');
    t.match(result.report.verdictReason, /it kept silent \d+ times, .* first in a\.r\d/);
    t.ok(started() < 100, `${started()} were started`);
  },
);

void t.test('targets that hang, and are slow to start: the search for what does it has an end', async (t) => {
  let words = 0;
  let late = 0;
  const { source } = mortal((word) =>
    word.startsWith('v') && (words += 1) % 40 === 0 ? 'hangs' : undefined,
  );
  const slow: TargetSource = {
    ...source,
    start: async () => {
      late += 1;
      await new Promise((resolve) => setTimeout(resolve, 700));
      return source.start();
    },
  };
  const suites = surviving(
    ...numbered(12, 'a.r').map((id, index) => sending(id, () => ofCommands(numbered(60, `v${index}-`)))),
  );
  const { report } = await ran(slow, { suites, options: { timeoutMs: 1000 } });
  t.ok(report.results.some(({ failures }) => failures.length > 0));
  t.ok(late < 40, `${late} were started`);
});
