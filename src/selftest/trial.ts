/**
 * One trial: the suites against the fake, clean or with one fault.
 */
import { suites } from '../../suites/index.js';
import type { Fault } from '../fake/index.js';
import { run, selectRules, type RunReport } from '../run/index.js';
import { fakeSource, referenceSchema } from './fake-source.js';

/** What came of a trial; `fault` is undefined for the clean fake. */
export interface Trial {
  readonly fault: string | undefined;
  /** The rules that name the fault. */
  readonly expected: readonly string[];
  /** The rules that did not hold. */
  readonly failed: readonly string[];
  /** Every rule that names the fault caught it; or the fake was clean, every rule was checked, and held. */
  readonly ok: boolean;
  /** Why not, for people. */
  readonly problem?: string;
}

/**
 * Runs all suites against a fake.
 *
 * @param timeoutMs how long one reply may take; a fault by which the fake falls silent costs this much
 */
export async function tryFault(fault: Fault | undefined, timeoutMs: number): Promise<Trial> {
  const { report, internalError } = await run({
    source: fakeSource(fault === undefined ? {} : { faults: [fault] }),
    suites,
    selected: selectRules(suites, { suites: [], rules: [], exclude: [] }),
    fileSchema: referenceSchema(),
    options: {
      profile: 'full',
      // Rules that are only shown have to notice as well.
      level: 'info',
      seed: 1,
      runs: 20,
      timeoutMs,
      suites: [],
      rules: [],
      exclude: [],
      repeat: 1,
      defines: [],
    },
    waivers: [],
    saveReplay: () => Promise.resolve(''),
    onEvent: () => undefined,
  });
  if (internalError !== undefined) throw new Error('a check failed', { cause: internalError });
  return fault === undefined ? judgeClean(report) : judgeFault(fault.id, report);
}

function judgeClean(report: RunReport): Trial {
  const failed = failedRules(report);
  const others = report.results.filter(({ status }) => status !== 'passed').map(({ id }) => id);
  if (others.length === 0) return { fault: undefined, expected: [], failed, ok: true };
  return { fault: undefined, expected: [], failed, ok: false, problem: `not passed: ${others.join(', ')}` };
}

function judgeFault(fault: string, report: RunReport): Trial {
  const failed = failedRules(report);
  const expected = suites.flatMap(({ rules }) =>
    rules.filter(({ kills }) => kills.includes(fault)).map(({ id }) => id),
  );
  const missed = expected.filter((id) => !failed.includes(id));
  if (expected.length === 0)
    return { fault, expected, failed, ok: false, problem: 'no rule names this fault' };
  if (missed.length > 0) {
    return { fault, expected, failed, ok: false, problem: `not caught by ${missed.join(', ')}` };
  }
  return { fault, expected, failed, ok: true };
}

function failedRules(report: RunReport): string[] {
  return report.results.filter(({ status }) => status === 'failed').map(({ id }) => id);
}
