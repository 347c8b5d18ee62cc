import type { Shard } from '../cases/index.js';
import { carryOut, prepareRun } from '../library/carry-out.js';
import type { RunSuitesOptions } from '../library/run-options.js';
import { exitCode } from '../run/index.js';
import { onDefect } from './defects.js';
import { DEFECT, explain } from './errors.js';
import { targetChoice, type SchemaOptions, type SelectionOptions, type TargetOptions } from './options.js';
import { guarded, printers, progressPrinter, type ReporterName } from './printer.js';
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
  const prepared = await prepareRun(runOptions(options));

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
    const { written, ...result } = await carryOut(prepared, {
      onEvent: (event) => {
        for (const printer of all) printer.onEvent(event);
      },
      signal: interrupted.signal,
    });
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

/** The same in the words of the library. */
function runOptions(options: RunCommandOptions): RunSuitesOptions {
  return {
    target: targetChoice(options),
    protocol: options.protocol,
    profile: options.profile,
    level: options.level,
    suites: options.suite,
    rules: options.rule,
    exclude: options.exclude,
    commands: options.command,
    schema: options.schema,
    defines: options.define,
    seed: options.seed,
    runs: options.runs,
    timeoutMs: options.timeout,
    jobs: options.jobs,
    shard: options.shard,
    maxFailures: options.maxFailures,
    repeat: options.repeat,
    waivers: options.waivers,
    builtinWaivers: options.builtinWaivers,
    reportDir: options.reportDir,
  };
}
