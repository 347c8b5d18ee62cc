/**
 * SchemaInfo array (what `query-qmp-schema` returns) → Schema. The array comes from a live target, so anything may be
 * in it; what is wrong is reported, and the Schema contains the rest. It is safe to
 * walk: no array holds an array, no alternate an alternate, and no union is a branch of itself.
 *
 * Source: QEMU's qapi/introspect.json, and docs/devel/qapi-code-gen, Client JSON Protocol introspection.
 */
import { member as memberOf } from '../../json/index.js';
import type { Json } from '../../json/index.js';
import { alternateJsonType, ANY_INTEGER, builtins, isInteger, jsonTypeOf } from '../model/builtin.js';
import { readEnum } from './enum.js';
import { breakCycles } from './cycles.js';
import type { LocatedUnion } from './cycles.js';
import { at, EntryReader } from './entry.js';
import type { LocatedObject, Located } from './entry.js';
import { ProblemList, quote } from './problem.js';
import type { IntrospectionProblem } from './problem.js';
import { emptyObject, isEmptyObject } from '../model/mutable.js';
import type { Mutable } from '../model/mutable.js';
import type {
  AlternateType,
  Alternative,
  ArrayType,
  Branch,
  BuiltinType,
  Command,
  EnumType,
  Event,
  Member,
  ObjectType,
  Schema,
  Type,
} from '../model/schema.js';

/** Stands for unknown types: everything conforms. */
const anything: Type = { kind: 'builtin', name: 'any' };

/** The most members of variants that are compared with common ones; the data of one QEMU has some thousand. */
const VARIANT_BUDGET = 5_000_000;

/**
 * The Schema of an introspection array, and what is wrong with the array.
 *
 * @public
 */
export interface Introspected {
  readonly schema: Schema;
  /** At most a hundred. */
  readonly problems: readonly IntrospectionProblem[];
}

/**
 * Makes a Schema of introspection data. Never throws, whatever the value.
 *
 * @param value the array of SchemaInfo objects
 *
 * @public
 */
export function schemaFromIntrospection(value: Json): Introspected {
  const problems = new ProblemList();
  const schema = new Introspection(problems).read(value);
  return { schema, problems: problems.problems };
}

class Introspection {
  readonly #problems: ProblemList;
  readonly #read: EntryReader;
  readonly #types = new Map<string, Type>();
  readonly #commands = new Map<string, Command>();
  readonly #events = new Map<string, Event>();
  readonly #names = new Set<string>();
  readonly #unions: LocatedUnion[] = [];
  /** Many unions may share one large enumeration. */
  readonly #values = new Map<EnumType, ReadonlySet<string>>();
  #variantBudget = VARIANT_BUDGET;
  /** Steps that are done when all types exist. */
  readonly #fillers: (() => void)[] = [];
  /** Steps that are done when all types have their members. */
  readonly #finishers: (() => void)[] = [];

  constructor(problems: ProblemList) {
    this.#problems = problems;
    this.#read = new EntryReader(problems);
  }

