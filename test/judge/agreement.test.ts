/**
 * Two independent opinions on a value, the judge's and that of ajv on the published JSON Schema, must be one.
 *
 * They differ on purpose in three things, which value.test.ts tries one by one: arguments may be negative where uint64
 * and size are declared, so those with negative numbers are judged here by what is declared; ajv, which counts in
 * doubles, sees neither integers beyond 2^53 nor that `1.0` is written as a double; and a server may send members with
 * downstream names. The random values here have none of the latter.
 */
import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import t from 'tap';
import { writeJson, type Json } from '../../src/json/index.js';
import { checkValue, type Direction } from '../../src/judge/index.js';
import { jsonSchema, type Schema, type Type } from '../../src/qapi/index.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { SEED } from '../json/support.js';
import { changed, namesIn, valueOf } from './arbitrary.js';

const ID = 'https://example.org/schema';
const CHANGES = 3;
/** A negative number somewhere in JSON text. */
const NEGATIVE = /[[:,]-\d/;

/** A second opinion on the parts of a schema, by their JSON pointers. */
function secondOpinion(schema: Schema): (pointer: string) => (value: Json) => boolean {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, ownProperties: true });
  ajv.addVocabulary(['commands', 'events']);
  ajv.addSchema(JSON.parse(writeJson(jsonSchema(schema))) as object, ID);
  return (pointer) => {
    const validate = ajv.compile({ $ref: `${ID}#${pointer}` });
    return (value) => validate(JSON.parse(writeJson(value)));
  };
}

const schema = referenceSchema();
const opinionOn = secondOpinion(schema);

/** Tries a type with valid values and with changed ones; returns how many of the changed were valid and invalid. */
function tryType(
  type: Type | undefined,
  pointer: string,
  direction: Direction,
): [valid: number, invalid: number] {
  const isValid = opinionOn(pointer);
  const names = namesIn(type);
  let [valid, invalid] = [0, 0];
  fc.assert(
    fc.property(fc.gen(), (g) => {
      let value = valueOf(type, g);
      const text = writeJson(value);
      assert.deepEqual(checkValue(type, value, direction), [], text);
      assert.ok(isValid(value), text);
      for (let count = 0; count < CHANGES; count += 1) {
        value = changed(value, names, g);
        const changedText = writeJson(value);
        const problems = checkValue(type, value, NEGATIVE.test(changedText) ? 'output' : direction);
        assert.equal(
          isValid(value),
          problems.length === 0,
          `${changedText}: ${problems[0]?.message ?? 'valid'}`,
        );
        if (problems.length === 0) valid += 1;
        else invalid += 1;
      }
    }),
    // The more there is to choose from, the more is tried. The message names the value, so there is no need to shrink.
    { seed: SEED, numRuns: 20 + names.length, endOnFailure: true },
  );
  return [valid, invalid];
}

void t.test('arguments of every command', (t) => {
  let [valid, invalid] = [0, 0];
  for (const command of schema.commands.values()) {
    // A command that checks by itself is not judged by us.
    if (!command.checked) continue;
    const counts = tryType(command.arguments, `/commands/${command.name}/arguments`, 'input');
    valid += counts[0];
    invalid += counts[1];
  }
  t.ok(valid > 500, `${valid} changed values were still valid`);
  t.ok(invalid > 1000, `${invalid} changed values were invalid`);
  t.end();
});

void t.test('what every command returns, and the data of every event', (t) => {
  let [valid, invalid] = [0, 0];
  const parts: [Type | undefined, string][] = [
    ...[...schema.commands.values()].map(({ name, returns }): [Type | undefined, string] => [
      returns,
      `/commands/${name}/returns`,
    ]),
    ...[...schema.events.values()].map(({ name, data }): [Type | undefined, string] => [
      data,
      `/events/${name}`,
    ]),
  ];
  for (const [type, pointer] of parts) {
    const counts = tryType(type, pointer, 'output');
    valid += counts[0];
    invalid += counts[1];
  }
  t.ok(valid > 500, `${valid} changed values were still valid`);
  t.ok(invalid > 1000, `${invalid} changed values were invalid`);
  t.end();
});
