/**
 * Points: the places of a command's arguments, each with a smallest valid value of the whole around it.
 *
 * Every member is visited at every depth at which it can be reached, up to a bound, but only once for each depth: how
 * it was reached makes no difference to the reader of it. Recursive types therefore cost as many visits as they have
 * members, times the bound, and not as many as they have paths. Only branches that may not be sent do not count as a
 * way there: what lies behind them is visited once more where another way leads to it.
 */
import { jsonObject, type Json, type JsonObject } from '../../json/index.js';
import { alternateJsonType } from '../../qapi/index.js';
import type {
  AlternateType,
  Alternative,
  ArrayType,
  Command,
  EnumValue,
  Member,
  ObjectType,
  Type,
} from '../../qapi/index.js';
import { restriction } from '../tables/string-roles.js';
import type { Minimal, Tags } from './minimal.js';

/** What stands at a point. */
export interface InjectionPoint {
  readonly kind: InjectionPointKind;
  readonly type: Type;
  /** The names of members downwards; elements of arrays and branches of alternates add none. */
  readonly names: readonly string[];
  /** As src/judge writes it: `actions[0].type`. */
  readonly path: string;
  /** The same with the branches that lead there, so that no two points of a command share it: `{qcow2}.file`. */
  readonly label: string;
  readonly depth: number;
  /** Visited at a lesser depth already. */
  readonly revisited: boolean;
  /** A valid value for this place. */
  readonly sample: Json;
  /** The arguments with another value in this place; undefined: with the place left empty. */
  replaceWith(value: Json | undefined): Json;
}

/** How a point comes about. */
export type InjectionPointKind =
  | { readonly is: 'arguments' }
  | {
      readonly is: 'member';
      readonly member: Member;
      readonly discriminator: boolean;
      /** Belongs to a branch of a union. */
      readonly inBranch: boolean;
      /** The union whose discriminator it is. */
      readonly union?: UnionPart;
    }
  /** An object of which a discriminator has a certain value. */
  | { readonly is: 'branch'; readonly tag: Member; readonly value: EnumValue }
  | { readonly is: 'element'; readonly array: ArrayType }
  | { readonly is: 'alternative'; readonly alternate: AlternateType; readonly alternative: Alternative };

/** A union, or a branch that is a union again, as part of a whole object. */
export interface UnionPart {
  readonly whole: ObjectType;
  readonly part: ObjectType;
  /** The discriminators above it, with the values that lead to it. */
  readonly tags: Tags;
  /** Where the whole object stands. */
  readonly position: Pick<InjectionPoint, 'path' | 'replaceWith'>;
}

/** Everything about where a walk is. */
interface WalkPosition {
  readonly names: readonly string[];
  readonly path: string;
  readonly label: string;
  readonly depth: number;
  readonly replaceWith: (value: Json | undefined) => Json;
  /** Arrays and alternates since the last member. */
  readonly layers: number;
  /** Below a branch that may not be sent. */
  readonly blocked: boolean;
}

/** A type that a hostile server describes may be an array of itself. */
const MAX_LAYERS = 4;

/** An object too deep to be walked. */
export interface Cut {
  /** The label of its place. */
  readonly label: string;
  /** Members of it that are visited nowhere else; none where a type only contains itself again. */
  readonly unvisited: number;
}

/**
 * The points of a command's arguments down to `maxDepth` members; none when it takes no arguments.
 *
 * @returns where the walk was cut
 */
export function* injectionPoints(
  command: Command,
  minimal: Minimal,
  maxDepth: number,
): Generator<InjectionPoint, readonly Cut[]> {
  const type = command.arguments;
  if (type === undefined || !minimal.possible(type)) return [];
  const walk = new Walk(command.name, minimal, maxDepth);
  const base = { names: [], path: '', label: '', depth: 0, layers: 0, blocked: false } as const;
  const position: WalkPosition = { ...base, replaceWith: (value) => value ?? {} };
  const sample = minimal.object(type);
  yield { ...position, kind: { is: 'arguments' }, type, revisited: false, sample };
  walk.enter(type, position);
  yield* walk.rest();
  return walk.cuts();
}

class Walk {
  readonly #command: string;
  readonly #minimal: Minimal;
  readonly #maxDepth: number;
  readonly #objects: { readonly type: ObjectType; readonly position: WalkPosition }[] = [];
  readonly #cut: { readonly type: ObjectType; readonly label: string }[] = [];
  /** At which depths an element of the schema was visited; on any way, and on one that may be sent. */
  readonly #visits = new Map<object, Set<number>>();
  readonly #freeVisits = new Map<object, Set<number>>();

  constructor(command: string, minimal: Minimal, maxDepth: number) {
    this.#command = command;
    this.#minimal = minimal;
    this.#maxDepth = maxDepth;
  }

