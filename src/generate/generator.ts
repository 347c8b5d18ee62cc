/**
 * All systematic cases of a schema: sites, what can be tried at them, made harmless, and re-checked.
 */
import type { Arbitrary } from 'fast-check';
import { checkArguments } from '../judge/index.js';
import type { Json } from '../json/index.js';
import type { Command, Schema } from '../qapi/index.js';
import type { ArgumentCase, Draft, Fault } from './case.js';
import { harmless, harmlessValid } from './harmless.js';
import { invalidCases } from './invalid.js';
import { shapes } from './interesting.js';
import { Minimal } from './minimal.js';
import { RandomGenerator, type RandomArguments } from './random.js';
import { sites } from './site.js';
import { validCases } from './valid.js';

export interface GeneratorOptions {
  readonly schema: Schema;
  /** Which commands to make cases for. */
  readonly wants: (command: Command) => boolean;
  /** How many members deep; recursive types are cut there. */
  readonly depth: number;
  /** Does the binary check the arguments of the command by its schema? */
  readonly checked: (command: Command) => boolean;
}

/** Which cases are wanted. */
export interface CaseFilter {
  readonly wants: (draft: Draft, command: Command) => boolean;
}

/** A case that its own re-check did not confirm. */
export interface Dropped {
  readonly name: string;
  readonly reason: string;
}

export class ArgumentGenerator {
  readonly #dropped: Dropped[] = [];
  readonly #options: GeneratorOptions;
  readonly #minimal = new Minimal();
  readonly #drafts = new Map<Command, readonly Draft[]>();
  readonly #random = new RandomGenerator(this.#minimal);

  constructor(options: GeneratorOptions) {
    this.#options = options;
  }

  /** Cases that were not sent, because the judge saw them otherwise. */
  get dropped(): readonly Dropped[] {
    return this.#dropped;
  }

  /** Notes a case that is not sent. */
  drop(dropped: Dropped): void {
    // More than a handful is a defect, and the first ones show it.
    if (this.#dropped.length < MAX_DROPPED) this.#dropped.push(dropped);
  }

  get commands(): Command[] {
    return [...this.#options.schema.commands.values()].filter((command) => this.#options.wants(command));
  }

  /** The cases that the filter wants, command by command. */
  *cases({ wants }: CaseFilter): Generator<ArgumentCase> {
    for (const command of this.commands) {
      for (const draft of this.#draftsOf(command)) {
        if (!wants(draft, command)) continue;
        const found = this.#checked(command, draft);
        if (found !== undefined) yield found;
      }
    }
  }

  /** How many cases {@link cases} will try; nothing is made. */
  count({ wants }: CaseFilter): number {
    let count = 0;
    for (const command of this.commands) {
      for (const draft of this.#draftsOf(command)) if (wants(draft, command)) count += 1;
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
  harmless(
    command: Command,
    args: Json | undefined,
    valid: boolean,
  ): { readonly arguments: Json | undefined } | undefined {
    return valid ? harmlessValid(command, args, this.#minimal) : { arguments: harmless(command, args) };
  }

  #draftsOf(command: Command): readonly Draft[] {
    const known = this.#drafts.get(command);
    if (known !== undefined) return known;
    const { checked, depth } = this.#options;
    const drafts = [...draftsOf(command, this.#minimal, depth, checked(command))];
    this.#drafts.set(command, drafts);
    return drafts;
  }

  #checked(command: Command, draft: Draft): ArgumentCase | undefined {
    const { operator, variant, path, label, depth, fault } = draft;
    const made = this.harmless(command, draft.make(), fault === undefined);
    if (made === undefined) return undefined;
    const args = made.arguments;
    const name = [command.name, label, variant === '' ? operator : `${operator}.${variant}`].join('/');
    const reason = objection(command, args, fault);
    if (reason !== undefined) {
      this.drop({ name, reason });
      return undefined;
    }
    return { name, command, operator, path, label, depth, valid: fault === undefined, arguments: args };
  }
}

const MAX_DROPPED = 1000;

function* draftsOf(command: Command, minimal: Minimal, depth: number, checked: boolean): Generator<Draft> {
  const base = { path: '', label: '', depth: 0 } as const;
  if (command.arguments === undefined || command.arguments.members.length === 0) {
    yield { ...base, operator: 'no-arguments', variant: '', make: () => undefined };
    const fault: Fault = { kind: 'unknown-member', at: 'x' };
    if (checked)
      yield { ...base, operator: 'arguments-unwanted', variant: '', fault, make: () => ({ x: 1 }) };
  }
  for (const { name, value } of shapes) {
    if (name === 'object') continue;
    const fault: Fault = { kind: 'wrong-type', at: '' };
    yield { ...base, operator: 'arguments-wrong-type', variant: name, fault, make: () => value };
  }
  for (const site of sites(command, minimal, depth)) {
    yield* validCases(site, minimal);
    if (checked) yield* invalidCases(site, minimal);
  }
}

/**
 * What the judge says against a case: that a valid one is not, or that an invalid one has not exactly its fault.
 *
 * @returns undefined when it agrees
 */
export function objection(
  command: Command,
  args: Json | undefined,
  fault: Fault | undefined,
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
