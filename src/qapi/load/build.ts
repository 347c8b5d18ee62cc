/**
 * Checked definitions → Schema.
 */
import { builtins, qtype } from '../model/builtin.js';
import { isInline } from '../check/definition/index.js';
import type {
  AlternateDefinition,
  CommandDefinition,
  Definition,
  EnumDefinition,
  EventDefinition,
  FeatureDefinition,
  MemberDefinition,
  ObjectDefinition,
  TypeReference,
} from '../check/definition/index.js';
import type { SymbolTable } from '../check/semantic/symbol-table.js';
import type { Condition } from '../model/condition.js';
import { docOf } from '../doc/block.js';
import type { Modules } from '../modules/index.js';
import { emptyObject } from '../model/mutable.js';
import type { Mutable } from '../model/mutable.js';
import type {
  AlternateType,
  ArrayType,
  Branch,
  Command,
  Definition as SchemaDefinition,
  EnumType,
  Event,
  Feature,
  Member,
  ObjectType,
  Schema,
  Type,
} from '../model/schema.js';
import type { Position } from '../model/position.js';

/**
 * Builds the Schema of checked definitions.
 *
 * @param symbols definitions without errors
 * @param modules the modules that they come from
 */
export function buildSchema(symbols: SymbolTable, modules: Modules): Schema {
  return new SchemaBuilder(symbols).build(modules);
}

class SchemaBuilder {
  readonly #symbols: SymbolTable;
  readonly #types = new Map<string, Type>([...builtins, [qtype.name, qtype]]);
  /** Wrappers of simple unions: types that have a name, but none of their own. */
  readonly #wrappers = new Map<string, Mutable<ObjectType>>();
  readonly #arrays = new Map<string, ArrayType>();
  readonly #members = new Map<MemberDefinition, Member>();

  constructor(symbols: SymbolTable) {
    this.#symbols = symbols;
  }

