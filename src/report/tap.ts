import type { Failure, RuleResult, RunReport } from '../result/index.js';
import { shownFailures, summaryOf } from './evidence.js';
import { outcomeOf, runProblem, selected, tally, tallyText, verdictText } from './outcome.js';
import { clip, FIELD_LIMIT, oneLine, shownLine } from '../text.js';

/**
 * TAP version 14. A result becomes one test point:
 *
 * - failed, errored: `not ok`, with diagnostics;
 * - waived, noted: `not ok … # TODO reason`, the TAP way to say "known not to hold", which fails no run. `ok # TODO`
 *   would say that the rule holds by now, `# SKIP` that it was not checked;
 * - skipped, notRun: `ok … # SKIP reason`. A target that dies would otherwise turn every rule after it into a
 *   failure and bury the one that killed it. That the run was cut short is said once, by `Bail out!` at the end,
 *   which no harness takes for a success.
 */
export function reportTap(report: RunReport): string {
  const results = selected(report);
  const points = results.map((result, index) => tapPoint(result, index + 1));
  return tapHeader(results.length) + points.join('') + tapFooter(report);
}

/**
 * The start of a stream. The plan comes first, so a stream that breaks off is seen to be short.
 *
 * @param rules how many test points will follow: one for every selected rule
 */
export function tapHeader(rules: number): string {
  return `TAP version 14\n1..${rules}\n`;
}

/**
 * One test point, with diagnostics when there is something to diagnose.
 *
 * @param n its number, counted from 1
 */
export function tapPoint(result: RuleResult, n: number): string {
  const outcome = outcomeOf(result);
  const name = description(`${result.id}: ${result.title}`);
  switch (outcome) {
    case 'passed':
      return `ok ${n} - ${name}\n`;
    case 'skipped':
      return `ok ${n} - ${name} # SKIP ${description(summaryOf(result))}\n`;
    case 'notRun':
      return `ok ${n} - ${name} # SKIP not run: ${description(summaryOf(result))}\n`;
    case 'waived':
      return `not ok ${n} - ${name} # TODO waived: ${description(summaryOf(result))}\n${diagnostics(result)}`;
    case 'noted':
      return `not ok ${n} - ${name} # TODO not judged: ${description(summaryOf(result))}\n${diagnostics(result)}`;
    case 'failed':
    case 'errored':
      return `not ok ${n} - ${name}\n${diagnostics(result)}`;
  }
}

/** The end of a stream: the verdict as comments, and `Bail out!` when the points alone would look too good. */
export function tapFooter(report: RunReport): string {
  const problem = runProblem(report);
  return [
    `# ${verdictText(report)}: ${shownLine(report.verdictReason)}`,
    `# ${tallyText(tally(selected(report)))}`,
    ...(problem === undefined ? [] : [`Bail out! ${shownLine(problem)}`]),
    '',
  ].join('\n');
}

/**
 * Text for a test line. `#` starts a directive and `\` escapes, so both are escaped. A `{` at the end would open a
 * subtest for some readers; TAP has no escape for it, so it is shown as `\x7b`.
 */
function description(text: string): string {
  return oneLine(text).trim().replace(/\{$/, '\\x7b').replace(/[\\#]/g, '\\$&');
}

function diagnostics(result: RuleResult): string {
  const { failures, more } = shownFailures(result);
  const lines = [
    '---',
    `status: ${result.status}`,
    `level: ${result.level}`,
    `suite: ${scalar(result.suite)}`,
    `requirement: ${scalar(result.requirement)}`,
    `reference: ${scalar(`${result.reference.document}, ${result.reference.section}`)}`,
    ...(result.reason === undefined ? [] : [`reason: ${scalar(result.reason)}`]),
    `cases: ${result.cases}`,
    ...(failures.length === 0 ? [] : ['failures:', ...failures.flatMap(failureLines)]),
    ...(more === 0 ? [] : [`moreFailures: ${more}`]),
    '...',
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

function failureLines(failure: Failure): string[] {
  const members: [string, string | number | undefined][] = [
    ['message', failure.message],
    ['count', failure.count],
    ['path', failure.path],
    ['request', failure.request],
    ['response', failure.response],
    ['expected', failure.expected],
    ['replay', failure.replay],
    ['waiver', failure.waiver && `${failure.waiver.reason} (${failure.waiver.source})`],
  ];
  return members
    .filter(([, value]) => value !== undefined)
    .map(([name, value], index) => {
      const text = typeof value === 'string' ? scalar(value) : String(value);
      return `${index === 0 ? '  - ' : '    '}${name}: ${text}`;
    });
}

/**
 * A YAML double-quoted scalar on one line. A JSON string is one, with two exceptions: YAML wants everything that does
 * not print escaped, and some readers refuse an escaped surrogate, which therefore becomes visible text.
 */
function scalar(text: string): string {
  const whole = clip(text, FIELD_LIMIT).replace(/\p{Cs}/gu, (unit) => `\\u${hex(unit, 4)}`);
  return JSON.stringify(whole)
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
      character.length === 1 ? `\\u${hex(character, 4)}` : `\\U${hex(character, 8)}`,
    )
    .replace(/##(?=[\w-]*\[)/g, '#\\u0023');
}

function hex(character: string, digits: number): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(digits, '0');
}
