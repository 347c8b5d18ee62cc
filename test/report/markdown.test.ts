import fc from 'fast-check';
import { marked, type Token } from 'marked';
import t from 'tap';
import { reportMarkdown } from '../../src/report/markdown.js';
import { shownFailures } from '../../src/report/evidence.js';
import { withOutcome } from '../../src/report/outcome.js';
import type { RunReport } from '../../src/result/index.js';
import { hostileReport } from './arbitrary.js';
import { golden } from './golden.js';
import { conformant, failure, hostileText, ruleResult, runReport, samples } from './sample.js';

/** Every token of a document, also those inside of lists and tables. */
function tokensOf(markdown: string): Token[] {
  const tokens: Token[] = [];
  void marked.walkTokens(marked.lexer(markdown, { gfm: true }), (token) => {
    tokens.push(token);
  });
  return tokens;
}

/** What we write ourselves; anything else was smuggled in. */
const OURS = new Set([
  ...['heading', 'paragraph', 'text', 'escape', 'space', 'codespan', 'code', 'strong', 'em'],
  ...['table', 'list', 'list_item'],
]);

/** How many fenced blocks there must be: two for each failure, its evidence and its replay line, if it has one. */
function blocksOf(report: RunReport): number {
  const stderr = report.target.stderr === undefined ? 0 : 1;
  return withOutcome(report, 'failed', 'errored').reduce(
    (sum, result) =>
      sum +
      shownFailures(result).failures.reduce((blocks, { replay }) => blocks + (replay === '' ? 1 : 2), 0),
    stderr,
  );
}

function checkMarkdown(report: RunReport): string | undefined {
  const text = reportMarkdown(report);
  const tokens = tokensOf(text);
  const foreign = tokens.find((token) => !OURS.has(token.type));
  if (foreign !== undefined) return `${foreign.type}: ${foreign.raw}`;
  // A report that is too long for a summary leaves things out, and says so.
  if (Buffer.byteLength(text) > 600_000) return undefined;
  const code = tokens.filter((token) => token.type === 'code');
  if (code.length !== blocksOf(report)) return `${code.length} blocks`;
  if (code.some((token) => 'codeBlockStyle' in token && token.codeBlockStyle === 'indented'))
    return 'indented code';
  const widths = tokens.flatMap((token) =>
    token.type === 'table' ? (token.rows as unknown[][]).map((row) => row.length) : [],
  );
  if (widths.some((width) => width === 0)) return 'an empty row';
  const headings = tokens.filter((token) => token.type === 'heading' && token.depth === 4);
  const bad = withOutcome(report, 'failed', 'errored');
  return headings.length === bad.length ? undefined : `${headings.length} rules`;
}

for (const [name, report] of Object.entries(samples)) {
  void t.test(`Markdown of ${name}`, (t) => {
    golden(t, `${name}.summary.txt`, reportMarkdown(report));
    t.equal(checkMarkdown(report), undefined);
    t.end();
  });
}

void t.test('text from a target never becomes markup', (t) => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const wrong = checkMarkdown(report);
      if (wrong !== undefined) throw new Error(wrong);
    }),
    { numRuns: 300 },
  );
  t.end();
});

void t.test('the check sees markup', (t) => {
  for (const bad of [
    '<b>x</b>',
    '[a](b)',
    'http://example.org',
    '![i](x)',
    '> quote',
    '---',
    'a@example.org',
  ])
    t.ok(
      tokensOf(bad).some((token) => !OURS.has(token.type)),
      bad,
    );
  t.end();
});

void t.test('a summary stays below what GitHub takes', (t) => {
  const failures = Array.from({ length: 10 }, () => failure({ response: '\u0001'.repeat(9_000) }));
  const results = Array.from({ length: 300 }, (_, n) =>
    ruleResult({ id: `r.${n}`, suite: 's', title: 'x', status: 'failed', failures }),
  );
  const waived = Array.from({ length: 300 }, (_, n) =>
    ruleResult({ id: `w.${n}`, suite: 's', title: 'x', status: 'skipped', reason: `${n} ${hostileText}` }),
  );
  const text = reportMarkdown(runReport([...results, ...waived], { verdict: 'nonconformant' }));
  t.ok(Buffer.byteLength(text) < 1_000_000, `${Buffer.byteLength(text)} bytes`);
  t.match(text, /\d+ more rules did not hold: see `report\.json`/);
  t.end();
});

void t.test('an incomplete run is never shown as good', (t) => {
  t.match(
    reportMarkdown({ ...conformant, complete: false, stopped: 'interrupted' }),
    /^## ❌ conformant with 1 waiver \(incomplete run\)/,
  );
  t.end();
});
