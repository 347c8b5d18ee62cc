/**
 * "Did you mean …?"
 */
import leven from 'leven';

/** More candidates are not looked at, longer names neither: a hint must stay cheap. */
const CANDIDATES = 2000;
const LENGTH = 100;

/**
 * A hint that names the known word closest to an unknown one.
 *
 * @param unknown what was written
 * @param known the words that would have been right
 * @returns undefined when no word is close
 */
export function didYouMean(unknown: string, known: Iterable<string>): string | undefined {
  if (unknown.length > LENGTH) return undefined;
  let best: string | undefined;
  // Less than half of the letters may differ; swapping two counts as two.
  let distance = Math.floor(unknown.length * 0.4) + 2;
  let count = 0;
  for (const word of known) {
    if (++count > CANDIDATES) break;
    if (Math.abs(word.length - unknown.length) >= distance) continue;
    // Of words that are equally close, one of the same length is more likely to be meant.
    const penalty = word.length === unknown.length ? 0 : 0.5;
    const found =
      penalty + leven(unknown.toLowerCase(), word.toLowerCase(), { maxDistance: Math.ceil(distance) });
    if (found < distance && word !== unknown) {
      distance = found;
      best = word;
    }
  }
  return best === undefined ? undefined : `did you mean '${best}'?`;
}
