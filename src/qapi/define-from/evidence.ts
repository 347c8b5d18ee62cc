/**
 * Evidence for and against the conditions of a schema in introspection data: an element with a condition is there, or
 * is not there although what it belongs to is.
 */
import { introspectedJsonType } from '../model/builtin.js';
import type { Condition } from '../model/condition.js';
import { printCondition } from '../model/condition.js';
import { schemaInfoMembers } from '../introspection/schema-info.js';
import type { SchemaInfoMembers } from '../introspection/schema-info.js';
import { emptyObject } from '../model/mutable.js';
import type {
  Alternative,
  Command,
  Element,
  EnumType,
  Event,
  ObjectType,
  Schema,
  Type,
} from '../model/schema.js';

/** The evidence for and against a condition. */
export interface ConditionEvidence {
  readonly condition: Condition;
  /** Paths of elements that are there; at most a few, and how many there are. */
  readonly present: Occurrences;
  readonly absent: Occurrences;
}

/** Elements with the condition. */
export interface Occurrences {
  count: number;
  readonly paths: string[];
}

/** The most paths that are kept. */
const PATHS = 3;
/** The most members and values that are compared; the schemas of one QEMU have some ten thousand. */
const BUDGET = 2_000_000;

/**
 * Follows the schema and the data side by side.
 *
 * @param file the schema, conditions and all
 * @param live the schema that the data makes
 * @returns the evidence for each condition on which the data depends
 */
export function evidenceOf(file: Schema, live: Schema): ConditionEvidence[] {
  return new Collector(schemaInfoMembers(file)).run(file, live);
}

class Collector {
  readonly #hasMember: SchemaInfoMembers;
  readonly #evidence = new Map<string, ConditionEvidence>();
  readonly #printed = new Map<Condition, string>();
  readonly #seen = new Map<Type, Set<Type>>();
  readonly #queue: { readonly file: Type; readonly live: Type; readonly path: string }[] = [];

  constructor(hasMember: SchemaInfoMembers) {
    this.#hasMember = hasMember;
  }

