/**
 * Schema → SchemaInfo array, as `query-qmp-schema` returns it.
 *
 * Names of types are masked (decimal numbers in order of first use), all integer types are `int`, and only types that
 * some command or event needs are there. Conditions leave out entries and parts of them, after the names are given: so
 * the names do not depend on the symbols, and what only a missing command needs may remain. Source: QEMU's
 * qapi/introspect.json, and docs/devel/qapi-code-gen, Client JSON Protocol introspection.
 */
import { jsonObject } from '../../json/index.js';
import type { Json, JsonObject } from '../../json/index.js';
import { builtins, isInteger, jsonTypeOf } from '../model/builtin.js';
import { evaluate } from '../model/condition.js';
import type { Condition } from '../model/condition.js';
import { schemaInfoMembers } from './schema-info.js';
import type { SchemaInfoMembers } from './schema-info.js';
import { emptyObject } from '../model/mutable.js';
import type {
  AlternateType,
  Command,
  Element,
  EnumType,
  Event,
  Member,
  ObjectType,
  Schema,
  Type,
  Variants,
} from '../model/schema.js';

/**
 * Which binary is introspected.
 *
 * @public
 */
export interface IntrospectOptions {
  /** The condition symbols that hold in the binary; all others do not. */
  readonly defines?: Iterable<string>;
  /** Show every element, whatever its condition; `defines` has no meaning then. */
  readonly allConditions?: boolean;
}

/**
 * The introspection data of a binary built from the schema, with the members of the schema's own SchemaInfo if it has
 * one. A condition that is not made of symbols counts as holding.
 *
 * @public
 */
export function introspect(
  schema: Schema,
  { defines = [], allConditions = false }: IntrospectOptions = {},
): Json[] {
  const symbols = new Set(defines);
  const holds: Holds = (condition) =>
    condition === undefined ||
    allConditions ||
    evaluate(condition, (symbol) => symbols.has(symbol)) !== false;
  return new Introspector(schemaInfoMembers(schema), holds).entries(schema);
}

/** Tells whether a condition holds. */
type Holds = (condition: Condition | undefined) => boolean;

/** What arguments and returns refer to when there are none, and values of a discriminator without a branch. */
const nothing: ObjectType = emptyObject('q_empty', 'implicit');

/** A type that something refers to. */
interface Used {
  readonly type: Type;
  readonly name: string;
  /** Whether its own condition holds, or something that is shown refers to it. */
  isShown: boolean;
  isWritten: boolean;
}

class Introspector {
  readonly #hasMember: SchemaInfoMembers;
  readonly #holds: Holds;
  readonly #entries: Json[] = [];
  readonly #masked = new Map<Type, string>();
  /** By name: arrays of all integer types are one and the same. */
  readonly #used = new Map<string, Used>();
  readonly #queue: Used[] = [];

  constructor(hasMember: SchemaInfoMembers, holds: Holds) {
    this.#hasMember = hasMember;
    this.#holds = holds;
  }

  entries(schema: Schema): Json[] {
    for (const definition of inOrder(schema)) this.#definition(definition);
    // The queue grows while the entries are written.
    for (const used of this.#queue) this.#type(used);
    return this.#entries;
  }

  #definition(definition: Command | Event): void {
    const { name, kind, condition } = definition;
    const isShown = this.#holds(condition);
    const entry = newEntry(name, kind);
    const use = (type: Type = nothing): string => this.#use(type, isShown, condition);
    if (definition.kind === 'command') {
      entry['arg-type'] = use(definition.arguments);
      entry['ret-type'] = use(definition.returns);
      if (definition.allowOob && this.#hasMember(kind, 'allow-oob')) entry['allow-oob'] = true;
    } else {
      entry['arg-type'] = use(definition.data);
    }
    this.#features(entry, definition, kind);
    if (isShown) this.#entries.push(entry);
  }

  #name(type: Type): string {
    if (type.kind === 'array') return `[${this.#name(type.element)}]`;
    if (type.kind === 'builtin') return isInteger(type) ? 'int' : type.name;
    const name = this.#masked.get(type) ?? String(this.#masked.size);
    this.#masked.set(type, name);
    return name;
  }

