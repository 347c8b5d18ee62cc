/**
 * One conversation with a target and its evidence: steps, connections, pipelined cases, peers, and what they brought.
 */
export type { Case } from './case.js';
export { CheckConnection } from './check-connection.js';
export { cleanUp, healthProblem } from './maintenance.js';
export { PipelineLost } from './pipeline.js';
export { NOTHING, StepExecutor, type StepOutcome } from './step-executor.js';
export { Abandoned, type Evidence, type FindingSink, StepRecorder } from './step-recorder.js';
export type { PeerKind, Step, Transcript } from './step.js';
export {
  CRASH_MS,
  exitFailure,
  type TargetFailure,
  failureOf,
  isTargetFailure,
  CONNECTION_LOSSES,
  lossFailure,
} from './target-failure.js';
