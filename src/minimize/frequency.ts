/**
 * How often does it fail, when it can? From tries of candidates that were seen to be the same at least once.
 */
import type { Attempts } from './oracle.js';

/** How likely a candidate that can fail may be taken for one that cannot. */
const MISTAKEN = 0.02;

export class Frequency {
  readonly #attempts: Attempts;
  #shown = 0;
  #missed = 0;

  constructor(attempts: Attempts) {
    this.#attempts = attempts;
  }

  /** A candidate was seen to be the same, after so many tries that did not show it. */
  noteShown(missed: number): void {
    this.#shown += 1;
    this.#missed += missed;
  }

  /** A candidate that had been seen to be the same did not show it. */
  noteMissed(): void {
    this.#missed += 1;
  }

  /** How many tries tell that a candidate is different. */
  get attempts(): number {
    const { least, most } = this.#attempts;
    if (this.#missed === 0) return least;
    const misses = this.#missed / (this.#shown + this.#missed);
    // Nothing was shown at all: as many as there may be.
    const needed = misses >= 1 ? most : Math.ceil(Math.log(MISTAKEN) / Math.log(misses));
    return Math.min(most, Math.max(least, needed));
  }
}
