/**
 * Random arguments: fast-check arbitraries made from types, once for each type and depth, and mutants of
 * what they yield. What is drawn follows from the seed alone.
 */
import fc, { type Arbitrary } from 'fast-check';
import { jsonObject, type Json, type JsonObject } from '../../json/index.js';
import {
  ANY_INTEGER,
  jsonTypeOf,
  type BuiltinType,
  type Command,
  type ObjectType,
  type Type,
} from '../../qapi/index.js';
import { integer, LONG, numbers, PLAIN, shapes, strings } from '../values/interesting.js';
import { invalidCase } from './invalid.js';
import type { Mutation, InvalidOperator } from './case.js';
import type { Minimal } from '../values/minimal.js';
import { boundaries } from './valid.js';
import { valuePoints } from '../values/value-points.js';

/** Arguments as they are drawn. */
export interface RandomArguments {
  readonly arguments: Json;
  /** The mutations that were made, in order; none in valid arguments. */
  readonly mutations: readonly RandomMutation[];
}

export interface RandomMutation extends Mutation {
  readonly operator: InvalidOperator;
  readonly path: string;
}

/** Deeper than this values are minimal. */
const MAX_DEPTH = 4;

export class RandomGenerator {
  readonly #minimal: Minimal;
  readonly #types = new Map<Type, Arbitrary<Json>[]>();

  constructor(minimal: Minimal) {
    this.#minimal = minimal;
  }

  /** Valid arguments for a command; undefined when it takes none, or none are finite. */
  valid(command: Command): Arbitrary<RandomArguments> | undefined {
    const type = command.arguments;
    if (type === undefined || type.members.length === 0 || !this.#minimal.possible(type)) return undefined;
    return this.#of(type, 0).map((value) => ({ arguments: value, mutations: [] }));
  }

  /** Arguments with `count` mutations; undefined as above. */
  invalid(command: Command, mutations: 1 | 2): Arbitrary<RandomArguments> | undefined {
    const valid = this.valid(command);
    if (valid === undefined) return undefined;
    const choice = fc.tuple(fc.nat(), fc.nat());
    return fc
      .tuple(valid, fc.array(choice, { minLength: mutations, maxLength: mutations }))
      .map(([drawn, choices]) =>
        choices.reduce((before, [place, way]) => this.#mutated(command, before, place, way), drawn),
      );
  }

  #mutated(command: Command, before: RandomArguments, place: number, way: number): RandomArguments {
    const points = valuePoints(command, before.arguments);
    // Some points have no mutation (those of type any): the next one that can is as good.
    for (let tried = 0; tried < points.length; tried += 1) {
      const point = points[(place + tried) % points.length];
      const template = point === undefined ? undefined : invalidCase(point, this.#minimal, way);
      if (template === undefined) continue;
      const { mutation, operator, path } = template;
      return {
        arguments: template.make(),
        mutations: [...before.mutations, { ...mutation, operator, path }],
      };
    }
    return before;
  }

  #of(type: Type, depth: number): Arbitrary<Json> {
    const byDepth = this.#types.get(type) ?? [];
    this.#types.set(type, byDepth);
    return (byDepth[depth] ??= this.#make(type, depth));
  }

  #make(type: Type, depth: number): Arbitrary<Json> {
    switch (type.kind) {
      case 'builtin':
        return scalar(type);
      case 'enum':
        return fc.constantFrom(...type.values.map(({ name }) => name));
      case 'array': {
        if (depth >= MAX_DEPTH || !this.#minimal.possible(type.element)) return fc.constant([]);
        return fc.array(this.#of(type.element, depth), { maxLength: 3 });
      }
      case 'alternate': {
        if (depth >= MAX_DEPTH) return fc.constant(this.#minimal.value(type));
        const possible = type.alternatives.filter((branch) => this.#minimal.possible(branch.type));
        return fc.oneof(...possible.map((branch) => this.#of(branch.type, depth + 1)));
      }
      case 'object':
        if (depth >= MAX_DEPTH) return fc.constant(this.#minimal.value(type));
        return this.#object(type, depth, jsonObject());
    }
  }

  /** @param tags the discriminators selected so far */
  #object(part: ObjectType, depth: number, tags: JsonObject): Arbitrary<JsonObject> {
    const { members, variants } = part;
    const own = members.filter(
      ({ name, type }) =>
        name !== variants?.tag.name && !Object.hasOwn(tags, name) && this.#minimal.possible(type),
    );
    const mine = fc.record(
      Object.fromEntries(own.map(({ name, type }) => [name, this.#of(type, depth + 1)])),
      {
        requiredKeys: own.filter(({ optional }) => !optional).map(({ name }) => name),
        noNullPrototype: true,
      },
    ) as Arbitrary<JsonObject>;
    if (variants?.tag.type.kind !== 'enum') return mine;
    const { tag, branches } = variants;
    const selections = variants.tag.type.values.flatMap(({ name }) => {
      const branch = branches.get(name);
      if (branch === undefined) return [fc.constant<JsonObject>({ [tag.name]: name })];
      if (!this.#minimal.possible(branch.type)) return [];
      const inside = this.#object(
        branch.type,
        depth,
        jsonObject([...Object.entries(tags), [tag.name, name]]),
      );
      return [inside.map((object): JsonObject => ({ [tag.name]: name, ...object }))];
    });
    if (tag.optional) selections.unshift(fc.constant({}));
    return fc.tuple(fc.oneof(...selections), mine).map(([selected, common]) => ({ ...selected, ...common }));
  }
}

/** Words of letters that are rarely special to anybody. */
const LETTERS = ['a', 'z', '0', '9', '-', '_', '.', '%', '$', '"', '\\', ' ', '\n', '\0', 'é', '€', '😀'];
const word = fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 6 });

function scalar(type: BuiltinType): Arbitrary<Json> {
  switch (jsonTypeOf(type)) {
    case 'string':
      // Bytes are time: most strings are short.
      return fc.oneof(
        { weight: 8, arbitrary: fc.constant(PLAIN) },
        { weight: 3, arbitrary: word },
        { weight: 1, arbitrary: fc.constantFrom(...strings.map(({ value }) => value)) },
      );
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'value':
      return fc.oneof(
        fc.constantFrom(...shapes.map(({ value }) => value)),
        word,
        fc.constant<Json>([PLAIN, { [PLAIN]: LONG }]),
      );
    case 'number':
      return fc.oneof(fc.integer(), fc.constantFrom(...numbers.map(({ value }) => value)));
    default: {
      // The library's own bias knows only zero and the ends of the range.
      const { min, max } = type.range ?? ANY_INTEGER;
      return fc
        .oneof(fc.bigInt({ min, max }), fc.constantFrom(...boundaries(type).map(({ value }) => value)))
        .map(integer);
    }
  }
}
