/**
 * What a reader gives out.
 */
import type { Violation, JsonError } from './findings.js';
import type { Json } from './value.js';

/**
 * How many bytes between two items are kept.
 *
 * @public
 */
export const MAX_SEPARATOR = 64;
/**
 * How many bytes of a value are kept.
 *
 * @public
 */
export const MAX_VALUE_RAW = 2 ** 16;
/**
 * How many bytes of an error are kept.
 *
 * @public
 */
export const MAX_ERROR_RAW = 4096;

/**
 * One complete value, or the reason why there is none. The bytes of an item must not be changed.
 *
 * @public
 */
export type ReaderItem = ValueItem | ErrorItem;

/**
 * Where an item stands in the stream.
 *
 * @public
 */
export interface Extent {
  /** Absolute offset of the first byte. */
  readonly start: number;
  /** Absolute offset behind the last byte. */
  readonly end: number;
  /**
   * The first of the bytes in between when the reader keeps them: of a value at most {@link MAX_VALUE_RAW}, of an error
   * at most {@link MAX_ERROR_RAW}; else empty.
   */
  readonly raw: Uint8Array;
}

/**
 * One complete value.
 *
 * @public
 */
export interface ValueItem extends Extent {
  readonly kind: 'value';
  readonly value: Json;
  /** The first {@link MAX_SEPARATOR} bytes between the item before and this one: white space, and what was skipped. */
  readonly separator: Uint8Array;
  /** What is wrong with the value all the same; at most MAX_VIOLATIONS of it. */
  readonly violations: readonly Violation[];
  /** What the value takes in memory, in bytes, as reckoned by footprint.ts. */
  readonly footprint: number;
}

/**
 * Why bytes gave no value.
 *
 * @public
 */
export interface ErrorItem extends Extent {
  readonly kind: 'error';
  readonly error: JsonError;
}
