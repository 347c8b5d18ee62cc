/**
 * Compares a live schema (introspection) with the schema in files.
 *
 * Introspection hides names of types and merges all integer types, so types are compared by what they admit, following
 * both graphs side by side. What the files make conditional may be there or not, unless it is known which symbols hold.
 * Downstream names (`__…`) may be there on top.
 */
import { introspectedJsonType, jsonTypeOf } from '../model/builtin.js';
import { evaluate, printCondition } from '../model/condition.js';
import type { Condition, Symbols } from '../model/condition.js';
import { emptyObject, isEmptyObject } from '../model/mutable.js';
import type {
  Alternative,
  Command,
  Element,
  EnumType,
  Event,
  Feature,
  ObjectType,
  Schema,
  Type,
} from '../model/schema.js';

export type DisagreementKind =
  /** The files have it, the live schema does not. */
  | 'missing'
  /** The live schema has it, the files do not. */
  | 'unexpected'
  /** The live schema has it, although its condition does not hold. */
  | 'excluded'
  | 'type'
  | 'optional'
  | 'feature-missing'
  | 'feature-unexpected'
  | 'allow-oob'
  /** The comparison was stopped: too much to compare, or too many disagreements. */
  | 'incomplete';

export interface Disagreement {
  readonly kind: DisagreementKind;
  /** `blockdev-add/arguments/driver=nbd/server`; `[]` for the elements of an array, `:object` for an alternate's branch. */
  readonly path: string;
  readonly message: string;
}

const LIMIT = 200;
/** The most members and values that are compared; the schemas of one QEMU have some ten thousand. */
const BUDGET = 2_000_000;

/**
 * Compares a schema from files with one from introspection.
 *
 * @param file the schema in files, conditions and all
 * @param live the schema of a server
 * @param symbols which condition symbols hold, as far as that is known
 * @returns the disagreements, at most two hundred; each pair of types is compared once, at the shortest path to it
 */
export function compareWithIntrospection(
  file: Schema,
  live: Schema,
  symbols: Symbols = () => undefined,
): Disagreement[] {
  return new Comparison(symbols).run(file, live);
}

const nothing: ObjectType = emptyObject('q_empty', 'implicit');

class Comparison {
  readonly #symbols: Symbols;
  readonly #found: Disagreement[] = [];
  readonly #seen = new Map<Type, Set<Type>>();
  readonly #queue: { readonly file: Type; readonly live: Type; readonly path: string }[] = [];

  constructor(symbols: Symbols) {
    this.#symbols = symbols;
  }

