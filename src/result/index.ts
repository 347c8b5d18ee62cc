/**
 * What came of a run: records, results, coverage, waivers.
 */
export { argumentCoverage } from './argument-coverage.js';
export { CoverageCounter } from './coverage.js';
export type {
  ArgumentCoverage,
  CommandArguments,
  CoverageTotals,
  Kinds,
  LeftCommands,
  NegativeTally,
  PositiveTally,
  Requests,
  SidesTally,
  Unreached,
  WhyNot,
} from './coverage-result.js';
export { RuleRecord, type Example, type RecordedFailure } from './record.js';
export {
  NO_CASES,
  NOT_SELECTED,
  type CommandCoverage,
  type Coverage,
  type Failure,
  type OptionsReport,
  type RuleResult,
  type RunEvent,
  type RunReport,
  type SchemaReport,
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
  waiversFor,
  type SourcedWaiver,
} from './waivers.js';
