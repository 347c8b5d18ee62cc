/**
 * Targets that go away or never were QMP servers: a bounded run, the right exit code, a complete report, and in the
 * failure what the target said last.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { packageFile } from '../../src/package.js';
import type { RunEvent } from '../../src/result/index.js';
import {
  endpointSource,
  makePrivateFolder,
  removePrivateFolder,
  spawnSource,
  type TargetSource,
} from '../../src/target/index.js';
import { suites } from '../../suites/index.js';
import { impostor, proxied, type Impostor, type Turn } from './hostile.js';
import { checkReport, failuresOf, find, ran, type Ran } from './support.js';

const RESUME = '"event":"RESUME"';
const RULES = suites.flatMap(({ rules }) => rules).filter(({ id }) => !id.startsWith('args.')).length;
/** One message may take 64 MiB, and buffers grow by doubling; the thread that sends is part of it. */
const MOST_MEMORY = 512 * 2 ** 20;

/** The resident memory that a run needs at most, on top of what there was before it. */
async function memoryOf<T>(run: () => Promise<T>): Promise<{ readonly result: T; readonly bytes: number }> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  const result = await run();
  clearInterval(timer);
  return { result, bytes: Math.max(peak, process.memoryUsage.rss()) - before };
}

/**
 * What holds when a target was lost: one rule says so, with what came last; no other rule fails.
 *
 * @param last one of these must be among what it said last; when a write fails, the system may drop the very last
 */
function checkLost(t: Test, result: Ran, last: readonly string[], others: readonly string[] = []): void {
  const { report, exit } = result;
  checkReport(t, result);
  t.equal(report.stopped, 'target-lost');
  t.equal(report.complete, false);
  t.equal(report.verdict, 'nonconformant');
  t.match(report.verdictReason, /; the target went away: ./);
  t.equal(exit, 1);
  const [lost, ...more] = failuresOf(report).filter(({ kind }) => kind === 'target-lost');
  t.same(more, [], 'one failure names the loss');
  const failed = report.results.filter(({ status }) => status === 'failed').map(({ id }) => id);
  t.same(failed, [...others, lost?.rule], 'no other rule fails');
  t.match(lost?.message, /^the target went away: ./);
  t.ok(
    last.some((line) => lost?.response.includes(line.slice(0, 4000)) === true),
    'it shows what was said last',
  );
  const { passed, skipped, notRun } = report.totals;
  t.equal(notRun, report.results.length - passed - skipped - failed.length, 'the others were not run');
  const reasons = new Set(
    report.results.flatMap(({ status, reason }) => (status === 'notRun' ? [reason] : [])),
  );
  t.equal(reasons.size, 1);
  for (const reason of reasons) t.match(reason, /^the target went away before: ./);
}

/** Where time has to run out a run should be short; where not, a busy machine must not make it run out. */
const SHORT = { timeoutMs: 500 };
const LONG = { timeoutMs: 10_000 };

const turns = [
  { vice: 'leaves', messages: 1 },
  { vice: 'leaves', messages: 2 },
  { vice: 'leaves', messages: 500 },
  { vice: 'leaves', bytes: 5000 },
  { vice: 'closes', messages: 3 },
  { vice: 'closes', bytes: 1 },
  { vice: 'hangs', messages: 1 },
  { vice: 'hangs', bytes: 2500 },
  { vice: 'garbles', messages: 1 },
  { vice: 'garbles', messages: 61 },
  { vice: 'drones', messages: 62 },
  { vice: 'babbles', messages: 1 },
  { vice: 'babbles', messages: 63 },
] as const satisfies readonly Turn[];

for (const turn of turns) {
  const when = 'messages' in turn ? `${turn.messages} messages` : `${turn.bytes} bytes`;
  void t.test(`a target that ${turn.vice} after ${when}`, async (t) => {
    const { source, log } = proxied(turn);
    const options = ['hangs', 'drones', 'babbles'].includes(turn.vice) ? SHORT : LONG;
    const { result, bytes } = await memoryOf(() => ran(source, { options }));
    t.ok(log.turned, 'it has turned bad');
    if (turn.vice === 'babbles') {
      // Of a flood only the flood is seen in the end. On a new connection it comes where the greeting is due.
      checkLost(t, result, [RESUME], turn.messages === 1 ? ['greeting.first'] : []);
    } else checkLost(t, result, log.last);
    t.ok(bytes < MOST_MEMORY, `it took ${Math.round(bytes / 2 ** 20)} MiB`);
  });
}

