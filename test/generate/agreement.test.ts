/**
 * Two independent opinions on what is generated: the judge's, by which it was made, and that of a validator on the
 * published JSON Schema.
 */
import t from 'tap';
import { Double } from '../../src/json/index.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { schemaOf } from '../qapi/support.js';
import { agreeOnArguments, agreeOnReturns, secondOpinion } from './second-opinion.js';

const reference = referenceSchema();

void t.test('arguments, systematic and at random', (t) => {
  const { valid, invalid } = agreeOnArguments(t, reference, { cases: 400, random: 20 });
  t.ok(valid > 2000, `${valid} valid values`);
  t.ok(invalid > 5000, `${invalid} invalid values`);
  t.end();
});

void t.test('made-up returns', (t) => {
  const { valid, invalid } = agreeOnReturns(t, reference, { seeds: 3, changes: 20 });
  t.ok(valid > 300, `${valid} valid values`);
  t.ok(invalid > 1000, `${invalid} invalid values`);
  t.end();
});

void t.test('the second opinion is exact', (t) => {
  const schema = schemaOf(
    "{ 'command': 'c', 'data': { '*n': 'int64', '*w': 'uint64', '*t': 'int8', '*r': 'number', '*a': 'any' } }",
  );
  const holds = secondOpinion(schema)('c', 'arguments');
  for (const value of [
    { n: 2n ** 63n - 1n },
    { n: -(2n ** 63n) },
    { w: 2n ** 64n - 1n },
    { t: -128 },
    { r: 1 },
    { r: new Double(0.5) },
    { r: 2n ** 63n },
    { a: new Double(1, '1.0') },
  ])
    t.ok(holds(value));
  for (const value of [
    { n: 2n ** 63n },
    { n: -(2n ** 63n) - 1n },
    { w: 2n ** 64n },
    { w: -1 },
    { t: 128 },
    { t: new Double(1, '1.0') },
    { r: '1' },
    { n: null },
  ])
    t.notOk(holds(value));
  t.end();
});
