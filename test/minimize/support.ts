/**
 * What the tests of this layer share: oracles.
 */
import type { Answer, Oracle } from '../../src/minimize/index.js';

/** Same where the predicate holds. */
export function when<T>(holds: (candidate: T) => boolean): Oracle<T> {
  return (candidate) => Promise.resolve(holds(candidate) ? 'same' : 'different');
}

/** An oracle that keeps what it was asked, and what it said. */
export function recorded<T>(oracle: Oracle<T>): { oracle: Oracle<T>; asked: [T, Answer][] } {
  const asked: [T, Answer][] = [];
  return {
    asked,
    oracle: async (candidate) => {
      const answer = await oracle(candidate);
      asked.push([candidate, answer]);
      return answer;
    },
  };
}

/** Numbers in [0, 1) that follow from a seed. */
export function luck(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Same with some probability where the predicate holds. */
export function sometimes<T>(holds: (candidate: T) => boolean, probability: number, seed: number): Oracle<T> {
  const next = luck(seed);
  return when((candidate) => holds(candidate) && next() < probability);
}

/** Does a list hold these, in this order? */
export function inOrder<T>(list: readonly T[], wanted: readonly T[]): boolean {
  let found = 0;
  for (const one of list) if (found < wanted.length && one === wanted[found]) found += 1;
  return found === wanted.length;
}

/** The mean, and the largest. */
export function summary(numbers: readonly number[]): string {
  const mean = numbers.reduce((sum, one) => sum + one, 0) / Math.max(1, numbers.length);
  return `mean ${mean.toFixed(1)}, most ${Math.max(0, ...numbers)}`;
}
