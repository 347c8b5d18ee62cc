import type { Failure, RuleResult } from '../result/index.js';
import { outcomeOf } from './outcome.js';
import { FIELD_LIMIT, MESSAGE_LIMIT, plural, shown, shownLine } from '../text.js';

/** Failures of one rule that are shown in full; a rule seldom teaches more after that. */
const FAILURES_PER_RULE = 10;

/**
 * The failures of a result that a report shows, and how many it leaves to `report.json`. Those that no waiver covers
 * come first: they are why a rule failed.
 */
export function shownFailures(result: RuleResult): { failures: readonly Failure[]; more: number } {
  const failures = [false, true]
    .flatMap((waived) => result.failures.filter(({ waiver }) => (waiver !== undefined) === waived))
    .slice(0, FAILURES_PER_RULE);
  return { failures, more: result.failures.length - failures.length };
}

/** Columns that a label takes, with the space after it. */
export const LABEL_WIDTH = 10;

/** One piece of the evidence for a failure. What was on the wire may have many lines, the rest has one. */
export interface EvidencePart {
  readonly label: 'at' | 'request' | 'reply' | 'expected' | 'replay' | 'waived';
  readonly text: string;
}

/**
 * What a failure has to show, ready for showing, in the order in which people need it.
 *
 * @param limit how much of the request, of the reply and of the expectation to show, in UTF-16 units
 */
export function evidenceOf(failure: Failure, limit: number = FIELD_LIMIT): EvidencePart[] {
  const evidence: EvidencePart[] = [
    { label: 'request', text: shown(failure.request, limit) || '(nothing was sent)' },
    { label: 'reply', text: shown(failure.response, limit) || '(no reply)' },
    { label: 'expected', text: shown(failure.expected, limit) },
  ];
  const { path, replay, waiver } = failure;
  // A command line that was cut is of no use, so it gets the largest limit. Without a report folder there is none.
  if (replay !== '') evidence.push({ label: 'replay', text: shownLine(replay, FIELD_LIMIT) });
  if (path !== undefined) evidence.unshift({ label: 'at', text: shownLine(path) });
  if (waiver !== undefined) {
    evidence.push({ label: 'waived', text: shownLine(`${waiver.reason} (${waiver.source})`) });
  }
  return evidence;
}

/** Evidence as text: labels in a column, what they label beside them, however many lines it has. */
export function evidenceText(evidence: readonly EvidencePart[]): string {
  const margin = ' '.repeat(LABEL_WIDTH);
  return evidence
    .map(({ label, text }) => label.padEnd(LABEL_WIDTH) + text.replaceAll('\n', `\n${margin}`))
    .join('\n');
}

/** The message of a failure and how often it was seen: `… (12 times)`. */
export function messageOf(failure: Failure): string {
  const message = shown(failure.message, MESSAGE_LIMIT);
  return failure.count === 1 ? message : `${message} (${plural(failure.count, 'time')})`;
}

const NO_REASON = 'no reason given';

/** One line that says what came of a rule that did not pass: the waiver's reason, its own, or its first failure. */
export function summaryOf(result: RuleResult): string {
  const [first] = shownFailures(result).failures;
  const outcome = outcomeOf(result);
  if (outcome === 'waived') return shownLine(first?.waiver?.reason ?? first?.message ?? NO_REASON);
  if (outcome === 'noted') return shownLine(first?.message ?? NO_REASON);
  return shownLine(result.reason ?? first?.message ?? NO_REASON);
}
