/**
 * A whole run, and a replay.
 */
export { readTranscript, replay, type ReplayedStep, replaySaver } from './replay.js';
export { exitCode, run } from './run.js';
