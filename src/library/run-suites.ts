/**
 * Runs for callers of the library. The rules and the generator are loaded by the first run, not by the import.
 */
import type { RunReport } from '../result/index.js';
import type { RunSuitesOptions } from './run-options.js';

/**
 * What came of a run.
 *
 * @public
 */
export interface SuitesResult {
  /** One result for every rule, the totals, the coverage and the verdict: what `report.json` holds. */
  readonly report: RunReport;
  /**
   * What `qmpspec run` exits with: 0 conformant, 1 nonconformities, 2 nothing was checked, a waiver covers nothing or a
   * report could not be written, 3 the target cannot be tested, 70 qmpspec itself failed, 130 interrupted.
   */
  readonly exitCode: number;
  /** Why reports could not be written; empty when all were, or none had to be. */
  readonly problems: readonly string[];
  /** Exceptions of qmpspec itself that spoilt a check or a report: defects of it. */
  readonly defects: readonly unknown[];
}

/**
 * Runs the suites against a target. A target that cannot be reached, crashes or hangs is a result and no exception.
 *
 * Nothing is printed, and the process is not ended; what was started is ended before the promise resolves.
 *
 * @throws {@link InputError} when an option or a file cannot be used
 *
 * @public
 */
export async function runSuites(options: RunSuitesOptions = {}): Promise<SuitesResult> {
  const [{ carryOut, prepareRun }, { exitCode }] = await Promise.all([
    import('./carry-out.js'),
    import('../run/index.js'),
  ]);
  const { onEvent = () => undefined, signal } = options;
  const result = await carryOut(await prepareRun(options), { onEvent, signal });
  const { problems, defects: writerDefects } = result.written;
  const defects = [...(result.internalError === undefined ? [] : [result.internalError]), ...writerDefects];
  return {
    report: result.report,
    exitCode: defects.length > 0 ? 70 : exitCode(result) || (problems.length > 0 ? 2 : 0),
    problems,
    defects,
  };
}
