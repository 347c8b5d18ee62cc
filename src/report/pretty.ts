import picocolors from 'picocolors';
import type { Failure, RuleResult, RunReport } from '../result/index.js';
import { coverageLines, remarkableCommands } from './coverage.js';
import { evidenceOf, LABEL_WIDTH, messageOf, shownFailures, summaryOf } from './evidence.js';
import {
  byReason,
  bySuite,
  isBad,
  outcomeLabel,
  OUTCOMES,
  selected,
  tally,
  tallyText,
  verdictText,
  withOutcome,
  type ResultOutcome,
  type Tally,
} from './outcome.js';
import { duration, FIELD_LIMIT, grouped, indent, plural, shown, shownLine, wrap } from '../text.js';

export interface PrettyOptions {
  /** Use colours: the only control sequences in the text, and only our own. */
  readonly color: boolean;
  /** Columns of the terminal; prose is wrapped to it, what is there to be copied is not. */
  readonly width: number;
  /** Draw with characters beyond ASCII. Default true. */
  readonly unicode?: boolean;
  /** Where the report files lie, when there are any. */
  readonly reportDir?: string;
}

/**
 * The end of a run as a person reads it in a terminal: every failure with its evidence, what was waived or left out in
 * short, and the verdict last, where the eye is.
 *
 * @returns text that ends in a newline
 */