  read(value: Json): Schema {
    if (!Array.isArray(value)) this.#problems.add('wrong-type', 'an array of objects is expected', '');
    else for (const [index, entry] of value.entries()) this.#entry({ value: entry, path: `[${index}]` });
    for (const fill of this.#fillers) fill();
    breakCycles(this.#unions, this.#problems);
    for (const finish of this.#finishers) finish();
    const named = [...this.#types].filter(([, type]) => type.kind !== 'array');
    return {
      source: { kind: 'introspection' },
      types: new Map(named),
      commands: this.#commands,
      events: this.#events,
    };
  }

  #entry(place: Located): void {
    const entry = this.#read.object(place);
    if (entry === undefined) return;
    const name = this.#read.string(entry, 'name');
    const meta = this.#read.string(entry, 'meta-type');
    if (name === undefined || meta === undefined) return;
    if (this.#names.has(name)) {
      this.#problems.add('duplicate', `a second entry with the name ${quote(name)}`, at(entry.path, 'name'));
      return;
    }
    this.#names.add(name);
    switch (meta) {
      case 'builtin':
        this.#builtin(name, entry);
        break;
      case 'enum':
        this.#enum(name, entry);
        break;
      case 'array':
        this.#array(name, entry);
        break;
      case 'object':
        this.#object(name, entry);
        break;
      case 'alternate':
        this.#alternate(name, entry);
        break;
      case 'command':
        this.#command(name, entry);
        break;
      case 'event':
        this.#event(name, entry);
        break;
      default:
        this.#problems.add(
          'unknown-meta-type',
          `there is no meta-type ${quote(meta)}`,
          at(entry.path, 'meta-type'),
        );
    }
  }

  /** Reports members that an entry of this kind does not have. */
  #only(entry: LocatedObject, what: string, ...members: readonly string[]): void {
    this.#read.onlyMembers(entry, ['name', 'meta-type', 'features', ...members], what);
  }

  #builtin(name: string, entry: LocatedObject): void {
    this.#only(entry, 'a builtin type', 'json-type');
    const json = this.#read.string(entry, 'json-type');
    const known = builtins.get(name);
    const path = at(entry.path, 'json-type');
    if (known !== undefined && json !== undefined && jsonTypeOf(known) !== json) {
      this.#problems.add(
        'unknown-json-type',
        `the builtin type ${name} has the JSON type ${jsonTypeOf(known)}`,
        path,
      );
    }
    const type = known ?? [...builtins.values()].find((candidate) => jsonTypeOf(candidate) === json);
    if (known === undefined) {
      this.#problems.add('bad-name', `there is no builtin type ${quote(name)}`, at(entry.path, 'name'));
    }
    this.#types.set(name, type === undefined ? anything : introspected(type));
  }

  #enum(name: string, entry: LocatedObject): void {
    this.#only(entry, 'an enum type', 'values', 'members');
    this.#types.set(name, readEnum(name, entry, this.#read, this.#problems));
  }

  #array(name: string, entry: LocatedObject): void {
    this.#only(entry, 'an array type', 'element-type');
    const element = this.#read.string(entry, 'element-type');
    if (element === undefined) return;
    if (name !== `[${element}]`) {
      const message = `an array of ${quote(element)} is named [${quote(element).slice(1, -1)}], not ${quote(name)}`;
      this.#problems.add('bad-name', message, at(entry.path, 'name'));
    }
    const type: Mutable<ArrayType> = { kind: 'array', name: `[${element}]`, element: anything };
    this.#types.set(name, type);
    this.#fillers.push(() => {
      const path = at(entry.path, 'element-type');
      const found = this.#type(element, path);
      if (found?.kind === 'array') this.#problems.add('wrong-kind', 'arrays cannot hold arrays', path);
      else if (found !== undefined) type.element = found;
    });
  }

  #object(name: string, entry: LocatedObject): void {
    this.#only(entry, 'an object type', 'members', 'tag', 'variants');
    const type = emptyObject(name, 'struct');
    type.features = this.#read.features(entry);
    this.#types.set(name, type);
    this.#fillers.push(() => {
      type.members = this.#members(entry);
      type.localMembers = type.members;
    });
    if (!Object.hasOwn(entry.value, 'tag') && !Object.hasOwn(entry.value, 'variants')) return;
    this.#fillers.push(() => {
      this.#variants(type, entry);
    });
  }

  #members(entry: LocatedObject): Member[] {
    return this.#read.distinct(entry, 'members', 'name', (element, name) => {
      this.#read.onlyMembers(element, ['name', 'type', 'default', 'features'], 'a member of an object type');
      this.#read.checkName(name, at(element.path, 'name'));
      const defaultValue = memberOf(element.value, 'default');
      if (defaultValue !== undefined && defaultValue !== null) {
        this.#problems.add('bad-default', 'default must be null', at(element.path, 'default'));
      }
      const type = this.#named(element, 'type') ?? anything;
      return { name, type, optional: defaultValue !== undefined, features: this.#read.features(element) };
    });
  }

  #variants(type: Mutable<ObjectType>, entry: LocatedObject): void {
    const tagName = this.#read.string(entry, 'tag');
    const tag = type.members.find(({ name }) => name === tagName);
    const tagType = tag?.type;
    const values = tagType?.kind === 'enum' ? this.#valuesOf(tagType) : undefined;
    const branches = this.#read.distinct(entry, 'variants', 'case', (element, name): Branch | undefined => {
      this.#read.onlyMembers(element, ['case', 'type'], 'a variant');
      const path = at(element.path, 'case');
      if (values?.has(name) === false) {
        this.#problems.add('unknown-case', `${quote(name)} is not a value of the tag`, path);
      }
      const branch = this.#objectNamed(element, 'type');
      return branch && { name, features: [], type: branch };
    });
    if (tagName === undefined) return;
    if (tag === undefined || tagType?.kind !== 'enum' || tag.optional) {
      const message = `the tag ${quote(tagName)} must be the name of a mandatory member of an enum type`;
      this.#problems.add('bad-tag', message, at(entry.path, 'tag'));
    }
    if (tag === undefined || tagType?.kind !== 'enum') return;
    type.meta = 'union';
    type.variants = { tag, branches: new Map(branches.map((branch) => [branch.name, branch])) };
    this.#unions.push({ type, path: entry.path });
    this.#finishers.push(() => {
      this.#tidyVariants(type, at(entry.path, 'variants'));
    });
  }

  #valuesOf(type: EnumType): ReadonlySet<string> {
    const values = this.#values.get(type) ?? new Set(type.values.map(({ name }) => name));
    this.#values.set(type, values);
    return values;
  }

  /** Drops branches that add no members, and reports members that a branch repeats. */
  #tidyVariants(type: Mutable<ObjectType>, path: string): void {
    if (type.variants === undefined) return;
    const { tag, branches } = type.variants;
    const names = new Set(type.members.map(({ name }) => name));
    const kept = [...branches].filter(([, branch]) => !isEmptyObject(branch.type));
    for (const [name, branch] of kept) {
      if (this.#variantBudget < 0) break;
      this.#variantBudget -= branch.type.members.length;
      if (this.#variantBudget < 0)
        this.#problems.add('too-large', 'too many variants to check them all', path);
      const twice = branch.type.members.find((member) => names.has(member.name));
      if (twice === undefined) continue;
      const message = `the variant ${quote(name)} has the member ${quote(twice.name)} once more`;
      this.#problems.add('duplicate', message, path);
    }
    type.variants = { tag, branches: new Map(kept) };
  }

  #alternate(name: string, entry: LocatedObject): void {
    this.#only(entry, 'an alternate type', 'members');
    const type: Mutable<AlternateType> = {
      kind: 'alternate',
      name,
      features: this.#read.features(entry),
      alternatives: [],
    };
    this.#types.set(name, type);
    this.#fillers.push(() => {
      type.alternatives = this.#read.array(entry, 'members').flatMap((element) => this.#alternative(element));
      const seen = new Set<string>();
      for (const { type: branch } of type.alternatives) {
        const json = alternateJsonType(branch) ?? 'value';
        if (seen.has(json))
          this.#problems.add('indistinguishable', `several branches take JSON type ${json}`, entry.path);
        seen.add(json);
      }
    });
  }

  #alternative(place: Located): Alternative[] {
    const element = this.#read.object(place);
    if (element === undefined) return [];
    this.#read.onlyMembers(element, ['type'], 'a branch of an alternate');
    const type = this.#named(element, 'type');
    if (type === undefined) return [];
    if (type.kind === 'alternate') {
      this.#problems.add('wrong-kind', 'alternates cannot hold alternates', at(element.path, 'type'));
      return [];
    }
    return [{ name: type.name, features: [], type }];
  }

  #command(name: string, entry: LocatedObject): void {
    this.#only(entry, 'a command', 'arg-type', 'ret-type', 'allow-oob');
    this.#read.checkName(name, at(entry.path, 'name'));
    const features = this.#read.features(entry);
    const allowOob = this.#read.boolean(entry, 'allow-oob');
    this.#finishers.push(() => {
      const data = this.#objectNamed(entry, 'arg-type');
      const returns = this.#named(entry, 'ret-type');
      const isEmpty = returns?.kind === 'object' && isEmptyObject(returns);
      this.#commands.set(name, {
        kind: 'command',
        name,
        features,
        ...(data !== undefined && !isEmptyObject(data) && { arguments: data }),
        ...(returns !== undefined && !isEmpty && { returns }),
        boxed: false,
        checked: true,
        successResponse: true,
        allowOob,
        allowPreconfig: false,
        coroutine: false,
      });
    });
  }

  #event(name: string, entry: LocatedObject): void {
    this.#only(entry, 'an event', 'arg-type');
    this.#read.checkName(name, at(entry.path, 'name'));
    const features = this.#read.features(entry);
    this.#finishers.push(() => {
      const data = this.#objectNamed(entry, 'arg-type');
      const hasData = data !== undefined && !isEmptyObject(data);
      this.#events.set(name, { kind: 'event', name, features, ...(hasData && { data }), boxed: false });
    });
  }

  #type(name: string, path: string): Type | undefined {
    const type = this.#types.get(name);
    if (type === undefined) this.#problems.add('unknown-type', `there is no type ${quote(name)}`, path);
    return type;
  }

  /** The type that a member of an entry names. */
  #named(object: LocatedObject, key: string): Type | undefined {
    const name = this.#read.string(object, key);
    return name === undefined ? undefined : this.#type(name, at(object.path, key));
  }

  #objectNamed(object: LocatedObject, key: string): ObjectType | undefined {
    const type = this.#named(object, key);
    if (type === undefined || type.kind === 'object') return type;
    this.#problems.add('wrong-kind', `${key} must be an object type, not ${type.kind}`, at(object.path, key));
    return undefined;
  }
}

/** A builtin type as introspection shows it: all integer types are one. */
function introspected(type: BuiltinType): BuiltinType {
  return isInteger(type) ? { kind: 'builtin', name: 'int', range: ANY_INTEGER } : type;
}
