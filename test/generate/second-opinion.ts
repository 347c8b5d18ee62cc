/**
 * Does the published JSON Schema agree with the walker on generated values? The validator counts in doubles, so numbers
 * are checked by keywords of ours, by the bounds that are published; with them both opinions are exact.
 *
 * They differ on purpose in two things: arguments may be negative where uint64 and size are declared, and a server may
 * send members with downstream names.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Test } from 'tap';
import { Synthesizer } from '../../src/fake/synthesize.js';
import { Double, isObject, jsonObject, writeJson, type Json } from '../../src/json/index.js';
import { checkArguments, checkReturn, checkValue } from '../../src/judge/index.js';
import { jsonSchema, type Command, type Schema } from '../../src/qapi/index.js';
import { changed, namesIn } from '../judge/arbitrary.js';
import { generatorFor } from './cases.js';

const ID = 'https://example.org/schema';

/** The published schema of the arguments or returns of a command, by its name. */
type Opinion = (command: string, part: 'arguments' | 'returns') => (value: Json) => boolean;

export function secondOpinion(schema: Schema): Opinion {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, ownProperties: true });
  ajv.addVocabulary(['commands', 'events']);
  ajv.addKeyword({
    keyword: 'integerIn',
    validate: ([min, max]: [string, string], data: unknown) =>
      (typeof data === 'bigint' || (typeof data === 'number' && Number.isInteger(data))) &&
      data >= BigInt(min) &&
      data <= BigInt(max),
  });
  ajv.addKeyword({
    keyword: 'anyNumber',
    validate: (_: true, data: unknown) => ['number', 'bigint', 'symbol'].includes(typeof data),
  });
  ajv.addSchema(exactNumbers(jsonSchema(schema)) as object, ID);
  const compiled = new Map<string, ValidateFunction>();
  return (command, part) => {
    const pointer = `${ID}#/commands/${command}/${part}`;
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: pointer });
    compiled.set(pointer, validate);
    return (value) => validate(toData(value));
  };
}

/** A JSON Schema with our keywords in place of those for numbers. */
function exactNumbers(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(exactNumbers);
  if (!isObject(schema)) return schema;
  const { type, minimum, maximum, ...rest } = schema;
  if (type === 'number') return jsonObject([...Object.entries(rest), ['anyNumber', true]]);
  if (type === 'integer')
    return jsonObject([...Object.entries(rest), ['integerIn', [bound(minimum), bound(maximum)]]]);
  if (Array.isArray(type) && type.includes('number')) {
    const others = type.filter((name) => name !== 'number');
    return exactNumbers(
      jsonObject([...Object.entries(rest), ['anyOf', [{ type: 'number' }, { type: others }]]]),
    );
  }
  return jsonObject(Object.entries(schema).map(([name, inner]) => [name, exactNumbers(inner)] as const));
}

/** A bound as text, for the validator knows no bigint. */
function bound(value: Json | undefined): string {
  return value === undefined ? '0' : writeJson(value);
}

/** A value as the validator sees it: a number that is written as no integer is of no JSON type that it knows. */
function toData(value: Json): unknown {
  if (value instanceof Double) return Symbol(value.text);
  if (Array.isArray(value)) return value.map(toData);
  if (!isObject(value)) return value;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, inner] of Object.entries(value)) copy[name] = toData(inner);
  return copy;
}

/** A negative number somewhere in JSON text; and a name that is reserved for downstream. */
const NEGATIVE = /[[:,]-\d/;
const DOWNSTREAM = '"__';

/** How many verdicts were the same. */
export interface Agreed {
  valid: number;
  invalid: number;
}

/** Tries the arguments of all commands, and fails where the two do not agree. */
export function agreeOnArguments(t: Test, schema: Schema, most: { cases: number; random: number }): Agreed {
  const opinion = secondOpinion(schema);
  const generator = generatorFor(schema);
  const agreed: Agreed = { valid: 0, invalid: 0 };
  const compare = (command: Command, args: Json, what: string): void => {
    const text = writeJson(args);
    const negative = NEGATIVE.test(text);
    if (negative && text.includes(DOWNSTREAM)) return;
    // What is declared, not what a real QEMU also accepts.
    const problems = negative ? checkValue(command.arguments, args, 'output') : checkArguments(command, args);
    const isValid = problems.length === 0;
    if (opinion(command.name, 'arguments')(args) !== isValid)
      t.fail(`${what} ${text}: ${problems[0]?.message ?? 'valid for the walker alone'}`);
    else agreed[isValid ? 'valid' : 'invalid'] += 1;
  };
  for (const command of schema.commands.values()) {
    if (!command.checked) continue;
    const mine = { wants: (_: unknown, { name }: Command) => name === command.name };
    const step = Math.ceil(generator.count(mine) / most.cases);
    let number = 0;
    for (const { about, arguments: args } of generator.cases({
      wants: (_, { name: of }) => of === command.name && number++ % step === 0,
    })) {
      compare(command, args ?? {}, about.name);
    }
    for (const mutations of [0, 1, 2] as const) {
      const arbitrary = generator.random(command, mutations);
      const drawn = arbitrary === undefined ? [] : fc.sample(arbitrary, { seed: 1, numRuns: most.random });
      for (const { arguments: args } of drawn) compare(command, args, `${command.name} at random`);
    }
  }
  return agreed;
}

/** Tries made-up return values of all commands, as they are and with changes. */
export function agreeOnReturns(t: Test, schema: Schema, most: { seeds: number; changes: number }): Agreed {
  const opinion = secondOpinion(schema);
  const agreed: Agreed = { valid: 0, invalid: 0 };
  for (const command of schema.commands.values()) {
    if (!command.successResponse) continue;
    const isValid = opinion(command.name, 'returns');
    const names = namesIn(command.returns);
    const compare = (value: Json): boolean => {
      const text = writeJson(value);
      if (text.includes(DOWNSTREAM)) return true;
      const problems = checkReturn(command, value);
      if (isValid(value) !== (problems.length === 0))
        t.fail(`${command.name} ${text}: ${problems[0]?.message ?? 'valid for the walker alone'}`);
      else agreed[problems.length === 0 ? 'valid' : 'invalid'] += 1;
      return problems.length === 0;
    };
    for (let seed = 0; seed < most.seeds; seed += 1) {
      const value = new Synthesizer(seed).valueFor(command);
      if (!compare(value)) t.fail(`${command.name}: what is made up is not valid`);
      fc.assert(
        fc.property(fc.gen(), (g) => {
          compare(changed(value, names, g));
        }),
        { seed, numRuns: most.changes },
      );
    }
  }
  return agreed;
}
