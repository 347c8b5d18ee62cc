/**
 * All systematic cases of a schema: points, what can be tried at them, sanitized, and re-checked.
 */
import type { Arbitrary } from 'fast-check';
import { checkArguments } from '../judge/index.js';
import type { Json } from '../json/index.js';
import type { Command, Schema } from '../qapi/index.js';
import type { ArgumentCase, CaseTemplate, Mutation, Operator } from './operators/case.js';
import { sanitize, sanitizeValid, innerLimits } from './values/sanitize.js';
import { keeps, placeName } from './element.js';
import { invalidCases } from './operators/invalid.js';
import { shapes } from './values/interesting.js';
import { Minimal } from './values/minimal.js';
import { RandomGenerator, type RandomArguments } from './operators/random.js';
import { injectionPoints, type Cut } from './values/injection-point.js';
import { validCases } from './operators/valid.js';

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
  readonly wants: (template: CaseTemplate, command: Command) => boolean;
}

/** A case that its own re-check did not confirm. */
export interface Dropped {
  readonly name: string;
  readonly reason: string;
}

/** What became of a template: a case, or why there is none. */
export type Made =
  | { readonly is: 'case'; readonly made: ArgumentCase }
  /** no arguments of its kind may be sent */
  | { readonly is: 'withheld' }
  | { readonly is: 'dropped'; readonly reason: string };

/** Everything that can be tried at a command. */
interface Sweep {
  readonly templates: readonly CaseTemplate[];
  /** The indices of an operator's templates in the list: most filters want few operators. */
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
      const template = sweep.templates[index];
      if (template === undefined || !wants(template, command)) continue;
      const result = this.make(command, template, index);
      if (result.is === 'case') yield result.made;
      else if (result.is === 'dropped') {
        this.drop({ name: `${command.name}/${placeName(template)}`, reason: result.reason });
      }
    }
  }

  /** How many cases {@link cases} will try; nothing is made. */
  count({ operators, wants }: CaseFilter): number {
    let count = 0;
    for (const command of this.commands) {
      const sweep = this.#sweep(command);
      for (const index of indicesOf(sweep, operators)) {
        const template = sweep.templates[index];
        if (template !== undefined && wants(template, command)) count += 1;
      }
    }
    return count;
  }

  /**
   * Random arguments for a command, with so many mutations.
   *
   * @returns undefined when it takes no arguments, or has no mutation
   */
  random(command: Command, mutations: 0 | 1 | 2): Arbitrary<RandomArguments> | undefined {
    if (mutations === 0) return this.#random.valid(command);
    return this.#options.checked(command) ? this.#random.invalid(command, mutations) : undefined;
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

  /** All templates for a command, in a stable order. */
  templates(command: Command): readonly CaseTemplate[] {
    return this.#sweep(command).templates;
  }

  /** Where the templates for a command stop because of the depth. */
  cuts(command: Command): readonly Cut[] {
    return this.#sweep(command).cuts;
  }

  /**
   * The case of a template, re-checked.
   *
   * @param index the index of the template in {@link templates}
   */
  make(command: Command, template: CaseTemplate, index: number): Made {
    const { operator, path, label, mutation } = template;
    const valid = mutation === undefined;
    const wanted = template.make();
    const sanitized = this.sanitized(command, wanted, valid);
    if (sanitized === undefined) return { is: 'withheld' };
    const args = sanitized.arguments;
    const reason = recheckFailure(command, args, mutation);
    if (reason !== undefined) return { is: 'dropped', reason };
    const name = `${command.name}/${placeName(template)}`;
    const kept = !valid || keeps(template, wanted, args);
    const about = { name, command: command.name, operator, path, label, valid, ...(kept && { index }) };
    return { is: 'case', made: { command, arguments: args, about } };
  }

  #sweep(command: Command): Sweep {
    const known = this.#sweeps.get(command);
    if (known !== undefined) return known;
    const { checked, depth } = this.#options;
    const templates: CaseTemplate[] = [];
    const byOperator = new Map<Operator, number[]>();
    const cuts = sweep(command, this.#minimal, depth, checked(command), (template) => {
      const known = byOperator.get(template.operator);
      if (known === undefined) byOperator.set(template.operator, [templates.length]);
      else known.push(templates.length);
      templates.push(template);
    });
    const made = { templates, byOperator, cuts };
    this.#sweeps.set(command, made);
    return made;
  }
}

const MAX_DROPPED = 1000;

/** The indices of the templates of some operators, or of all, in the order of the sweep. */
function indicesOf(
  { templates, byOperator }: Sweep,
  operators: readonly Operator[] | undefined,
): Iterable<number> {
  if (operators === undefined) return templates.keys();
  const [first = [], ...others] = operators.flatMap((operator) => {
    const found = byOperator.get(operator);
    return found === undefined ? [] : [found];
  });
  return others.length === 0 ? first : [first, ...others].flat().sort((a, b) => a - b);
}

/** Hands on all templates for a command; returns where they stop. */
function sweep(
  command: Command,
  minimal: Minimal,
  depth: number,
  checked: boolean,
  add: (template: CaseTemplate) => void,
): readonly Cut[] {
  const base = { path: '', label: '', names: [], depth: 0 } as const;
  if (command.arguments === undefined || command.arguments.members.length === 0) {
    add({ ...base, operator: 'no-arguments', variant: '', make: () => undefined });
    const mutation: Mutation = { kind: 'unknown-member', at: 'x' };
    if (checked)
      add({ ...base, operator: 'arguments-unwanted', variant: '', mutation, make: () => ({ x: 1 }) });
  }
  for (const { name, value } of shapes) {
    if (name === 'object') continue;
    const mutation: Mutation = { kind: 'wrong-type', at: '' };
    add({ ...base, operator: 'arguments-wrong-type', variant: name, mutation, make: () => value });
  }
  const walk = injectionPoints(command, minimal, depth);
  for (let next = walk.next(); ; next = walk.next()) {
    if (next.done === true) return next.value;
    for (const template of validCases(next.value, minimal)) add(template);
    if (checked) for (const template of invalidCases(next.value, minimal)) add(template);
  }
}

/**
 * What the judge says against a case: that a valid one is not, or that an invalid one has not exactly the problem of its mutation.
 *
 * @returns undefined when it agrees
 */
export function recheckFailure(
  command: Command,
  args: Json | undefined,
  mutation: Mutation | undefined,
): string | undefined {
  const problems = checkArguments({ ...command, checked: true }, args);
  const [first] = problems;
  if (mutation === undefined) return first === undefined ? undefined : `${first.path}: ${first.message}`;
  if (first === undefined) return 'the judge finds nothing wrong';
  const elsewhere = problems.find(({ path }) => !isWithin(path, mutation.at));
  if (elsewhere !== undefined) return `${elsewhere.path}: ${elsewhere.message}`;
  if (mutation.several !== true && problems.length > 1) return `${problems.length} problems`;
  return problems.some(({ kind }) => kind === mutation.kind) ? undefined : `${first.kind}: ${first.message}`;
}

function isWithin(path: string, whole: string): boolean {
  return whole === '' || path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`);
}
