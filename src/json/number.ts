/**
 * Number tokens → values.
 */
import type { Dialect } from './dialect.js';
import { Double } from './value.js';

const MINUS = 0x2d;

/** So many digits always make a safe integer. */
const SAFE_DIGITS = 15;
/**
 * An integer of more characters is not worth being exact: making a bigint takes more than linear time, and RFC 8259
 * (section 6) lets a reader limit the range of numbers.
 */
const EXACT_CHARACTERS = 1024;

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** Whether a character code is that of a digit. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The integer that is written in `source[from, to)` if it is a short one, else undefined. */
export function shortInteger(source: Uint8Array, from: number, to: number): number | undefined {
  const negative = source[from] === MINUS;
  let at = negative ? from + 1 : from;
  if (to - at > SAFE_DIGITS) return undefined;
  let value = 0;
  for (; at < to; at += 1) value = value * 10 + (source[at] ?? 0) - 0x30;
  // Subtracting from 0 and not negating, so that -0 is the integer 0.
  return negative ? 0 - value : value;
}

/** The value of an integer literal of any length. */
export function longInteger(text: string, dialect: Dialect): number | bigint | Double {
  if (text.length > EXACT_CHARACTERS) return new Double(Number(text), text);
  const value = BigInt(text);
  if (dialect.wideIntegers === 'double' && (value < INT64_MIN || value > UINT64_MAX)) {
    return new Double(Number(text), text);
  }
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