  /** The members of an object will be visited, after everything that is less deep. */
  enter(type: ObjectType, position: WalkPosition): void {
    if (position.depth < this.#maxDepth) this.#objects.push({ type, position });
    else if (membersOf(type).size > 0) this.#cut.push({ type, label: position.label });
  }

  cuts(): Cut[] {
    return this.#cut.map(({ type, label }) => ({
      label,
      unvisited: [...membersOf(type)].filter((member) => !this.#visits.has(member)).length,
    }));
  }

  *rest(): Generator<InjectionPoint> {
    // An array is walked to its end, whatever is added on the way.
    for (const { type, position } of this.#objects) {
      yield* this.#part({ whole: type, part: type, tags: new Map(), position }, position);
    }
  }

  *#part(union: UnionPart, position: WalkPosition): Generator<InjectionPoint> {
    const { whole, part, tags } = union;
    const { variants, members } = part;
    const around = this.#minimal.object(whole, tags);
    for (const member of members) {
      if (!this.#minimal.possible(member.type)) continue;
      const visit = this.#visit(member, position.depth + 1, position.blocked);
      if (visit === undefined) continue;
      const discriminator = member === variants?.tag;
      const kind = {
        is: 'member',
        member,
        discriminator,
        inBranch: part !== whole,
        ...(discriminator ? { union } : {}),
      } as const;
      const sample = around[member.name] ?? this.#minimal.value(member.type);
      yield* this.#point(kind, member.type, sample, visit, below(position, around, member.name));
    }
    if (variants?.tag.type.kind !== 'enum') return;
    for (const value of variants.tag.type.values) {
      const branch = variants.branches.get(value.name);
      if (branch !== undefined && !this.#minimal.possible(branch.type)) continue;
      const selected = new Map([...tags, [variants.tag, value.name]]);
      // The values of an enumeration serve many discriminators.
      const key = branch ?? valueKey(variants.tag, value);
      const blocked = position.blocked || this.#isBlocked(position, variants.tag, value);
      const visit = this.#visit(key, position.depth, blocked);
      if (visit === undefined) continue;
      const sample = this.#minimal.object(whole, selected);
      const inside = { ...position, blocked, label: `${position.label}{${value.name}}` };
      yield { ...inside, kind: { is: 'branch', tag: variants.tag, value }, type: whole, ...visit, sample };
      if (branch !== undefined)
        yield* this.#part({ whole, part: branch.type, tags: selected, position }, inside);
    }
  }

  *#point(
    kind: InjectionPointKind,
    type: Type,
    sample: Json,
    visit: { readonly revisited: boolean },
    position: WalkPosition,
  ): Generator<InjectionPoint> {
    yield { ...position, kind, type, sample, ...visit };
    if (position.layers > MAX_LAYERS) return;
    const layers = position.layers + 1;
    switch (type.kind) {
      case 'array': {
        const { element } = type;
        if (!this.#minimal.possible(element)) return;
        const inside: WalkPosition = {
          ...position,
          path: `${position.path}[0]`,
          label: `${position.label}[]`,
          layers,
          replaceWith: (value) => position.replaceWith(value === undefined ? [] : [value]),
        };
        yield* this.#point(
          { is: 'element', array: type },
          element,
          this.#minimal.value(element),
          visit,
          inside,
        );
        return;
      }
      case 'alternate':
        for (const alternative of type.alternatives) {
          if (!this.#minimal.possible(alternative.type)) continue;
          const inner = { is: 'alternative', alternate: type, alternative } as const;
          yield* this.#point(inner, alternative.type, this.#minimal.value(alternative.type), visit, {
            ...position,
            layers,
            label: `${position.label}<${branchName(alternative)}>`,
          });
        }
        return;
      case 'object':
        this.enter(type, position);
        return;
      case 'builtin':
      case 'enum':
        return;
    }
  }

  #isBlocked({ names }: WalkPosition, tag: Member, { name }: EnumValue): boolean {
    const limit = restriction({ command: this.#command, members: [...names, tag.name] });
    return limit !== undefined && !limit.values.includes(name);
  }

  /** Undefined when the element has been visited at this depth. */
  #visit(element: object, depth: number, blocked: boolean): { readonly revisited: boolean } | undefined {
    const any = setOf(this.#visits, element);
    const free = setOf(this.#freeVisits, element);
    const known = blocked ? any : free;
    if (known.has(depth)) return undefined;
    const revisited = known.size > 0;
    any.add(depth);
    if (!blocked) free.add(depth);
    return { revisited };
  }
}

/** The members that an object of the type may have, whatever its discriminators say. */
function membersOf(type: ObjectType): Set<Member> {
  const parts = new Set([type]);
  // A set is walked in the order of insertion, whatever is added on the way.
  for (const { variants } of parts) {
    for (const branch of variants?.branches.values() ?? []) parts.add(branch.type);
  }
  return new Set([...parts].flatMap(({ members }) => members));
}

function setOf(sets: Map<object, Set<number>>, key: object): Set<number> {
  const known = sets.get(key) ?? new Set();
  sets.set(key, known);
  return known;
}

/** A member's place, in an object whose other members stay. */
function below(position: WalkPosition, around: JsonObject, name: string): WalkPosition {
  return {
    names: [...position.names, name],
    path: position.path === '' ? name : `${position.path}.${name}`,
    label: position.label === '' ? name : `${position.label}.${name}`,
    depth: position.depth + 1,
    layers: 0,
    blocked: position.blocked,
    replaceWith: (value) => position.replaceWith(withMember(around, name, value)),
  };
}

/** A copy of an object in which one member has another value, or none. */
export function withMember(object: JsonObject, name: string, value: Json | undefined): JsonObject {
  const copy = jsonObject();
  for (const other of Object.keys(object)) {
    if (other !== name || value !== undefined) copy[other] = object[other] as Json;
  }
  if (value !== undefined) copy[name] = value;
  return copy;
}

/** Branches of alternates have names in schema files only; what every source knows is the JSON type. */
function branchName({ type }: Alternative): string {
  return alternateJsonType(type) ?? type.kind;
}

const keys = new WeakMap<Member, Map<EnumValue, object>>();

/** An object that stands for a value of one discriminator. */
function valueKey(tag: Member, value: EnumValue): object {
  const known = keys.get(tag) ?? new Map<EnumValue, object>();
  keys.set(tag, known);
  const key = known.get(value) ?? {};
  known.set(value, key);
  return key;
}
