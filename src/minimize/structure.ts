/**
 * What a value is made of, and what its type says of each part. What does not fit its type is plain JSON: it has no
 * type here.
 */
import { isObject, jsonType, type Json, type JsonObject } from '../json/index.js';
import { alternativeFor, selectedParts } from '../judge/index.js';
import type { Member, ObjectType, Type } from '../qapi/index.js';

/** A type that says something of the value; alternates are followed to the alternative that was taken. */
export type FittingType = Exclude<Type, { readonly kind: 'alternate' }>;

/** The type, or the alternative of it, to whose JSON type a value belongs. */
export function fittingType(declared: Type | undefined, value: Json): FittingType | undefined {
  // An alternate of alternates is hostile introspection.
  const type = declared?.kind === 'alternate' ? alternativeFor(declared, value)?.type : declared;
  if (type === undefined || type.kind === 'alternate') return undefined;
  return fits(type, value) ? type : undefined;
}

function fits(type: FittingType, value: Json): boolean {
  switch (type.kind) {
    case 'enum':
      return typeof value === 'string' && type.values.some(({ name }) => name === value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'builtin':
      return builtinFits(type.name, jsonType(value));
  }
}

function builtinFits(
  name: (Type & { readonly kind: 'builtin' })['name'],
  found: ReturnType<typeof jsonType>,
): boolean {
  switch (name) {
    // Of what is in it nothing is known.
    case 'any':
      return false;
    case 'str':
      return found === 'string';
    case 'bool':
      return found === 'boolean';
    case 'null':
      return found === 'null';
    case 'number':
      return found === 'integer' || found === 'double';
    default:
      return found === 'integer';
  }
}

/** A member as it stands in an object. */
export interface Standing {
  readonly name: string;
  readonly value: Json;
  /** Undefined when it is not declared. */
  readonly type: Type | undefined;
  /** Nothing asks for it. */
  readonly droppable: boolean;
  /** Selects the branch. */
  readonly selects: boolean;
}

/** The members of an object. */
export function membersOf(type: ObjectType | undefined, object: JsonObject): Standing[] {
  const declared = new Map<string, Member>();
  const tags = new Set<string>();
  for (const part of selectedParts(type, object)) {
    for (const member of part.members) if (!declared.has(member.name)) declared.set(member.name, member);
    const tag = part.variants?.tag;
    const value = tag === undefined ? undefined : object[tag.name];
    if (tag !== undefined && value !== undefined && fittingType(tag.type, value) !== undefined)
      tags.add(tag.name);
  }
  return Object.entries(object).map(([name, value]) => {
    const member = declared.get(name);
    const selects = tags.has(name);
    return {
      name,
      value,
      type: member?.type,
      selects,
      droppable: !selects && (member === undefined || member.optional || member.condition !== undefined),
    };
  });
}

/** The part whose discriminator selects no further one, with what selected it. */
export function unionOf(type: ObjectType, object: JsonObject): ObjectType | undefined {
  return selectedParts(type, object).findLast(({ variants }) => variants !== undefined);
}
