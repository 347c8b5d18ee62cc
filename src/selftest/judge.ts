/**
 * What a trial shows: whether the suites noticed what there was to notice, and nothing else.
 */
import type { Protocol } from '../qmp/index.js';
import { NO_CASES, type RuleResult } from '../result/index.js';
import type { Rule } from '../rules/index.js';

type Result = Pick<RuleResult, 'id' | 'status' | 'reason'>;

/** What came of a trial; `fault` is undefined for the clean fake. */
export interface Trial {
  /** What the fake was. */
  readonly protocol: Protocol;
  readonly fault: string | undefined;
  /** The rules that name the fault. */
  readonly expected: readonly string[];
  /** The rules that failed. */
  readonly failed: readonly string[];
  /** Every rule that names the fault caught it; or the fake was clean, and every rule was checked and passed. */
  readonly ok: boolean;
  /** Why not, for people. */
  readonly problem?: string;
}

/**
 * Judges a trial.
 *
 * @param fault the fault that the fake had, by id; undefined for the clean fake
 * @param rules all rules
 * @param results what came of them
 */
export function judgeTrial(
  fault: string | undefined,
  rules: readonly Pick<Rule, 'id' | 'detects'>[],
  results: readonly Result[],
): Omit<Trial, 'protocol'> {
  const failed = results.filter(({ status }) => status === 'failed').map(({ id }) => id);
  const expected =
    fault === undefined ? [] : rules.filter(({ detects }) => detects.includes(fault)).map(({ id }) => id);
  const problem = fault === undefined ? unclean(rules, results) : uncaught(expected, failed);
  return {
    fault,
    expected,
    failed,
    ok: problem === undefined,
    ...(problem === undefined ? {} : { problem }),
  };
}

/**
 * A rule that was skipped, or has no result at all, has shown nothing; unless the schema has no place for its cases. (If
 * no schema had one, the faults that the rule names would not be caught.)
 */
function unclean(rules: readonly Pick<Rule, 'id'>[], results: readonly Result[]): string | undefined {
  const passed = new Set(results.filter(({ status }) => status === 'passed').map(({ id }) => id));
  const placeless = new Set(results.filter(({ reason }) => reason === NO_CASES).map(({ id }) => id));
  const others = rules.filter(({ id }) => !passed.has(id) && !placeless.has(id)).map(({ id }) => id);
  if (passed.size === 0) return 'no rule passed';
  return others.length === 0 ? undefined : `not passed: ${others.join(', ')}`;
}

function uncaught(expected: readonly string[], failed: readonly string[]): string | undefined {
  if (expected.length === 0) return 'no rule names this fault';
  const missed = expected.filter((id) => !failed.includes(id));
  return missed.length === 0 ? undefined : `not caught by ${missed.join(', ')}`;
}
