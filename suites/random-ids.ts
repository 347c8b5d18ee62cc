/**
 * Random ids: every JSON type, integers near the edges of what machines hold, strings of all planes. A pure function
 * of the seed.
 */
import fc from 'fast-check';
import { jsonObject, type Json } from '../src/json/index.js';

/** Around powers of two is where numbers go wrong; the library itself prefers only zero and the ends of a range. */
const edges = [0n, 31n, 32n, 53n, 63n].flatMap((exponent) => [2n ** exponent, -(2n ** exponent)]);
const integer = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc
      .tuple(fc.constantFrom(...edges), fc.bigInt({ min: -2n, max: 2n }))
      .map(([edge, offset]) => edge + offset),
  )
  .map((value): Json => {
    const clamped = value < -(2n ** 63n) ? -(2n ** 63n) : value;
    return clamped >= Number.MIN_SAFE_INTEGER && clamped <= Number.MAX_SAFE_INTEGER
      ? Number(clamped)
      : clamped;
  });
/** Noncharacters are open to every server. */
const text = fc
  .oneof(
    { weight: 8, arbitrary: fc.string({ maxLength: 12 }) },
    fc.string({ unit: 'grapheme', maxLength: 8 }),
  )
  .filter((string) => !/[\ufdd0-\ufdef\ufffe\uffff]/.test(string));
/** A few names, and awkward ones: every new name is one that the engine keeps for good. */
const name = fc.constantFrom(
  ...[
    'a',
    'b',
    'id',
    'execute',
    'return',
    'error',
    '',
    ' ',
    '0',
    '-1',
    'é',
    '世界',
    '😀',
    'a b',
    'a\nb',
    '"',
    '\\',
    '%s',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'null', 'true', '__org.example_x'],
);
const scalar: fc.Arbitrary<Json> = fc.oneof(integer, text, fc.boolean(), fc.constant(null));
const tree = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 3 }).map((entries): Json => jsonObject(entries)),
  ),
})).value;

/** How many are made at once: sampling one by one costs a generator each. */
const BATCH = 500;

/** `count` random ids, each made into a case; made as they are taken, so their number costs no memory. */
export function* randomIds<T>(seed: number, count: number, toCase: (id: Json) => T): Generator<T> {
  for (let made = 0; made < count; made += BATCH) {
    // Each batch has a seed of its own, so that case N is the same however many there are.
    const values = fc.sample(tree, { seed: seed + made, numRuns: Math.min(BATCH, count - made) });
    for (const value of values) yield toCase(value);
  }
}
