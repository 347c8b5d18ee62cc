/**
 * Gives the rules of generated arguments their cases: systematic and random ones, of the commands that the target has
 * and the run wants, as far as the profile allows, cut to this run's share of them.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  mayBeSent,
  recheckFailure,
  safetyOf,
  cleanupOf,
  ArgumentGenerator,
  checksItself,
  instanceArguments,
  instanceRows,
  predicted,
  valuePoints,
  VALID_OPERATORS,
  type InstanceRow,
  type ArgumentCase,
  type CaseAbout,
  type CaseFilter,
  type CaseTemplate,
  type Operator,
  type RandomArguments,
  type TypeClass,
} from '../generate/index.js';
import { anyError, checkArguments, error, genericError, returnsTyped, type Outcome } from '../judge/index.js';
import { isObject, jsonObject, writeJson, type Json } from '../json/index.js';
import { documentedErrors, isAllowed, type Command, type Release } from '../qapi/index.js';
import type { TargetInfo } from '../discovery/index.js';
import type { Case, Variable } from '../exchange/index.js';
import { commandMatcher } from '../patterns.js';

/**
 * readonly: protocol probes and queries; safe: also requests that must be refused; full: everything.
 *
 * @public
 */
export type Profile = 'readonly' | 'safe' | 'full';

/**
 * A part of all cases: those whose number leaves the remainder `index` when divided by `count`.
 *
 * @public
 */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Which cases a run wants. */
export interface CaseOptions {
  readonly profile: Profile;
  readonly seed: number;
  /** Random cases for each command. */
  readonly runs: number;
  /** Patterns of the commands that requests are generated for; all when empty. */
  readonly commands: readonly string[];
  /** Absent: all. */
  readonly shard?: Shard;
}

export interface CaseSourceOptions {
  readonly generator: ArgumentGenerator;
  readonly profile: Profile;
  readonly seed: number;
  /** Random cases for each command. */
  readonly runs: number;
  readonly shard: Shard;
  /** A new target takes the place of one that has ended as it was told to. */
  readonly mayEnd: boolean;
  /** The target acts on nothing but itself. */
  readonly sideEffectFree: boolean;
  /** The release of the target, when it says so. */
  readonly release: Release | undefined;
  /** The widths of integers are known: the schema is no introspection. */
  readonly exact: boolean;
  /** Whether the target may have this, so that something is found after all. */
  readonly has: (what: NonNullable<InstanceRow['without']>) => boolean;
}

/**
 * The cases for a target.
 *
 * @returns undefined when nothing is known of the arguments of its commands
 * @throws InputError when a pattern of `options.commands` matches none of them
 */
export function caseSource(info: TargetInfo, options: CaseOptions): CaseSource | undefined {
  const { schema, commands, owned, sideEffectFree, version } = info;
  if (schema === undefined) return undefined;
  // What the target does not offer can only be refused as unknown.
  const offered = [...schema.commands.keys()].filter((name) => commands?.has(name) !== false);
  const wanted = commandMatcher(options.commands, offered);
  const generator = new ArgumentGenerator({
    schema,
    wants: ({ name }) => commands?.has(name) !== false && wanted(name) && name !== 'qmp_capabilities',
    checked: (command) => command.checked && !checksItself(command.name, version),
    depth: MAX_DEPTH,
    sideEffectFree,
  });
  const { profile, seed, runs, shard } = options;
  return new CaseSource({
    generator,
    profile,
    seed,
    runs,
    shard: shard ?? { index: 0, count: 1 },
    mayEnd: owned,
    sideEffectFree,
    exact: schema.source.kind === 'files',
    release: version && `${version.major}.${version.minor}`,
    has: (what) => (what === 'balloon' ? !owned : !owned || commands?.has('query-spice') !== true),
  });
}

/** Random arguments can be large, and what is drawn waits to be sent: a few at a time, however many there are to be. */
const DRAWN_AT_ONCE = 16;
/** How many members deep the systematic cases go. */
const MAX_DEPTH = 4;

const REFUSED: readonly Outcome[] = [genericError];

/** Which systematic cases a rule wants. */
export interface SystematicSelection {
  readonly operators: readonly Operator[];
  /** Only where values of these types are due. */
  readonly due?: readonly TypeClass[];
}

export class CaseSource {
  /** How many members deep the systematic cases go. */
  readonly depth = MAX_DEPTH;
  readonly #options: CaseSourceOptions;
  /** What rules have asked for: operators, and the types that are due. */
  readonly #asked = new Map<Operator, Set<TypeClass> | 'any'>();
  #askedAny = false;
  readonly #maySend = { valid: new Map<Command, boolean>(), invalid: new Map<Command, boolean>() };

