/**
 * Types under construction. References between types form cycles, so types are created first and filled afterwards.
 */
import type { ObjectType } from './schema.js';

/** A type while it is being filled. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** An object without members, to be filled. */
export function emptyObject(name: string, meta: ObjectType['meta']): Mutable<ObjectType> {
  return { kind: 'object', name, meta, features: [], localMembers: [], members: [] };
}

/** @returns whether an object type never has members, whatever the value */
export function isEmptyObject(type: ObjectType): boolean {
  return type.members.length === 0 && type.variants === undefined;
}
