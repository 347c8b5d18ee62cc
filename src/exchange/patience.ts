/**
 * Limits how long a target is waited for. One reply may take what the user says; all fruitless waiting of a run has a
 * bound, and each silence makes the next wait shorter, because waiting that long again and again for a target that
 * keeps silent shows nothing new. An answer that comes late is never counted as a failure of the target.
 */

/** All fruitless waiting of a run, in time limits of one reply: 30 s at the default of 5 s. */
const LIMITS_IN_ALL = 6;
/** One silence costs at most this share of what is left. */
const SHARE = 1 / 8;
/** An answer that takes longer counts as waiting, in milliseconds: with less a run comes to its end in a bearable time. */
const SLOW_MS = 1000;
/** No wait is shorter than this, in milliseconds, nor than so many times the slowest answer so far. */
const SHORTEST_MS = 100;
const TIMES_SLOWEST = 4;

/** Why a target is not waited for any more. */
export interface ImpatienceReason {
  /** Nothing came, too often; or what came took so long each time that the run would never end. */
  readonly kind: 'silent' | 'slow';
  readonly message: string;
}

export class Patience {
  /** How long one reply may take, in milliseconds, as the user has said. */
  readonly timeoutMs: number;
  readonly #budgetMs: number;
  #silentMs = 0;
  #silences = 0;
  #slowMs = 0;
  #slowReplies = 0;
  #slowestMs = 0;

  /**
   * @param timeoutMs how long one reply may take, in milliseconds
   * @param limitsInAll how many times that is waited in all
   */
  constructor(timeoutMs: number, limitsInAll = LIMITS_IN_ALL) {
    this.timeoutMs = timeoutMs;
    this.#budgetMs = limitsInAll * timeoutMs;
  }

  /** How long the next reply may take, in milliseconds: the time limit, and less for a target that has kept silent. */
  get limitMs(): number {
    if (this.#silences === 0) return this.timeoutMs;
    return Math.min(this.timeoutMs, Math.max(this.#shortestMs, this.#leftMs * SHARE));
  }

  /** Notes that something came after `waitedMs` milliseconds of waiting. */
  answered(waitedMs: number): void {
    if (waitedMs > this.#slowestMs) this.#slowestMs = waitedMs;
    if (waitedMs < SLOW_MS) return;
    this.#slowMs += waitedMs;
    this.#slowReplies += 1;
  }

  /** Notes that nothing came within `waitedMs` milliseconds. */
  silent(waitedMs: number): void {
    this.#silences += 1;
    this.#silentMs += waitedMs;
  }

  /** How often nothing came. */
  get silences(): number {
    return this.#silences;
  }

  /** Why there is no point in waiting any more; undefined as long as there is one. */
  get lost(): ImpatienceReason | undefined {
    if (this.#leftMs >= Math.min(this.timeoutMs, this.#shortestMs)) return undefined;
    if (this.#silentMs >= this.#slowMs) {
      const message = `it kept silent ${this.#silences} times, ${seconds(this.#silentMs)} in all`;
      return { kind: 'silent', message };
    }
    const message = `it is too slow to be tested: ${this.#slowReplies} answers took ${seconds(this.#slowMs)} in all, the slowest ${seconds(this.#slowestMs)}; a larger --timeout gives it more`;
    return { kind: 'slow', message };
  }

  get #leftMs(): number {
    return Math.max(0, this.#budgetMs - this.#silentMs - this.#slowMs);
  }

  get #shortestMs(): number {
    return Math.max(SHORTEST_MS, TIMES_SLOWEST * this.#slowestMs);
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