  constructor(options: CaseSourceOptions) {
    this.#options = options;
  }

  get generator(): ArgumentGenerator {
    return this.#options.generator;
  }

  get profile(): Profile {
    return this.#options.profile;
  }

  /** Whether some of the cases are left to other runs. */
  get sharded(): boolean {
    return this.#options.shard.count > 1;
  }

  /** Whether a rule has asked for cases. */
  get asked(): boolean {
    return this.#askedAny;
  }

  /** Whether a rule has asked for cases of the kind. */
  asks({ operator, due }: CaseTemplate): boolean {
    const asked = this.#asked.get(operator);
    return asked === 'any' || (asked !== undefined && due !== undefined && asked.has(due));
  }

  /** Systematic invalid cases: each must be refused. */
  *refused(selection: SystematicSelection): Iterable<Case> {
    const variable = this.#variable(() => REFUSED);
    for (const made of this.#share(this.#options.generator.cases(this.#filter(selection)))) {
      yield toCase(made, REFUSED, variable);
    }
  }

  /**
   * Systematic valid cases, each with its cleanup should it succeed.
   *
   * @param outcome what may follow; when undefined comes back, the case is passed over
   */
  *accepted(selection: SystematicSelection, outcome: ExpectedOutcome = anyOutcome): Iterable<Case> {
    const variable = this.#variable(outcome);
    for (const made of this.#share(this.#options.generator.cases(this.#filter(selection)))) {
      const oneOf = outcome(made);
      if (oneOf !== undefined)
        yield { ...toCase(made, oneOf, variable), ...cleaning(made.command, made.arguments) };
    }
  }

  /** Systematic valid cases of which the outcome is known beforehand, whatever the target is. */
  *predicted(): Iterable<Case> {
    const { exact } = this.#options;
    yield* this.accepted({ operators: VALID_OPERATORS }, ({ about: { name }, command, arguments: args }) => {
      // Where the width of an integer is not known, few values are surely of its type.
      if (!exact && /\/boundary\.(?!zero$)/.test(name)) return undefined;
      const prediction = predicted(command.name, args !== undefined && isObject(args) ? args : jsonObject());
      // What may not exist in the binary may be refused.
      if (prediction === undefined || isConditional(command, args)) return undefined;
      return [prediction.success ? returnsTyped(command.name) : error(...prediction.classes)];
    });
  }

  /**
   * Requests that name something that does not exist.
   *
   * @param basis what promises the error class that is due: the documentation of the command, in the schema file when
   *   there is one, or the behaviour of released binaries
   */
  *instances(basis: InstanceRow['basis']): Iterable<Case> {
    yield* this.#share(this.#allInstances(basis));
  }

  *#allInstances(basis: InstanceRow['basis']): Iterable<Case> {
    for (const row of instanceRows) {
      const command = this.#options.generator.commands.find(({ name }) => name === row.command);
      if (row.basis !== basis || command === undefined || !this.#promises(row, command)) continue;
      const made = this.#options.generator.sanitized(command, instanceArguments(row, 'qmpspec-none'), true);
      // What this target's schema does not take says nothing of names.
      if (made === undefined || recheckFailure(command, made.arguments, undefined) !== undefined) continue;
      const path = row.member ?? '';
      const about = { name: `${command.name}/${path}/nobody`, command: command.name, path, label: path };
      yield {
        request: requestOf(command, made.arguments),
        oneOf: [error(...row.classes)],
        about: { ...about, valid: true, operator: 'nobody' },
      };
    }
  }

