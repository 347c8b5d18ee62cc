/**
 * `qmpspec`: talk to a QMP server or a guest agent, run the suites against one, and read what came of it.
 *
 * To import this starts nothing and prints nothing. What a caller did wrong is an {@link InputError}, a server that
 * cannot be talked to a {@link TargetError}, a command that was refused a {@link CommandError}.
 *
 * The files of this layer that other entry points have: `fake.ts`, `qapi.ts`, `json.ts`. What `carry-out.ts` and
 * `inputs.ts` do for a run is what the command line does.
 *
 * @module qmpspec
 */
export type { Profile, Shard } from '../cases/index.js';
export type { ElementKind } from '../generate/index.js';
export { InputError } from '../input-error.js';
export type { Json, JsonObject } from '../json/index.js';
export { parseEndpoint, showEndpoint, TargetError, type Endpoint, type Protocol } from '../qmp/index.js';
export type {
  ArgumentCoverage,
  CommandArguments,
  CommandCoverage,
  Coverage,
  CoverageTotals,
  Failure,
  Kinds,
  LeftCommands,
  NegativeTally,
  OptionsReport,
  PositiveTally,
  Requests,
  RuleResult,
  RunEvent,
  RunReport,
  SchemaReport,
  SidesTally,
  Status,
  Stop,
  TargetReport,
  Totals,
  Unreached,
  Verdict,
  WhyNot,
} from '../result/index.js';
export type { Level, Reference } from '../rules/index.js';
export { CommandError, QmpClient, type ConnectOptions, type QmpEvent } from './client.js';
export { renderReport, type RenderOptions, type ReportFormat } from './render-report.js';
export type { RunSuitesOptions, TargetChoice } from './run-options.js';
export { runSuites, type SuitesResult } from './run-suites.js';
