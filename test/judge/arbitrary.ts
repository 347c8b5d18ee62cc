/**
 * Random values of a type, and small changes to them that may or may not make them wrong.
 */
import fc, { type GeneratorValue } from 'fast-check';
import { Double, isObject, jsonObject, type Json, type JsonObject } from '../../src/json/index.js';
import type { BuiltinType, EnumType, ObjectType, Type } from '../../src/qapi/index.js';
import { must } from '../qapi/support.js';

/** Deeper than this only what is mandatory is made, and lists are empty. */
const MAX_DEPTH = 3;

/** One of a list. */
function pick<T>(g: GeneratorValue, list: readonly T[]): T {
  return must(list[g(fc.nat, { max: list.length - 1 })]);
}

/** A value that conforms to the type; integers are such that a double holds them. */
export function valueOf(type: Type | undefined, g: GeneratorValue, depth = 0): Json {
  switch (type?.kind) {
    case undefined:
      return {};
    case 'builtin':
      return scalarOf(type, g);
    case 'enum':
      return pick(g, type.values).name;
    case 'array': {
      const length = depth < MAX_DEPTH ? g(fc.nat, { max: 2 }) : 0;
      return Array.from({ length }, () => valueOf(type.element, g, depth + 1));
    }
    case 'alternate': {
      const types = type.alternatives.map((alternative) => alternative.type);
      return valueOf(pick(g, shallow(types, depth)), g, depth + 1);
    }
    case 'object':
      return objectOf(type, g, depth);
  }
}

function objectOf(type: ObjectType, g: GeneratorValue, depth: number): JsonObject {
  const object = jsonObject();
  let part: ObjectType | undefined = type;
  while (part !== undefined) {
    const { members, variants }: ObjectType = part;
    for (const member of members) {
      if (member === variants?.tag) continue;
      if (member.optional && (depth >= MAX_DEPTH || g(fc.nat, { max: 2 }) > 0)) continue;
      object[member.name] = valueOf(member.type, g, depth + 1);
    }
    part = undefined;
    if (variants !== undefined) {
      const tags: string[] = (variants.tag.type as EnumType).values.map(({ name }) => name);
      const plain = tags.filter((tag) => isPlain(variants.branches.get(tag)?.type));
      const tag: string = pick(g, depth >= MAX_DEPTH && plain.length > 0 ? plain : tags);
      object[variants.tag.name] = tag;
      part = variants.branches.get(tag)?.type;
    }
  }
  return object;
}

/** Past the depth limit, the types that lead nowhere. */
function shallow(types: readonly Type[], depth: number): readonly Type[] {
  const flat = types.filter(({ kind }) => kind === 'builtin' || kind === 'enum');
  return depth >= MAX_DEPTH && flat.length > 0 ? flat : types;
}

/** Is nothing mandatory in it that could contain the type itself? */
function isPlain(type: ObjectType | undefined): boolean {
  return (
    type === undefined ||
    (type.variants === undefined &&
      type.members.every((member) => member.optional || /^(builtin|enum|array)$/.test(member.type.kind)))
  );
}

function scalarOf(type: BuiltinType, g: GeneratorValue): Json {
  switch (type.name) {
    case 'str':
      return g(fc.string, { maxLength: 4 });
    case 'bool':
      return g(fc.boolean);
    case 'null':
      return null;
    case 'any':
      return clone(pick(g, pool));
    case 'number':
      return pick(g, [0, 1, -1, 2 ** 40, new Double(0.5), new Double(-1e-9)]);
    default: {
      const { min, max } = must(type.range);
      const least = min < 0n ? Math.max(Number(min), Number.MIN_SAFE_INTEGER) : 0;
      const most = Math.min(Number(max), Number.MAX_SAFE_INTEGER);
      return g(integer, least, most);
    }
  }
}

function integer(least: number, most: number): fc.Arbitrary<number> {
  return fc.oneof(
    fc.constantFrom(least, most),
    fc.integer({ min: Math.max(least, -100), max: Math.min(most, 100) }),
  );
}

/** What is put in the place of other things. */
const pool: readonly Json[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  2 ** 7,
  2 ** 8,
  2 ** 15,
  2 ** 16,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  new Double(0.5),
  '',
  'x',
  'none',
  [],
  [0],
  ['x'],
  [null],
  [[]],
  {},
  { type: 'unix' },
  { x: 1 },
];

const OPERATORS = ['replace', 'replace', 'wrap', 'remove', 'add', 'rename', 'text', 'swap'] as const;

/** A copy of a value with one thing changed somewhere. */
export function changed(value: Json, names: readonly string[], g: GeneratorValue): Json {
  const root: JsonObject = jsonObject([['', clone(value)]]);
  const places = [...placesIn(root)];
  const [container, key] = pick(g, places);
  const found = (container as JsonObject)[key] as Json;
  const replace = (by: Json): void => {
    (container as JsonObject)[key] = by;
  };
  switch (pick(g, OPERATORS)) {
    case 'wrap':
      replace([found]);
      break;
    case 'remove':
      if (Array.isArray(container)) container.pop();
      else if (container !== root) Reflect.deleteProperty(container, key);
      break;
    case 'add':
      if (isObject(found)) found[pick(g, names)] = clone(pick(g, pool));
      else if (Array.isArray(found)) found.push(clone(pick(g, pool)));
      break;
    case 'rename':
      if (isObject(container) && container !== root) {
        Reflect.deleteProperty(container, key);
        container[pick(g, [...names, key.toUpperCase()])] = found;
      }
      break;
    case 'text':
      if (typeof found === 'string') replace(pick(g, [`${found}x`, found.toUpperCase(), ...names]));
      break;
    case 'swap': {
      const [other, otherKey] = pick(g, places);
      if (other !== root) replace(clone((other as JsonObject)[otherKey] as Json));
      break;
    }
    case 'replace':
      replace(clone(pick(g, pool)));
  }
  return root[''] as Json;
}

/** Every member and element, by its container and its name or index. */
function* placesIn(container: Json[] | JsonObject): Generator<[container: Json[] | JsonObject, key: string]> {
  for (const [key, value] of Object.entries(container)) {
    yield [container, key];
    if (Array.isArray(value) || isObject(value)) yield* placesIn(value);
  }
}

function clone(value: Json): Json {
  if (Array.isArray(value)) return value.map(clone);
  if (!isObject(value)) return value;
  return jsonObject(Object.entries(value).map(([name, inner]) => [name, clone(inner)] as const));
}

/** The names of members in a type and one level below it. */
export function namesIn(type: Type | undefined): string[] {
  const found = new Set(['x']);
  const visit = (inner: Type | undefined, depth: number): void => {
    if (inner?.kind === 'array') visit(inner.element, depth);
    else if (inner?.kind === 'object' && depth < 3) {
      for (const member of inner.members) {
        found.add(member.name);
        visit(member.type, depth + 1);
      }
      for (const branch of inner.variants?.branches.values() ?? []) {
        found.add(branch.name);
        visit(branch.type, depth + 1);
      }
    }
  };
  visit(type, 0);
  return [...found];
}
