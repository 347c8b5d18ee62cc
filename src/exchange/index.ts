/**
 * Conversations with a target and their evidence: steps, connections, cases in flight, peers, and their findings.
 *
 *     target ─► TargetSession ─► StepExecutor (one conversation) ─► StepRecorder (findings with their steps)
 *                     └────────► CaseConnection ─► pipeline (cases, several in flight)
 */
export type { Case, Variable } from './case.js';
export { CaseConnection, type ConnectionLost } from './case-connection.js';
export { UNOBSERVED, type Evidence, type FindingSink, type Observer } from './evidence.js';
export { lostBy } from './gather.js';
export type { Cleanup } from './maintenance.js';
export { Patience } from './patience.js';
export { attributed, pipeline, type CaseSink, type SendResult } from './pipeline.js';
export { FOLDER_MARK, NOTHING, StepExecutor, type Observed, type StepOutcome } from './step-executor.js';
export { StepRecorder } from './step-recorder.js';
export { negotiationStep, requestStep, type PeerKind, type Step, type Transcript } from './step.js';
export {
  CONNECTION_LOSSES,
  CRASH_MS,
  exitFailure,
  failureOf,
  lossFailure,
  type TargetFailure,
} from './target-failure.js';
export {
  TargetSession,
  type CaseConversation,
  type Conversation,
  type SessionOptions,
  type StartFailure,
} from './target-session.js';
