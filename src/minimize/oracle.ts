/**
 * What every search here asks, and what it may cost.
 */

/** What one try showed: the same failure, something else (or nothing), or that the target was lost over it. */
export type Answer = 'same' | 'different' | 'lost';

/**
 * Tries a candidate. When what is looked for is itself a loss of the target, that loss is `same`, and `lost` means that
 * it was lost in another way. What an oracle throws is a defect of ours, and goes through to the caller of the search.
 */
export type Oracle<T> = (candidate: T) => Promise<Answer>;

/** What a search may cost. */
export interface Budget {
  readonly tries: number;
  /** No try begins later than this. */
  readonly milliseconds?: number;
  /** The clock, in milliseconds; a monotonic one when left out. */
  readonly now?: () => number;
  /** No try begins once this is aborted. */
  readonly signal?: AbortSignal;
}

/** Why a search ended before it was done. */
export type Stopped = 'tries' | 'time' | 'interrupted';

/**
 * How often a candidate is tried before it counts as different. What fails by luck (a race, memory used after it was
 * freed) needs more than one try; how many is learnt from candidates that were seen to be the same and then were not.
 */
export interface Attempts {
  readonly least: number;
  readonly most: number;
}

/** For what fails every time, or never. */
export const ONCE: Attempts = { least: 1, most: 1 };

/** For what may fail by luck, down to one time in eight. */
export const PATIENT: Attempts = { least: 1, most: 16 };
