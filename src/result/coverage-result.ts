/**
 * What a run says about how much of the arguments of each command it has reached. `positive` is always about valid
 * arguments, `negative` about such that have to be refused.
 */
import type { ElementKind } from '../generate/index.js';

/**
 * How much of the arguments of all commands generated requests have reached.
 *
 * @public
 */
export interface ArgumentCoverage {
  /** How many members deep the systematic cases go. */
  readonly depth: number;
  readonly totals: CoverageTotals;
  /** Every command that cases were made for, by name. */
  readonly commands: Readonly<Record<string, CommandArguments>>;
  /** Commands of the schema that none were made for, and why. */
  readonly left: readonly LeftCommands[];
  /** Cases that were not sent because their re-check did not confirm them; more than a handful is a defect of ours. */
  readonly dropped: {
    readonly count: number;
    /** The first of them. */
    readonly cases: readonly { readonly name: string; readonly reason: string }[];
  };
  /** What cannot be known of the arguments, with the schema at hand. */
  readonly unknown?: string;
}

/**
 * The sums over all commands.
 *
 * @public
 */
export interface CoverageTotals {
  readonly commands: {
    /** Commands that cases were made for. */
    readonly swept: number;
    /** Valid arguments succeeded at least once. */
    readonly accepted: number;
    /** Valid arguments were sent, and none succeeded. */
    readonly refusedOnly: number;
    /** No valid arguments were sent. */
    readonly notSent: number;
  };
  readonly positive: PositiveTally & { readonly kinds: Kinds<PositiveTally> };
  readonly negative: NegativeTally & { readonly kinds: Kinds<NegativeTally> };
  /** What was not reached, by reason. */
  readonly unreached: Readonly<Partial<Record<WhyNot, SidesTally>>>;
}

/**
 * Counts of both sides: elements, and ways to be wrong.
 *
 * @public
 */
export interface SidesTally {
  readonly positive: number;
  readonly negative: number;
}

/**
 * Something for each kind of element that there is.
 *
 * @public
 */
export type Kinds<T> = Readonly<Partial<Record<ElementKind, T>>>;

/**
 * Elements of the arguments: an enumeration's value at a place, a branch, an optional member, …
 *
 * @public
 */
export interface PositiveTally {
  readonly total: number;
  /** A case of it was answered, one way or the other. */
  readonly reached: number;
  /** A case of it succeeded. */
  readonly accepted: number;
}

/**
 * Ways to be wrong, each at a place.
 *
 * @public
 */
export interface NegativeTally {
  readonly total: number;
  readonly reached: number;
  /** Every case of it was refused. */
  readonly refused: number;
}

/**
 * How much of the arguments of one command was reached.
 *
 * @public
 */
export interface CommandArguments {
  /** Set when no valid arguments ever succeeded. */
  readonly neverAccepted?: true;
  readonly positive: PositiveTally & Requests & { readonly kinds: Kinds<PositiveTally> };
  readonly negative: NegativeTally & Requests & { readonly kinds: Kinds<NegativeTally> };
  /** Events that came while a generated request of the command was the next to be answered. */
  readonly events: Readonly<Record<string, number>>;
  readonly unreached: readonly Unreached[];
  /** Objects at which the depth ends; a type that contains itself has more of them without end. */
  readonly cut?: { readonly count: number; readonly places: readonly string[] };
}

/**
 * Generated requests, systematic and random.
 *
 * @public
 */
export interface Requests {
  readonly requests: {
    readonly succeeded: number;
    readonly refused: number;
    /** Without a member `arguments`. */
    readonly absent: number;
    /** With one. */
    readonly present: number;
  };
  /** For each argument, how many requests had it and how many had it not. */
  readonly arguments: Readonly<Record<string, { readonly present: number; readonly absent: number }>>;
  readonly errorClasses: Readonly<Record<string, number>>;
}

/**
 * Why something was not reached.
 *
 * @public
 */
export type WhyNot =
  /** the profile does not allow it */
  | 'profile'
  /** the target, or this build of it, does not have it */
  | 'condition'
  /** deeper than the cases go */
  | 'depth'
  /** the run was asked to leave it out */
  | 'selection'
  /** it belongs to another part of the run */
  | 'shard'
  /** all arguments of the kind are blocked: they may have effects outside of the run */
  | 'harm'
  /** targets were lost over similar cases */
  | 'target-died'
  /** the re-check did not confirm the case */
  | 'dropped'
  /** the run ended before, or no answer came */
  | 'unanswered';

/**
 * What was not reached for one reason.
 *
 * @public
 */
export interface Unreached {
  readonly why: WhyNot;
  readonly side: 'positive' | 'negative';
  readonly reason: string;
  /** How many elements, or ways to be wrong. */
  readonly count: number;
  /** The first of them; absent when it is all there are. */
  readonly elements?: readonly string[];
}

/**
 * Commands that no cases were made for, for one reason.
 *
 * @public
 */
export interface LeftCommands {
  readonly why: 'condition' | 'selection';
  readonly reason: string;
  readonly count: number;
  /** The first of them. */
  readonly commands: readonly string[];
}