export function reportPretty(report: RunReport, options: PrettyOptions): string {
  const style = styleOf(options);
  const sections = [
    section(
      style,
      'FAILURES',
      withOutcome(report, 'failed', 'errored').map((result) => failureBlock(style, result)),
      '\n\n',
    ),
    section(style, 'WAIVED', list(style, withOutcome(report, 'waived')), '\n'),
    section(style, 'NOTED, NOT JUDGED', list(style, withOutcome(report, 'noted')), '\n'),
    section(style, 'SKIPPED', reasons(style, withOutcome(report, 'skipped')), '\n'),
    section(style, 'NOT RUN', reasons(style, withOutcome(report, 'notRun')), '\n'),
    section(style, 'WAIVERS THAT NOTHING NEEDED', unusedWaivers(style, report), '\n'),
    section(style, 'ARGUMENTS', argumentLines(style, report), '\n'),
    section(style, 'SUITES', suites(style, report), '\n'),
    verdict(style, report, options.reportDir),
  ];
  return `\n${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

/** Lines of a list before it says how many more there are. */
const LIST_LIMIT = 20;
/** A dozen lines of a usual terminal; `report.json` has the rest. */
const WIRE_LIMIT = 1000;
/** Prose is hard to read in longer lines, however wide the terminal is. */
const WIDEST = 100;

type Paint = ReturnType<typeof picocolors.createColors>;

interface Style {
  readonly paint: Paint;
  readonly width: number;
  readonly pass: string;
  readonly fail: string;
  readonly rest: string;
  readonly dot: string;
}

function styleOf({ color, width, unicode = true }: PrettyOptions): Style {
  const signs = unicode
    ? { pass: '✓', fail: '✗', rest: '–', dot: '·' }
    : { pass: '+', fail: 'x', rest: '-', dot: '-' };
  return { ...signs, paint: picocolors.createColors(color), width: Math.max(40, Math.min(width, WIDEST)) };
}

function section(style: Style, title: string, blocks: readonly string[], separator: string): string {
  if (blocks.length === 0) return '';
  return `${style.paint.bold(title)}\n\n${blocks.join(separator)}`;
}

function failureBlock(style: Style, result: RuleResult): string {
  const { paint } = style;
  const { failures, more } = shownFailures(result);
  const { document, section } = result.reference;
  const source = `${result.level} ${style.dot} ${shownLine(document)}, ${shownLine(section)}`;
  const lines = [
    `${paint.red(style.fail)} ${paint.bold(shownLine(result.id))}  ${shownLine(result.title)}`,
    ...prose(style, shownLine(result.requirement, FIELD_LIMIT), '  '),
    `  ${paint.dim(source)}`,
  ];
  if (result.status === 'errored')
    lines.push(
      '',
      ...prose(style, `qmpspec could not check this rule: ${summaryOf(result)}`, '  ', paint.red),
    );
  for (const failure of failures) lines.push('', ...failureLines(style, failure));
  if (more > 0) lines.push('', `  and ${plural(more, 'more failure')}: see report.json`);
  return lines.join('\n');
}

function failureLines(style: Style, failure: Failure): string[] {
  const { paint } = style;
  const margin = ' '.repeat(4 + LABEL_WIDTH);
  return [
    ...prose(style, messageOf(failure), '  ', paint.red),
    ...evidenceOf(failure, WIRE_LIMIT).map(({ label, text }) => {
      const lines = indent(text, margin).slice(margin.length);
      return `    ${paint.dim(label.padEnd(LABEL_WIDTH))}${label === 'replay' ? paint.cyan(lines) : lines}`;
    }),
  ];
}

/** Wrapped text, every line painted on its own so that a pager that shows one line shows its colour. */
function prose(
  style: Style,
  text: string,
  margin: string,
  paint: (line: string) => string = String,
): string[] {
  return wrap(text, style.width - margin.length).map((line) => margin + paint(line));
}

function list(style: Style, results: readonly RuleResult[]): string[] {
  const lines = results
    .slice(0, LIST_LIMIT)
    .flatMap((result) => [
      `${style.paint.yellow(style.rest)} ${shownLine(result.id)}  ${shownLine(result.title)}`,
      ...prose(style, summaryOf(result), '    ', style.paint.dim),
    ]);
  return withMore(lines, results.length, 'rule');
}

function reasons(style: Style, results: readonly RuleResult[]): string[] {
  const groups = byReason(results);
  const lines = groups.slice(0, LIST_LIMIT).map(([reason, group]) => {
    const [first = '', ...others] = wrap(reason, style.width - 8);
    return [
      `${grouped(group.length).padStart(6)}  ${first}`,
      ...others.map((line) => ' '.repeat(8) + line),
    ].join('\n');
  });
  return withMore(lines, groups.length, 'reason');
}

function unusedWaivers(style: Style, report: RunReport): string[] {
  const lines = report.unusedWaivers
    .slice(0, LIST_LIMIT)
    .flatMap((waiver) => prose(style, shownLine(waiver), '  '));
  return withMore(lines, report.unusedWaivers.length, 'waiver');
}

/** How much of the arguments of the commands was reached; commands are named by the schema, which may be the target's. */
function argumentLines(style: Style, { coverage }: RunReport): string[] {
  if (coverage.arguments === undefined) return [];
  const { paint } = style;
  const labelled = (label: string, text: string, bad = false): string[] => {
    const lines = wrap(shownLine(text, FIELD_LIMIT), style.width - 4 - LABEL_WIDTH);
    return lines.map(
      (line, index) =>
        `  ${paint.dim((index === 0 ? label : '').padEnd(LABEL_WIDTH))} ${bad ? paint.red(line) : line}`,
    );
  };
  const lists = remarkableCommands(coverage.arguments).flatMap(({ title, names }) => {
    const more = names.length - LIST_LIMIT;
    const text = names.slice(0, LIST_LIMIT).join(', ');
    const head = `${paint.yellow(style.rest)} ${plural(names.length, 'command')} ${title}`;
    return [
      head,
      ...prose(style, shownLine(text, FIELD_LIMIT), '    ', paint.dim),
      ...(more > 0 ? [`    and ${grouped(more)} more: see report.json`] : []),
    ];
  });
  return [
    ...coverageLines(coverage.arguments).flatMap(({ label, text, bad }) => labelled(label, text, bad)),
    ...(lists.length === 0 ? [] : ['', ...lists]),
  ];
}

function withMore(lines: readonly string[], total: number, noun: string): string[] {
  const more = total - LIST_LIMIT;
  return more > 0 ? [...lines, `  and ${plural(more, `more ${noun}`)}: see report.json`] : [...lines];
}

function suites(style: Style, report: RunReport): string[] {
  const results = selected(report);
  const rows = [...bySuite(results)].map(([suite, members]) => ({
    name: shownLine(suite),
    counts: tally(members),
  }));
  const total = tally(results);
  const nameWidth = Math.max(0, ...rows.map(({ name }) => name.length));
  // One column for every outcome that happened at all.
  const columns = OUTCOMES.filter((outcome) => total[outcome] > 0);
  return rows.map(({ name, counts }) => {
    const cells = columns.map((outcome) =>
      cell(style, outcome, counts[outcome], grouped(total[outcome]).length),
    );
    return `${sign(style, counts)} ${name.padEnd(nameWidth)}  ${cells.join('  ')}`.trimEnd();
  });
}

function cell(style: Style, outcome: ResultOutcome, count: number, width: number): string {
  const text = `${grouped(count).padStart(width)} ${outcomeLabel(outcome)}`;
  return count === 0 ? ' '.repeat(text.length) : paintOf(style, outcome)(text);
}

function paintOf(style: Style, outcome: ResultOutcome): (text: string) => string {
  const { paint } = style;
  if (outcome === 'passed') return paint.green;
  if (isBad(outcome)) return paint.red;
  return outcome === 'waived' || outcome === 'notRun' ? paint.yellow : paint.dim;
}

function sign(style: Style, counts: Tally): string {
  if (counts.failed + counts.errored > 0) return style.paint.red(style.fail);
  if (counts.passed + counts.waived === 0) return style.paint.dim(style.rest);
  return style.paint.green(style.pass);
}

function verdict(style: Style, report: RunReport, reportDir: string | undefined): string {
  const { paint } = style;
  const good = report.verdict === 'conformant' && report.complete;
  const words = `${verdictText(report).toUpperCase()}${report.complete ? '' : ' (INCOMPLETE RUN)'}`;
  const badge = paint.bold((good ? paint.green : paint.red)(`${good ? style.pass : style.fail} ${words}`));
  const { stderr } = report.target;
  return [
    badge,
    ...prose(style, shownLine(report.verdictReason, FIELD_LIMIT), '  '),
    '',
    ...details(style, report, reportDir).map(
      ([label, text]) => `  ${paint.dim(label.padEnd(LABEL_WIDTH))}${text}`,
    ),
    ...(stderr === undefined
      ? []
      : ['', `  ${paint.dim('what the target wrote last')}`, indent(shown(stderr), '    ')]),
  ].join('\n');
}

/** What was tested, by what, with what, and how much of it. */
function details(style: Style, report: RunReport, reportDir: string | undefined): [string, string][] {
  const { target, schema, options, coverage } = report;
  const results = selected(report);
  const join = ` ${style.dot} `;
  const product = target.protocol === 'qga' ? 'guest agent' : 'QEMU';
  const version = target.version === undefined ? [] : [`${product} ${shownLine(target.version)}`];
  const cases = results.reduce((sum, result) => sum + result.cases, 0);
  const sent = grouped(Object.keys(coverage.commands).length);
  const seen = grouped(Object.keys(coverage.events).length);
  return [
    ['target', [shownLine(target.address ?? target.command ?? 'unknown'), ...version].join(join)],
    ...(target.exit === undefined ? [] : [['ended', shownLine(target.exit)] as [string, string]]),
    ['schema', shownLine(schema.source)],
    ['options', [`profile ${options.profile}`, `level ${options.level}`, `seed ${options.seed}`].join(join)],
    ['rules', `${grouped(results.length)}: ${tallyText(tally(results))}`],
    ['cases', `${grouped(cases)} in ${duration(report.durationMs)}`],
    [
      'covered',
      `${sent} of ${plural(schema.commands, 'command')}, ${seen} of ${plural(schema.events, 'event')}`,
    ],
    ...(reportDir === undefined ? [] : [['reports', shownLine(reportDir)] as [string, string]]),
  ];
}