  run(file: Schema, live: Schema): Disagreement[] {
    this.#match('command', file.commands, live.commands, '', (ours, theirs) => {
      this.#command(ours, theirs);
    });
    this.#match('event', file.events, live.events, '', (ours, theirs) => {
      this.#event(ours, theirs);
    });
    // The queue grows while it is processed, so short paths come first.
    let budget = BUDGET;
    for (const pair of this.#queue) {
      if (this.#found.length >= LIMIT) break;
      budget -= sizeOf(pair.file) + sizeOf(pair.live);
      if (budget < 0) {
        this.#add('incomplete', pair.path, `more than ${BUDGET} members and values to compare`);
        break;
      }
      this.#types(pair.file, pair.live, pair.path);
    }
    return this.#found;
  }

  #add(kind: DisagreementKind, path: string, message: string): void {
    if (this.#found.length < LIMIT - 1) this.#found.push({ kind, path, message });
    else if (this.#found.length === LIMIT - 1) {
      this.#found.push({ kind: 'incomplete', path, message: `more than ${LIMIT - 1} disagreements` });
    }
  }

  /** Pairs elements by name, and reports those without a counterpart. */
  #match<T extends Element, U extends Element>(
    what: string,
    ours: ReadonlyMap<string, T>,
    theirs: ReadonlyMap<string, U>,
    path: string,
    compare: (ours: T, theirs: U) => void,
  ): void {
    for (const [name, element] of ours) {
      const counterpart = theirs.get(name);
      const { condition } = element;
      const holds = evaluate(condition, this.#symbols);
      if (counterpart === undefined) {
        if (holds === true)
          this.#add('missing', path + name, `${what} '${name}' is in the schema, but not introspected`);
      } else if (holds === false && condition !== undefined) {
        const because = `although its condition ${printCondition(condition)} does not hold`;
        this.#add('excluded', path + name, `${what} '${name}' is introspected ${because}`);
      } else {
        compare(element, counterpart);
      }
    }
    for (const name of theirs.keys()) {
      if (ours.has(name) || name.startsWith('__')) continue;
      this.#add('unexpected', path + name, `${what} '${name}' is introspected, but not in the schema`);
    }
  }

  #command(file: Command, live: Command): void {
    const { name } = file;
    this.#features(file.features, live.features, name);
    if (file.allowOob !== live.allowOob) {
      const message = file.allowOob
        ? 'the command allows out-of-band execution, but introspection does not say so'
        : 'introspection says that the command allows out-of-band execution, the schema does not';
      this.#add('allow-oob', name, message);
    }
    this.#pair(file.arguments ?? nothing, live.arguments ?? nothing, `${name}/arguments`);
    this.#pair(file.returns ?? nothing, live.returns ?? nothing, `${name}/returns`);
  }

  #event(file: Event, live: Event): void {
    this.#features(file.features, live.features, file.name);
    this.#pair(file.data ?? nothing, live.data ?? nothing, `${file.name}/data`);
  }

  #features(file: readonly Feature[], live: readonly Feature[], path: string): void {
    const names = new Set(live.map(({ name }) => name));
    for (const { name, condition } of file) {
      const holds = evaluate(condition, this.#symbols);
      if (holds === true && !names.has(name)) {
        this.#add('feature-missing', path, `the feature '${name}' is in the schema, but not introspected`);
      } else if (holds === false && names.has(name)) {
        this.#add(
          'feature-unexpected',
          path,
          `the feature '${name}' is introspected although its condition does not hold`,
        );
      }
      names.delete(name);
    }
    for (const name of names) {
      if (name.startsWith('__')) continue;
      this.#add('feature-unexpected', path, `the feature '${name}' is introspected, but not in the schema`);
    }
  }

  /** Queues two types for comparison, unless they have been queued before. */
  #pair(file: Type, live: Type, path: string): void {
    const seen = this.#seen.get(file) ?? new Set();
    this.#seen.set(file, seen);
    if (seen.has(live)) return;
    seen.add(live);
    this.#queue.push({ file, live, path });
  }

  #types(file: Type, live: Type, path: string): void {
    if (file.kind === 'object' && live.kind === 'object') this.#objects(file, live, path);
    else if (file.kind === 'array' && live.kind === 'array')
      this.#pair(file.element, live.element, `${path}[]`);
    else if (file.kind === 'enum' && live.kind === 'enum') this.#enums(file, live, path);
    else if (file.kind === 'alternate' && live.kind === 'alternate') {
      this.#features(file.features, live.features, path);
      this.#match(
        'branch',
        byJsonType(file.alternatives),
        byJsonType(live.alternatives),
        `${path}:`,
        (ours, theirs) => {
          this.#pair(ours.type, theirs.type, `${path}:${introspectedJsonType(ours.type)}`);
        },
      );
    } else if (describe(file) !== describe(live)) {
      this.#add('type', path, `the schema has ${describe(file)} here, introspection ${describe(live)}`);
    }
  }

  #enums(file: EnumType, live: EnumType, path: string): void {
    this.#features(file.features, live.features, path);
    this.#match('value', byName(file.values), byName(live.values), `${path}=`, (ours, theirs) => {
      this.#features(ours.features, theirs.features, `${path}=${ours.name}`);
    });
  }

  #objects(file: ObjectType, live: ObjectType, path: string): void {
    // Features of types without members are not compared: commands without arguments refer to any such type.
    if (!isEmptyObject(file) || !isEmptyObject(live)) this.#features(file.features, live.features, path);
    this.#match('member', byName(file.members), byName(live.members), `${path}/`, (ours, theirs) => {
      const at = `${path}/${ours.name}`;
      if (ours.optional !== theirs.optional) {
        const [schema, introspection] = ours.optional ? ['optional', 'mandatory'] : ['mandatory', 'optional'];
        this.#add('optional', at, `the member is ${schema} in the schema, ${introspection} in introspection`);
      }
      this.#features(ours.features, theirs.features, at);
      this.#pair(ours.type, theirs.type, at);
    });
    this.#variants(file, live, path);
  }

  #variants(file: ObjectType, live: ObjectType, path: string): void {
    const tag = file.variants?.tag.name;
    if (tag !== live.variants?.tag.name) {
      const [ours, theirs] = [tag, live.variants?.tag.name].map((name) =>
        name === undefined ? 'no discriminator' : `the discriminator '${name}'`,
      );
      this.#add('type', path, `the type has ${ours ?? ''} in the schema, ${theirs ?? ''} in introspection`);
      return;
    }
    const type = file.variants?.tag.type;
    const liveTag = live.variants?.tag.type;
    if (file.variants === undefined || type?.kind !== 'enum' || liveTag?.kind !== 'enum') return;
    const values = new Set(liveTag.values.map(({ name }) => name));
    for (const { name, condition } of type.values) {
      if (!values.has(name)) continue;
      const ours = file.variants.branches.get(name);
      const theirs = live.variants?.branches.get(name)?.type ?? nothing;
      // The value is there, so a branch under the same condition must be there as well.
      const goesWithValue = isSame(ours?.condition, condition);
      const holds = goesWithValue || evaluate(ours?.condition, this.#symbols);
      // A branch that may be missing is missing when nothing is there.
      if (holds === undefined && isEmptyObject(theirs)) continue;
      this.#pair(holds === false ? nothing : (ours?.type ?? nothing), theirs, `${path}/${tag}=${name}`);
    }
  }
}

function sizeOf(type: Type): number {
  switch (type.kind) {
    case 'object': {
      const tag = type.variants?.tag.type;
      return 1 + type.members.length + (tag?.kind === 'enum' ? tag.values.length : 0);
    }
    case 'enum':
      return 1 + type.values.length;
    default:
      return 1;
  }
}

function isSame(a: Condition | undefined, b: Condition | undefined): boolean {
  return a === undefined || b === undefined ? a === b : printCondition(a) === printCondition(b);
}

function byName<T extends Element>(elements: readonly T[]): Map<string, T> {
  return new Map(elements.map((element) => [element.name, element]));
}

/** Introspection does not name the branches of alternates; the JSON type tells them apart. */
function byJsonType(alternatives: readonly Alternative[]): Map<string, Alternative> {
  return new Map(alternatives.map((alternative) => [introspectedJsonType(alternative.type), alternative]));
}

function describe(type: Type): string {
  switch (type.kind) {
    case 'builtin':
      return `the builtin type ${jsonTypeOf(type)}`;
    case 'object':
    case 'array':
    case 'alternate':
    case 'enum':
      return `an ${type.kind} type`;
  }
}
