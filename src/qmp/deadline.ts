/**
 * A time limit that a flood cannot stretch.
 */

/** More than a connection and the kernel hold: whatever came in time is still looked at. */
const LATE_MESSAGES = 8192;

export class Deadline {
  /** How long it was when it began, in milliseconds. */
  readonly lengthMs: number;
  readonly #at: number;
  #late = 0;

  /** @param timeoutMs from now on, in milliseconds */
  constructor(timeoutMs: number) {
    this.lengthMs = timeoutMs;
    this.#at = performance.now() + timeoutMs;
  }

  /** Milliseconds; none or less when time is up. */
  get left(): number {
    return this.#at - performance.now();
  }

  /**
   * To be asked after a message that was not the one waited for. This process may have been held up, so what lay in
   * the queue when time was up still counts; but only so much of it.
   */
  spent(): boolean {
    if (this.left > 0) return false;
    this.#late += 1;
    return this.#late > LATE_MESSAGES;
  }
}
