/**
 * All systematic cases of a schema: sites, what can be tried at them, made harmless, and re-checked.
 */
import type { Arbitrary } from 'fast-check';
import { checkArguments } from '../judge/index.js';
import type { Json } from '../json/index.js';
import type { Command, Schema } from '../qapi/index.js';
import type { ArgumentCase, CaseTemplate, Mutation, Operator } from './case.js';
import { sanitize, sanitizeValid, innerLimits } from './sanitize.js';
import { keeps, placeName } from './element.js';
import { invalidCases } from './invalid.js';
import { shapes } from './interesting.js';
import { Minimal } from './minimal.js';
import { RandomGenerator, type RandomArguments } from './random.js';
import { injectionPoints, type Cut } from './injection-point.js';
import { validCases } from './valid.js';

export interface GeneratorOptions {
  readonly schema: Schema;
  /** Which commands to make cases for. */
  readonly wants: (command: Command) => boolean;
  /** How many members deep; recursive types are cut there. */
  readonly depth: number;
  /** Does the binary check the arguments of the command by its schema? */
  readonly checked: (command: Command) => boolean;
  /** The target acts on nothing but itself: there is little that has to be kept from it. */
  readonly sideEffectFree?: boolean;
}

/** Which cases are wanted. */
export interface CaseFilter {
  /** Any, when left out. */
  readonly operators?: readonly Operator[];
  readonly wants: (draft: CaseTemplate, command: Command) => boolean;
}

/** A case that its own re-check did not confirm. */
export interface Dropped {
  readonly name: string;
  readonly reason: string;
}

/** What became of a draft: a case, or why there is none. */
export type Made =
  | { readonly is: 'case'; readonly made: ArgumentCase }
  /** no arguments of its kind are harmless */
  | { readonly is: 'withheld' }
  | { readonly is: 'dropped'; readonly reason: string };

/** Everything that can be tried at a command. */
interface Sweep {
  readonly drafts: readonly CaseTemplate[];
  /** The indices of an operator's drafts in the list: most filters want few operators. */
  readonly byOperator: ReadonlyMap<Operator, readonly number[]>;
  readonly cuts: readonly Cut[];
}

export class ArgumentGenerator {
  readonly #dropped = new Map<string, Dropped>();
  readonly #options: GeneratorOptions;
  readonly #minimal = new Minimal();
  readonly #sweeps = new Map<Command, Sweep>();
  readonly #random = new RandomGenerator(this.#minimal);

  constructor(options: GeneratorOptions) {
    this.#options = options;
  }

