/**
 * How much of the arguments of each command a run has reached, and why not the rest: what there is to reach is what the
 * sweep of the schema visits, what was reached is in the counter.
 */
import {
  elementKind,
  placeName,
  restriction,
  safetyOf,
  type CaseTemplate,
  type ElementKind,
} from '../generate/index.js';
import { checkArguments } from '../judge/index.js';
import type { Command, ObjectType } from '../qapi/index.js';
import type { CaseSource, Profile } from '../cases/index.js';
import type { TargetInfo } from '../discovery/index.js';
import { type ArgumentCounter, type SideCounts, CommandCounts } from './argument-counter.js';
import type {
  ArgumentCoverage,
  CommandArguments,
  CoverageTotals,
  LeftCommands,
  NegativeTally,
  PositiveTally,
  Requests,
  SidesTally,
  Unreached,
  WhyNot,
} from './coverage-result.js';
import { sorted } from './name-counts.js';

export interface ArgumentCoverageOptions {
  readonly source: CaseSource;
  readonly counter: ArgumentCounter;
  readonly info: TargetInfo;
  /** Cases skipped because similar ones had ended a target, by `COMMAND valid` and `COMMAND invalid`. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** Names that are listed where there may be any number of them. */
const MAX_LISTED = 10;
const MAX_LEFT = 50;
const MAX_NAME = 200;

/**
 * Sums up what was counted.
 *
 * @returns undefined when the run had no rule that sends generated requests
 */
export function argumentCoverage(options: ArgumentCoverageOptions): ArgumentCoverage | undefined {
  const { source, info } = options;
  if (!source.asked) return undefined;
  const { generator } = source;
  const totals = new Totals();
  const commands: [string, CommandArguments][] = [];
  for (const command of generator.commands) {
    const made = new CommandSummary(command, options).result();
    totals.add(made);
    commands.push([command.name, made]);
  }
  const { dropped } = generator;
  return {
    depth: source.depth,
    totals: totals.result(),
    commands: Object.fromEntries(sorted(commands)),
    left: leftCommands(options),
    dropped: { count: dropped.length, cases: dropped.slice(0, MAX_LISTED) },
    ...(info.schema?.source.kind === 'introspection' ? { unknown: UNKNOWN } : {}),
  };
}

const UNKNOWN =
  'the schema is known from introspection alone, which tells neither the widths of integers (so nothing was sent that ' +
  'lies just outside of a type), nor conditions, nor the documentation';

/** The commands of the schema that no cases were made for. */
function leftCommands({ source, info }: ArgumentCoverageOptions): LeftCommands[] {
  const swept = new Set(source.generator.commands.map(({ name }) => name));
  const names = [...(info.schema?.commands.keys() ?? [])].filter((name) => !swept.has(name)).sort();
  const missing = names.filter((name) => info.commands?.has(name) === false);
  const others = names.filter((name) => !missing.includes(name) && name !== 'qmp_capabilities');
  const groups = [
    { why: 'condition', reason: 'the target does not offer the command', names: missing },
    { why: 'selection', reason: 'not among the commands of --command', names: others },
  ] as const;
  return groups.flatMap(({ why, reason, names: all }) =>
    all.length === 0 ? [] : [{ why, reason, count: all.length, commands: all.slice(0, MAX_LEFT) }],
  );
}

type Side = Unreached['side'];

class CommandSummary {
  readonly #command: Command;
  readonly #options: ArgumentCoverageOptions;
  readonly #counts: CommandCounts;
  /** The command as the target itself describes it, where it was judged by something else. */
  readonly #introspected: Command | undefined;
  readonly #unreached = new Unreachables();

  constructor(command: Command, options: ArgumentCoverageOptions) {
    const { introspection, schema } = options.info;
    this.#command = command;
    this.#options = options;
    this.#counts = options.counter.of(command.name) ?? new CommandCounts();
    this.#introspected =
      introspection?.schema === schema ? undefined : introspection?.schema.commands.get(command.name);
  }

