/**
 * Interesting values: where programs that read JSON, and QAPI in particular, go wrong. Reviewed by hand; each has a
 * name, which becomes part of the names of cases.
 */
import { Double, type Json } from '../../json/index.js';

/** A value and its name. */
export interface Named<T = Json> {
  readonly name: string;
  readonly value: T;
}

const named = <T>(name: string, value: T): Named<T> => ({ name, value });
const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;

/** The string that stands wherever nothing else is asked for. */
export const PLAIN = 'z';

/** Long enough for fixed buffers of 256 bytes, short enough to be sent often. */
export const LONG = 'l'.repeat(300);

export const strings: readonly Named<string>[] = [
  named('empty', ''),
  named('long', LONG),
  named('non-ascii', 'é€😀'),
];

/** Integers at which a width ends, or a double stops being exact. */
export const integers: readonly Named<bigint>[] = [
  named('zero', 0n),
  named('minus-one', -1n),
  named('int8-max', 2n ** 7n - 1n),
  named('uint8-max', 2n ** 8n - 1n),
  named('uint16-max', 2n ** 16n - 1n),
  named('int32-max', 2n ** 31n - 1n),
  named('2^31', 2n ** 31n),
  named('int32-min', -(2n ** 31n)),
  named('uint32-max', 2n ** 32n - 1n),
  named('2^32', 2n ** 32n),
  named('2^53+1', 2n ** 53n + 1n),
  named('int64-max', 2n ** 63n - 1n),
  named('int64-min', MIN_INT64),
  named('2^63', 2n ** 63n),
  named('uint64-max', MAX_UINT64),
];

/** Integers that no type takes. */
export const beyond64Bits: readonly Named<bigint>[] = [
  named('above', MAX_UINT64 + 1n),
  named('below', MIN_INT64 - 1n),
];

export const fractions: readonly Named[] = [named('1.5', new Double(1.5)), named('0.1', new Double(0.1))];

/** Whole numbers written as no integer is. */
export const notations: readonly Named[] = [
  named('1.0', new Double(1, '1.0')),
  named('1e2', new Double(100, '1e2')),
];

export const numbers: readonly Named[] = [
  named('zero', 0),
  named('negative', new Double(-0.5)),
  named('large', new Double(1e300)),
  named('small', new Double(5e-324)),
];

/** One value of each JSON type; what `any` has to take, and what nothing else takes all of. */
export const shapes: readonly Named[] = [
  named('null', null),
  named('boolean', true),
  named('integer', 1),
  named('double', new Double(0.5)),
  named('string', PLAIN),
  named('array', []),
  named('object', {}),
];

/** The same JSON types dressed up as another: what careless conversions let pass. */
export const disguises: Readonly<Record<'integer' | 'boolean' | 'number', readonly Named[]>> = {
  integer: [named('digits', '1')],
  number: [named('digits', '1')],
  boolean: [named('zero', 0), named('word', 'true')],
};

/** An integer as the dialect holds it: a number where that is exact. */
export function integer(value: bigint): Json {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
