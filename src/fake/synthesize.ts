/**
 * Made-up return values for commands without a model: deterministic by seed, and always valid.
 *
 * The shape (which optional members, which branch, how many elements) is chosen here and handed to json-schema-faker
 * as a schema without references and choices, because it neither follows unions nor survives deep references; it
 * fills in the leaves. What it makes is judged before it is used.
 */
import { createHash } from 'node:crypto';
import { generateSync, type JsonSchema } from 'json-schema-faker';
import { Minimal } from '../generate/index.js';
import { checkReturn } from '../judge/index.js';
import type { Json } from '../json/index.js';
import { jsonTypeOf, type BuiltinType, type Command, type ObjectType, type Type } from '../qapi/index.js';

/** Deeper than this only what is mandatory is made, and lists are empty. */
const MAX_DEPTH = 4;
/** How often another value is tried when one does not conform. */
const ATTEMPTS = 3;
/** More parts than this has a value of a type only that contains itself without end, and so has no values. */
const MAX_PARTS = 2000;

export class Synthesizer {
  readonly #seed: number;
  readonly #values = new Map<string, Json>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The value that a command returns: always the same one for a seed and a command. */
  valueFor(command: Command): Json {
    let value = this.#values.get(command.name);
    if (value === undefined) {
      value = this.#make(command);
      this.#values.set(command.name, value);
    }
    return value;
  }

  #make(command: Command): Json {
    const type = command.returns;
    if (type === undefined) return {};
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const choices = new Choices(`${this.#seed}/${command.name}/${attempt}`);
      const schema = concrete(type, choices, 0);
      if (choices.parts > MAX_PARTS) continue;
      const value = generateSync(schema, {
        seed: choices.next(2 ** 31),
        maxDepth: 64,
        alwaysFakeOptionals: true,
      }) as Json;
      if (checkReturn(command, value).length === 0) return value;
    }
    return least(type);
  }
}

/** A stream of small numbers that follows from a text alone. */
class Choices {
  /** How much has been made of the value. */
  parts = 0;
  #state: number;

  constructor(text: string) {
    this.#state = createHash('sha256').update(text).digest().readUInt32LE(0);
  }

  /** A number from 0 to `below` - 1 (the generator mulberry32). */
  next(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  of<T>(list: readonly T[]): T | undefined {
    return list[this.next(list.length)];
  }
}

/** A schema that leaves no choice but the leaves' values. */
function concrete(type: Type, choices: Choices, depth: number): JsonSchema {
  choices.parts += 1;
  if (choices.parts > MAX_PARTS) return { type: 'null' };
  switch (type.kind) {
    case 'builtin':
      return leaf(type);
    case 'enum':
      return { enum: [choices.of(type.values)?.name ?? ''] };
    case 'array': {
      const length = depth >= MAX_DEPTH ? 0 : choices.next(3);
      return {
        type: 'array',
        items: concrete(type.element, choices, depth + 1),
        minItems: length,
        maxItems: length,
      };
    }
    case 'alternate': {
      // Past the depth limit a leaf ends the recursion.
      const leaves = type.alternatives.filter((alternative) => alternative.type.kind === 'builtin');
      const chosen = choices.of(depth >= MAX_DEPTH && leaves.length > 0 ? leaves : type.alternatives);
      return chosen === undefined ? { type: 'null' } : concrete(chosen.type, choices, depth + 1);
    }
    case 'object':
      return concreteObject(type, choices, depth);
  }
}

function concreteObject(type: ObjectType, choices: Choices, depth: number): JsonSchema {
  const properties = new Map<string, JsonSchema>();
  for (let part: ObjectType | undefined = type; part !== undefined;) {
    for (const member of part.members) {
      const wanted = !member.optional || (depth < MAX_DEPTH && choices.next(2) === 1);
      if (wanted) properties.set(member.name, concrete(member.type, choices, depth + 1));
    }
    const variants: ObjectType['variants'] = part.variants;
    part = undefined;
    if (variants?.tag.type.kind === 'enum') {
      const tag: string = choices.of(variants.tag.type.values)?.name ?? '';
      properties.set(variants.tag.name, { enum: [tag] });
      part = variants.branches.get(tag)?.type;
    }
  }
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: [...properties.keys()],
    additionalProperties: false,
  };
}

function leaf(type: BuiltinType): JsonSchema {
  switch (jsonTypeOf(type)) {
    case 'string':
    case 'value':
      return { type: 'string', maxLength: 10 };
    case 'boolean':
      return { type: 'boolean' };
    case 'null':
      return { type: 'null' };
    case 'number':
      return { type: 'number', minimum: -1000, maximum: 1000 };
    default: {
      // Small numbers are in the range of every integer type, and the library cannot make large ones exact.
      const unsigned = type.range?.min === 0n;
      const narrow = type.range !== undefined && type.range.max < 1000n;
      return { type: 'integer', minimum: unsigned ? 0 : -100, maximum: narrow ? 100 : 1000 };
    }
  }
}

const minimal = new Minimal('');

/** The smallest value of a type; null when none is finite. */
export function least(type: Type): Json {
  return minimal.possible(type) ? minimal.value(type) : null;
}
