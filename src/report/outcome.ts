import { NOT_SELECTED, type RuleResult, type RunReport, type Status } from '../result/index.js';
import { plural, shownLine } from '../text.js';

/**
 * How a result is shown to a reader. It is its status, but for one case: a rule that failed and whose level is shown
 * and not judged is `skipped` as far as the verdict goes, and `noted` to a reader, who wants to see it.
 */
export type ResultOutcome = Status | 'noted';

/** All outcomes, in the order in which reports name them. */
export const OUTCOMES: readonly ResultOutcome[] = [
  'passed',
  'failed',
  'errored',
  'waived',
  'noted',
  'skipped',
  'notRun',
];

export function outcomeOf(result: RuleResult): ResultOutcome {
  return result.status === 'skipped' && result.failures.length > 0 ? 'noted' : result.status;
}

/**
 * The results that a reader is to see: every declared rule has one, but those that the selection left out say
 * nothing. Only `report.json` names them.
 */
export function selected(report: RunReport): RuleResult[] {
  return report.results.filter(({ status, reason }) => status !== 'skipped' || reason !== NOT_SELECTED);
}

/** Does this outcome speak against the target, or against the run itself? */
export function isBad(outcome: ResultOutcome): boolean {
  return outcome === 'failed' || outcome === 'errored';
}

export type Tally = Readonly<Record<ResultOutcome, number>>;

/** How many results had each outcome. */
export function tally(results: readonly RuleResult[]): Tally {
  const counts = { passed: 0, failed: 0, errored: 0, waived: 0, noted: 0, skipped: 0, notRun: 0 };
  for (const result of results) counts[outcomeOf(result)] += 1;
  return counts;
}

/** The word that stands beside a count: `3 not run`. */
export function outcomeLabel(outcome: ResultOutcome): string {
  return outcome === 'notRun' ? 'not run' : outcome;
}

/** The counts that are not zero, as text: `12 passed, 1 failed`. */
export function tallyText(counts: Tally): string {
  const parts = OUTCOMES.filter((outcome) => counts[outcome] > 0).map(
    (outcome) => `${counts[outcome]} ${outcomeLabel(outcome)}`,
  );
  return parts.length === 0 ? 'no rules' : parts.join(', ');
}

/** Results with one of these outcomes, in the order of the report. */
export function withOutcome(report: RunReport, ...outcomes: ResultOutcome[]): RuleResult[] {
  return selected(report).filter((result) => outcomes.includes(outcomeOf(result)));
}

/** The results of each suite; suites in the order in which they first appear. */
export function bySuite(results: readonly RuleResult[]): Map<string, RuleResult[]> {
  return groupBy(results, (result) => result.suite);
}

/** Results that share a reason, the most frequent reason first. */
export function byReason(results: readonly RuleResult[]): [string, RuleResult[]][] {
  const groups = groupBy(results, (result) => shownLine(result.reason ?? 'no reason given'));
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}

function groupBy(results: readonly RuleResult[], key: (result: RuleResult) => string) {
  const groups = new Map<string, RuleResult[]>();
  for (const result of results) {
    const group = groups.get(key(result));
    if (group === undefined) groups.set(key(result), [result]);
    else group.push(result);
  }
  return groups;
}

/**
 * The verdict as people read it: `conformant`, `conformant with 2 waivers`, `nonconformant`, `not testable`, or
 * `no verdict` when the user ended a run that had found nothing by then.
 */
export function verdictText(report: RunReport): string {
  if (report.verdict === 'not-testable')
    return report.stopped === 'interrupted' ? 'no verdict' : 'not testable';
  const { waived } = tally(report.results);
  return report.verdict === 'conformant' && waived > 0
    ? `conformant with ${plural(waived, 'waiver')}`
    : report.verdict;
}

/**
 * Why no tool may show this run as a success although none of its results is bad: it was cut short, or nothing could
 * be tested. Formats that only know test cases (TAP, JUnit) need a mark of its own for it.
 *
 * @returns the reason; undefined when the results speak for themselves
 */
export function runProblem(report: RunReport): string | undefined {
  if (!report.complete) return `the run is incomplete: ${report.verdictReason}`;
  if (report.verdict === 'conformant' || report.results.some((result) => isBad(outcomeOf(result))))
    return undefined;
  return report.verdictReason;
}
