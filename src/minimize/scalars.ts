/**
 * Simpler scalars, tried in an order in which each answer says where to go on.
 */
import { Double, type Json } from '../json/index.js';
import type { IntegerRange } from '../qapi/index.js';
import { integer } from './smallest.js';

/** Puts another value in the place; was it the same? */
export type Offer = (value: Json) => Promise<boolean>;

/** Shorter strings, by whole code points: empty, as few at the beginning as will do, and of these as few at the end. */
export async function shortenString(text: string, offer: Offer, over: () => boolean): Promise<void> {
  if (text === '') return;
  if (await offer('')) return;
  let kept: readonly string[] = Array.from(text);
  kept = await shorten(kept, (count) => kept.slice(0, count), offer, over);
  kept = await shorten(kept, (count) => kept.slice(kept.length - count), offer, over);
  // What takes an escape is harder to read.
  const plain = kept.map((point) => (/^[ !#-[\]-~]$/.test(point) ? point : 'z'));
  if (!over() && plain.some((point, index) => point !== kept[index])) await offer(plain.join(''));
}

async function shorten(
  all: readonly string[],
  part: (count: number) => readonly string[],
  offer: Offer,
  over: () => boolean,
): Promise<readonly string[]> {
  let kept = all;
  let fewest = 0;
  let most = all.length;
  while (most - fewest > 1 && !over()) {
    const middle = Math.floor((fewest + most) / 2);
    const shorter = part(middle);
    if (await offer(shorter.join(''))) {
      kept = shorter;
      most = middle;
    } else fewest = middle;
  }
  return kept;
}

/** Below this every integer is as easy to read as another, and the least is looked for. */
const SMALL = 4096n;

/** Integers nearer to zero, and round ones. */
export async function reduceInteger(
  value: bigint,
  range: IntegerRange | undefined,
  offer: Offer,
  over: () => boolean,
): Promise<void> {
  const isWithin = (one: bigint): boolean => range === undefined || (one >= range.min && one <= range.max);
  // What is out of its range may go anywhere.
  const within = isWithin(value) ? isWithin : () => true;
  const tryOne = async (candidate: bigint): Promise<boolean> =>
    !over() && within(candidate) && (await offer(integer(candidate)));
  if (value === 0n || (await tryOne(0n))) return;
  if (value < 0n && (await tryOne(-value))) {
    await reduceMagnitude(-value, 1n, tryOne, over);
  } else await reduceMagnitude(value < 0n ? -value : value, value < 0n ? -1n : 1n, tryOne, over);
}

async function reduceMagnitude(
  from: bigint,
  sign: bigint,
  tryOne: (candidate: bigint) => Promise<boolean>,
  over: () => boolean,
): Promise<void> {
  let magnitude = from;
  const lower = async (candidate: bigint): Promise<boolean> => {
    if (candidate >= magnitude || !(await tryOne(sign * candidate))) return false;
    magnitude = candidate;
    return true;
  };
  const bits = magnitude.toString(2).length - 1;
  const isRound = magnitude === 1n << BigInt(bits) || (await lower(1n << BigInt(bits)));
  /** Not the same, as far as is known. */
  let least = 0n;
  if (isRound) {
    let [fewest, most] = [-1, bits];
    while (most - fewest > 1 && !over()) {
      const middle = Math.floor((fewest + most) / 2);
      if (await lower(1n << BigInt(middle))) most = middle;
      else fewest = middle;
    }
    if (fewest >= 0) least = 1n << BigInt(fewest);
  } else {
    for (let shift = bits; shift >= 1 && !over(); shift >>= 1)
      if (await lower(magnitude >> BigInt(shift))) break;
  }
  const digits = magnitude.toString().length;
  await lower(10n ** BigInt(digits - 1));
  if (!isRound) {
    const half = 10n ** BigInt(digits >> 1);
    await lower((magnitude / half) * half);
  }
  if (magnitude >= SMALL) return;
  while (magnitude - least > 1n && !over()) {
    const middle = (least + magnitude) / 2n;
    if (!(await lower(middle))) least = middle;
  }
}

/** Doubles to integers, and to short ones. */
export async function reduceDouble({ value }: Double, offer: Offer): Promise<void> {
  const whole = Number.isFinite(value) ? Math.trunc(value) : 0;
  const integers = [...new Set([0, whole])].map((one) => integer(BigInt(one)));
  const doubles = [...new Set([0, whole, 0.5])].map((one) => new Double(one));
  for (const candidate of [...integers, ...doubles]) if (await offer(candidate)) return;
}