  /**
   * The name of a type; one that is new gets an entry later.
   *
   * @param isShown whether the reference is shown
   * @param owner the condition of what the type is written into, if it is written in place
   */
  #use(type: Type, isShown: boolean, owner?: Condition): string {
    const name = this.#name(type);
    const known = this.#used.get(name);
    if (known === undefined) {
      const used = {
        type: isInteger(type) ? (builtins.get('int') ?? type) : type,
        name,
        isShown: isShown || this.#holds(conditionOf(type, owner)),
        isWritten: false,
      };
      this.#used.set(name, used);
      this.#queue.push(used);
      if (type.kind === 'array') this.#use(type.element, used.isShown);
    } else if (isShown && !known.isShown) {
      known.isShown = true;
      this.#queue.push(known);
    }
    return name;
  }

  #type(used: Used): void {
    const { type, name, isShown } = used;
    if (used.isWritten) return;
    const entry = newEntry(name, type.kind);
    switch (type.kind) {
      case 'builtin':
        entry['json-type'] = jsonTypeOf(type);
        break;
      case 'array':
        entry['element-type'] = this.#use(type.element, isShown);
        break;
      case 'enum':
        this.#enum(entry, type);
        break;
      case 'alternate':
        this.#alternate(entry, type, isShown);
        break;
      case 'object':
        this.#object(entry, type, isShown);
        break;
    }
    if (type.kind !== 'builtin' && type.kind !== 'array') this.#features(entry, type, type.kind);
    if (isShown) this.#entries.push(entry);
    used.isWritten = isShown;
  }

  #enum(entry: JsonObject, { values }: EnumType): void {
    const shown = values.filter(({ condition }) => this.#holds(condition));
    if (this.#hasMember('enum', 'members')) {
      entry.members = shown.map((value) => {
        const member = jsonObject();
        member.name = value.name;
        this.#features(member, value, 'enum', 'members');
        return member;
      });
    }
    if (this.#hasMember('enum', 'values')) entry.values = shown.map(({ name }) => name);
  }

  #alternate(entry: JsonObject, { alternatives }: AlternateType, isShown: boolean): void {
    const members: Json[] = [];
    for (const { type, condition } of alternatives) {
      const holds = this.#holds(condition);
      const member = jsonObject();
      member.type = this.#use(type, isShown && holds);
      if (holds) members.push(member);
    }
    entry.members = members;
  }

  #object(entry: JsonObject, { members, variants }: ObjectType, isShown: boolean): void {
    const shown: Json[] = [];
    for (const member of members) {
      const holds = this.#holds(member.condition);
      const written = this.#member(member, isShown && holds);
      if (holds) shown.push(written);
    }
    entry.members = shown;
    if (variants !== undefined) {
      entry.tag = variants.tag.name;
      entry.variants = this.#variants(variants, isShown);
    }
  }

  #member(member: Member, isShown: boolean): JsonObject {
    const written = jsonObject();
    written.name = member.name;
    written.type = this.#use(member.type, isShown);
    if (member.optional) written.default = null;
    this.#features(written, member, 'object', 'members');
    return written;
  }

  /** A variant for every value of the discriminator: first those that have a branch, then the others. */
  #variants({ tag, branches }: Variants, isShown: boolean): Json[] {
    const values = new Map(
      tag.type.kind === 'enum' ? tag.type.values.map((value) => [value.name, value]) : [],
    );
    const others = [...values.values()].filter(({ name }) => !branches.has(name));
    const cases = [...branches.values(), ...others.map((value) => ({ ...value, type: nothing }))];
    return cases.flatMap(({ name, condition, type }) => {
      // Without the value its branch could not be built.
      const holds = this.#holds(condition) && this.#holds(values.get(name)?.condition);
      const variant = jsonObject();
      variant.case = name;
      variant.type = this.#use(type, isShown && holds);
      return holds ? [variant] : [];
    });
  }

  /** Writes the features; when conditions leave out all of them, the list is empty. */
  #features(
    entry: JsonObject,
    { features }: Pick<Element, 'features'>,
    ...path: [string, ...string[]]
  ): void {
    if (features.length === 0 || !this.#hasMember(...path, 'features')) return;
    entry.features = features.filter(({ condition }) => this.#holds(condition)).map(({ name }) => name);
  }
}

function newEntry(name: string, meta: string): JsonObject {
  const entry = jsonObject();
  entry.name = name;
  entry['meta-type'] = meta;
  return entry;
}

/** The condition of a type; of one that is written in place, that of its owner or of what it wraps. */
function conditionOf(type: Type, owner: Condition | undefined): Condition | undefined {
  switch (type.kind) {
    case 'builtin':
      return undefined;
    case 'array':
      return conditionOf(type.element, undefined);
    case 'object': {
      const [wrapped] = type.localMembers;
      if (type.meta !== 'implicit') return type.condition;
      return owner ?? (wrapped && conditionOf(wrapped.type, undefined));
    }
    default:
      return type.condition;
  }
}

/** Commands and events module by module, in the order in which the modules are first included. */
function inOrder({ source, commands, events }: Schema): (Command | Event)[] {
  const definitions = [...commands.values(), ...events.values()];
  if (source.kind !== 'files') return definitions;
  const modules = new Map(source.modules.map((file, index) => [file, index]));
  const place = ({ position }: Element): [number, number, number] =>
    position === undefined ? [0, 0, 0] : [modules.get(position.file) ?? 0, position.line, position.column];
  return definitions
    .map((definition) => ({ definition, place: place(definition) }))
    .sort(({ place: [a, b, c] }, { place: [d, e, f] }) => a - d || b - e || c - f)
    .map(({ definition }) => definition);
}
