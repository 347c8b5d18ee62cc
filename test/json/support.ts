/**
 * What the tests of this layer share: ways to feed a reader, and arbitrary values and input.
 */
import fc from 'fast-check';
import { anyText } from '../any-text.js';
import {
  Double,
  JsonReader,
  jsonObject,
  type Json,
  type ReaderItem,
  type ReaderOptions,
} from '../../src/json/index.js';

/** Every property runs the same cases each time. */
export const SEED = 20_240_229;

/** Bytes from text in which every character is one byte. */
export function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** All items of a stream that comes in one chunk. */
export function read(input: Uint8Array | string, options?: ReaderOptions): ReaderItem[] {
  const reader = new JsonReader(options);
  const items = reader.push(typeof input === 'string' ? bytes(input) : input);
  return [...items, ...reader.end()];
}

/** All items of a stream that is cut at some offsets. */
export function readCut(input: Uint8Array, cuts: readonly number[], options?: ReaderOptions): ReaderItem[] {
  const reader = new JsonReader(options);
  const items: ReaderItem[] = [];
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const to = Math.max(from, Math.min(cut, input.length));
    items.push(...reader.push(input.subarray(from, to)));
    from = to;
  }
  items.push(...reader.push(input.subarray(from)));
  return [...items, ...reader.end()];
}

/** All items of a stream that comes byte by byte. */
export function readBytewise(input: Uint8Array, options?: ReaderOptions): ReaderItem[] {
  const reader = new JsonReader(options);
  const items: ReaderItem[] = [];
  for (let index = 0; index < input.length; index += 1) {
    items.push(...reader.push(input.subarray(index, index + 1)));
  }
  return [...items, ...reader.end()];
}

/** The values among the items; an error among them is a failure. */
export function values(items: readonly ReaderItem[]): Json[] {
  return items.map((item) => {
    if (item.kind === 'error') throw new Error(`unexpected error: ${item.error.message}`);
    return item.value;
  });
}

/** Items as words, for tables: the code of an error, or `value`. */
export function codes(items: readonly ReaderItem[]): string[] {
  return items.map((item) => (item.kind === 'error' ? item.error.code : 'value'));
}

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** Any integer: small ones, and those near the powers of two where representations change. */
function integer(min: bigint, max: bigint): fc.Arbitrary<number | bigint> {
  const edges = [0n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n].flatMap((edge) => [edge, -edge]);
  return fc
    .oneof(
      fc.bigInt({ min: -1000n, max: 1000n }),
      fc.bigInt({ min, max }),
      fc.tuple(fc.constantFrom(...edges), fc.bigInt({ min: -2n, max: 2n })).map(([a, b]) => a + b),
    )
    .filter((value) => value >= min && value <= max)
    .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
}

const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => new Double(value)),
  fc
    .constantFrom('0.0', '-0.0', '1.50', '1e5', '1E+05', '-12.5e-3', '1e400', '5e-324')
    .map((text) => new Double(Number(text), text)),
);

const names = fc.constantFrom('', 'a', 'id', '__proto__', 'constructor', 'toString', '0', '4294967294', 'é');

/** Any value that both dialects can take: no halves of surrogate pairs, no noncharacters, 64-bit integers. */
export const commonJson: fc.Arbitrary<Json> = json(
  anyText(30).filter((text) => !isDoubtful(text)),
  integer(INT64_MIN, UINT64_MAX),
);

/** Any value at all. */
export const anyJson: fc.Arbitrary<Json> = json(
  fc.array(fc.nat(0xffff), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
  integer(-(2n ** 200n), 2n ** 200n),
);

function json(text: fc.Arbitrary<string>, whole: fc.Arbitrary<number | bigint>): fc.Arbitrary<Json> {
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(fc.constantFrom<Json>(null, true, false), whole, double, text),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.array(fc.tuple(fc.oneof(names, text), tie('value')), { maxLength: 5 }).map(jsonObject),
    ),
  }));
  return value;
}

/** Does a string hold what QEMU refuses in one? */
function isDoubtful(text: string): boolean {
  return Array.from(text).some((char) => {
    const code = char.codePointAt(0) ?? 0;
    const surrogate = code >= 0xd800 && code <= 0xdfff;
    return surrogate || (code & 0xfffe) === 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
  });
}

/** White space between values, or nothing. */
export const space = fc.constantFrom('', '', ' ', '\n', '\r\n', '\t \r\n ');

/** Pieces of JSON, near-JSON and noise, as Latin-1; none of them names a command that changes anything. */
const pieces = [
  ...Array.from('{}[]:,{}[]:,"\'\\0-.eE+ @%'),
  '"a"',
  "'b'",
  '"execute"',
  '"id"',
  '"execute":"query-name"',
  '{"execute":"query-name"}',
  '{"execute":"query-name","id":',
  '"arguments":{}',
  '"\\u00e9"',
  '"\\ud83d\\ude00"',
  '"\\ud83d"',
  '"\\q"',
  '"\\u12"',
  "\\'",
  '"\xc3\xa9"',
  '"\xe9"',
  '"\xed\xa0\x80"',
  '"\xf0\x9f\x98\x80"',
  '"\xc0\x80"',
  '"\xef\xbf\xbf"',
  'true',
  'false',
  'null',
  'nope',
  'True',
  '0',
  '-0',
  '1',
  '42',
  '-7',
  '01',
  '1.5',
  '1.',
  '1e3',
  '0e1',
  '-',
  '18446744073709551615',
  '18446744073709551616',
  '-9223372036854775809',
  '\n',
  '\r\n',
  '\t',
  '\x01',
  '\x00',
  '\x7f',
  '\x80',
  '\xfe',
  '\xff',
  '/* */',
];

/** Token soup: what a reader meets when a client or server has gone wrong. */
export const soup: fc.Arbitrary<Buffer> = fc
  .array(fc.constantFrom(...pieces), { maxLength: 24 })
  .map((list) => bytes(list.join('')));
