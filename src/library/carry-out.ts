/**
 * A run from its options to its reports: what the command line and the library have in common.
 */
import { suites } from '../../suites/index.js';
import { InputError } from '../input-error.js';
import { commandMatcher } from '../patterns.js';
import { builtinWaivers, readWaivers, type OptionsReport, type RunEvent } from '../result/index.js';
import { selectRules } from '../rules/index.js';
import { replaySaver, run, type RunOptions, type RunResult } from '../run/index.js';
import { DEFAULT_TIMEOUT_MS, MAX_JOBS, MAX_SEED, MAX_TIMEOUT_MS, RUN_DEFAULTS } from './defaults.js';
import { givenSchema, targetSource } from './inputs.js';
import { prepareReports, withdrawReports, writeReports, type Written } from './report-folder.js';
import type { RunSuitesOptions } from './run-options.js';

/** A run that can begin: its options make sense, its reports can be written. */
export interface PreparedRun {
  readonly options: Omit<RunOptions, 'onEvent' | 'signal'>;
  readonly reportDir: string | undefined;
}

/**
 * Reads and checks everything that a run needs, and makes room for its reports.
 *
 * @throws InputError when an option or a file cannot be used
 */
export async function prepareRun(given: RunSuitesOptions): Promise<PreparedRun> {
  const options = optionsReport(given);
  const selected = selectRules(suites, options);
  const ids = suites.flatMap((suite) => suite.rules.map(({ id }) => id));
  const waivers = (await Promise.all((given.waivers ?? []).map((path) => readWaivers(path, ids)))).flat();
  const schema = givenSchema(given.schema, options.defines);
  // Else the target says which commands there are.
  if (schema !== undefined) commandMatcher(options.commands, [...schema.schema.commands.keys()]);
  const source = targetSource(given.target, options.protocol, schema?.schema);
  const { reportDir } = given;
  if (reportDir !== undefined) await prepareReports(reportDir);
  return {
    reportDir,
    options: {
      source,
      suites,
      selected,
      fileSchema: schema?.schema,
      schemaReport: schema?.report,
      options,
      waivers,
      builtinWaivers: (given.builtinWaivers ?? true) ? builtinWaivers : undefined,
      saveReplay:
        reportDir === undefined
          ? () => Promise.resolve('')
          : replaySaver(reportDir, [...source.arguments, ...judgedBy(given, options)]),
    },
  };
}

/** What came of a run, and of writing its reports. */
export interface CarriedOut extends RunResult {
  readonly written: Written;
}

/**
 * Does a run and writes its reports.
 *
 * @throws InputError when only the target could tell that an option cannot be used; then there are no reports
 */
export async function carryOut(
  { options, reportDir }: PreparedRun,
  live: { readonly onEvent: (event: RunEvent) => void; readonly signal: AbortSignal | undefined },
): Promise<CarriedOut> {
  const result = await run({ ...options, ...live }).catch(async (error: unknown) => {
    // Only the target could tell that the call was bad, and a bad call leaves no report.
    if (reportDir !== undefined && error instanceof InputError) await withdrawReports(reportDir);
    throw error;
  });
  const written =
    reportDir === undefined
      ? { problems: [], defects: [] }
      : // Whatever becomes of what is shown, the files are there.
        await writeReports(reportDir, result.report);
  return { ...result, written };
}

/** All options, as they hold. */
function optionsReport(given: RunSuitesOptions): OptionsReport {
  const { protocol, profile, level, shard, maxFailures } = given;
  const running = given.target !== undefined && 'address' in given.target;
  return {
    protocol: oneOf('protocol', protocol ?? 'qmp', ['qmp', 'qga']),
    profile: oneOf('profile', profile ?? (running ? 'safe' : 'full'), ['readonly', 'safe', 'full']),
    level: oneOf('level', level ?? RUN_DEFAULTS.level, ['must', 'should', 'info']),
    seed: whole('seed', given.seed ?? RUN_DEFAULTS.seed, 0, MAX_SEED),
    runs: whole('runs', given.runs ?? RUN_DEFAULTS.runs, 0),
    timeoutMs: whole('timeoutMs', given.timeoutMs ?? DEFAULT_TIMEOUT_MS, 1, MAX_TIMEOUT_MS),
    suites: given.suites ?? [],
    rules: given.rules ?? [],
    exclude: given.exclude ?? [],
    repeat: whole('repeat', given.repeat ?? RUN_DEFAULTS.repeat, 1),
    commands: given.commands ?? [],
    jobs: whole('jobs', given.jobs ?? RUN_DEFAULTS.jobs, 1, MAX_JOBS),
    ...(shard === undefined
      ? {}
      : {
          shard: {
            count: whole('shard.count', shard.count, 1),
            index: whole('shard.index', shard.index, 0, shard.count - 1),
          },
        }),
    ...(maxFailures === undefined ? {} : { maxFailures: whole('maxFailures', maxFailures, 1) }),
    defines: given.defines ?? [],
  };
}

function oneOf<T extends string>(name: string, value: T, values: readonly T[]): T {
  if (values.includes(value)) return value;
  throw new InputError(`${name} is one of ${values.join(', ')}, not ${JSON.stringify(value)}`);
}

function whole(name: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  const range = max < Number.MAX_SAFE_INTEGER ? `${min} to ${max}` : `${min} on`;
  throw new InputError(`${name} is a whole number from ${range}, not ${String(value)}`);
}

/** By what replies are judged, as options of `qmpspec replay`. */
function judgedBy({ schema }: RunSuitesOptions, { defines, timeoutMs }: OptionsReport): string[] {
  return [
    ...(typeof schema === 'string' ? ['--schema', schema] : []),
    ...defines.flatMap((name) => ['--define', name]),
    ...(timeoutMs === DEFAULT_TIMEOUT_MS ? [] : ['--timeout', String(timeoutMs)]),
  ];
}
