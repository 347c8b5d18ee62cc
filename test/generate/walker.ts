/**
 * A second opinion on the sweep: walks a schema and values by itself, and shares nothing with the generator but the
 * schema and the table of what may not be sent.
 */
import { restriction } from '../../src/generate/index.js';
import { isObject, jsonEqual, type Json } from '../../src/json/index.js';
import type { Command, Member, ObjectType, Type } from '../../src/qapi/index.js';

/** Something that values should show: an optional member, a value of an enumeration, a branch. */
export interface Wanted {
  readonly kind: 'optional member' | 'enum value' | 'branch';
  /** For people: the way that leads there. */
  readonly where: string;
  /** It may not be sent, or no way of getting there. */
  readonly blocked: boolean;
}

type Seen = Map<Member, Set<string>>;
/** Stands among the values of a member for the member itself. */
const PRESENT = '';

interface Way {
  readonly type: ObjectType;
  readonly members: readonly string[];
  readonly blocked: boolean;
}

/** Everything of a command's arguments that is so many members deep, or less. */
export function wantedOf(command: Command, depth: number): Map<Member, Map<string, Wanted>> {
  const wanted = new Map<Member, Map<string, Wanted>>();
  let level: Way[] =
    command.arguments === undefined ? [] : [{ type: command.arguments, members: [], blocked: false }];
  const done = { free: new Set<Type>(), blocked: new Set<Type>() };
  for (let deep = 1; deep <= depth; deep += 1) {
    const next: Way[] = [];
    for (const way of level) {
      for (const { part, blocked } of parts(command, way)) {
        for (const member of part.members) {
          const names = [...way.members, member.name];
          const want = (kind: Wanted['kind'], value: string): void => {
            const values = wanted.get(member) ?? new Map<string, Wanted>();
            wanted.set(member, values);
            const where = `${command.name} ${names.join('.')} ${value}`;
            const allowed = value === PRESENT || isAllowed(command, names, value);
            const now = blocked || !allowed;
            // One free way is enough.
            if (values.get(value)?.blocked !== false) values.set(value, { kind, where, blocked: now });
          };
          if (member.optional) want('optional member', PRESENT);
          for (const type of flat(member.type)) {
            const kind = member === part.variants?.tag ? 'branch' : 'enum value';
            if (type.kind === 'enum') for (const { name } of type.values) want(kind, name);
            const known = blocked ? done.blocked : done.free;
            if (type.kind !== 'object' || known.has(type)) continue;
            known.add(type);
            next.push({ type, members: names, blocked });
          }
        }
      }
    }
    level = next;
  }
  return wanted;
}

/** An object's own part and those of its branches. */
function* parts(command: Command, way: Way): Generator<{ part: ObjectType; blocked: boolean }> {
  const pending = [{ part: way.type, blocked: way.blocked }];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    yield next;
    const { variants } = next.part;
    for (const [value, { type }] of variants?.branches ?? []) {
      const names = [...way.members, variants?.tag.name ?? ''];
      pending.push({ part: type, blocked: next.blocked || !isAllowed(command, names, value) });
    }
  }
}

function isAllowed({ name }: Command, members: readonly string[], value: string): boolean {
  const limit = restriction({ command: name, members });
  return limit === undefined || limit.values.some((listed) => jsonEqual(listed, value));
}

/** The types of a value itself or, in arrays, of its elements. */
function flat(type: Type): Type[] {
  if (type.kind === 'array') return flat(type.element);
  return type.kind === 'alternate' ? type.alternatives.flatMap((one) => flat(one.type)) : [type];
}

/** Notes what a value shows. */
export function look(type: Type, value: Json, seen: Seen, member?: Member): void {
  switch (type.kind) {
    case 'builtin':
      return;
    case 'enum':
      if (member !== undefined && typeof value === 'string') note(seen, member, value);
      return;
    case 'array':
      if (Array.isArray(value)) for (const element of value) look(type.element, element, seen, member);
      return;
    case 'alternate':
      for (const alternative of type.alternatives) {
        if (fits(alternative.type, value)) look(alternative.type, value, seen, member);
      }
      return;
    case 'object': {
      if (!isObject(value)) return;
      let part: ObjectType | undefined = type;
      while (part !== undefined) {
        const { variants, members }: ObjectType = part;
        for (const inner of members) {
          const found = Object.hasOwn(value, inner.name) ? value[inner.name] : undefined;
          if (found === undefined) continue;
          note(seen, inner, PRESENT);
          look(inner.type, found, seen, inner);
        }
        const tag: Json | undefined = variants === undefined ? undefined : value[variants.tag.name];
        part = typeof tag === 'string' ? variants?.branches.get(tag)?.type : undefined;
      }
    }
  }
}

function note(seen: Seen, member: Member, value: string): void {
  const values = seen.get(member) ?? new Set();
  seen.set(member, values);
  values.add(value);
}

/** Is this the branch of an alternate that the JSON type selects? */
function fits(type: Type, value: Json): boolean {
  switch (type.kind) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'enum':
      return typeof value === 'string';
    default:
      return false;
  }
}

/** What the values do not show, of what is wanted. */
export function missing(
  wanted: ReadonlyMap<Member, ReadonlyMap<string, Wanted>>,
  seen: ReadonlyMap<Member, ReadonlySet<string>>,
): Wanted[] {
  return [...wanted].flatMap(([member, values]) =>
    [...values].flatMap(([value, want]) => (seen.get(member)?.has(value) === true ? [] : [want])),
  );
}
