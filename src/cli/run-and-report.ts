import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { suites } from '../../suites/index.js';
import { InputError } from '../input-error.js';
import { commandMatcher } from '../patterns.js';
import {
  createProgress,
  renderReports,
  reportGithub,
  reportPretty,
  tapFooter,
  tapHeader,
  tapPoint,
} from '../report/index.js';
import {
  builtinWaivers,
  readWaivers,
  type OptionsReport,
  type RunEvent,
  type RunReport,
} from '../result/index.js';
import type { Shard } from '../cases/index.js';
import { selectRules } from '../rules/index.js';
import { exitCode, replaySaver, run } from '../run/index.js';
import { explain } from './errors.js';
import { givenSchema, targetSource } from './inputs.js';
import {
  DEFAULT_TIMEOUT_MS,
  wantsColor,
  type SchemaOptions,
  type SelectionOptions,
  type TargetOptions,
} from './options.js';

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
  readonly reporter?: 'pretty' | 'tap' | 'github' | 'quiet';
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
  await prepareFolder(reportDir);

  const interrupted = new AbortController();
  const onInterrupt = (): void => {
    // Whoever asks twice does not want to wait for the reports.
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  const reporter = options.reporter ?? (process.stdout.isTTY ? 'pretty' : 'tap');
  const printer = printers[reporter](options);
  const quiet = reporter === 'quiet';
  const progress = createProgress({
    stream: process.stderr,
    tty: process.stderr.isTTY,
    color: wantsColor(process.stderr, options.color),
  });
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
        if (!quiet) progress.onEvent(event);
        printer.onEvent(event);
      },
      signal: interrupted.signal,
    }).catch(async (error: unknown) => {
      // Only the target could tell that the call was bad, and a bad call leaves no report.
      if (error instanceof InputError) await rm(join(reportDir, 'report.json'), { force: true });
      throw error;
    });
    progress.stop();
    printer.end(result.report);
    await writeReports(reportDir, result.report);
    for (const waiver of result.report.unusedWaivers) {
      process.stderr.write(`qmpspec: this waiver covers nothing, take it out: ${waiver}\n`);
    }
    if (result.internalError !== undefined) process.stderr.write(`${explain(result.internalError)}\n`);
    return exitCode(result);
  } finally {
    progress.stop();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

/** What goes to stdout: in the course of the run, and at its end. */
interface Printer {
  onEvent(event: RunEvent): void;
  end(report: RunReport): void;
}

const ignore = (): void => undefined;

const printers: Record<
  NonNullable<RunCommandOptions['reporter']>,
  (options: RunCommandOptions) => Printer
> = {
  pretty: ({ color, reportDir }) => ({
    onEvent: ignore,
    end: (report) => {
      const stream = process.stdout;
      const width = stream.isTTY ? stream.columns : 100;
      stream.write(reportPretty(report, { color: wantsColor(stream, color), width, reportDir }));
    },
  }),
  tap: (options) => {
    let points = 0;
    return {
      onEvent: (event) => {
        if (event.type === 'run-started') process.stdout.write(tapHeader(event.rules));
        else if (event.type === 'rule-finished') process.stdout.write(tapPoint(event.result, ++points));
      },
      end: (report) => {
        process.stdout.write(tapFooter(report));
        sayVerdict(report, options);
      },
    };
  },
  github: (options) => ({
    onEvent: ignore,
    end: (report) => {
      process.stdout.write(reportGithub(report));
      sayVerdict(report, options);
    },
  }),
  quiet: () => ({ onEvent: ignore, end: ignore }),
};

function sayVerdict(report: RunReport, { reportDir }: RunCommandOptions): void {
  process.stderr.write(`${report.verdict}: ${report.verdictReason}\nreports: ${reportDir}\n`);
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

/** Makes sure, before anything is measured, that the reports can be written; forgets the replays of the run before. */
async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await rm(join(folder, 'replay'), { recursive: true, force: true });
    await writeFile(join(folder, 'report.json'), '');
  } catch (error) {
    throw new InputError(
      `cannot write reports to ${folder}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Level by level: asked for all levels at once, Node 20 never returns where none can be made, as below /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const parent = dirname(resolve(folder));
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder);
}

async function writeReports(folder: string, report: RunReport): Promise<void> {
  const problems: string[] = [];
  for (const [name, text] of await renderReports(report)) {
    try {
      await writeFile(join(folder, name), text);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (problems.length > 0) throw new InputError(`not all reports could be written: ${problems.join('; ')}`);
}