  run(file: Schema, live: Schema): ConditionEvidence[] {
    this.#match(file.commands, live.commands, '', (ours, theirs) => {
      this.#command(ours, theirs);
    });
    this.#match(file.events, live.events, '', (ours, theirs) => {
      this.#event(ours, theirs);
    });
    // The queue grows while it is processed.
    let budget = BUDGET;
    for (const pair of this.#queue) {
      budget -= sizeOf(pair.file) + sizeOf(pair.live);
      if (budget < 0) break;
      this.#types(pair.file, pair.live, pair.path);
    }
    return [...this.#evidence.values()];
  }

  #note(condition: Condition | undefined, isPresent: boolean, path: string): void {
    if (condition === undefined) return;
    const text = this.#printed.get(condition) ?? printCondition(condition);
    this.#printed.set(condition, text);
    let evidence = this.#evidence.get(text);
    if (evidence === undefined) {
      evidence = { condition, present: { count: 0, paths: [] }, absent: { count: 0, paths: [] } };
      this.#evidence.set(text, evidence);
    }
    const occurrences = isPresent ? evidence.present : evidence.absent;
    occurrences.count += 1;
    if (occurrences.paths.length < PATHS) occurrences.paths.push(path);
  }

  #match<T extends Pick<Element, 'condition'>, U>(
    ours: ReadonlyMap<string, T>,
    theirs: ReadonlyMap<string, U>,
    path: string,
    compare: (ours: T, theirs: U, path: string) => void,
  ): void {
    for (const [name, element] of ours) {
      const counterpart = theirs.get(name);
      this.#note(element.condition, counterpart !== undefined, path + name);
      if (counterpart !== undefined) compare(element, counterpart, path + name);
    }
  }

  #command(file: Command, live: Command): void {
    this.#features(file, live, file.name, 'command');
    this.#pair(file.arguments, live.arguments, `${file.name}/arguments`);
    this.#pair(file.returns, live.returns, `${file.name}/returns`);
  }

  #event(file: Event, live: Event): void {
    this.#features(file, live, file.name, 'event');
    this.#pair(file.data, live.data, `${file.name}/data`);
  }

  /** @param entry the meta-type, and the path to what has the features, in SchemaInfo */
  #features(
    file: Pick<Element, 'features'>,
    live: Pick<Element, 'features'>,
    path: string,
    ...entry: [string, ...string[]]
  ): void {
    if (file.features.every(({ condition }) => condition === undefined)) return;
    if (this.#hasMember(...entry, 'features'))
      this.#match(byName(file.features), byName(live.features), `${path}:`, () => undefined);
  }

  /** @param given absent: an object without members */
  #pair(file: Type | undefined, given: Type | undefined, path: string): void {
    if (file === undefined) return;
    const live = given ?? nothing;
    const seen = this.#seen.get(file) ?? new Set();
    this.#seen.set(file, seen);
    if (seen.has(live)) return;
    seen.add(live);
    this.#queue.push({ file, live, path });
  }

  #types(file: Type, live: Type, path: string): void {
    if (file.kind === 'array' && live.kind === 'array') this.#pair(file.element, live.element, `${path}[]`);
    if (file.kind === 'builtin' || file.kind === 'array') return;
    // Something that is there needs the type.
    this.#note(file.condition, true, path);
    if (live.kind === 'builtin' || live.kind === 'array') return;
    this.#features(file, live, path, file.kind);
    if (file.kind === 'object' && live.kind === 'object') this.#objects(file, live, path);
    else if (file.kind === 'enum' && live.kind === 'enum') this.#enums(file, live, path);
    else if (file.kind === 'alternate' && live.kind === 'alternate') {
      this.#match(
        byJsonType(file.alternatives),
        byJsonType(live.alternatives),
        `${path}:`,
        (ours, theirs, at) => {
          this.#pair(ours.type, theirs.type, at);
        },
      );
    }
  }

  #enums(file: EnumType, live: EnumType, path: string): void {
    this.#match(byName(file.values), byName(live.values), `${path}=`, (ours, theirs, at) => {
      this.#features(ours, theirs, at, 'enum', 'members');
    });
  }

  #objects(file: ObjectType, live: ObjectType, path: string): void {
    this.#match(byName(file.members), byName(live.members), `${path}/`, (ours, theirs, at) => {
      this.#features(ours, theirs, at, 'object', 'members');
      this.#pair(ours.type, theirs.type, at);
    });
    const tag = live.variants?.tag;
    if (file.variants === undefined || tag?.type.kind !== 'enum') return;
    const values = new Set(tag.type.values.map(({ name }) => name));
    for (const [value, branch] of file.variants.branches) {
      const theirs = live.variants?.branches.get(value)?.type;
      const at = `${path}/${tag.name}=${value}`;
      // A branch that has no members looks as if it were not there.
      const isPresent = theirs !== undefined;
      if (!values.has(value) || (!isPresent && branch.condition !== undefined && mayBeEmpty(branch.type)))
        continue;
      this.#note(branch.condition, isPresent, at);
      if (isPresent || branch.condition === undefined) this.#pair(branch.type, theirs, at);
    }
  }
}

const nothing = emptyObject('q_empty', 'implicit');

function mayBeEmpty({ members, variants }: ObjectType): boolean {
  return variants === undefined && members.every(({ condition }) => condition !== undefined);
}

function sizeOf(type: Type): number {
  switch (type.kind) {
    case 'object':
      return 1 + type.members.length + (type.variants?.branches.size ?? 0);
    case 'enum':
      return 1 + type.values.length;
    default:
      return 1;
  }
}

function byName<T extends { readonly name: string }>(elements: readonly T[]): Map<string, T> {
  return new Map(elements.map((element) => [element.name, element]));
}

/** Introspection does not name the branches of alternates; the JSON type tells them apart. */
function byJsonType(alternatives: readonly Alternative[]): Map<string, Alternative> {
  return new Map(alternatives.map((alternative) => [introspectedJsonType(alternative.type), alternative]));
}
