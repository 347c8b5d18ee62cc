/**
 * A whole run, and a replay.
 *
 *     rules ─► plan ─► runner ─► records ─► run (waivers, replay files) ─► report
 */
export {
  readTranscript,
  replay,
  replaySaver,
  type Replayed,
  type ReplayedStep,
  type ReplayOptions,
} from './replay.js';
export { exitCode, run, type RunOptions, type RunResult } from './run.js';
