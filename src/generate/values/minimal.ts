/**
 * The smallest valid value of a type: no optional members, empty arrays, the branch that asks for least.
 */
import { jsonObject, type Json, type JsonObject } from '../../json/index.js';
import {
  jsonTypeOf,
  type AlternateType,
  type EnumType,
  type Member,
  type ObjectType,
  type Type,
} from '../../qapi/index.js';
import { PLAIN } from './interesting.js';
import { leftOutBranches } from '../tables/string-roles.js';

/** What a type that has no finite value costs. */
const IMPOSSIBLE = Infinity;

/** Chosen values of discriminators, by the discriminator. */
export type Tags = ReadonlyMap<Member, string>;
const NO_TAGS: Tags = new Map();

/**
 * Makes smallest values. What a type costs is worked out once, from the types that it refers to, until nothing
 * changes: types may contain themselves.
 */
export class Minimal {
  readonly #costs = new WeakMap<Type, number>();
  readonly #text: string;

  /** @param text the string that stands wherever a string is due */
  constructor(text = PLAIN) {
    this.#text = text;
  }

  /** Has the type a finite value? */
  possible(type: Type | undefined): boolean {
    return type === undefined || this.#cost(type) < IMPOSSIBLE;
  }

  /**
   * The smallest value.
   *
   * @param type a type that has one (see {@link possible})
   * @throws RangeError when it has none
   */
  value(type: Type): Json {
    switch (type.kind) {
      case 'builtin':
        switch (jsonTypeOf(type)) {
          case 'string':
          case 'value':
            return this.#text;
          case 'boolean':
            return false;
          case 'null':
            return null;
          default:
            return type.range !== undefined && type.range.min > 0n ? Number(type.range.min) : 0;
        }
      case 'enum':
        return usual(type);
      case 'array':
        return [];
      case 'alternate':
        return this.value(this.#alternative(type));
      case 'object':
        return this.object(type);
    }
  }

  /**
   * The smallest object.
   *
   * @param tags values that discriminators have to have; the others select the branch that asks for least
   * @throws RangeError when there is none
   */
  object(type: ObjectType, tags: Tags = NO_TAGS): JsonObject {
    if (!this.possible(type)) throw new RangeError(`no value of type ${type.name} is finite`);
    const object = jsonObject();
    for (let part: ObjectType | undefined = type; part !== undefined;) {
      const { members, variants }: ObjectType = part;
      for (const member of members) {
        if (member === variants?.tag || member.optional) continue;
        object[member.name] = this.value(member.type);
      }
      part = undefined;
      if (variants !== undefined) {
        const tag = tags.get(variants.tag) ?? this.#cheapestTag(variants);
        if (tag === undefined) break;
        // An optional discriminator may stay away when its default is what is wanted; the schema does not tell it.
        if (!variants.tag.optional || tags.has(variants.tag)) {
          object[variants.tag.name] = tag;
          part = variants.branches.get(tag)?.type;
        }
      }
    }
    return object;
  }

  /** The value of a union's discriminator of which the branch asks for least; undefined where there is none. */
  tag({ variants }: ObjectType): string | undefined {
    return variants === undefined ? undefined : this.#cheapestTag(variants);
  }

  #alternative({ alternatives }: AlternateType): Type {
    const usable = alternatives.filter(({ condition }) => condition === undefined);
    const [first, ...rest] = usable.length > 0 ? usable : alternatives;
    if (first === undefined) throw new RangeError('an alternate without branches has no value');
    return rest.reduce((best, { type }) => (this.#cost(type) < this.#cost(best) ? type : best), first.type);
  }

  #cheapestTag({ tag, branches }: NonNullable<ObjectType['variants']>): string | undefined {
    if (tag.type.kind !== 'enum') return undefined;
    let best: string | undefined;
    let least = IMPOSSIBLE;
    for (const { name, condition } of tag.type.values) {
      const branch = branches.get(name);
      const unsure = condition !== undefined || branch?.condition !== undefined || leftOutBranches.has(name);
      // What may not exist in the binary, or may not be sent, is only chosen when nothing else is there.
      const cost = (branch === undefined ? 0 : this.#cost(branch.type)) + (unsure ? UNSURE : 0);
      if (cost < least) [best, least] = [name, cost];
    }
    return best;
  }

  #cost(type: Type): number {
    const known = this.#costs.get(type);
    if (known !== undefined) return known;
    this.#settle(type);
    return this.#costs.get(type) ?? IMPOSSIBLE;
  }

  /** Works out the costs of a type and of all that it leads to. */
  #settle(root: Type): void {
    const types = reachable(root, this.#costs);
    for (const type of types) this.#costs.set(type, IMPOSSIBLE);
    for (let changed = true; changed;) {
      changed = false;
      for (const type of types) {
        const cost = this.#estimate(type);
        if (cost < (this.#costs.get(type) ?? IMPOSSIBLE)) {
          this.#costs.set(type, cost);
          changed = true;
        }
      }
    }
  }

  #estimate(type: Type): number {
    const known = (other: Type): number => this.#costs.get(other) ?? IMPOSSIBLE;
    switch (type.kind) {
      case 'builtin':
      case 'array':
        return 1;
      case 'enum':
        return type.values.length === 0 ? IMPOSSIBLE : 1;
      case 'alternate':
        return Math.min(IMPOSSIBLE, ...type.alternatives.map((alternative) => known(alternative.type)));
      case 'object': {
        let sum = 1;
        for (const member of type.members) if (!member.optional) sum += 1 + known(member.type);
        const { variants } = type;
        if (variants === undefined || variants.tag.optional) return sum;
        if (variants.tag.type.kind !== 'enum') return IMPOSSIBLE;
        const branches = variants.tag.type.values.map(({ name }) => {
          const branch = variants.branches.get(name);
          return branch === undefined ? 0 : known(branch.type);
        });
        return sum + Math.min(IMPOSSIBLE, ...branches);
      }
    }
  }
}

const UNSURE = 1e6;

/** The value of an enumeration that stands where nothing else is asked for. */
export function usual({ values }: EnumType): string {
  return (values.find(({ condition }) => condition === undefined) ?? values[0])?.name ?? '';
}

/** The types that a value of this type may contain, itself included, but for those already known. */
function reachable(root: Type, known: Pick<WeakMap<Type, unknown>, 'has'>): Set<Type> {
  const found = new Set<Type>([root]);
  // A set is walked in the order of insertion, whatever is added on the way.
  for (const type of found) {
    for (const next of directly(type)) if (!known.has(next)) found.add(next);
  }
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
