/**
 * What holds when nothing else is said, on the command line and in the library.
 */

/** How long one reply may take, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 5000;

/** Of a run. The profile follows from the target: `safe` for one that runs already, else `full`. */
export const RUN_DEFAULTS = { level: 'should', seed: 1, runs: 100, jobs: 1, repeat: 1 } as const;

/** The largest seed. */
export const MAX_SEED = 2 ** 31;
/** The most targets at the same time. */
export const MAX_JOBS = 64;
/** Timers know no longer time than this, in milliseconds. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1;
