import fc from 'fast-check';
import t from 'tap';
import { Parser, type FinalResults, type Result } from 'tap-parser';
import { isBad, outcomeOf, runProblem, selected } from '../../src/report/outcome.js';
import { reportTap, tapFooter, tapHeader, tapPoint } from '../../src/report/tap.js';
import { oneLine } from '../../src/text.js';
import type { RunReport } from '../../src/result/index.js';
import { hostileReport } from './arbitrary.js';
import { golden } from './golden.js';
import { failure, nonconformant, ruleResult, runReport, samples } from './sample.js';

interface Parsed {
  points: Result[];
  version: number | undefined;
  bailout: string | undefined;
  children: number;
  final: FinalResults;
}

/** What a consumer makes of the text; strict: any line that is not TAP counts as a failure. */
function parse(text: string): Parsed {
  const parsed: Partial<Parsed> = {};
  const points: Result[] = [];
  let children = 0;
  const parser = new Parser({ strict: true }, (final) => {
    parsed.final = final;
  });
  parser.on('assert', (point: Result) => points.push(point));
  parser.on('version', (version: number) => {
    parsed.version = version;
  });
  parser.on('bailout', (reason: string) => {
    parsed.bailout = reason;
  });
  parser.on('child', () => {
    children += 1;
  });
  parser.end(text);
  if (parsed.final === undefined) throw new Error('the parser did not finish');
  return { points, children, version: parsed.version, bailout: parsed.bailout, final: parsed.final };
}

/** What a description looks like once a reader has undone the escapes of TAP. */
function nameOf(result: { id: string; title: string }): string {
  return oneLine(`${result.id}: ${result.title}`).trim().replace(/\{$/, '\\x7b');
}

function checkAgainst(report: RunReport, parsed: Parsed): string | undefined {
  const { points, final } = parsed;
  if (parsed.version !== 14) return 'version';
  if (parsed.children !== 0) return 'a subtest appeared';
  if (points.length !== selected(report).length) return `${points.length} points`;
  if ((parsed.bailout !== undefined) !== (runProblem(report) !== undefined)) return 'bailout';
  for (const [index, result] of selected(report).entries()) {
    const point = points[index];
    const outcome = outcomeOf(result);
    if (point?.id !== index + 1) return 'number';
    if (point.name !== nameOf(result)) return `name ${JSON.stringify(point.name)}`;
    if (point.ok !== ['passed', 'skipped', 'notRun'].includes(outcome)) return 'ok';
    if ((point.skip !== false) !== ['skipped', 'notRun'].includes(outcome)) return 'skip';
    if ((point.todo !== false) !== ['waived', 'noted'].includes(outcome)) return 'todo';
    if ((point.diag === null) !== point.ok) return 'diagnostics';
  }
  const good =
    !selected(report).some((result) => isBad(outcomeOf(result))) && runProblem(report) === undefined;
  if (final.ok !== good) return `ok is ${final.ok}: ${JSON.stringify(final.failures)}`;
  return undefined;
}

for (const [name, report] of Object.entries(samples)) {
  void t.test(`TAP of ${name}`, (t) => {
    const text = reportTap(report);
    golden(t, `${name}.tap`, text);
    t.equal(checkAgainst(report, parse(text)), undefined);
    t.end();
  });
}

void t.test('every report parses to the same points, whatever is in it', (t) => {
  fc.assert(
    fc.property(
      hostileReport.filter((report) => selected(report).length > 0),
      (report) => {
        const wrong = checkAgainst(report, parse(reportTap(report)));
        if (wrong !== undefined) throw new Error(wrong);
      },
    ),
    { numRuns: 300 },
  );
  t.end();
});

void t.test('diagnostics carry the exact text', (t) => {
  const request = '{"a": "\u001b\u0085\u2028\u{1f600}\u{e0001} ##[x] # \\ \n..."}';
  const result = ruleResult({
    id: 'a.b',
    suite: 's',
    title: 't',
    status: 'failed',
    failures: [failure({ request, path: 'return.x', response: '\ud800' })],
  });
  const text = reportTap(runReport([result], { verdict: 'nonconformant' }));
  t.notMatch(text.replace('\u{1f600}', ''), /[^\x20-\x7e\n]|##\[/);
  const [point] = parse(text).points;
  t.match(point?.diag, {
    status: 'failed',
    level: 'must',
    cases: 3,
    failures: [{ request, path: 'return.x', response: '\\ud800', count: 1, replay: failure({}).replay }],
  });
  t.end();
});

void t.test('a stream is the same text in pieces', (t) => {
  const pieces = [
    tapHeader(nonconformant.results.length),
    ...nonconformant.results.map((result, index) => tapPoint(result, index + 1)),
    tapFooter(nonconformant),
  ];
  t.equal(pieces.join(''), reportTap(nonconformant));
  // A stream that breaks off is seen to be short.
  t.equal(parse(pieces.slice(0, 2).join('')).final.ok, false);
  t.end();
});

void t.test('diagnostics are bounded', (t) => {
  const failures = Array.from({ length: 500 }, () => failure({ response: 'x'.repeat(100_000) }));
  const text = tapPoint(ruleResult({ id: 'a', suite: 's', title: 't', status: 'failed', failures }), 1);
  t.ok(text.length < 100_000);
  t.match(text, /moreFailures: 490/);
  t.end();
});
