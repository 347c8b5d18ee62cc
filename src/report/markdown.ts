import type { RuleResult, RunReport } from '../result/index.js';
import { coverageLines, remarkableCommands } from './coverage.js';
import {
  evidenceOf,
  evidenceText,
  messageOf,
  shownFailures,
  summaryOf,
  type EvidencePart,
} from './evidence.js';
import {
  byReason,
  bySuite,
  outcomeLabel,
  OUTCOMES,
  selected,
  tally,
  verdictText,
  withOutcome,
  type ResultOutcome,
} from './outcome.js';
import { code, longestTicks, prose } from './markup.js';
import { duration, grouped, plural, shown } from '../text.js';

/** GitHub drops a job summary of more than 1 MiB altogether, so we stop before that. In bytes. */
const SUMMARY_LIMIT = 1_000_000;
/** What the failures may take of it, in bytes. */
const FAILURES_LIMIT = 750_000;
/** How much of a request or reply is shown, in UTF-16 units. */
const WIRE_LIMIT = 2000;
const LIST_LIMIT = 50;
const IDS_LIMIT = 20;

/**
 * `summary.md`: the report for the summary page of a CI job, in GitHub flavoured Markdown. What a target sent stands
 * in code spans and fenced blocks only; other text has its markup escaped, so nothing of it becomes a link, a tag or
 * a mention.
 */
export function reportMarkdown(report: RunReport): string {
  const sections = [
    headSection(report),
    suitesSection(report),
    failuresSection(report),
    listSection('Waived', withOutcome(report, 'waived')),
    listSection('Noted, not judged', withOutcome(report, 'noted')),
    reasonsSection('Skipped', withOutcome(report, 'skipped')),
    reasonsSection('Not run', withOutcome(report, 'notRun')),
    unusedWaiversSection(report),
    coverageSection(report),
  ];
  let text = '';
  for (const section of sections) {
    if (section === '') continue;
    if (Buffer.byteLength(text) + Buffer.byteLength(section) > SUMMARY_LIMIT)
      return `${text}There is more in \`report.json\`.\n`;
    text += `${section}\n\n`;
  }
  return `${text.trimEnd()}\n`;
}

function headSection(report: RunReport): string {
  const { target, schema, options, ruleSet, tool } = report;
  const sign = report.verdict === 'conformant' && report.complete ? '✅' : '❌';
  const rows: [string, string | undefined][] = [
    ['Target', codeUnlessAbsent(target.address ?? target.command)],
    [target.protocol === 'qga' ? 'Guest agent' : 'QEMU', codeUnlessAbsent(target.version)],
    ['Package', codeUnlessAbsent(target.package === '' ? undefined : target.package)],
    ['Target ended', codeUnlessAbsent(target.exit)],
    [
      'Schema',
      `${code(schema.source)}, ${plural(schema.commands, 'command')}, ${plural(schema.events, 'event')}`,
    ],
    ['Rules', `${code(ruleSet.id)}, ${plural(ruleSet.count, 'rule')}`],
    [
      'Options',
      `profile ${options.profile}, level ${options.level}, seed ${options.seed}, runs ${options.runs}`,
    ],
    ['Run', `${code(report.startedAt)}, ${duration(report.durationMs)}, qmpspec ${code(tool.version)}`],
  ];
  return [
    `## ${sign} ${verdictText(report)}${report.complete ? '' : ' (incomplete run)'}`,
    '',
    prose(report.verdictReason),
    '',
    '| | |',
    '|---|---|',
    ...rows.flatMap(([name, value]) => (value === undefined ? [] : [`| ${name} | ${value} |`])),
    ...(target.stderr === undefined
      ? []
      : ['', 'Last words of the target:', '', fenced(shown(target.stderr))]),
  ].join('\n');
}

function suitesSection(report: RunReport): string {
  const results = selected(report);
  const total = tally(results);
  // A column for what never happens is noise.
  const columns = OUTCOMES.filter((outcome) => outcome === 'passed' || total[outcome] > 0);
  const row = (name: string, counts: Readonly<Record<ResultOutcome, number>>) =>
    `| ${name} | ${columns.map((outcome) => grouped(counts[outcome])).join(' | ')} |`;
  return [
    `| Suite | ${columns.map(outcomeLabel).join(' | ')} |`,
    `|---|${'--:|'.repeat(columns.length)}`,
    ...[...bySuite(results)].map(([suite, members]) => row(prose(suite), tally(members))),
    row('**all**', total),
  ].join('\n');
}

function failuresSection(report: RunReport): string {
  const bad = withOutcome(report, 'failed', 'errored');
  if (bad.length === 0) return '';
  const blocks: string[] = [];
  let size = 0;
  for (const result of bad) {
    const block = failureBlock(result);
    size += Buffer.byteLength(block);
    if (size > FAILURES_LIMIT) break;
    blocks.push(block);
  }
  const left = bad.length - blocks.length;
  if (left > 0) blocks.push(`${plural(left, 'more rule')} did not hold: see \`report.json\`.`);
  return ['### Failures', ...blocks].join('\n\n');
}

