/**
 * Servers that break every exchange, or fall silent again and again: a short run, the right exit code, a result for every
 * rule, and a failure that says what went wrong first.
 */
import t, { type Test } from 'tap';
import { isObject, type Json } from '../../src/json/index.js';
import type { TargetSource } from '../../src/target/index.js';
import { checkReport, failuresOf, faulty, ran, type Ran } from './support.js';

const SHORT = { timeoutMs: 300 };

/** A fake, not ours to start anew, whose replies are changed; what is kept for it stays for the connection. */
function replying(change: (answer: readonly Json[], memory: Map<string, Json>) => Json[]): TargetSource {
  const source = faulty(({ reply }) => ({
    reply: (request, outcome, session) => change(reply(request, outcome, session), session.memory),
  }));
  return { ...source, owned: false };
}

function withoutId(value: Json): Json {
  if (!isObject(value)) return value;
  const { id: _, ...rest } = value;
  return rest;
}

function failed({ report }: Ran): string[] {
  return report.results.filter(({ status }) => status === 'failed').map(({ id }) => id);
}

/** What holds when every exchange is broken: one rule says so, the one whose it is. */
function checkUnusable(t: Test, result: Ran, rule: string, kind: string): void {
  checkReport(t, result);
  t.equal(result.exit, 1);
  t.equal(result.report.complete, false);
  t.equal(result.report.stopped, 'unusable');
  t.match(
    result.report.verdictReason,
    new RegExp(`in every exchange: .* \\(${rule.replace('.', '\\.')}\\)$`),
  );
  const [failure, ...others] = failuresOf(result.report).filter((one) => one.rule === rule);
  t.same(others, []);
  t.equal(failure?.kind, kind);
  // A rule that looks at every message has said so in its own words.
  t.match(failure?.message, /^in every exchange: |^a message is no JSON object$/);
  t.match(failure?.request, /^\{"execute":"q/);
  t.ok(failed(result).length <= 3, `no more than the rules that see every message: ${failed(result).join()}`);
}

void t.test('replies without the ids of their requests', async (t) => {
  const result = await ran(
    replying((answer) => answer.map(withoutId)),
    { options: SHORT },
  );
  checkUnusable(t, result, 'id.echo', 'id-missing');
});

void t.test('replies with other ids', async (t) => {
  const change = (value: Json): Json => (isObject(value) && 'id' in value ? { ...value, id: 'x' } : value);
  checkUnusable(
    t,
    await ran(
      replying((answer) => answer.map(change)),
      { options: SHORT },
    ),
    'id.echo',
    'id-differs',
  );
});

void t.test('replies inside of arrays', async (t) => {
  const result = await ran(
    replying((answer) => [[...answer]]),
    { options: SHORT },
  );
  checkUnusable(t, result, 'framing.one-object', 'not-an-object');
});

void t.test('replies that are neither a success nor an error', async (t) => {
  const change = (value: Json): Json =>
    isObject(value) && 'return' in value ? { result: value.return, id: value.id ?? null } : value;
  const result = await ran(
    replying((answer) => answer.map(change)),
    { options: SHORT },
  );
  checkUnusable(t, result, 'resp.one-outcome', 'no-outcome');
});

void t.test('no reply at all', async (t) => {
  const result = await ran(
    replying(() => []),
    { options: SHORT },
  );
  checkReport(t, result);
  t.equal(result.exit, 1);
  t.equal(result.report.stopped, 'target-lost');
  t.same(failed(result), ['nego.accepted']);
  t.match(failuresOf(result.report)[0]?.message, /^the target went away: no answer within 300 ms/);
});

void t.test('what is broken in one exchange only is no reason to stop', async (t) => {
  let first = true;
  const source = replying((answer) => {
    if (!first) return [...answer];
    first = false;
    return answer.map(withoutId);
  });
  const result = await ran(source, { options: { timeoutMs: 5000 } });
  t.equal(result.report.complete, true);
  t.equal(result.report.stopped, undefined);
});

/** Falls silent on a connection, for good, when `isOver` says so of what was sent last. */
function sulking(isOver: (answer: readonly Json[], memory: Map<string, Json>) => boolean): TargetSource {
  return replying((answer, memory) => {
    if (memory.get('sulks') === true) return [];
    if (isOver(answer, memory)) memory.set('sulks', true);
    return [...answer];
  });
}

void t.test('connections that fall silent after an error, or after some replies: the run ends', async (t) => {
  const isError = (value: Json): boolean => isObject(value) && 'error' in value;
  const courses: [string, TargetSource][] = [
    ['after an error', sulking((answer) => answer.some(isError))],
    [
      'after three replies',
      sulking((_, memory) => {
        const count = Number(memory.get('count') ?? 0) + 1;
        memory.set('count', count);
        return count >= 3;
      }),
    ],
  ];
  for (const [what, source] of courses) {
    const result = await ran(source, { options: SHORT });
    checkReport(t, result);
    t.equal(result.exit, 1, what);
    t.equal(result.report.stopped, 'target-lost', what);
    const reason =
      /; the target went away: it kept silent \d+ times, \d+\.\d s in all, first in ([\w.-]+)$/.exec(
        result.report.verdictReason,
      );
    t.ok(failed(result).includes(reason?.[1] ?? ''), `${what}: ${result.report.verdictReason}`);
    t.ok(result.report.totals.notRun > 20, `${what}: ${result.report.totals.notRun} rules were not run`);
  }
});
