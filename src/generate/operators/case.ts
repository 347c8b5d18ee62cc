/**
 * A case: one request with generated arguments, what it shows, and why it is valid or not.
 */
import type { ProblemKind } from '../../judge/index.js';
import type { Json } from '../../json/index.js';
import { jsonTypeOf, type Command, type Type } from '../../qapi/index.js';

/** What makes a valid case worth sending. */
export const VALID_OPERATORS = [
  /** the command without arguments, all of which are optional */
  'no-arguments',
  /** only what is mandatory */
  'mandatory-only',
  /** every optional member of an object at once */
  'all-members',
  /** one optional member and no other */
  'optional-alone',
  /** each value of a discriminator */
  'branch',
  /** each branch of an alternate */
  'alternative',
  /** each value of an enumeration */
  'enum-value',
  /** the bounds of an integer type, and the powers of two where programs go wrong */
  'boundary',
  /** empty, long and non-ASCII strings */
  'string',
  /** empty and longer arrays */
  'array-length',
  /** other values of the rest: booleans, numbers, any */
  'other-value',
] as const;

/** What makes an invalid case invalid: exactly one mutation. */
export const INVALID_OPERATORS = [
  'member-missing',
  'branch-member-missing',
  'unknown-member',
  'unknown-member-proto',
  'unknown-member-case',
  'unknown-member-underscore',
  'other-branch-member',
  'wrong-type',
  'null-for-value',
  'array-for-scalar',
  'scalar-for-array',
  'element-first',
  'element-later',
  'enum-near-miss',
  'enum-case',
  'enum-empty',
  'enum-long',
  'integer-range',
  'integer-beyond-64-bits',
  'integer-fraction',
  'integer-notation',
  'discriminator-missing',
  'discriminator-unknown',
  'discriminator-wrong-type',
  'discriminator-null',
  'discriminator-switched',
  'alternate-wrong-type',
  'arguments-unwanted',
  'arguments-wrong-type',
] as const;

export type ValidOperator = (typeof VALID_OPERATORS)[number];
export type InvalidOperator = (typeof INVALID_OPERATORS)[number];
export type Operator = ValidOperator | InvalidOperator;

/** Kinds of types, as far as they differ in which JSON they take. */
export type TypeClass =
  'string' | 'boolean' | 'integer' | 'number' | 'null' | 'any' | 'enum' | 'array' | 'object' | 'alternate';

export function typeClass(type: Type): TypeClass {
  if (type.kind !== 'builtin') return type.kind;
  const json = jsonTypeOf(type);
  return json === 'int' ? 'integer' : json === 'value' ? 'any' : json;
}

/** A case before its arguments are made: cheap to count and to skip. */
export interface CaseTemplate {
  readonly operator: Operator;
  /** Tells cases of one operator at one place apart; stable. */
  readonly variant: string;
  /** The place in the arguments: `file.driver`; empty for the arguments themselves. */
  readonly path: string;
  /** The same with the branches that lead there: `{qcow2}.file{raw}.driver`. */
  readonly label: string;
  /** The names of members downwards; elements of arrays and branches of alternates add none. */
  readonly names: readonly string[];
  /** How many members deep; 0 for the arguments themselves. */
  readonly depth: number;
  /** What kind of type is due at the place. */
  readonly due?: TypeClass;
  /** What the re-check has to find; undefined for a valid case. */
  readonly mutation?: Mutation | undefined;
  /** The arguments; undefined: none are sent. */
  readonly make: () => Json | undefined;
}

/** The one mutation of an invalid case. */
export interface Mutation {
  readonly kind: ProblemKind;
  /** The path of the problem in the arguments, as src/judge writes it: `actions[0].type`. */
  readonly at: string;
  /** The one change makes several problems, all at or below `at`: a switched discriminator. */
  readonly several?: boolean;
}

/** Where a generated case comes from. */
export interface CaseAbout<Name extends string = string> {
  /** `command/place/operator` and, where there are several, a variant: stable from run to run. */
  readonly name: string;
  readonly command: string;
  /** The place in the arguments that it is about. */
  readonly path: string;
  /** The same with the branches that lead there; of random arguments, what tells them from others. */
  readonly label: string;
  /** The arguments conform to the schema. */
  readonly valid: boolean;
  readonly operator: Name;
  /**
   * The index of the template in the sweep of the command; absent for random cases, and when the arguments had to be made other
   * than the template says.
   */
  readonly index?: number;
}

/** A systematic case that has passed the re-check. */
export interface ArgumentCase {
  readonly about: CaseAbout<Operator>;
  readonly command: Command;
  readonly arguments: Json | undefined;
}