void t.test('one connection that falls silent is a failure, and the run goes on', async (t) => {
  const { source, log } = proxied({ vice: 'sulks', messages: 64 });
  const result = await ran(source, { options: { timeoutMs: 1500 } });
  const { report, exit } = result;
  checkReport(t, result);
  t.equal(exit, 1);
  t.equal(report.complete, true);
  t.equal(report.totals.failed, 1);
  const [failure, ...others] = failuresOf(report);
  t.same(others, []);
  t.equal(failure?.kind, 'no-reply');
  t.ok(failure?.response.includes(log.last.at(-1) ?? 'nothing') === false, 'others spoke after it');
  t.match(failure?.response, /^\{"QMP": ?\{/, 'what came on that connection');
});

void t.test('events between any two messages hide no reply', async (t) => {
  const { source } = proxied({ vice: 'chatters', messages: 1 });
  const { result, bytes } = await memoryOf(() => ran(source, { options: LONG }));
  const { report, exit } = result;
  checkReport(t, result);
  t.equal(exit, 1);
  t.equal(report.complete, true);
  const failed = report.results.filter(({ status }) => status === 'failed').map(({ id }) => id);
  t.same(
    failed,
    ['greeting.no-event', 'event.never-lost', 'event.all-sessions'],
    'what is wrong is that events come',
  );
  t.ok((report.coverage.events.RESUME ?? 0) > 10_000, 'all of them were looked at');
  t.ok(bytes < MOST_MEMORY, `it took ${Math.round(bytes / 2 ** 20)} MiB`);
});

const strangers: readonly [Impostor, RegExp][] = [
  ['never greets', /no answer within 500 ms, while waiting for the greeting/],
  ['closes at once', /the connection ended while waiting for the greeting/],
  ['sends garbage', /no JSON: .*\\x80/],
  ['sends lines of garbage', /no JSON: .*\\x00/],
  ['serves the web', /no answer within 500 ms, while waiting for the greeting/],
  ['serves the web and speaks first', /no JSON: .*found the byte H/],
  ['sends white space without end', /no answer within 500 ms, while waiting for the greeting/],
  ['sends events without end', /no answer within 500 ms, while waiting for the greeting/],
  ['speaks JSON, but not QMP', /what it sends is no greeting, and it does not answer/],
  ['sends brackets without end', /what it sends is no greeting, and it does not answer/],
];

/** What holds when there was no QMP server to begin with. */
function checkUnreachable(t: Test, result: Ran, reason: RegExp): void {
  const { report, exit } = result;
  checkReport(t, result);
  t.equal(exit, 3);
  t.equal(report.stopped, 'unreachable');
  t.equal(report.complete, false);
  t.equal(report.verdict, 'not-testable');
  t.match(report.verdictReason, reason);
  t.equal(report.totals.notRun, RULES, 'no rule was run, and none fails');
  t.match(report.results[0]?.reason, reason);
}

for (const [kind, reason] of strangers) {
  void t.test(`a server that ${kind}`, async (t) => {
    const { result, bytes } = await memoryOf(() => ran(impostor(kind), { options: SHORT }));
    checkUnreachable(t, result, reason);
    t.match(result.report.verdictReason, /^this is no QMP server: /);
    t.ok(bytes < MOST_MEMORY, `it took ${Math.round(bytes / 2 ** 20)} MiB`);
  });
}

for (const kind of ['sends a line without end', 'sends a string without end'] as const) {
  void t.test(`a server that ${kind} is cut off at a size, not only at a time`, async (t) => {
    const { result, bytes } = await memoryOf(() => ran(impostor(kind), { options: LONG }));
    checkUnreachable(t, result, /a value takes more than \d+ bytes/);
    t.ok(bytes < MOST_MEMORY, `it took ${Math.round(bytes / 2 ** 20)} MiB`);
  });
}

void t.test('a server that greets and then sends nothing but events', async (t) => {
  const source = impostor('greets, and sends events without end');
  const { result, bytes } = await memoryOf(() => ran(source, { options: SHORT }));
  checkLost(t, result, [RESUME]);
  t.ok(bytes < MOST_MEMORY, `it took ${Math.round(bytes / 2 ** 20)} MiB`);
});

void t.test('a server that sends replies that nobody asked for', async (t) => {
  const source = impostor('sends replies that nobody asked for');
  const { result, bytes } = await memoryOf(() => ran(source, { options: SHORT }));
  checkReport(t, result);
  t.equal(result.exit, 1);
  const texts = failuresOf(result.report).map(({ response }) => response.length);
  t.ok(Math.max(...texts) < 100_000, 'no failure holds a flood');
  t.ok(bytes < MOST_MEMORY, `it took ${Math.round(bytes / 2 ** 20)} MiB`);
});

void t.test('there is nobody', async (t) => {
  const folder = await makePrivateFolder();
  t.teardown(() => removePrivateFolder(folder));
  const path = join(folder, 'nobody');
  checkUnreachable(t, await ran(endpointSource({ kind: 'unix', path })), /there is no such socket/);
  const missing = spawnSource(['/nonexistent/qemu', '{socket}'], '/nonexistent/qemu {socket}');
  checkUnreachable(t, await ran(missing), /there is no program '\/nonexistent\/qemu'/);
});

void t.test('a program that ends before it listens', async (t) => {
  const words = ['sh', '-c', 'echo "no such machine" >&2; exit 7', '{socket}'];
  const result = await ran(spawnSource(words, 'sh -c … {socket}'));
  checkUnreachable(t, result, /sh ended at once \(exit status 7\); it wrote:\nno such machine/);
});

/** The bundled fake as a process of its own, whose pid is written to a file. */
function spawnedFake(pidFile: string): TargetSource {
  const cli = packageFile('dist', 'src', 'cli', 'main.js');
  const script = 'echo $$ >>"$0"; exec "$@"';
  const fake = [process.execPath, cli, 'fake', '--listen', 'unix:{socket}'];
  return spawnSource(['sh', '-c', script, pidFile, ...fake], 'a fake of our own');
}

/** Runs against a process that gets a signal when so many rules are through; `pid` is its number. */
async function signalled(
  t: Test,
  signal: NodeJS.Signals,
  after: number,
  options: { readonly timeoutMs: number },
): Promise<{ readonly result: Ran; readonly pid: number }> {
  const folder = await makePrivateFolder();
  t.teardown(() => removePrivateFolder(folder));
  const pidFile = join(folder, 'pid');
  let left = after;
  let pid = 0;
  const onEvent = (event: RunEvent): void => {
    if (event.type !== 'rule-finished') return;
    left -= 1;
    if (left !== 0) return;
    pid = Number(readFileSync(pidFile, 'utf8'));
    process.kill(pid, signal);
  };
  const result = await ran(spawnedFake(pidFile), { onEvent, options });
  return { result, pid };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

void t.test('a process that is killed in mid-run', async (t) => {
  const { result, pid } = await signalled(t, 'SIGKILL', 20, LONG);
  checkLost(t, result, ['"return"', '"error"']);
  const { report } = result;
  t.equal(report.target.exit, 'killed by SIGKILL');
  t.match(report.target.stderr, /listening on unix:/, 'what it wrote is in the report');
  t.match(report.verdictReason, /the target went away: it ended, killed by SIGKILL/);
  t.notOk(isAlive(pid));
});

void t.test('a process that is stopped in mid-run', async (t) => {
  const { result, pid } = await signalled(t, 'SIGSTOP', 5, SHORT);
  checkLost(t, result, ['"return"', '"error"']);
  const { report } = result;
  t.notOk('exit' in report.target, 'it did not end by itself');
  t.match(report.verdictReason, /no answer within 500 ms/);
  t.notOk(isAlive(pid), 'a process that hears nothing is ended all the same');
});

void t.test('a process that ends by itself in mid-run', async (t) => {
  const { result } = await signalled(t, 'SIGTERM', 20, LONG);
  checkLost(t, result, ['"return"', '"error"']);
  t.equal(
    result.report.target.exit,
    'exit status 0',
    'a server that leaves unasked is lost, however it leaves',
  );
});

void t.test('of a selection the others stay unselected', async (t) => {
  const { source } = proxied({ vice: 'leaves', messages: 12 });
  const result = await ran(source, { selection: { rules: ['nego.*'] }, options: LONG });
  checkReport(t, result);
  t.equal(result.exit, 1);
  t.equal(find(result.report, 'id.echo').reason, 'not selected');
  const negotiation = result.report.results.filter(({ id }) => id.startsWith('nego.'));
  t.equal(negotiation.length, result.events.filter(({ type }) => type === 'rule-finished').length);
  t.ok(negotiation.some(({ status }) => status === 'notRun'));
});