  result(): CommandArguments {
    const positive = new Tallies();
    const negative = new Tallies();
    const counts = this.#counts;
    for (const [index, template] of this.#templates.entries()) {
      const side: Side = template.mutation === undefined ? 'positive' : 'negative';
      const tallies = side === 'positive' ? positive : negative;
      const missing = this.#whyNot(template, index);
      if (missing !== undefined) this.#unreached.add(side, missing, placeName(template));
      const good = side === 'positive' ? counts.succeeded(index) : !counts.succeeded(index);
      tallies.add(elementKind(template.operator), missing === undefined, good);
    }
    const { count, places } = this.#cut();
    return {
      ...(counts.positive.succeeded === 0 ? { neverAccepted: true } : {}),
      positive: {
        ...accepted(positive.all),
        ...this.#requests(counts.positive),
        kinds: positive.kinds(accepted),
      },
      negative: {
        ...refused(negative.all),
        ...this.#requests(counts.negative),
        kinds: negative.kinds(refused),
      },
      events: counts.events.toObject(),
      unreached: this.#unreached.result({ positive: positive.all.total, negative: negative.all.total }),
      ...(count === 0 ? {} : { cut: { count, places } }),
    };
  }

  get #templates(): readonly CaseTemplate[] {
    return this.#options.source.generator.templates(this.#command);
  }

  #requests(side: SideCounts): Requests {
    const { absent, present, succeeded, refused: refusals, sent } = side;
    const names = sent === 0 ? [] : argumentNames(this.#command.arguments);
    const each = names.map((name) => {
      const having = side.members.get(name);
      return [name, { present: having, absent: sent - having }] as const;
    });
    return {
      requests: { succeeded, refused: refusals, absent, present },
      arguments: Object.fromEntries(each),
      errorClasses: side.errorClasses.toObject(),
    };
  }

