/**
 * "Did you mean …?"
 */
import leven from 'leven';

/** More candidates are not looked at, longer names neither: a hint must stay cheap. */
const CANDIDATES = 5000;
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
  // A third of the letters may differ; in very short words only one.
  let distance = Math.max(1, Math.floor(unknown.length / 3)) + 1;
  let count = 0;
  for (const word of known) {
    if (++count > CANDIDATES) break;
    if (Math.abs(word.length - unknown.length) >= distance) continue;
    const found = leven(unknown.toLowerCase(), word.toLowerCase(), { maxDistance: distance });
    if (found < distance && word !== unknown) {
      distance = found;
      best = word;
    }
  }
  return best === undefined ? undefined : `did you mean '${best}'?`;
}
