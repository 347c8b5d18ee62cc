import { suites } from '../../suites/index.js';
import { InputError } from '../input-error.js';
import { commandMatcher } from '../patterns.js';
import type { Shard } from '../cases/index.js';
import { builtinWaivers, readWaivers, type OptionsReport } from '../result/index.js';
import { selectRules } from '../rules/index.js';
import { exitCode, replaySaver, run } from '../run/index.js';
import { onDefect } from './defects.js';
import { DEFECT, explain } from './errors.js';
import { givenSchema, targetSource } from './inputs.js';
import {
  DEFAULT_TIMEOUT_MS,
  type SchemaOptions,
  type SelectionOptions,
  type TargetOptions,
} from './options.js';
import { guarded, printers, progressPrinter, type ReporterName } from './printer.js';
import { prepareReports, withdrawReports, writeReports } from './report-folder.js';
import { say } from './stderr.js';
import { terminal } from './stdout.js';

/** The options of `qmpspec run`. */
export interface RunCommandOptions extends TargetOptions, SchemaOptions, SelectionOptions {
  readonly level: 'must' | 'should' | 'info';
  readonly profile?: 'readonly' | 'safe' | 'full';
  readonly seed: number;
  readonly runs: number;
  readonly timeout: number;
  readonly maxFailures?: number;
  readonly repeat: number;
  readonly command: readonly string[];
  readonly jobs: number;
  readonly shard?: Shard;
  readonly reportDir: string;
  readonly reporter?: ReporterName;
  readonly waivers: readonly string[];
  readonly builtinWaivers: boolean;
  readonly color: boolean;
}

/**
 * Runs the rules, prints what the reporter says, writes the reports.
 *
 * @returns the exit code
 * @throws InputError when an option or a file cannot be used
 */
export async function runAndReport(options: RunCommandOptions): Promise<number> {
  const selection = { suites: options.suite, rules: options.rule, exclude: options.exclude };
  const selected = selectRules(suites, selection);
  const ids = suites.flatMap((suite) => suite.rules.map(({ id }) => id));
  const waivers = (await Promise.all(options.waivers.map((path) => readWaivers(path, ids)))).flat();
  const given = givenSchema(options);
  // Else the target says which commands there are.
  if (given !== undefined) commandMatcher(options.command, [...given.schema.commands.keys()]);
  const source = targetSource(options, given?.schema);
  const { reportDir } = options;
  await prepareReports(reportDir);

  const interrupted = new AbortController();
  const onInterrupt = (): void => {
    // Whoever asks twice does not want to wait for the reports.
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  onDefect(() => {
    interrupted.abort();
  });
  const defects: unknown[] = [];
  const addDefect = (error: unknown): void => {
    defects.push(error);
  };
  const reporter = options.reporter ?? (terminal.isTTY ? 'pretty' : 'tap');
  const shown = reporter === 'quiet' ? [] : [progressPrinter(options), printers[reporter](options)];
  const all = shown.map((printer) => guarded(printer, addDefect));
  try {
    const result = await run({
      source,
      suites,
      selected,
      fileSchema: given?.schema,
      schemaReport: given?.report,
      options: optionsReport(options),
      waivers,
      builtinWaivers: options.builtinWaivers ? builtinWaivers : undefined,
      saveReplay: replaySaver(reportDir, [...source.arguments, ...judgedBy(options)]),
      onEvent: (event) => {
        for (const printer of all) printer.onEvent(event);
      },
      signal: interrupted.signal,
    }).catch(async (error: unknown) => {
      // Only the target could tell that the call was bad, and a bad call leaves no report.
      if (error instanceof InputError) await withdrawReports(reportDir);
      throw error;
    });
    // Whatever becomes of what is shown, the files are there.
    const written = await writeReports(reportDir, result.report);
    for (const printer of all) printer.stop();
    for (const printer of all) printer.end(result.report);
    for (const waiver of result.report.unusedWaivers)
      say(`qmpspec: this waiver covers nothing, take it out: ${waiver}`);
    if (written.problems.length > 0)
      say(`qmpspec: not all reports could be written: ${written.problems.join('; ')}`);
    if (result.internalError !== undefined) say(explain(result.internalError));
    defects.push(...written.defects);
    for (const defect of defects) say(explain(defect));
    if (defects.length > 0) return DEFECT;
    // A folder that cannot be written is no reason to hide what was found.
    return exitCode(result) || (written.problems.length > 0 ? 2 : 0);
  } finally {
    for (const printer of all) printer.stop();
    onDefect(undefined);
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

function optionsReport(options: RunCommandOptions): OptionsReport {
  return {
    protocol: options.protocol,
    profile: options.profile ?? (options.target === undefined ? 'full' : 'safe'),
    level: options.level,
    seed: options.seed,
    runs: options.runs,
    timeoutMs: options.timeout,
    suites: options.suite,
    rules: options.rule,
    exclude: options.exclude,
    repeat: options.repeat,
    commands: options.command,
    jobs: options.jobs,
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    ...(options.maxFailures === undefined ? {} : { maxFailures: options.maxFailures }),
    defines: options.define,
  };
}

/** By what replies are judged, as options of `qmpspec replay`. */
function judgedBy({ schema, define, timeout }: RunCommandOptions): string[] {
  return [
    ...(schema === undefined ? [] : ['--schema', schema]),
    ...define.flatMap((name) => ['--define', name]),
    ...(timeout === DEFAULT_TIMEOUT_MS ? [] : ['--timeout', String(timeout)]),
  ];
}
