/**
 * Smaller ways to see the same failure: which requests it takes, and how little of a request.
 *
 *     scene ─► isolate ─► sequence ─► subset ─┐
 *     arguments and their type ─► arguments ──┴─► trials ─► oracle
 *
 * Pure searches over an oracle: the caller brings what tries a candidate (on a fresh target, say) and what that may
 * cost; nothing here sends, waits or draws. What comes of a search is a value; a candidate that was never seen to be
 * the same is no result, and a target that is lost on the way is part of it.
 */
export {
  shrinkArguments,
  SHRINK_BUDGET,
  type Arguments,
  type Shrunk,
  type ShrinkOptions,
} from './arguments.js';
export { isolateTrigger, type Isolated, type Proven, type Scene, type Unproven } from './isolate.js';
export {
  ONCE,
  PATIENT,
  type Answer,
  type Attempts,
  type Budget,
  type Oracle,
  type Stopped,
} from './oracle.js';
export { minimizeSequence, type Minimized, type NotSame, type SequenceOptions } from './sequence.js';