  build(modules: Modules): Schema {
    const definitions = [...this.#symbols.definitions.values()];
    const fillers = definitions.map((definition) => this.#announce(definition));
    for (const fill of fillers) fill();
    const commands = new Map<string, Command>();
    const events = new Map<string, Event>();
    for (const definition of definitions) {
      if (definition.meta === 'command') commands.set(definition.name, this.#command(definition));
      if (definition.meta === 'event') events.set(definition.name, this.#event(definition));
    }
    const { root, files } = modules;
    return { source: { kind: 'files', root, modules: files }, types: this.#types, commands, events };
  }

  /** Makes the type, so that others can refer to it. @returns what fills it */
  #announce(definition: Definition): () => void {
    switch (definition.meta) {
      case 'enum':
        this.#types.set(definition.name, enumType(definition));
        return () => undefined;
      case 'alternate': {
        const type: Mutable<AlternateType> = { kind: 'alternate', ...common(definition), alternatives: [] };
        this.#types.set(type.name, type);
        return () => {
          this.#fillAlternate(type, definition);
        };
      }
      case 'struct':
      case 'union': {
        const isWrapper = definition.meta === 'struct' && definition.isImplicit;
        const meta = isWrapper ? 'implicit' : definition.meta;
        const type = Object.assign(emptyObject(definition.name, meta), common(definition));
        (isWrapper ? this.#wrappers : this.#types).set(type.name, type);
        return () => {
          this.#fillObject(type, definition);
        };
      }
      default:
        return () => undefined;
    }
  }

  #type(reference: TypeReference): Type {
    const type = this.#types.get(reference.name) ?? this.#wrappers.get(reference.name);
    if (type === undefined) throw new Error(`type '${reference.name}' passed the checks but does not exist`);
    if (!reference.isArray) return type;
    const name = `[${reference.name}]`;
    const array = this.#arrays.get(name) ?? { kind: 'array', name, element: type };
    this.#arrays.set(name, array);
    return array;
  }

  #object(reference: TypeReference): ObjectType {
    const type = this.#type(reference);
    if (type.kind !== 'object')
      throw new Error(`type '${reference.name}' passed the checks but is no object`);
    return type;
  }

  /** The same definition always gives the same member, in the type that lists it and in all that inherit it. */
  #member(definition: MemberDefinition): Member {
    const known = this.#members.get(definition);
    if (known !== undefined) return known;
    const member: Member = {
      ...element(definition),
      type: this.#type(definition.type),
      optional: definition.optional,
    };
    this.#members.set(definition, member);
    return member;
  }

  #fillObject(type: Mutable<ObjectType>, definition: ObjectDefinition): void {
    const { base } = definition;
    type.localMembers = definition.members.map((member) => this.#member(member));
    type.members = (this.#symbols.commonMembers(definition) ?? []).map((member) => this.#member(member));
    if (isInline(base))
      type.base = this.#implicit(`q_obj_${definition.name}-base`, base, definition.position);
    else if (base !== undefined) type.base = this.#object(base);
    if (definition.meta !== 'union') return;
    const tag = type.members.find(({ name }) => name === definition.discriminator?.name);
    if (tag === undefined)
      throw new Error(`union '${definition.name}' passed the checks but has no discriminator`);
    const branches = new Map<string, Branch>();
    for (const branch of definition.branches) {
      branches.set(branch.name, { ...element({ ...branch, features: [] }), type: this.#object(branch.type) });
    }
    type.variants = { tag, branches };
  }

  #fillAlternate(type: Mutable<AlternateType>, definition: AlternateDefinition): void {
    type.alternatives = definition.alternatives.map((branch) => ({
      ...element({ ...branch, features: [] }),
      type: this.#type(branch.type),
    }));
  }

  /** An object that is written in place. The name is the one that QEMU gives it. */
  #implicit(name: string, definitions: readonly MemberDefinition[], position: Position): ObjectType {
    const members = definitions.map((definition) => this.#member(definition));
    return { ...emptyObject(name, 'implicit'), members, localMembers: members, position };
  }

  #data({ name, data, position }: CommandDefinition | EventDefinition): ObjectType | undefined {
    if (data === undefined) return undefined;
    if (!isInline(data)) return this.#object(data);
    return data.length === 0 ? undefined : this.#implicit(`q_obj_${name}-arg`, data, position);
  }

  #command(definition: CommandDefinition): Command {
    const { flags, returns } = definition;
    const data = this.#data(definition);
    return {
      kind: 'command',
      ...common(definition),
      ...(data && { arguments: data }),
      ...(returns && { returns: this.#type(returns) }),
      boxed: flags.has('boxed'),
      checked: !flags.has('gen'),
      successResponse: !flags.has('success-response'),
      allowOob: flags.has('allow-oob'),
      allowPreconfig: flags.has('allow-preconfig'),
      coroutine: flags.has('coroutine'),
    };
  }

  #event(definition: EventDefinition): Event {
    const data = this.#data(definition);
    return {
      kind: 'event',
      ...common(definition),
      ...(data && { data }),
      boxed: definition.flags.has('boxed'),
    };
  }
}

function enumType(definition: EnumDefinition): EnumType {
  const { prefix } = definition;
  return {
    kind: 'enum',
    ...common(definition),
    values: definition.values.map(element),
    ...(prefix !== undefined && { prefix }),
  };
}

interface ElementDefinition {
  readonly name: string;
  readonly condition: Condition | undefined;
  readonly features: readonly FeatureDefinition[];
  readonly position: Position;
}

/** Most elements have none. */
const NO_FEATURES: readonly Feature[] = [];

function element({ name, condition, features: list, position }: ElementDefinition) {
  const features = list.length === 0 ? NO_FEATURES : list.map(featureOf);
  return condition === undefined ? { name, features, position } : { name, condition, features, position };
}

function featureOf({ name, condition, position }: FeatureDefinition): Feature {
  return condition === undefined ? { name, position } : { name, condition, position };
}

function common(definition: Definition): SchemaDefinition {
  return { ...element(definition), ...(definition.doc && { doc: docOf(definition.doc) }) };
}
