/**
 * Schema → SchemaInfo array, as `query-qmp-schema` returns it.
 *
 * Names of types are masked (decimal numbers in order of first use), all integer types are `int`, and only types that
 * some command or event needs are there. Source: QEMU's qapi/introspect.json, and docs/devel/qapi-code-gen, Client JSON
 * Protocol introspection.
 */
import { jsonObject } from '../json/index.js';
import type { Json, JsonObject } from '../json/index.js';
import { applyConditions } from './apply-conditions.js';
import { builtins, isInteger, jsonTypeOf } from './builtin.js';
import { emptyObject } from './mutable.js';
import type { Branch, Element, Member, ObjectType, Schema, Type } from './schema.js';

export interface IntrospectOptions {
  /** The condition symbols that hold in the binary; all others do not. */
  readonly defines?: Iterable<string>;
  /** Show every element, whatever its condition; `defines` has no meaning then. */
  readonly allConditions?: boolean;
}

/**
 * The introspection data of a binary built from the schema. A condition that is not made of symbols counts as holding.
 */
export function introspect(
  schema: Schema,
  { defines = [], allConditions = false }: IntrospectOptions = {},
): Json[] {
  const symbols = new Set(defines);
  const applied = allConditions ? schema : applyConditions(schema, (symbol) => symbols.has(symbol));
  return new Introspector().entries(applied);
}

/** What arguments and returns refer to when there are none. */
const nothing: ObjectType = emptyObject('q_empty', 'implicit');

class Introspector {
  readonly #entries: Json[] = [];
  readonly #names = new Map<Type | string, string>();
  readonly #queue: Type[] = [];
  #masked = 0;

  entries({ commands, events }: Schema): Json[] {
    for (const command of commands.values()) {
      this.#add(command.name, 'command', command, [
        ['arg-type', this.#use(command.arguments ?? nothing)],
        ['ret-type', this.#use(command.returns ?? nothing)],
        ...(command.allowOob ? [['allow-oob', true] as const] : []),
      ]);
    }
    for (const event of events.values()) {
      this.#add(event.name, 'event', event, [['arg-type', this.#use(event.data ?? nothing)]]);
    }
    // The queue grows while the entries are written.
    for (const type of this.#queue) this.#type(type);
    return this.#entries;
  }

  /** The name of a type; one that is new gets an entry later. */
  #use(type: Type): string {
    const used = isInteger(type) ? (builtins.get('int') ?? type) : type;
    // Arrays of all integer types are one and the same, and so may be others that are equal by name only.
    const key = used.kind === 'array' ? `[${this.#use(used.element)}]` : used;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = typeof key === 'string' ? key : used.kind === 'builtin' ? used.name : String(this.#masked++);
    this.#names.set(key, name);
    this.#queue.push(used);
    return name;
  }

  #add(
    name: string,
    meta: string,
    features: Pick<Element, 'features'>,
    more: (readonly [string, Json])[],
  ): void {
    this.#entries.push(jsonObject([['name', name], ['meta-type', meta], ...more, ...featuresOf(features)]));
  }

  #type(type: Type): void {
    const name = this.#use(type);
    switch (type.kind) {
      case 'builtin':
        this.#add(name, 'builtin', { features: [] }, [['json-type', jsonTypeOf(type)]]);
        break;
      case 'array':
        this.#add(name, 'array', { features: [] }, [['element-type', this.#use(type.element)]]);
        break;
      case 'enum':
        this.#add(name, 'enum', type, [
          ['members', type.values.map((value) => jsonObject([['name', value.name], ...featuresOf(value)]))],
          ['values', type.values.map((value) => value.name)],
        ]);
        break;
      case 'alternate':
        this.#add(name, 'alternate', type, [
          ['members', type.alternatives.map((branch) => jsonObject([['type', this.#use(branch.type)]]))],
        ]);
        break;
      case 'object':
        this.#add(name, 'object', type, [
          ['members', type.members.map((member) => this.#member(member))],
          ...this.#variants(type),
        ]);
        break;
    }
  }

  #member(member: Member): JsonObject {
    return jsonObject([
      ['name', member.name],
      ['type', this.#use(member.type)],
      ...(member.optional ? [['default', null] as const] : []),
      ...featuresOf(member),
    ]);
  }

  /** A union shows a variant for every value of its discriminator. */
  #variants({ variants }: ObjectType): (readonly [string, Json])[] {
    if (variants === undefined) return [];
    const { tag, branches } = variants;
    const values = tag.type.kind === 'enum' ? tag.type.values : [];
    const others = values.map((value) => value.name).filter((value) => !branches.has(value));
    const variant = (value: string, branch: Branch | undefined): JsonObject =>
      jsonObject([
        ['case', value],
        ['type', this.#use(branch?.type ?? nothing)],
      ]);
    return [
      ['tag', tag.name],
      [
        'variants',
        [
          ...[...branches].map(([value, branch]) => variant(value, branch)),
          ...others.map((value) => variant(value, undefined)),
        ],
      ],
    ];
  }
}

function featuresOf({ features }: Pick<Element, 'features'>): (readonly [string, Json])[] {
  return features.length === 0 ? [] : [['features', features.map(({ name }) => name)]];
}
