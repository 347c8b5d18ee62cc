/**
 * The definitions of a schema by name: resolves references to types, and collects the members of objects.
 */
import { builtinReleases, builtins, qtype } from '../../model/builtin.js';
import type { Pragmas } from '../../modules/pragma.js';
import type { ReleaseRules } from '../../model/release.js';
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

/** What a type reference resolves to; of an array, the type of its elements. */
export type Resolved = BuiltinType | TypeDefinition;

/**
 * The most steps that may be spent on collecting members. QEMU's schema needs some ten thousand; with inheritance the
 * work on a hostile schema grows with the square of its length.
 */
const BUDGET = 5_000_000;

/** Thrown by {@link SymbolTable.spend}. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

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

export class SymbolTable {
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly pragmas: Pragmas;
  readonly rules: ReleaseRules;
  readonly #broken: ReadonlySet<string>;
  readonly #members = new Map<ObjectDefinition, readonly MemberDefinition[] | undefined>();
  readonly #values = new Map<EnumDefinition, ReadonlySet<string>>();
  #typeNames: readonly string[] | undefined;
  #budget = BUDGET;

  /**
   * @param definitions those without syntax errors
   * @param broken the names of those with syntax errors: what refers to them is not reported
   * @param pragmas the exceptions that the schema asks for
   * @param rules the rules that hold
   */
  constructor(
    definitions: ReadonlyMap<string, Definition>,
    broken: ReadonlySet<string>,
    pragmas: Pragmas,
    rules: ReleaseRules,
  ) {
    this.definitions = definitions;
    this.pragmas = pragmas;
    this.rules = rules;
    this.#broken = broken;
  }

  /** Counts work done. @throws TooLarge when it is more than any real schema needs */
  spend(steps: number): void {
    this.#budget -= steps;
    if (this.#budget < 0) throw new TooLarge();
  }

  /** The type that a reference names, of an array the element type; undefined when it is unknown or broken. */
  resolve(reference: TypeReference): Resolved | undefined {
    const builtin = builtins.get(reference.name);
    if (builtin !== undefined) {
      return this.rules.allows(builtinReleases(builtin)) ? builtin : undefined;
    }
    if (reference.name === qtypeDefinition.name) return qtypeDefinition;
    const definition = this.definitions.get(reference.name);
    return definition !== undefined && isTypeDefinition(definition) ? definition : undefined;
  }

  /** Whether a reference names a type that the schema defines, be it broken or not. */
  isKnownType(reference: TypeReference): boolean {
    return this.#broken.has(reference.name) || this.resolve(reference) !== undefined;
  }

  /** The names of the builtin types and of all types that the schema text defines. */
  typeNames(): readonly string[] {
    return (this.#typeNames ??= this.#listTypes());
  }

  #listTypes(): string[] {
    const defined = [...this.definitions.values()].filter(
      (type) => isTypeDefinition(type) && !type.isImplicit,
    );
    return [...builtins.keys(), qtype.name, ...defined.map(({ name }) => name)];
  }

  /** The names of an enumeration's values; kept, because many unions may share one large enumeration. */
  valuesOf(definition: EnumDefinition): ReadonlySet<string> {
    const values = this.#values.get(definition) ?? new Set(definition.values.map(({ name }) => name));
    this.#values.set(definition, values);
    return values;
  }

  /** The struct or union that a reference names; undefined when it names something else. */
  object(reference: TypeReference): ObjectDefinition | undefined {
    if (reference.isArray) return undefined;
    const type = this.resolve(reference);
    return type !== undefined && 'meta' in type && hasMembers(type) ? type : undefined;
  }

  /**
   * The members common to all values of an object, those of the base first.
   *
   * @returns undefined when the base is unknown, broken or derived from the definition itself
   */
  commonMembers(definition: ObjectDefinition): readonly MemberDefinition[] | undefined {
    // Up to the first ancestor that is done, then down again. No recursion: chains may exceed the call stack.
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
