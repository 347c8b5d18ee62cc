/**
 * A whole run, and a replay.
 */
export { readTranscript, replay, type ReplayedStep } from './replay.js';
export { forgetReplays, replaySaver } from './replay-files.js';
export { exitCode, run } from './run.js';
