/**
 * Do the suites notice? They run against the clean fake, where every rule must hold, and against every fault of the
 * fake, which every rule that names it must catch.
 */
import type { Fault } from '../fake/index.js';
import type { Schema } from '../qapi/index.js';
import { run, selectRules, type RunReport, type Suite } from '../run/index.js';
import { fakeSource, referenceSchema } from './fake-source.js';

/** What came of one fault; `fault` is undefined for the clean fake. */
export interface Trial {
  readonly fault: string | undefined;
  /** The rules that name the fault. */
  readonly expected: readonly string[];
  /** The rules that did not hold. */
  readonly failed: readonly string[];
  /** The fault was caught by every rule that names it; the clean fake was clean, with every rule checked. */
  readonly ok: boolean;
  /** Why not, for people. */
  readonly problem?: string;
}

export interface SelftestOptions {
  readonly suites: readonly Suite[];
  readonly faults: readonly Fault[];
  /** How long one reply may take; a fault by which the fake falls silent costs this much. */
  readonly timeoutMs: number;
  readonly onTrial: (trial: Trial) => void;
}

/**
 * Tries the clean fake and every fault.
 *
 * @returns the trials; the suites are trustworthy when all of them are ok
 */
export async function selftest(options: SelftestOptions): Promise<Trial[]> {
  const { suites, faults, onTrial } = options;
  const trials: Trial[] = [];
  for (const fault of [undefined, ...faults]) {
    const report = await runOn(fault, options);
    const trial = judgeTrial(fault, report, suites);
    trials.push(trial);
    onTrial(trial);
  }
  return trials;
}

async function runOn(fault: Fault | undefined, { suites, timeoutMs }: SelftestOptions): Promise<RunReport> {
  const schema: Schema = referenceSchema();
  const { report, internalError } = await run({
    source: fakeSource(fault === undefined ? {} : { faults: [fault] }),
    suites,
    selected: selectRules(suites, { suites: [], rules: [], exclude: [] }),
    fileSchema: schema,
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
  if (internalError !== undefined) throw internalError;
  return report;
}

function judgeTrial(fault: Fault | undefined, report: RunReport, suites: readonly Suite[]): Trial {
  const failed = report.results.filter(({ status }) => status === 'failed').map(({ id }) => id);
  if (fault === undefined) {
    const unchecked = report.results.filter(({ status }) => status !== 'passed').map(({ id }) => id);
    const problem = unchecked.length === 0 ? {} : { problem: `not passed: ${unchecked.join(', ')}` };
    return { fault: undefined, expected: [], failed, ok: unchecked.length === 0, ...problem };
  }
  const expected = suites.flatMap(({ rules }) =>
    rules.filter(({ kills }) => kills.includes(fault.id)).map(({ id }) => id),
  );
  const missed = expected.filter((id) => !failed.includes(id));
  const ok = expected.length > 0 && missed.length === 0;
  if (ok) return { fault: fault.id, expected, failed, ok };
  const problem = expected.length === 0 ? 'no rule names this fault' : `not caught by ${missed.join(', ')}`;
  return { fault: fault.id, expected, failed, ok, problem };
}