function failureBlock(result: RuleResult): string {
  const { failures, more } = shownFailures(result);
  const { document, section } = result.reference;
  const title = `${code(result.id)} ${prose(result.title)}`;
  const head = [
    `#### ${result.status === 'errored' ? '⚠️' : '❌'} ${title}`,
    prose(result.requirement),
    `_${result.level}_ · ${prose(document)}, ${prose(section)}`,
    ...(result.status === 'errored'
      ? [`qmpspec could not check this rule: ${prose(result.reason ?? '')}`]
      : []),
  ];
  const details = failures.flatMap((failure, index) => {
    const evidence = evidenceOf(failure, WIRE_LIMIT);
    const [replay, rest] = [evidence.filter(isReplay), evidence.filter((piece) => !isReplay(piece))];
    return [
      `**${index + 1}.** ${prose(messageOf(failure))}`,
      fenced(evidenceText(rest)),
      // On its own, so that the button beside a block copies a command and nothing else.
      ...replay.map(({ text }) => fenced(text, 'sh')),
    ];
  });
  if (more > 0) details.push(`${plural(more, 'more failure')}: see \`report.json\`.`);
  return [...head, ...details].join('\n\n');
}

function isReplay({ label }: EvidencePart): boolean {
  return label === 'replay';
}

function listSection(title: string, results: readonly RuleResult[]): string {
  if (results.length === 0) return '';
  const left = results.length - LIST_LIMIT;
  return [
    `### ${title}`,
    '',
    '| Rule | Why |',
    '|---|---|',
    ...results.slice(0, LIST_LIMIT).map((result) => `| ${code(result.id)} | ${prose(summaryOf(result))} |`),
    ...(left > 0 ? ['', `${plural(left, 'more rule')}: see \`report.json\`.`] : []),
  ].join('\n');
}

function reasonsSection(title: string, results: readonly RuleResult[]): string {
  if (results.length === 0) return '';
  const reasons = byReason(results);
  const left = reasons.length - LIST_LIMIT;
  return [
    `### ${title}`,
    '',
    '| Rules | Why | Which |',
    '|--:|---|---|',
    ...reasons.slice(0, LIST_LIMIT).map(([reason, group]) => {
      const ids = group.slice(0, IDS_LIMIT).map((result) => code(result.id));
      if (group.length > IDS_LIMIT) ids.push('…');
      return `| ${grouped(group.length)} | ${prose(reason)} | ${ids.join(', ')} |`;
    }),
    ...(left > 0 ? ['', `${plural(left, 'more reason')}: see \`report.json\`.`] : []),
  ].join('\n');
}

function unusedWaiversSection(report: RunReport): string {
  const unused = report.unusedWaivers;
  if (unused.length === 0) return '';
  return [
    '### Waivers that nothing needed',
    '',
    ...unused.slice(0, LIST_LIMIT).map((waiver) => `- ${prose(waiver)}`),
    ...(unused.length > LIST_LIMIT ? [`- and ${plural(unused.length - LIST_LIMIT, 'more waiver')}`] : []),
  ].join('\n');
}

function coverageSection(report: RunReport): string {
  const { coverage, schema } = report;
  const sent = Object.values(coverage.commands);
  const succeeded = sent.filter((command) => command.succeeded > 0).length;
  const classes = Object.entries(coverage.errorClasses).sort(([, a], [, b]) => b - a);
  const classText = classes
    .slice(0, IDS_LIMIT)
    .map(([name, count]) => `${code(name)} ${grouped(count)}`)
    .join(', ');
  return [
    '### Coverage',
    '',
    `- commands sent: ${grouped(sent.length)} of ${grouped(schema.commands)}, ${grouped(succeeded)} of them succeeded at least once`,
    `- kinds of events seen: ${grouped(Object.keys(coverage.events).length)} of ${grouped(schema.events)}`,
    ...(classes.length === 0
      ? []
      : [`- errors received: ${classText}${classes.length > IDS_LIMIT ? ', …' : ''}`]),
    ...argumentLines(report),
  ].join('\n');
}

function argumentLines({ coverage }: RunReport): string[] {
  if (coverage.arguments === undefined) return [];
  return [
    '',
    '| Arguments | |',
    '|---|---|',
    ...coverageLines(coverage.arguments).map(
      ({ label, text, bad }) => `| ${label} | ${bad === true ? '⚠️ ' : ''}${prose(text)} |`,
    ),
    ...remarkableCommands(coverage.arguments).map(({ title, names }) => {
      const listed = names.slice(0, LIST_LIMIT).map(code).join(', ');
      return `| ${plural(names.length, 'command')} ${title} | ${listed}${names.length > LIST_LIMIT ? ', …' : ''} |`;
    }),
  ];
}

function codeUnlessAbsent(text: string | undefined): string | undefined {
  return text === undefined ? undefined : code(text);
}

/** A fenced block; the fence is longer than any run of backticks inside. */
function fenced(content: string, language = 'text'): string {
  const fence = '`'.repeat(Math.max(3, longestTicks(content) + 1));
  return `${fence}${language}\n${content}\n${fence}`;
}
