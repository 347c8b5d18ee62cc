/**
 * What came of a run: records, results, coverage, waivers.
 */
export { argumentCoverage } from './argument-coverage.js';
export type { ArgumentCoverage, CommandArguments, WhyNot } from './coverage-result.js';
export { CoverageCounter, eventName } from './coverage.js';
export { type RecordedFailure, RuleRecord } from './record.js';
export {
  type Coverage,
  type Failure,
  type Level,
  NO_CASES,
  NOT_SELECTED,
  type OptionsReport,
  type Profile,
  type Reference,
  type RuleResult,
  type RunEvent,
  type RunReport,
  type SchemaReport,
  type Shard,
  type Status,
  type Stop,
  type TargetReport,
  type Totals,
  type Verdict,
} from './result.js';
export {
  builtinWaivers,
  coversVersion,
  readWaivers,
  showWaiver,
  type SourcedWaiver,
  waiverFor,
} from './waivers.js';