  /** Cases that were not sent, because the judge saw them otherwise. */
  get dropped(): readonly Dropped[] {
    return [...this.#dropped.values()];
  }

  /** Notes a case that is not sent. */
  drop(dropped: Dropped): void {
    // More than a handful is a defect, and the first ones show it.
    if (this.#dropped.size < MAX_DROPPED) this.#dropped.set(dropped.name, dropped);
  }

  get commands(): Command[] {
    return [...this.#options.schema.commands.values()].filter((command) => this.#options.wants(command));
  }

  /** The cases that the filter wants, command by command. */
  *cases(filter: CaseFilter): Generator<ArgumentCase> {
    for (const command of this.commands) yield* this.casesOf(command, filter);
  }

  /** The cases of one command that the filter wants. */
  *casesOf(command: Command, { operators, wants }: CaseFilter): Generator<ArgumentCase> {
    const sweep = this.#sweep(command);
    for (const index of indicesOf(sweep, operators)) {
      const draft = sweep.drafts[index];
      if (draft === undefined || !wants(draft, command)) continue;
      const result = this.make(command, draft, index);
      if (result.is === 'case') yield result.made;
      else if (result.is === 'dropped') {
        this.drop({ name: `${command.name}/${placeName(draft)}`, reason: result.reason });
      }
    }
  }

  /** How many cases {@link cases} will try; nothing is made. */
  count({ operators, wants }: CaseFilter): number {
    let count = 0;
    for (const command of this.commands) {
      const sweep = this.#sweep(command);
      for (const index of indicesOf(sweep, operators)) {
        const draft = sweep.drafts[index];
        if (draft !== undefined && wants(draft, command)) count += 1;
      }
    }
    return count;
  }

  /**
   * Random arguments for a command, with so many faults.
   *
   * @returns undefined when it takes no arguments, or none can be wrong
   */
  random(command: Command, faults: 0 | 1 | 2): Arbitrary<RandomArguments> | undefined {
    if (faults === 0) return this.#random.valid(command);
    return this.#options.checked(command) ? this.#random.invalid(command, faults) : undefined;
  }

  /**
   * Arguments as they may be sent.
   *
   * @returns undefined when they would reach out of the run whatever is done about them
   */
  sanitized(
    command: Command,
    args: Json | undefined,
    valid: boolean,
  ): { readonly arguments: Json | undefined } | undefined {
    const limits = this.#options.sideEffectFree === true ? innerLimits : undefined;
    return valid
      ? sanitizeValid(command, args, this.#minimal, limits)
      : { arguments: sanitize(command, args, limits) };
  }

  /** All drafts for a command, in a stable order. */
  drafts(command: Command): readonly CaseTemplate[] {
    return this.#sweep(command).drafts;
  }

  /** Where the drafts for a command stop because of the depth. */
  cuts(command: Command): readonly Cut[] {
    return this.#sweep(command).cuts;
  }

  /**
   * The case of a draft, re-checked.
   *
   * @param index the draft's place in {@link drafts}
   */
  make(command: Command, draft: CaseTemplate, index: number): Made {
    const { operator, path, label, mutation: fault } = draft;
    const valid = fault === undefined;
    const wanted = draft.make();
    const sanitized = this.sanitized(command, wanted, valid);
    if (sanitized === undefined) return { is: 'withheld' };
    const args = sanitized.arguments;
    const reason = recheckFailure(command, args, fault);
    if (reason !== undefined) return { is: 'dropped', reason };
    const name = `${command.name}/${placeName(draft)}`;
    const kept = !valid || keeps(draft, wanted, args);
    const about = { name, command: command.name, operator, path, label, valid, ...(kept && { index }) };
    return { is: 'case', made: { command, arguments: args, about } };
  }

  #sweep(command: Command): Sweep {
    const known = this.#sweeps.get(command);
    if (known !== undefined) return known;
    const { checked, depth } = this.#options;
    const drafts: CaseTemplate[] = [];
    const byOperator = new Map<Operator, number[]>();
    const cuts = sweep(command, this.#minimal, depth, checked(command), (draft) => {
      const known = byOperator.get(draft.operator);
      if (known === undefined) byOperator.set(draft.operator, [drafts.length]);
      else known.push(drafts.length);
      drafts.push(draft);
    });
    const made = { drafts, byOperator, cuts };
    this.#sweeps.set(command, made);
    return made;
  }
}

const MAX_DROPPED = 1000;

/** The indices of the drafts of some operators, or of all, in the order of the sweep. */
function indicesOf(
  { drafts, byOperator }: Sweep,
  operators: readonly Operator[] | undefined,
): Iterable<number> {
  if (operators === undefined) return drafts.keys();
  const [first = [], ...others] = operators.flatMap((operator) => {
    const found = byOperator.get(operator);
    return found === undefined ? [] : [found];
  });
  return others.length === 0 ? first : [first, ...others].flat().sort((a, b) => a - b);
}

/** Hands on all drafts for a command; returns where they stop. */
function sweep(
  command: Command,
  minimal: Minimal,
  depth: number,
  checked: boolean,
  add: (draft: CaseTemplate) => void,
): readonly Cut[] {
  const base = { path: '', label: '', names: [], depth: 0 } as const;
  if (command.arguments === undefined || command.arguments.members.length === 0) {
    add({ ...base, operator: 'no-arguments', variant: '', make: () => undefined });
    const fault: Mutation = { kind: 'unknown-member', at: 'x' };
    if (checked)
      add({ ...base, operator: 'arguments-unwanted', variant: '', mutation: fault, make: () => ({ x: 1 }) });
  }
  for (const { name, value } of shapes) {
    if (name === 'object') continue;
    const fault: Mutation = { kind: 'wrong-type', at: '' };
    add({ ...base, operator: 'arguments-wrong-type', variant: name, mutation: fault, make: () => value });
  }
  const walk = injectionPoints(command, minimal, depth);
  for (let next = walk.next(); ; next = walk.next()) {
    if (next.done === true) return next.value;
    for (const draft of validCases(next.value, minimal)) add(draft);
    if (checked) for (const draft of invalidCases(next.value, minimal)) add(draft);
  }
}

/**
 * What the judge says against a case: that a valid one is not, or that an invalid one has not exactly its fault.
 *
 * @returns undefined when it agrees
 */
export function recheckFailure(
  command: Command,
  args: Json | undefined,
  fault: Mutation | undefined,
): string | undefined {
  const problems = checkArguments({ ...command, checked: true }, args);
  const [first] = problems;
  if (fault === undefined) return first === undefined ? undefined : `${first.path}: ${first.message}`;
  if (first === undefined) return 'the judge finds nothing wrong';
  const elsewhere = problems.find(({ path }) => !isWithin(path, fault.at));
  if (elsewhere !== undefined) return `${elsewhere.path}: ${elsewhere.message}`;
  if (fault.several !== true && problems.length > 1) return `${problems.length} problems`;
  return problems.some(({ kind }) => kind === fault.kind) ? undefined : `${first.kind}: ${first.message}`;
}

function isWithin(path: string, whole: string): boolean {
  return whole === '' || path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`);
}
