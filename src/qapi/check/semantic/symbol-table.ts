/**
 * All definitions of a schema together: names resolved, members collected.
 */
import { builtinReleases, builtins, qtype } from '../../model/builtin.js';
import type { Pragmas } from '../../modules/pragma.js';
import { isAllowed } from '../../model/release.js';
import type { Release, Releases } from '../../model/release.js';
import type { BuiltinType } from '../../model/schema.js';
import { isInline, isTypeDefinition } from '../definition/index.js';
import type {
  Definition,
  EnumDefinition,
  MemberDefinition,
  ObjectDefinition,
  TypeDefinition,
  TypeReference,
} from '../definition/index.js';

/** What a type reference can mean, arrays aside. */
export type Resolved = BuiltinType | TypeDefinition;

/**
 * A schema may ask for this many steps when members are collected. QEMU's needs some ten thousand; inheritance makes
 * the work of a hostile one grow with the square of its length.
 */
const BUDGET = 5_000_000;

/** Thrown by {@link World.spend}. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

const EVERY_RELEASE: Releases = {};
const nowhere = { file: '(built in)', line: 1, column: 1 };

const qtypeDefinition: EnumDefinition = {
  meta: 'enum',
  name: qtype.name,
  values: qtype.values.map(({ name }) => ({ name, condition: undefined, features: [], position: nowhere })),
  prefix: undefined,
  condition: undefined,
  features: [],
  doc: undefined,
  position: nowhere,
  namePosition: nowhere,
  isImplicit: true,
};

export class World {
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly pragmas: Pragmas;
  readonly release: Release | undefined;
  readonly #broken: ReadonlySet<string>;
  readonly #members = new Map<ObjectDefinition, readonly MemberDefinition[] | undefined>();
  readonly #values = new Map<EnumDefinition, ReadonlySet<string>>();
  #typeNames: readonly string[] | undefined;
  #budget = BUDGET;

  /**
   * @param definitions those whose shape is sound
   * @param broken the names of the others: nothing that refers to them is judged
   */
  constructor(
    definitions: ReadonlyMap<string, Definition>,
    broken: ReadonlySet<string>,
    pragmas: Pragmas,
    release: Release | undefined,
  ) {
    this.definitions = definitions;
    this.pragmas = pragmas;
    this.release = release;
    this.#broken = broken;
  }

  /** Counts work done. @throws TooLarge when it is too much for a schema that means well */
  spend(steps: number): void {
    this.#budget -= steps;
    if (this.#budget < 0) throw new TooLarge();
  }

  /** The definition of a type, the element's in case of an array; undefined when it is unknown or broken. */
  resolve(reference: TypeReference): Resolved | undefined {
    const builtin = builtins.get(reference.name);
    if (builtin !== undefined) {
      return isAllowed(builtinReleases.get(builtin.name) ?? EVERY_RELEASE, this.release)
        ? builtin
        : undefined;
    }
    if (reference.name === qtypeDefinition.name) return qtypeDefinition;
    const definition = this.definitions.get(reference.name);
    return definition !== undefined && isTypeDefinition(definition) ? definition : undefined;
  }

  /** False: the schema says nothing of such a type. */
  isKnownType(reference: TypeReference): boolean {
    return this.#broken.has(reference.name) || this.resolve(reference) !== undefined;
  }

  /** The names of all types that somebody wrote down. */
  typeNames(): readonly string[] {
    return (this.#typeNames ??= this.#listTypes());
  }

  #listTypes(): string[] {
    const defined = [...this.definitions.values()].filter(
      (type) => isTypeDefinition(type) && !type.isImplicit,
    );
    return [...builtins.keys(), qtype.name, ...defined.map(({ name }) => name)];
  }

  /** The names of an enumeration's values. Many unions may share one large enumeration. */
  valuesOf(definition: EnumDefinition): ReadonlySet<string> {
    const values = this.#values.get(definition) ?? new Set(definition.values.map(({ name }) => name));
    this.#values.set(definition, values);
    return values;
  }

  /** An object definition by reference; undefined when it is something else. */
  object(reference: TypeReference): ObjectDefinition | undefined {
    if (reference.isArray) return undefined;
    const type = this.resolve(reference);
    return type !== undefined && 'meta' in type && hasMembers(type) ? type : undefined;
  }

  /**
   * The members common to all values of an object, those of the base first.
   *
   * @returns undefined when the base is not sound
   */
  commonMembers(definition: ObjectDefinition): readonly MemberDefinition[] | undefined {
    // Up to the first ancestor that is done, then down again; chains may be longer than the call stack.
    const chain: ObjectDefinition[] = [];
    const seen = new Set<ObjectDefinition>();
    let members: readonly MemberDefinition[] | undefined = [];
    for (let at: ObjectDefinition | undefined = definition; at !== undefined;) {
      if (this.#members.has(at)) {
        members = this.#members.get(at);
        break;
      }
      if (seen.has(at)) {
        members = undefined;
        break;
      }
      seen.add(at);
      chain.push(at);
      if (at.base === undefined) break;
      if (isInline(at.base)) {
        members = at.base;
        break;
      }
      at = this.object(at.base);
      if (at === undefined) members = undefined;
    }
    for (const derived of chain.reverse()) {
      if (members !== undefined && derived.members.length > 0) {
        this.spend(members.length + derived.members.length);
        members = [...members, ...derived.members];
      }
      this.#members.set(derived, members);
    }
    return members;
  }
}

export function hasMembers(definition: Definition): definition is ObjectDefinition {
  return definition.meta === 'struct' || definition.meta === 'union';
}
