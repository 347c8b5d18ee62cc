/**
 * Definitions after the syntax check: types are still names, short forms are written out. Members that are absent are
 * undefined and not left out, because objects of one shape are faster and there are many.
 */
import type { Condition } from '../../model/condition.js';
import type { DocBlock } from '../../doc/block.js';
import type { Position } from '../../model/position.js';

export interface FeatureDefinition {
  readonly name: string;
  readonly condition: Condition | undefined;
  readonly position: Position;
}

/** A type, as it is named where it is used. */
export interface TypeReference {
  readonly name: string;
  readonly isArray: boolean;
  readonly position: Position;
}

export interface ValueDefinition {
  readonly name: string;
  readonly condition: Condition | undefined;
  readonly features: readonly FeatureDefinition[];
  readonly position: Position;
}

export interface MemberDefinition extends ValueDefinition {
  readonly type: TypeReference;
  readonly optional: boolean;
}

/** A branch of a union or an alternate. */
export interface BranchDefinition {
  readonly name: string;
  readonly condition: Condition | undefined;
  readonly type: TypeReference;
  readonly position: Position;
}

/** What every definition has. */
export interface CommonParts {
  readonly name: string;
  readonly condition: Condition | undefined;
  readonly features: readonly FeatureDefinition[];
  readonly doc: DocBlock | undefined;
  /** Where the expression starts; QEMU reports errors in the definition there. */
  readonly position: Position;
  /** Of the name. */
  readonly namePosition: Position;
  /** True when it is not in the text but follows from another definition. */
  readonly isImplicit: boolean;
}

export interface EnumDefinition extends CommonParts {
  readonly meta: 'enum';
  readonly values: readonly ValueDefinition[];
  readonly prefix: string | undefined;
}

export interface StructDefinition extends CommonParts {
  readonly meta: 'struct';
  readonly base: TypeReference | undefined;
  readonly members: readonly MemberDefinition[];
}

export interface UnionDefinition extends CommonParts {
  readonly meta: 'union';
  /** Members of its own: only the discriminator of what was a simple union. */
  readonly members: readonly MemberDefinition[];
  /** A struct, or members written in place; absent in a simple union. */
  readonly base: TypeReference | readonly MemberDefinition[] | undefined;
  /** Absent in a simple union, whose branches are wrapped. */
  readonly discriminator: Discriminator | undefined;
  readonly branches: readonly BranchDefinition[];
}

export interface Discriminator {
  readonly name: string;
  readonly position: Position;
}

export interface AlternateDefinition extends CommonParts {
  readonly meta: 'alternate';
  readonly alternatives: readonly BranchDefinition[];
}

export interface CommandDefinition extends CommonParts {
  readonly meta: 'command';
  readonly data: TypeReference | readonly MemberDefinition[] | undefined;
  readonly returns: TypeReference | undefined;
  /** The flags in the text, by key, with their values. */
  readonly flags: ReadonlyMap<string, boolean>;
}

export interface EventDefinition extends CommonParts {
  readonly meta: 'event';
  readonly data: TypeReference | readonly MemberDefinition[] | undefined;
  readonly flags: ReadonlyMap<string, boolean>;
}

/** What has members. */
export type ObjectDefinition = StructDefinition | UnionDefinition;
export type TypeDefinition = EnumDefinition | StructDefinition | UnionDefinition | AlternateDefinition;
export type Definition = TypeDefinition | CommandDefinition | EventDefinition;
export type Meta = Definition['meta'];

/** The parts of a definition that depend on its meta-type. */
export type OwnParts<D extends Definition = Definition> = D extends Definition
  ? Omit<D, keyof CommonParts>
  : never;

/** @returns whether members are written in place, not named by a type */
export function isInline(
  data: TypeReference | readonly MemberDefinition[] | undefined,
): data is readonly MemberDefinition[] {
  return Array.isArray(data);
}

export function isTypeDefinition(definition: Definition): definition is TypeDefinition {
  return definition.meta !== 'command' && definition.meta !== 'event';
}

/** The members that a definition holds itself, written in place or not. */
export function localMembers(definition: Definition): readonly MemberDefinition[] {
  switch (definition.meta) {
    case 'struct':
      return definition.members;
    case 'union':
      return isInline(definition.base) ? definition.base : definition.members;
    case 'command':
    case 'event':
      return isInline(definition.data) ? definition.data : [];
    default:
      return [];
  }
}
