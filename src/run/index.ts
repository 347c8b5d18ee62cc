/**
 * A whole run, and a replay.
 *
 *     rules ─► plan ─► runner ─► records ─► run (waivers, replay files) ─► report
 */
export { forgetReplays, replaySaver } from './replay-files.js';
export { readTranscript, replay, type Replayed, type ReplayedStep, type ReplayOptions } from './replay.js';
export { exitCode, run, type RunOptions, type RunResult } from './run.js';