  #promises(row: InstanceRow, { doc }: Command): boolean {
    const { has, release } = this.#options;
    if (row.without !== undefined && has(row.without)) return false;
    if (row.basis === 'documented' && doc !== undefined) {
      return documentedErrors(doc).some((documented) => row.classes.includes(documented.class));
    }
    return isAllowed(row, release);
  }

  /** Of a command's invalid cases one for each operator and depth. */
  *refusedSamples(name: string): Iterable<Case> {
    const { generator } = this.#options;
    const command = generator.commands.find((wanted) => wanted.name === name);
    if (command === undefined) return;
    const seen = new Set<string>();
    const wants: CaseFilter['wants'] = ({ operator, depth, mutation }) => {
      const key = `${operator} ${depth}`;
      if (mutation === undefined || seen.has(key)) return false;
      seen.add(key);
      return true;
    };
    for (const made of generator.casesOf(command, { wants })) yield toCase(made, REFUSED, undefined);
  }

  /** How many cases a selection has, in this run's share. */
  count(selection: SystematicSelection): number {
    const { generator, shard } = this.#options;
    const all = generator.count(this.#filter(selection));
    return Math.floor((all + shard.count - 1 - shard.index) / shard.count);
  }

  /**
   * Random cases, `runs` for each command: valid ones, or such with so many mutations.
   *
   * @param rule the rule's id; what is drawn follows from the seed, the rule and the command
   */
  *random(rule: string, mutations: 0 | 1 | 2): Iterable<Case> {
    yield* this.#share(this.#allRandom(rule, mutations));
  }

  *#allRandom(rule: string, mutations: 0 | 1 | 2): Iterable<Case> {
    const { generator, runs, seed } = this.#options;
    this.#askedAny = true;
    const variable = this.#variable((made) =>
      mutations === 0 ? anyOutcome(made) : randomOutcome(mutations),
    );
    for (const command of generator.commands) {
      if (!this.maySend(command, mutations === 0)) continue;
      const arbitrary = generator.random(command, mutations);
      if (arbitrary === undefined) continue;
      for (let from = 0; from < runs; from += DRAWN_AT_ONCE) {
        const own = seedOf(seed, rule, command.name, from);
        const numRuns = Math.min(DRAWN_AT_ONCE, runs - from);
        for (const [index, drawn] of fc.sample(arbitrary, { seed: own, numRuns }).entries()) {
          const made = this.#drawn(command, drawn, mutations, from + index);
          if (made !== undefined) yield { ...made, variable };
        }
      }
    }
  }

  /** A random case, if it is what it should be. */
  #drawn(command: Command, drawn: RandomArguments, mutations: number, index: number): Case | undefined {
    const { generator } = this.#options;
    const sanitized = generator.sanitized(command, drawn.arguments, mutations === 0);
    if (sanitized === undefined) return undefined;
    const args = sanitized.arguments;
    const operators = drawn.mutations.map(({ operator }) => operator).join('+');
    const name = `${command.name}/random/${operators === '' ? 'valid' : operators}.${index}`;
    const [mutation] = drawn.mutations;
    if (drawn.mutations.length !== mutations) return undefined;
    if (mutations < 2) {
      const reason = recheckFailure(command, args, mutation);
      if (reason !== undefined) {
        generator.drop({ name, reason });
        return undefined;
      }
    } else if (recheckFailure(command, args, undefined) === undefined) return undefined;
    const about = {
      name,
      command: command.name,
      path: mutation?.path ?? '',
      // Few are ever asked for it, and it costs as much as the rest.
      get label() {
        return `(random ${fingerprint(args)})`;
      },
      valid: mutations === 0,
      operator: operators === '' ? 'random' : operators,
    };
    const oneOf = mutations === 0 ? anyOutcome({ command }) : randomOutcome(mutations);
    const request = requestOf(command, args);
    if (mutations > 0) return { request, oneOf, about };
    return {
      request,
      oneOf,
      about,
      ...cleaning(command, args),
      ...(endsTarget(command) ? { ends: true } : {}),
    };
  }

  /**
   * What can be varied in generated cases: their arguments, as long as they stay sanitized, and invalid in the same ways
   * or not at all.
   *
   * @param outcome what may follow a request with other arguments; undefined: that is not known
   */
  #variable(outcome: ExpectedOutcome): NonNullable<Case['variable']> {
    const variable = (of: Case): Variable | undefined => {
      const { about, request } = of;
      const { generator } = this.#options;
      const command = generator.commands.find(({ name }) => name === about?.command);
      if (about === undefined || command === undefined || request.execute !== command.name) return undefined;
      const problems = problemsOf(command, request.arguments);
      return {
        value: request.arguments,
        type: command.arguments,
        with: (value) => {
          const sanitized = generator.sanitized(command, value, about.valid);
          if (sanitized === undefined || problemsOf(command, sanitized.arguments) !== problems)
            return undefined;
          const args = sanitized.arguments;
          const { index: _, ...rest } = about;
          const made = { command, arguments: args, about: rest };
          const oneOf = about.valid ? outcome(made) : of.oneOf;
          if (oneOf === undefined) return undefined;
          const varied = { request: requestOf(command, args), oneOf, about: rest, variable };
          if (!about.valid) return varied;
          return { ...varied, ...cleaning(command, args), ...(of.ends === true ? { ends: true } : {}) };
        },
      };
    };
    return variable;
  }

  #filter({ operators, due }: SystematicSelection): CaseFilter {
    this.#note(operators, due);
    return {
      operators,
      wants: (template, command) =>
        (due === undefined || (template.due !== undefined && due.includes(template.due))) &&
        this.maySend(command, template.mutation === undefined),
    };
  }

  #note(operators: readonly Operator[], due: readonly TypeClass[] | undefined): void {
    this.#askedAny = true;
    for (const operator of operators) {
      const known = this.#asked.get(operator) ?? new Set();
      if (due === undefined || known === 'any') this.#asked.set(operator, 'any');
      else this.#asked.set(operator, new Set([...known, ...due]));
    }
  }

  /** Whether requests for a command may be sent, with valid arguments or with invalid ones. */
  maySend(command: Command, valid: boolean): boolean {
    const known = this.#maySend[valid ? 'valid' : 'invalid'];
    let may = known.get(command);
    if (may === undefined) {
      const { profile, mayEnd, sideEffectFree } = this.#options;
      may = mayBeSent(command, profile, valid, sideEffectFree) && (mayEnd || !valid || !endsTarget(command));
      known.set(command, may);
    }
    return may;
  }

  /** This run's share, in the order of the whole. */
  #share<T>(all: Iterable<T>): Iterable<T> {
    const { shard } = this.#options;
    return shard.count === 1 ? all : everyNth(all, shard);
  }
}

