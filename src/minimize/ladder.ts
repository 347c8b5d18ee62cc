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
  /** Seen to be the same again; else it may have been an accident. */
  readonly again: boolean;
}

/**
 * @param rungs made one by one as they are tried
 * @param rounds how often those are tried that are worth it
 * @returns the first that was the same and was so again; else the first that was the same
 */
export async function climb<T>(
  rungs: AsyncIterable<Rung<T>>,
  trials: Trials<readonly T[]>,
  rounds: number,
): Promise<Reached<T> | undefined> {
  const repeated: Rung<T>[] = [];
  let once: Reached<T> | undefined;
  const holds = async (rung: Rung<T>, round: number): Promise<Reached<T> | undefined> => {
    if ((await trials.once(rung.items)) !== 'same') return undefined;
    trials.noteShown(round);
    const again = !trials.learns || (await trials.gauge(rung.items)) || (await trials.again(rung.items));
    const reached = { rung, atOnce: round === 0, again };
    once ??= reached;
    return again ? reached : undefined;
  };
  for await (const rung of rungs) {
    const reached = await holds(rung, 0);
    if (reached !== undefined || trials.over) return reached ?? once;
    if (rung.repeat) repeated.push(rung);
  }
  for (let round = 1; round < rounds; round += 1) {
    for (const rung of repeated) {
      const reached = await holds(rung, round);
      if (reached !== undefined || trials.over) return reached ?? once;
    }
  }
  return once;
}
