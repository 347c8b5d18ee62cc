/**
 * Which few of many does it take? Of a list of indices a part, in order, for which a test still holds, and of which
 * nothing can be left out any more.
 *
 * First, one needed index after the other is found by halving, which costs about log n tests for each; that is all
 * where more of them never spoil it. Then delta debugging takes over: parts are left out, ever smaller ones, and at
 * last single ones, until none can be. The test may be wrong or without order; what is returned has passed it.
 */

/** Does it hold for this part? False as well when there are no more tries. */
export type SubsetTest = (part: readonly number[]) => Promise<boolean>;

export interface Subset {
  readonly part: readonly number[];
  /** Each part with one index less was tested, and failed. */
  readonly oneMinimal: boolean;
}

export interface SubsetOptions {
  /** Are there no more tests? What is known by then is returned. */
  readonly over: () => boolean;
  /** What is needed most likely stands near the end. */
  readonly recent?: boolean;
  /** For so many indices at the end alone it is known not to hold. */
  readonly notLast?: number;
}

/**
 * @param all indices for which the test is known to hold
 */
export async function smallestSubset(
  all: readonly number[],
  test: SubsetTest,
  options: SubsetOptions,
): Promise<Subset> {
  return withoutParts(await byHalving(all, test, options), test, options);
}

/** Behind the first needed index, how far from the end the others are looked for by doubling. */
const NEAR = 64;

/** Finds one needed index after the other, from the front. */
async function byHalving(
  all: readonly number[],
  test: SubsetTest,
  { over, recent = false, notLast = 0 }: SubsetOptions,
): Promise<readonly number[]> {
  const needed: number[] = [];
  let rest = all;
  /** How many were left out before the last that was needed. */
  let leftOut: number | undefined;
  while (rest.length > 0 && !over()) {
    const behind = rest;
    const holdsWithout = (left: number): Promise<boolean> => test([...needed, ...behind.slice(left)]);
    const size = behind.length;
    // How many can be left out in front: surely `fewest`, surely not `most`.
    let fewest = 0;
    let most = size + 1;
    if (needed.length === 0 && notLast > 0) most = size - Math.min(notLast, size - 1);
    else {
      if (isPowerOfTwo(needed.length)) {
        if (await holdsWithout(size)) return needed;
        most = size;
      }
      const dense = leftOut === 0 && needed.length > 1;
      if (recent && !dense) {
        const reach = needed.length === 0 ? size : Math.min(size, NEAR);
        for (let last = 1; last < reach; last *= 2) {
          const holds = await holdsWithout(size - last);
          if (holds) fewest = size - last;
          else most = size - last;
          if (holds) break;
        }
      }
    }
    // Where one needed stands right behind another, so may the next.
    if (leftOut === 0 && needed.length > 1 && most > 1) {
      if (await holdsWithout(1)) fewest = 1;
      else most = 1;
    }
    while (most - fewest > 1 && !over()) {
      const middle = Math.floor((fewest + most) / 2);
      if (await holdsWithout(middle)) fewest = middle;
      else most = middle;
    }
    if (over()) return [...needed, ...behind.slice(fewest)];
    const next = behind[fewest];
    if (next === undefined) return needed;
    needed.push(next);
    rest = behind.slice(fewest + 1);
    leftOut = fewest;
  }
  return [...needed, ...rest];
}

/** No powers of two: few tests, however many are needed. */
function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0;
}

/** Delta debugging by complements. */
export async function withoutParts(
  all: readonly number[],
  test: SubsetTest,
  { over }: SubsetOptions,
): Promise<Subset> {
  let part = all;
  // Of two or three a half is a single one, or all but one.
  let size = part.length < 4 ? 1 : Math.ceil(part.length / 2);
  for (;;) {
    let smaller = false;
    for (let from = 0; from < part.length;) {
      if (over()) return { part, oneMinimal: false };
      const rest = [...part.slice(0, from), ...part.slice(from + size)];
      if (await test(rest)) {
        part = rest;
        smaller = true;
      } else from += size;
    }
    if (size > 1) size = Math.max(1, Math.min(Math.ceil(size / 2), Math.ceil(part.length / 2)));
    else if (!smaller) return { part, oneMinimal: !over() };
  }
}