function* everyNth<T>(all: Iterable<T>, { index, count }: Shard): Iterable<T> {
  let number = 0;
  for (const one of all) {
    if (number % count === index) yield one;
    number += 1;
  }
}

/** What may follow a valid request; undefined when that is not known. */
type ExpectedOutcome = (
  made: Pick<ArgumentCase, 'command' | 'arguments'> & { readonly about: CaseAbout },
) => readonly Outcome[] | undefined;

/** What may follow a valid request when nothing more is known. */
function anyOutcome({ command }: Pick<ArgumentCase, 'command'>): readonly Outcome[] {
  return [returnsTyped(command.name), anyError];
}

/** What may follow a request with so many mutations; each alone would be a GenericError. */
function randomOutcome(mutations: number): readonly Outcome[] {
  return [mutations === 1 ? genericError : anyError];
}

/** In which ways arguments do not conform; positions in lists make no difference. */
function problemsOf(command: Command, args: Json | undefined): string {
  const problems = checkArguments({ ...command, checked: true }, args);
  const ways = problems.map(({ kind, path }) => `${kind} ${path.replaceAll(/\[\d+\]/g, '[]')}`);
  return [...new Set(ways)].sort().join('\n');
}

/** Whether a command tells the target to end. */
function endsTarget({ name }: Command): boolean {
  return safetyOf(name).effect === 'ends-process';
}

function toCase(
  { about, command, arguments: args }: ArgumentCase,
  oneOf: readonly Outcome[],
  variable: Case['variable'],
): Case {
  const generated = {
    request: requestOf(command, args),
    oneOf,
    about,
    ...(variable === undefined ? {} : { variable }),
  };
  return about.valid && endsTarget(command) ? { ...generated, ends: true } : generated;
}

/** The cleanup of a valid request, so that what thousands of cases make does not pile up. */
function cleaning({ name }: Command, args: Json | undefined): Pick<Case, 'cleanup'> {
  const cleanup = cleanupOf(name, args !== undefined && isObject(args) ? args : {});
  return cleanup === undefined ? {} : { cleanup };
}

function requestOf({ name }: Command, args: Json | undefined): Case['request'] {
  return args === undefined ? { execute: name } : { execute: name, arguments: args };
}

/** Whether arguments have an element that exists only under a condition. */
function isConditional(command: Command, args: Json | undefined): boolean {
  if (args === undefined) return false;
  return valuePoints(command, args).some(({ kind, type, sample }) => {
    const listed = type.kind === 'enum' ? type.values.find(({ name }) => name === sample) : undefined;
    if (listed?.condition !== undefined) return true;
    if (kind.is === 'member') return kind.member.condition !== undefined;
    if (kind.is === 'alternative') return kind.alternative.condition !== undefined;
    return kind.is === 'branch' && kind.value.condition !== undefined;
  });
}

/** Tells random arguments from others. */
function fingerprint(args: Json | undefined): string {
  return createHash('sha256')
    .update(args === undefined ? '' : writeJson(args))
    .digest('hex')
    .slice(0, 8);
}

/** A number that follows from a seed, a rule, a command and how many were drawn before: 31 bits. */
function seedOf(seed: number, rule: string, command: string, before: number): number {
  return createHash('sha256').update(`${seed}/${rule}/${command}/${before}`).digest().readUInt32LE(0) >>> 1;
}
