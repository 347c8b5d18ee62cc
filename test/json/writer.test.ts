import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  canonicalJson,
  Double,
  encodeJson,
  isObject,
  jsonEqual,
  jsonObject,
  writeJson,
  type Json,
} from '../../src/json/index.js';
import { anyJson, read, SEED, values } from './support.js';

void t.test('values are written compactly, in ASCII', (t) => {
  const table: [Json, string][] = [
    [null, 'null'],
    [[true, false], '[true,false]'],
    [{ a: 1, b: [], c: {} }, '{"a":1,"b":[],"c":{}}'],
    [[[], [[1], {}]], '[[],[[1],{}]]'],
    ['', '""'],
    ['é€😀', '"\\u00e9\\u20ac\\ud83d\\ude00"'],
    ['"\\/\b\f\n\r\t\u0001\u007f', '"\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f"'],
    ['\ud83d', '"\\ud83d"'],
    ['\ude00\ud83d', '"\\ude00\\ud83d"'],
    [{ 'ä"': 1 }, '{"\\u00e4\\"":1}'],
  ];
  for (const [value, text] of table) {
    t.equal(writeJson(value), text);
    t.strictSame(encodeJson(value), Buffer.from(text));
  }
  fc.assert(
    fc.property(anyJson, (value) => {
      const text = writeJson(value);
      assert.match(text, /^[ -~]*$/);
      assert.doesNotThrow(() => JSON.parse(text) as unknown);
    }),
    { seed: SEED, numRuns: 500 },
  );
  t.end();
});

void t.test('numbers are written exactly', (t) => {
  const table: [Json, string][] = [
    [-0, '0'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [2 ** 53, '9007199254740992'],
    [1e21, '1000000000000000000000'],
    [-1e21, '-1000000000000000000000'],
    [18446744073709551615n, '18446744073709551615'],
    [0.5, '0.5'],
    [1e-7, '1e-7'],
    [new Double(1), '1.0'],
    [new Double(-0), '-0.0'],
    [new Double(1e21), '1e+21'],
    [new Double(Infinity, '1e999'), '1e999'],
    [new Double(1.5, '1.50'), '1.50'],
  ];
  for (const [value, text] of table) t.equal(writeJson(value), text);
  t.end();
});

void t.test('what is no JSON is not written', (t) => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    t.throws(() => writeJson([bad]), RangeError);
  }
  t.throws(() => new Double(NaN), RangeError);
  for (const bad of [undefined, () => 1, Symbol('s')]) {
    const value = bad as unknown as Json;
    t.throws(() => writeJson(value), TypeError);
    t.throws(() => writeJson([1, value]), TypeError);
    t.throws(() => writeJson({ a: value }), TypeError);
  }
  t.throws(() => writeJson(new Array<Json>(2)), TypeError, 'holes');
  t.end();
});

void t.test('depth costs no call stack', (t) => {
  const depth = 100_000;
  let value: Json = 1;
  for (let count = 0; count < depth; count += 1)
    value = count % 2 === 0 ? [value] : jsonObject([['a', value]]);
  const text = writeJson(value);
  t.equal(text.length, 1 + depth + 5 * (depth / 2) + depth / 2 - depth / 2 + depth / 2);
  t.ok(jsonEqual(values(read(text, { limits: { nesting: depth } }))[0] ?? null, value));
  t.equal(canonicalJson(value), text);
  t.end();
});

void t.test('canonical text has its members sorted by code unit', (t) => {
  t.equal(
    canonicalJson({ b: 1, a: { d: [{ y: 1, x: 2 }], c: 2 }, '10': 0, '9': 0, '\uffff': 1, '\u{10000}': 2 }),
    '{"10":0,"9":0,"a":{"c":2,"d":[{"x":2,"y":1}]},"b":1,"\\ud800\\udc00":2,"\\uffff":1}',
  );
  fc.assert(
    fc.property(anyJson, (value) => {
      const text = canonicalJson(value);
      assert.equal(canonicalJson(shuffled(value)), text);
      assert.equal(canonicalJson(values(read(text))[0] ?? null), text);
    }),
    { seed: SEED, numRuns: 300 },
  );
  t.end();
});

/** The same value with the members of every object in another order. */
function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled);
  if (!isObject(value)) return value;
  return jsonObject(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, shuffled(member)] as const),
  );
}
