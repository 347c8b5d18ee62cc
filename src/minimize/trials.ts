/**
 * The tries of one search: counted, bounded, and repeated where luck has a part in it.
 */
import { Frequency } from './frequency.js';
import type { Answer, Attempts, Budget, Oracle, Stopped } from './oracle.js';

export interface TrialsOptions<T> {
  readonly attempts: Attempts;
  /** Is the search over when a candidate is lost? */
  readonly endsWhenLost?: boolean;
  /** Of the lost candidates the lightest is kept; of equals, and without this, the first. */
  readonly weight?: (candidate: T) => number;
}

/** A candidate over which the target was lost; wrapped, for a candidate may be undefined. */
export interface Lost<T> {
  readonly candidate: T;
}

/** So often a candidate is to be the same again before it is believed how often it is. */
const ENOUGH = 3;

export class Trials<T> {
  readonly #oracle: Oracle<T>;
  readonly #budget: Budget;
  readonly #options: TrialsOptions<T>;
  readonly #frequency: Frequency;
  readonly #now: () => number;
  readonly #began: number;
  /** How often a candidate was tried in vain, by its key. */
  readonly #missed = new Map<string, number>();
  #tries = 0;
  #stopped: Stopped | undefined;
  #lost: Lost<T> | undefined;

  constructor(oracle: Oracle<T>, budget: Budget, options: TrialsOptions<T>) {
    this.#oracle = oracle;
    this.#budget = budget;
    this.#options = options;
    this.#frequency = new Frequency(options.attempts);
    this.#now = budget.now ?? (() => performance.now());
    this.#began = this.#now();
  }

  get tries(): number {
    return this.#tries;
  }

  /** Set when a try was wanted that the budget did not allow. */
  get stopped(): Stopped | undefined {
    return this.#stopped;
  }

  get lost(): Lost<T> | undefined {
    return this.#lost;
  }

  /** Will there be no more tries? */
  get over(): boolean {
    return this.#stopped !== undefined || (this.#options.endsWhenLost === true && this.#lost !== undefined);
  }

  /** How many tries tell that a candidate is different, as far as is known by now. */
  get attempts(): number {
    return this.#frequency.attempts;
  }

  /** May it be learnt that more tries are needed? */
  get learns(): boolean {
    return this.#options.attempts.most > this.#options.attempts.least;
  }

  /** The search wants more than it is given, though no try. */
  stop(reason: Stopped): void {
    this.#stopped ??= reason;
  }

  /** One try; undefined when there are no more. */
  async once(candidate: T): Promise<Answer | undefined> {
    this.#stopped ??= this.#limit();
    if (this.over) return undefined;
    this.#tries += 1;
    const answer = await this.#oracle(candidate);
    if (answer === 'lost') this.#noteLost(candidate);
    return answer;
  }

  /**
   * Is a candidate the same, at one of as many tries as it takes to tell?
   *
   * @param key tells it from others, so that what is asked again later goes on where it was left
   */
  async shows(candidate: T, key?: string): Promise<boolean> {
    let missed = key === undefined ? 0 : (this.#missed.get(key) ?? 0);
    while (missed < this.attempts) {
      const answer = await this.once(candidate);
      if (answer === undefined) break;
      if (answer === 'same') {
        // While one try is all that a candidate gets, those that show say nothing of those that do not.
        if (missed > 0 || this.attempts > 1) this.#frequency.noteShown(missed);
        return true;
      }
      missed += 1;
      if (key !== undefined) this.#missed.set(key, missed);
    }
    return false;
  }

  /** A candidate was the same after so many tries in vain. */
  noteShown(missed: number): void {
    this.#frequency.noteShown(missed);
  }

  /** One try of a candidate that was seen to be the same, to learn how often it is. */
  async gauge(candidate: T): Promise<boolean> {
    const answer = await this.once(candidate);
    if (answer === 'same') this.#frequency.noteShown(0);
    else if (answer !== undefined) this.#frequency.noteMissed();
    return answer === 'same';
  }

  /**
   * Is a candidate that was seen to be the same so once more? Given more patience than one of which nothing is known;
   * and where there is luck in it, some more tries tell how much.
   */
  async again(candidate: T): Promise<boolean> {
    const { most } = this.#options.attempts;
    let shown = 0;
    for (let left = most === 1 ? 1 : 2 * most; left > 0 && !this.over; left -= 1) {
      if (await this.gauge(candidate)) shown += 1;
      if (shown > 0 && (this.attempts === 1 || shown >= ENOUGH)) break;
    }
    return shown > 0;
  }

  #limit(): Stopped | undefined {
    const { tries, milliseconds, signal } = this.#budget;
    if (signal?.aborted === true) return 'interrupted';
    if (this.#tries >= tries) return 'tries';
    if (milliseconds !== undefined && this.#now() - this.#began >= milliseconds) return 'time';
    return undefined;
  }

  #noteLost(candidate: T): void {
    const { weight } = this.#options;
    if (
      this.#lost === undefined ||
      (weight !== undefined && weight(candidate) < weight(this.#lost.candidate))
    )
      this.#lost = { candidate };
  }
}
