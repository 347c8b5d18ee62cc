import type { RuleResult, RunReport } from '../result/index.js';
import { evidenceOf, evidenceText, messageOf, shownFailures, summaryOf } from './evidence.js';
import { runProblem, verdictText, withOutcome } from './outcome.js';
import { oneLine, plural, shownLine } from '../text.js';

/**
 * Workflow commands that make GitHub show annotations: an error for every rule that failed or could not be checked,
 * an error when the run itself is the problem, a warning for every waiver that nothing needed, and the verdict as a
 * notice. GitHub shows ten of each kind per step and keeps the others in the log.
 *
 * @returns lines for stdout, each ended by a newline
 */
export function reportGithub(report: RunReport): string {
  const problem = runProblem(report);
  const lines = [
    ...(problem === undefined
      ? []
      : [annotation('error', `qmpspec: ${verdictText(report)}`, shownLine(problem))]),
    ...withOutcome(report, 'failed', 'errored').map(ruleLine),
    ...report.unusedWaivers.map((waiver) =>
      annotation('warning', 'qmpspec: a waiver that nothing needed', shownLine(waiver)),
    ),
    annotation('notice', `qmpspec: ${verdictText(report)}`, shownLine(report.verdictReason)),
  ];
  return lines.join('');
}

function ruleLine(result: RuleResult): string {
  const title = oneLine(`${result.id}: ${result.title}`);
  return result.status === 'errored'
    ? annotation('error', title, `qmpspec could not check this rule: ${summaryOf(result)}`)
    : annotation('error', title, failureText(result));
}

/** The first failure in full; an annotation is no place for all of them. */
function failureText(result: RuleResult): string {
  const [first] = shownFailures(result).failures;
  if (first === undefined) return summaryOf(result);
  const others = result.failures.length - 1;
  return [
    messageOf(first),
    evidenceText(evidenceOf(first)),
    ...(others === 0 ? [] : [`and ${plural(others, 'more failure')}: see report.json`]),
  ].join('\n');
}

function annotation(kind: 'error' | 'warning' | 'notice', title: string, message: string): string {
  const property = escapeData(title).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${kind} title=${property}::${escapeData(message)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
