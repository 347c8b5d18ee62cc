import { create, type XMLElement } from 'xmlbuilder';
import type { RuleResult, RunReport } from '../result/index.js';
import { evidenceOf, evidenceText, messageOf, shownFailures, summaryOf } from './evidence.js';
import { bySuite, outcomeOf, runProblem, selected, tally, type Tally } from './outcome.js';
import { oneLine, plural, shown, shownLine, visible } from '../text.js';

/**
 * JUnit XML in the form that Jenkins, GitLab and the like agree on: a suite is a `testsuite`, a rule a `testcase`.
 *
 * - failed: `failure`; errored: `error`;
 * - waived, noted: `skipped` with a message that says so: the format has no "known failure", and a pass would hide it;
 * - skipped, notRun: `skipped` with the reason. An `error` for every rule after the loss of the target would bury
 *   the one that killed it, and would show in a CI's history failures of hundreds of rules that were not checked. That
 *   the run was cut short is one `error` of its own, in a suite called `run`, so that such a file is never all green.
 */
export function reportJunit(report: RunReport): string {
  const problem = runProblem(report);
  const results = selected(report);
  const total = tally(results);
  const root = create('testsuites', { encoding: 'UTF-8' });
  root.att('name', 'qmpspec');
  countsOf(root, total, problem === undefined ? 0 : 1);
  root.att('time', seconds(report.durationMs));
  for (const [suite, members] of bySuite(results)) {
    const counts = tally(members);
    const element = root.ele('testsuite', { name: oneLine(suite) });
    countsOf(element, counts, 0);
    element.att('time', seconds(members.reduce((sum, result) => sum + result.durationMs, 0)));
    element.att('timestamp', timestamp(report.startedAt));
    propertiesOf(element, report);
    for (const result of members) testcase(element, result);
  }
  if (problem !== undefined) runSuite(root, report, problem);
  // The declaration and the indentation are the library's; text with line breaks is left as it is.
  return `${root.end({ pretty: true })}\n`;
}

function countsOf(element: XMLElement, counts: Tally, problems: number): void {
  const tests = Object.values(counts).reduce((sum: number, count: number) => sum + count, problems);
  element.att('tests', tests);
  element.att('failures', counts.failed);
  element.att('errors', counts.errored + problems);
  element.att('skipped', counts.skipped + counts.notRun + counts.waived + counts.noted);
}

function propertiesOf(suite: XMLElement, report: RunReport): void {
  const { target, options } = report;
  const values: [string, string | number | undefined][] = [
    ['target', target.address ?? target.command],
    ['target.version', target.version],
    ['target.package', target.package],
    ['qmpspec.version', report.tool.version],
    ['ruleset', report.ruleSet.id],
    ['profile', options.profile],
    ['seed', options.seed],
  ];
  const properties = suite.ele('properties');
  for (const [name, value] of values)
    if (value !== undefined && value !== '')
      properties.ele('property', { name, value: shownLine(String(value)) });
}

function testcase(suite: XMLElement, result: RuleResult): void {
  const element = suite.ele('testcase', {
    classname: oneLine(result.suite),
    name: oneLine(`${result.id}: ${result.title}`),
    time: seconds(result.durationMs),
  });
  switch (outcomeOf(result)) {
    case 'passed':
      break;
    case 'failed':
      element.ele('failure', { message: headline(result), type: 'nonconformity' }, details(result));
      break;
    case 'errored':
      element.ele('error', { message: summaryOf(result), type: 'qmpspec' }, details(result));
      break;
    case 'waived':
      element.ele('skipped', { message: `waived: ${summaryOf(result)}` });
      element.ele('system-out', details(result));
      break;
    case 'noted':
      element.ele('skipped', { message: `not judged: ${summaryOf(result)}` });
      element.ele('system-out', details(result));
      break;
    case 'skipped':
      element.ele('skipped', { message: summaryOf(result) });
      break;
    case 'notRun':
      element.ele('skipped', { message: `not run: ${summaryOf(result)}` });
      break;
  }
}

function runSuite(root: XMLElement, report: RunReport, problem: string): void {
  const suite = root.ele('testsuite', { name: 'run', tests: 1, failures: 0, errors: 1, skipped: 0 });
  suite.att('time', seconds(report.durationMs));
  suite.att('timestamp', timestamp(report.startedAt));
  propertiesOf(suite, report);
  const element = suite.ele('testcase', {
    classname: 'run',
    name: 'the run is complete',
    time: seconds(report.durationMs),
  });
  const { exit, stderr } = report.target;
  element.ele('error', { message: shown(problem), type: 'incomplete' }, shown(exit ?? problem));
  if (stderr !== undefined) element.ele('system-err', shown(stderr));
}

/** The first failure, and how many there are beside it. */
function headline(result: RuleResult): string {
  const [first] = shownFailures(result).failures;
  if (first === undefined) return summaryOf(result);
  const others = result.failures.length - 1;
  return others === 0 ? messageOf(first) : `${messageOf(first)}; and ${plural(others, 'more failure')}`;
}

function details(result: RuleResult): string {
  const { failures, more } = shownFailures(result);
  const { document, section } = result.reference;
  return [
    `requirement: ${visible(result.requirement)}`,
    `reference: ${oneLine(document)}, ${oneLine(section)}`,
    ...(result.reason === undefined ? [] : [`reason: ${shown(result.reason)}`]),
    ...failures.flatMap((failure) => ['', messageOf(failure), evidenceText(evidenceOf(failure))]),
    ...(more === 0 ? [] : ['', `and ${plural(more, 'more failure')}: see report.json`]),
  ].join('\n');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Date and time without zone and fraction, which the format does not know; the time is UTC. */
function timestamp(iso: string): string {
  return iso.slice(0, 19);
}
