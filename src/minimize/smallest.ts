/**
 * The smallest value of a type, in text: no optional members, empty strings and arrays, the branch that takes least.
 */
import { jsonObject, jsonType, writeJson, type Json } from '../json/index.js';
import type { BuiltinType, EnumType, EnumValue, ObjectType, Type } from '../qapi/index.js';

/** A value, and what it costs; elements that may not exist in a binary cost more than any other. */
interface Priced {
  readonly cost: number;
  readonly value: Json;
}

/** More than any value without conditional elements. */
const UNSURE = 1e9;

/** The smallest value of the same JSON type. */
export function smallestJson(value: Json): Json {
  switch (jsonType(value)) {
    case 'null':
      return null;
    case 'boolean':
      return false;
    case 'integer':
    case 'double':
      return 0;
    case 'string':
      return '';
    case 'array':
      return [];
    case 'object':
      return jsonObject();
  }
}

/** Makes smallest values; what was found of a type is kept, for types contain each other and themselves. */
export class SmallestValues {
  readonly #known = new Map<Type, Priced | undefined>();

  /** Undefined when no value of the type is finite. */
  of(type: Type): Json | undefined {
    return this.#priced(type)?.value;
  }

  /** The value of a discriminator that takes least. */
  tag(type: ObjectType): EnumValue | undefined {
    this.#priced(type);
    return this.#cheapestBranch(type)?.tag;
  }

  #priced(type: Type): Priced | undefined {
    if (!this.#known.has(type)) this.#settle(type);
    return this.#known.get(type);
  }

  /** From the types that a type leads to, until none has a smaller value. */
  #settle(root: Type): void {
    const types = reachable(root, this.#known);
    for (const type of types) this.#known.set(type, undefined);
    for (let changed = true; changed;) {
      changed = false;
      for (const type of types) {
        const found = this.#estimate(type);
        if (found === undefined || found.cost >= (this.#known.get(type)?.cost ?? Infinity)) continue;
        this.#known.set(type, found);
        changed = true;
      }
    }
  }

  #estimate(type: Type): Priced | undefined {
    switch (type.kind) {
      case 'builtin':
        return priced(smallestBuiltin(type));
      case 'enum':
        return smallestName(type);
      case 'array':
        return priced([]);
      case 'alternate':
        return least(
          type.alternatives.map((one) =>
            raised(this.#known.get(one.type), one.condition === undefined ? 0 : UNSURE),
          ),
        );
      case 'object':
        return this.#object(type);
    }
  }

  #object(type: ObjectType): Priced | undefined {
    const object = jsonObject();
    let cost = 2;
    for (const { name, optional, condition, type: of } of type.members) {
      // The schema tells neither the default of a discriminator nor whether the binary has what is conditional.
      if (optional || condition !== undefined || name === type.variants?.tag.name) continue;
      const found = this.#known.get(of);
      if (found === undefined) return undefined;
      object[name] = found.value;
      cost += name.length + 4 + found.cost;
    }
    if (type.variants === undefined || type.variants.tag.optional) return { cost, value: object };
    const branch = this.#cheapestBranch(type);
    if (branch === undefined) return undefined;
    object[type.variants.tag.name] = branch.tag.name;
    for (const [name, value] of Object.entries(branch.value as object) as [string, Json][])
      object[name] = value;
    return { cost: cost + branch.cost, value: object };
  }

  #cheapestBranch({ variants }: ObjectType): (Priced & { readonly tag: EnumValue }) | undefined {
    if (variants?.tag.type.kind !== 'enum') return undefined;
    const { branches } = variants;
    return least(
      variants.tag.type.values.map((tag) => {
        const branch = branches.get(tag.name);
        const inside = branch === undefined ? { cost: 2, value: jsonObject() } : this.#known.get(branch.type);
        if (inside === undefined) return undefined;
        const unsure = tag.condition !== undefined || branch?.condition !== undefined;
        return { tag, value: inside.value, cost: inside.cost + tag.name.length + (unsure ? UNSURE : 0) };
      }),
    );
  }
}

function smallestBuiltin({ name, range }: BuiltinType): Json {
  switch (name) {
    case 'str':
    case 'any':
      return '';
    case 'bool':
      return false;
    case 'null':
      return null;
    default:
      return range === undefined ? 0 : nearestToZero(range);
  }
}

function nearestToZero({ min, max }: { readonly min: bigint; readonly max: bigint }): Json {
  return integer(min > 0n ? min : max < 0n ? max : 0n);
}

/** An integer as the dialect holds it: a number where that is exact. */
export function integer(value: bigint): Json {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** The shortest name, the first of equals. */
function smallestName({ values }: EnumType): Priced | undefined {
  return least(
    values.map(({ name, condition }) => raised(priced(name), condition === undefined ? 0 : UNSURE)),
  );
}

function priced(value: Json): Priced {
  return { value, cost: writeJson(value).length };
}

function raised(found: Priced | undefined, by: number): Priced | undefined {
  return found === undefined ? undefined : { ...found, cost: found.cost + by };
}

function least<P extends Priced>(found: readonly (P | undefined)[]): P | undefined {
  let best: P | undefined;
  for (const one of found) if (one !== undefined && one.cost < (best?.cost ?? Infinity)) best = one;
  return best;
}

/** The types that a value of this type may contain, itself included, but for those already known. */
function reachable(root: Type, known: ReadonlyMap<Type, unknown>): Set<Type> {
  const found = new Set<Type>([root]);
  // A set is walked in the order of insertion, whatever is added on the way.
  for (const type of found) for (const next of directly(type)) if (!known.has(next)) found.add(next);
  return found;
}

function directly(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'builtin':
    case 'enum':
      return [];
    case 'array':
      return [type.element];
    case 'alternate':
      return type.alternatives.map((alternative) => alternative.type);
    case 'object':
      return [
        ...type.members.map((member) => member.type),
        ...[...(type.variants?.branches.values() ?? [])].map((branch) => branch.type),
      ];
  }
}
