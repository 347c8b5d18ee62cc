/**
 * Which of some candidates is the same? The likeliest and smallest first, each once; then, for what comes by luck,
 * those again that are worth it.
 */
import type { Trials } from './trials.js';

export interface Rung<T> {
  readonly items: readonly T[];
  /** Worth to be tried again and again. */
  readonly repeat: boolean;
  /** Behind how many of its first items the rung below begins, if it is the end of this one. */
  readonly notLast?: number;
}

export interface Reached<T> {
  readonly rung: Rung<T>;
  /** Those below were tried once, and were different. */
  readonly atOnce: boolean;
}

/**
 * @param rungs made one by one as they are tried
 * @param rounds how often those are tried that are worth it
 */
export async function climb<T>(
  rungs: AsyncIterable<Rung<T>>,
  trials: Trials<readonly T[]>,
  rounds: number,
): Promise<Reached<T> | undefined> {
  const repeated: Rung<T>[] = [];
  for await (const rung of rungs) {
    const answer = await trials.once(rung.items);
    if (answer === undefined) return undefined;
    if (answer === 'same') {
      trials.noteShown(0);
      return { rung, atOnce: true };
    }
    if (rung.repeat) repeated.push(rung);
  }
  for (let round = 1; round < rounds; round += 1) {
    for (const rung of repeated) {
      const answer = await trials.once(rung.items);
      if (answer === undefined) return undefined;
      if (answer === 'same') {
        trials.noteShown(round);
        return { rung, atOnce: false };
      }
    }
  }
  return undefined;
}
