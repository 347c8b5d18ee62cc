/**
 * Honest comparisons: A and B in turns on the same machine in the same minute, medians, and their ratio. Absolute
 * times of a shared machine mean nothing and are shown only to make the ratio believable.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

export interface Comparison {
  readonly a: number;
  readonly b: number;
  /** a / b */
  readonly ratio: number;
}

/** Runs both in turns, once to warm up and then `rounds` times. */
export async function compare(
  rounds: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<Comparison> {
  const measured: { a: number[]; b: number[] } = { a: [], b: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const [first, second] = [await a(), await b()];
    if (round > 0) {
      measured.a.push(first);
      measured.b.push(second);
    }
  }
  const [medianA, medianB] = [median(measured.a), median(measured.b)];
  return { a: medianA, b: medianB, ratio: medianA / medianB };
}

/** A line of the report: what was compared, the ratio, and the bound that it must keep. */
export function verdict(what: string, ratio: number, bound: string, holds: boolean, detail: string): void {
  process.stdout.write(`${holds ? 'ok  ' : 'MISS'} ${what}: ${ratio.toFixed(2)} (${bound}); ${detail}\n`);
  if (!holds) process.exitCode = 1;
}
