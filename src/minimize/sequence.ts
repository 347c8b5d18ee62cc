/**
 * Of a sequence, as short a part as can be found that shows the same.
 */
import { climb, type Reached, type Rung } from './ladder.js';
import { PATIENT, type Attempts, type Budget, type Oracle, type Stopped } from './oracle.js';
import { smallestSubset, withoutParts, type Subset } from './subset.js';
import { Trials } from './trials.js';

export interface SequenceOptions {
  /** {@link PATIENT} when left out. */
  readonly attempts?: Attempts;
  /** The whole has been seen to be the same; else it has to be seen first. */
  readonly known?: boolean;
}

/** The sequence was the same, and what is left of it was, too. */
export interface Minimized<T> {
  readonly kind: 'minimized';
  /** Seen to be the same; empty when nothing at all has to be sent. */
  readonly items: readonly T[];
  readonly tries: number;
  /** With any one item less it is different, as far as the attempts can tell. */
  readonly oneMinimal: boolean;
  /** Seen to be the same more than once. */
  readonly confirmed: boolean;
  readonly stopped?: Stopped;
  /** The shortest part over which the target was lost in another way. */
  readonly lost?: readonly T[];
}

/** Nothing was seen to be the same. */
export interface NotSame<T> {
  readonly kind: 'not-same';
  readonly tries: number;
  readonly stopped?: Stopped;
  readonly lost?: readonly T[];
}

/** Makes a sequence shorter: its end first, for what fails mostly fails of what came last. */
export async function minimizeSequence<T>(
  items: readonly T[],
  oracle: Oracle<readonly T[]>,
  budget: Budget,
  { attempts = PATIENT, known = false }: SequenceOptions = {},
): Promise<Minimized<T> | NotSame<T>> {
  const trials = sequenceTrials(oracle, budget, attempts);
  if (known) {
    // How much luck is in it had better be known before any halving goes wrong for it.
    const again =
      attempts.most === attempts.least || (await trials.gauge(items)) || (await trials.again(items));
    return minimizeReached({ rung: { items, repeat: false }, atOnce: false, again }, trials);
  }
  const reached = await climb(ends(items), trials, attempts.most);
  if (reached === undefined) return { kind: 'not-same', ...spentOn(trials) };
  return minimizeReached(reached, trials);
}

export function sequenceTrials<T>(
  oracle: Oracle<readonly T[]>,
  budget: Budget,
  attempts: Attempts,
): Trials<readonly T[]> {
  return new Trials(oracle, budget, { attempts, weight: ({ length }) => length });
}

/** What a search has cost, and what went wrong on the way. */
export function spentOn<T>(trials: Trials<readonly T[]>): Pick<Minimized<T>, 'tries' | 'stopped' | 'lost'> {
  const { tries, stopped, lost } = trials;
  return {
    tries,
    ...(stopped === undefined ? {} : { stopped }),
    ...(lost === undefined ? {} : { lost: lost.candidate }),
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- a ladder may have to wait for its rungs; this one need not
async function* ends<T>(items: readonly T[]): AsyncIterable<Rung<T>> {
  let below = 0;
  for (let size = 1; size < items.length; size *= 2) {
    yield { items: items.slice(-size), repeat: false, notLast: below };
    below = size;
  }
  yield { items, repeat: true, notLast: below };
}

/** Makes a sequence shorter that was seen to be the same. */
export async function minimizeReached<T>(
  { rung: { items, notLast = 0 }, atOnce, again }: Reached<T>,
  trials: Trials<readonly T[]>,
): Promise<Minimized<T>> {
  // An accident is not made smaller.
  if (!again) return { kind: 'minimized', items, oneMinimal: false, confirmed: false, ...spentOn(trials) };
  const search = new SequenceSearch(items, trials);
  // What was seen once not to do it says little where there is luck in it.
  const { part, oneMinimal, confirmed } = await search.run(
    atOnce && trials.attempts === 1 ? notLast : 0,
    trials.learns,
  );
  return { kind: 'minimized', items: search.pick(part), oneMinimal, confirmed, ...spentOn(trials) };
}

class SequenceSearch<T> {
  readonly #items: readonly T[];
  readonly #trials: Trials<readonly T[]>;
  /** What was seen to be the same, each smaller than the one before. */
  readonly #seen: (readonly number[])[];

  constructor(items: readonly T[], trials: Trials<readonly T[]>) {
    this.#items = items;
    this.#trials = trials;
    this.#seen = [[...items.keys()]];
  }

  pick(part: readonly number[]): readonly T[] {
    return part.map((index) => this.#items[index] as T);
  }

  /**
   * @param notLast so many items at the end were seen not to be the same
   * @param again the whole was seen to be the same more than once
   */
  async run(notLast: number, again: boolean): Promise<Subset & { readonly confirmed: boolean }> {
    const trials = this.#trials;
    const over = (): boolean => trials.over;
    const test = (part: readonly number[]): Promise<boolean> => this.#test(part);
    let patience = trials.attempts;
    let found = await smallestSubset([...this.#items.keys()], test, { over, recent: true, notLast });
    let confirmed = again && found.part.length === this.#items.length;
    for (;;) {
      if (over()) return { ...found, confirmed };
      confirmed ||= await trials.again(this.pick(found.part));
      if (over()) return { ...found, confirmed };
      if (!confirmed) return this.#stepBack();
      if (trials.attempts <= patience) return { ...found, confirmed };
      // It takes more luck than it seemed: what was taken for different may not have been.
      patience = trials.attempts;
      const { length } = found.part;
      found = await withoutParts(found.part, test, { over });
      if (found.part.length < length) confirmed = false;
    }
  }

  #last(): { readonly part: readonly number[] } {
    return { part: this.#seen.at(-1) ?? [] };
  }

  /** The smallest part was not the same again: one that was seen before it may be. */
  async #stepBack(): Promise<Subset & { readonly confirmed: boolean }> {
    for (let back = 2; back <= this.#seen.length && !this.#trials.over; back *= 2) {
      const part = this.#seen.at(-back);
      if (part !== undefined && (await this.#trials.again(this.pick(part))))
        return { part, oneMinimal: false, confirmed: true };
    }
    return { ...this.#last(), oneMinimal: false, confirmed: false };
  }

  async #test(part: readonly number[]): Promise<boolean> {
    const key = part.length <= MOST_REMEMBERED ? part.join() : undefined;
    const shown = await this.#trials.shows(this.pick(part), key);
    if (shown) this.#seen.push(part);
    return shown;
  }
}

/** Longer parts hardly come up twice. */
const MOST_REMEMBERED = 64;