  /** Why a case was not reached; undefined when it was. */
  #whyNot(template: CaseTemplate, index: number): Reason | undefined {
    const { source, skipped } = this.#options;
    const { name } = this.#command;
    const valid = template.mutation === undefined;
    if (this.#counts.answered(index)) {
      return valid && !this.#counts.succeeded(index) && this.#lacked(template) ? LACKED : undefined;
    }
    if (!source.asks(template)) return { why: 'selection', reason: 'no rule that was checked sends it' };
    if (!source.maySend(this.#command, valid)) return forbidden(this.#command, source.profile);
    const made = source.generator.make(this.#command, template, index);
    if (made.is === 'dropped') return { why: 'dropped', reason: 'the re-check did not confirm the case' };
    if (made.is === 'withheld' || made.made.about.index === undefined) {
      return { why: 'harm', reason: harmOf(name, template) };
    }
    if (valid && this.#lacked(template)) return LACKED;
    if (skipped.has(`${name} ${valid ? 'valid' : 'invalid'}`)) {
      return { why: 'target-died', reason: 'the target had died of such requests' };
    }
    return source.sharded
      ? { why: 'shard', reason: 'it belongs to another part of the run' }
      : { why: 'unanswered', reason: 'no answer came, or the run ended before' };
  }

  /** Whether the target itself says that it does not have what these valid arguments need. */
  #lacked(template: CaseTemplate): boolean {
    const introspected = this.#introspected;
    return (
      introspected !== undefined &&
      checkArguments({ ...introspected, checked: true }, template.make()).length > 0
    );
  }

  #cut(): { readonly count: number; readonly places: readonly string[] } {
    const { generator, depth } = this.#options.source;
    const cuts = generator.cuts(this.#command);
    const reason = `more than ${depth} members deep`;
    for (const { label, unvisited } of cuts) {
      if (unvisited > 0) this.#unreached.add('positive', { why: 'depth', reason }, `${label}.*`, unvisited);
    }
    return { count: cuts.length, places: cuts.slice(0, MAX_LISTED).map(({ label }) => clipped(label)) };
  }
}

interface Reason {
  readonly why: WhyNot;
  readonly reason: string;
}

function harmOf(command: string, { names, operator }: CaseTemplate): string {
  const limit = restriction({ command, members: names });
  if (limit !== undefined) return `other values are sent: ${limit.reason}`;
  if (operator === 'string') return 'only strings without side effects are sent there';
  return 'it selects a branch that reaches out of the run';
}

const LACKED: Reason = { why: 'condition', reason: 'the target does not have it, by its own introspection' };

function forbidden({ name, successResponse }: Command, profile: Profile): Reason {
  const { reason } = safetyOf(name);
  return {
    why: 'profile',
    reason: successResponse
      ? `not to this target with --profile ${profile}: it ${reason}`
      : 'its success is not answered',
  };
}

/** The names of a command's arguments, those of all branches among them. */
function argumentNames(type: ObjectType | undefined): string[] {
  const parts = new Set(type === undefined ? [] : [type]);
  // A set is walked in the order of insertion, whatever is added on the way.
  for (const { variants } of parts) {
    for (const branch of variants?.branches.values() ?? []) parts.add(branch.type);
  }
  const names = new Set([...parts].flatMap(({ members }) => members.map(({ name }) => name)));
  return [...names].slice(0, MAX_ARGUMENTS).sort();
}

const MAX_ARGUMENTS = 500;

function clipped(name: string): string {
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME)}…`;
}

/** How much there was, how much of it was reached, and how much of that ended well. */
interface Tally {
  total: number;
  reached: number;
  good: number;
}

const accepted = ({ total, reached, good }: Tally): PositiveTally => ({ total, reached, accepted: good });
const refused = ({ total, reached, good }: Tally): NegativeTally => ({ total, reached, refused: good });

class Tallies {
  readonly all: Tally = { total: 0, reached: 0, good: 0 };
  readonly #kinds = new Map<ElementKind, Tally>();

  add(kind: ElementKind, reached: boolean, good: boolean): void {
    this.addTally(kind, { total: 1, reached: reached ? 1 : 0, good: reached && good ? 1 : 0 });
  }

  addTally(kind: ElementKind, more: Tally): void {
    const known = this.#kinds.get(kind) ?? { total: 0, reached: 0, good: 0 };
    this.#kinds.set(kind, known);
    for (const tally of [this.all, known]) {
      tally.total += more.total;
      tally.reached += more.reached;
      tally.good += more.good;
    }
  }

  kinds<T>(shown: (tally: Tally) => T): Record<string, T> {
    return Object.fromEntries(sorted(this.#kinds).map(([kind, tally]) => [kind, shown(tally)]));
  }
}

/** What was not reached, grouped by the reason. */
class Unreachables {
  readonly #groups = new Map<string, Reason & { side: Side; count: number; elements: string[] }>();

  add(side: Side, { why, reason }: Reason, name: string, count = 1): void {
    const key = `${side} ${why} ${reason}`;
    const group = this.#groups.get(key) ?? { side, why, reason, count: 0, elements: [] };
    this.#groups.set(key, group);
    group.count += count;
    if (group.elements.length < MAX_LISTED) group.elements.push(clipped(name));
  }

  /** @param totals how much there is on each side; where all of it is missing, the elements are not listed */
  result(totals: SidesTally): Unreached[] {
    return sorted(this.#groups).map(([, { why, side, reason, count, elements }]) => {
      const whole = why !== 'depth' && count === totals[side];
      return { why, side, reason, count, ...(whole ? {} : { elements }) };
    });
  }
}

/** Adds up commands. */
class Totals {
  readonly #commands = { swept: 0, accepted: 0, refusedOnly: 0, notSent: 0 };
  readonly #positive = new Tallies();
  readonly #negative = new Tallies();
  readonly #unreached = new Map<WhyNot, { positive: number; negative: number }>();

  add({ positive, negative, unreached }: CommandArguments): void {
    const { succeeded, refused: refusals } = positive.requests;
    this.#commands.swept += 1;
    this.#commands[succeeded > 0 ? 'accepted' : refusals > 0 ? 'refusedOnly' : 'notSent'] += 1;
    for (const [kind, { total, reached, accepted: good }] of Object.entries(positive.kinds)) {
      this.#positive.addTally(kind as ElementKind, { total, reached, good });
    }
    for (const [kind, { total, reached, refused: good }] of Object.entries(negative.kinds)) {
      this.#negative.addTally(kind as ElementKind, { total, reached, good });
    }
    for (const { why, side, count } of unreached) {
      const sum = this.#unreached.get(why) ?? { positive: 0, negative: 0 };
      this.#unreached.set(why, sum);
      sum[side] += count;
    }
  }

  result(): CoverageTotals {
    return {
      commands: this.#commands,
      positive: { ...accepted(this.#positive.all), kinds: this.#positive.kinds(accepted) },
      negative: { ...refused(this.#negative.all), kinds: this.#negative.kinds(refused) },
      unreached: Object.fromEntries(sorted(this.#unreached)),
    };
  }
}
