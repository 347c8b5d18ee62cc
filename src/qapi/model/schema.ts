/**
 * The Schema: the model of a QAPI schema, from `.json` modules or from a `query-qmp-schema` reply.
 *
 * Types refer to each other directly, so a walker follows `member.type` and never looks a name up; the graph has
 * cycles wherever the schema recurses. Conditions (`if`) stay on every element until they are applied
 * (apply-conditions.ts). The names are those of QEMU's documentation of its schema language
 * (docs/devel/qapi-code-gen).
 */
import type { Condition } from './condition.js';
import type { Doc } from './doc.js';
import type { Position } from './position.js';

/**
 * What every named element of a schema has.
 *
 * @public
 */
export interface Element {
  readonly name: string;
  /** The condition under which the element exists in a binary; absent: always. */
  readonly condition?: Condition;
  readonly features: readonly Feature[];
  /** Where the element is written; absent when the schema came from introspection. */
  readonly position?: Position;
}

/**
 * Something special about an element, such as `deprecated` or `unstable`.
 *
 * @public
 */
export interface Feature {
  readonly name: string;
  readonly condition?: Condition;
  readonly position?: Position;
}

/**
 * A top-level element: a type, a command or an event.
 *
 * @public
 */
export interface Definition extends Element {
  readonly doc?: Doc;
}

/**
 * The names of the types that every schema has.
 *
 * @public
 */
export type BuiltinName =
  | 'str'
  | 'number'
  | 'int'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'size'
  | 'bool'
  | 'null'
  | 'any';

/**
 * A type that every schema has.
 *
 * @public
 */
export interface BuiltinType {
  readonly kind: 'builtin';
  readonly name: BuiltinName;
  /** For integer types: the values of the type, both bounds included. */
  readonly range?: IntegerRange;
}

/**
 * The values of an integer type.
 *
 * @public
 */
export interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
  /**
   * False when the schema came from introspection, which merges all integer types into `int`: a value outside
   * the type's real range, which is unknown then, may still lie within these bounds.
   */
  readonly exact: boolean;
}

/**
 * An enumeration: one of several strings.
 *
 * @public
 */
export interface EnumType extends Definition {
  readonly kind: 'enum';
  readonly values: readonly EnumValue[];
  readonly prefix?: string;
}

/**
 * A value of an enumeration.
 *
 * @public
 */
export type EnumValue = Element;

/**
 * An array, all of whose elements are of one type.
 *
 * @public
 */
export interface ArrayType {
  readonly kind: 'array';
  /** `[ELEMENT]`, as the schema language writes it. */
  readonly name: string;
  readonly element: Type;
}

/**
 * A struct or a union: an object with members, and when it is a union a discriminator (one of its members, its own
 * or its base's) whose value selects a branch.
 *
 * @public
 */
export interface ObjectType extends Definition {
  readonly kind: 'object';
  /** `implicit`: written in place (arguments of a command, an anonymous base), so it has no name of its own. */
  readonly meta: 'struct' | 'union' | 'implicit';
  readonly base?: ObjectType;
  /** The members that the definition itself lists, without those of the base. */
  readonly localMembers: readonly Member[];
  /** All members common to every value: those of the base first, in order of definition. */
  readonly members: readonly Member[];
  readonly variants?: Variants;
}

/**
 * A member of an object.
 *
 * @public
 */
export interface Member extends Element {
  readonly type: Type;
  readonly optional: boolean;
}

/**
 * What makes an object a union: the discriminator, and its branches.
 *
 * @public
 */
export interface Variants {
  /** The discriminator: an element of the owner's `members`, of enum type. */
  readonly tag: Member;
  /** By value of the discriminator; a value without a branch of its own has no entry and adds no members. */
  readonly branches: ReadonlyMap<string, Branch>;
}

/**
 * A branch of a union; its name is the discriminator's value.
 *
 * @public
 */
export interface Branch extends Element {
  readonly type: ObjectType;
}

/**
 * A type whose values are of different JSON types; the JSON type selects the alternative.
 *
 * @public
 */
export interface AlternateType extends Definition {
  readonly kind: 'alternate';
  readonly alternatives: readonly Alternative[];
}

/**
 * A branch of an alternate, selected by the JSON type of the value; named only in `.json` schemas.
 *
 * @public
 */
export interface Alternative extends Element {
  readonly type: Type;
}

/**
 * Any type.
 *
 * @public
 */
export type Type = BuiltinType | EnumType | ArrayType | ObjectType | AlternateType;

/**
 * A command.
 *
 * @public
 */
export interface Command extends Definition {
  readonly kind: 'command';
  /** Absent: the command takes no arguments. */
  readonly arguments?: ObjectType;
  /** Absent: the command returns an empty object. */
  readonly returns?: Type;
  readonly boxed: boolean;
  /** False: the binary does not check the arguments against the schema (`gen: false`). */
  readonly checked: boolean;
  /** False: a success is not answered (`success-response: false`). */
  readonly successResponse: boolean;
  readonly allowOob: boolean;
  readonly allowPreconfig: boolean;
  readonly coroutine: boolean;
}

/**
 * An event.
 *
 * @public
 */
export interface Event extends Definition {
  readonly kind: 'event';
  /** Absent: the event has no `data`. */
  readonly data?: ObjectType;
  readonly boxed: boolean;
}

/**
 * A whole schema.
 *
 * @public
 */
export interface Schema {
  readonly source: SchemaSource;
  /** Types that have a name of their own, builtins included; arrays and implicit objects are reached by reference. */
  readonly types: ReadonlyMap<string, Type>;
  readonly commands: ReadonlyMap<string, Command>;
  readonly events: ReadonlyMap<string, Event>;
}

/**
 * Where a schema comes from.
 *
 * @public
 */
export type SchemaSource =
  | { readonly kind: 'files'; readonly root: string; readonly modules: readonly string[] }
  | { readonly kind: 'introspection' };
