/**
 * Arguments that are wrong in one place each: whatever a type does not take is refused by both, and the rest is not.
 */
import t from 'tap';
import { Double, isObject, type Json, type JsonObject } from '../../../src/json/index.js';
import { same, type Row } from './pair.js';
import { call, OOB, STATE } from './requests.js';
import { valid } from './valid.js';

const odd: readonly Json[] = [
  ...[null, true, false, '', 'x', 'NULL-CO', 'migration', [], {}, [[]], [null], { type: 'null' }],
  ...[0, -1, 256, 65536, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, -(2n ** 63n), -(2n ** 63n) - 1n],
  ...['1.0', '1e2', '-0.0', '0.5'].map((text) => new Double(Number(text), text)),
];

/** Every value that differs from this one in one place. */
function* variants(value: Json): Generator<Json> {
  yield* odd;
  if (Array.isArray(value)) {
    yield [...value, ...value];
    for (const [index, element] of value.entries())
      for (const variant of variants(element)) yield value.with(index, variant);
  } else if (isObject(value)) {
    yield* objectVariants(value);
  }
}

function* objectVariants(value: JsonObject): Generator<JsonObject> {
  for (const extra of ['nope', '__org.example_nope', 'id', 'node-name', 'type'])
    yield { [extra]: 'x', ...value };
  for (const [name, inner] of Object.entries(value)) {
    const { [name]: _, ...rest } = value;
    yield rest;
    yield { ...rest, [name.toUpperCase()]: inner };
    yield { ...rest, [name.replace('-', '_')]: inner };
    for (const variant of variants(inner)) yield { ...value, [name]: variant };
  }
}

same(
  t,
  'arguments',
  valid.map(([command, args], index): Row => {
    const requests = [args, ...objectVariants(args)].map((one) => call(command, one));
    return [`${command} ${index}`, OOB, requests, STATE];
  }),
);
