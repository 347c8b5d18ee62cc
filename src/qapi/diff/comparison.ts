/**
 * Follows two schemas side by side and notes every difference.
 */
import { printCondition } from '../model/condition.js';
import { emptyObject, isEmptyObject } from '../model/mutable.js';
import type {
  AlternateType,
  Command,
  Element,
  EnumType,
  Event,
  Feature,
  ObjectType,
  Schema,
  Type,
} from '../model/schema.js';
import type { Exemption } from './change.js';
import type { Direction } from './compatibility.js';
import { Collector, type Subject } from './collector.js';
import { exemptionOf, isDownstream, knowsUnstable } from './exemption.js';
import { Pairs, type Pair } from './pairs.js';
import { definitionOf, extend, type Path } from './path.js';
import { describe, relationOf, selectingType } from './relation.js';
import type { ChangeKind } from './rules.js';

/** Where elements are compared. */
export interface Context {
  readonly path: Path;
  readonly direction: Direction;
  readonly exemption: Exemption | undefined;
  /** Absent: a command or event itself. */
  readonly pair?: Pair;
}

/** The context around an element; commands and events have no path around them. */
type OuterContext = Omit<Context, 'path'> & { readonly path?: Path };

/** What to do with elements of the same name, and how to call those that have no counterpart. */
export interface Matching<T> {
  readonly removed: (old: T) => ChangeKind;
  readonly added: (now: T) => ChangeKind;
  readonly detail?: (element: T) => string;
  readonly both: (old: T, now: T, context: Context) => void;
}

/** The most members and values that are compared; the schemas of QEMU have some ten thousand. */
const BUDGET = 2_000_000;

/** What arguments, returns and branches are when there are none. */
export const nothing: ObjectType = emptyObject('q_empty', 'implicit');

export class Comparison {
  readonly #pairs = new Pairs();
  readonly #collector: Collector;
  readonly #a: Schema;
  readonly #b: Schema;
  /** Whether `x-` means what `unstable` does today. */
  readonly #experiments: boolean;
  #budget = BUDGET;

  constructor(a: Schema, b: Schema) {
    this.#a = a;
    this.#b = b;
    this.#experiments = !knowsUnstable(a);
    const metas = [a, b].flatMap(({ commands, events }) => [
      ...[...commands.keys()].map((name) => [name, 'command'] as const),
      ...[...events.keys()].map((name) => [name, 'event'] as const),
    ]);
    this.#collector = new Collector(new Map(metas));
  }

  /** @param objects compares two objects; it has a module of its own */
  run(objects: (comparison: Comparison, a: ObjectType, b: ObjectType, context: Context) => void) {
    const root = { exemption: undefined };
    this.match(this.#a.commands, this.#b.commands, { ...root, direction: 'send' }, '', {
      removed: () => 'command-removed',
      added: () => 'command-added',
      both: (old, now, context) => {
        this.#command(old, now, context);
      },
    });
    this.match(this.#a.events, this.#b.events, { ...root, direction: 'receive' }, '', {
      removed: () => 'event-removed',
      added: () => 'event-added',
      both: (old, now, context) => {
        this.#event(old, now, context);
      },
    });
    for (const pair of this.#pairs) {
      if (!this.spend(1)) break;
      const { a, b } = pair;
      const context: Context = { ...pair, pair };
      if (a.kind === 'object' && b.kind === 'object') objects(this, a, b, context);
      else if (a.kind === 'enum' && b.kind === 'enum') this.enums(a, b, context, 'value');
      else if (a.kind === 'alternate' && b.kind === 'alternate') this.#alternates(a, b, context);
    }
    return { changes: this.#collector.changes(), complete: this.#budget >= 0 };
  }

  /** Counts work done. @returns whether some may still be done; hostile schemas pair every type with every other */
  spend(effort: number): boolean {
    this.#budget -= effort;
    return this.#budget >= 0;
  }

  note(
    kind: ChangeKind,
    context: Context,
    old: Subject | undefined,
    now: Subject | undefined,
    detail?: string,
  ) {
    this.#collector.add({ ...context, kind, old, new: now, ...(detail !== undefined && { detail }) });
  }

  /**
   * The types of an element. Two of a kind are queued, because others may share them; otherwise the change is one of
   * the element.
   */
  types(a: Type, b: Type, context: Context, old: Subject, now: Subject): void {
    if (a.kind === 'array' && b.kind === 'array') {
      const at = { ...context, path: extend(context.path, '[]') };
      this.types(a.element, b.element, at, old, now);
    } else if (a.kind === b.kind && a.kind !== 'builtin') {
      const from = context.pair ?? definitionOf(context.path);
      this.#pairs.refer({ ...context, a, b, from });
    } else if (a.kind === 'alternate') this.#alternate(a, b, context, 'from-alternate', old, now);
    else if (b.kind === 'alternate') this.#alternate(b, a, context, 'to-alternate', old, now);
    else {
      const kind = relationOf(a, b);
      const isSaid = kind === 'enum-to-string' || kind === 'string-to-enum';
      const detail = isSaid ? undefined : `${describe(a)} to ${describe(b)}`;
      if (kind !== undefined) this.note(kind, context, old, now, detail);
    }
  }

  /** Pairs elements by name; those without a counterpart are changes. */
  match<T extends Element>(
    olds: ReadonlyMap<string, T>,
    news: ReadonlyMap<string, T>,
    context: OuterContext,
    sign: string,
    matching: Matching<T>,
  ): void {
    if (!this.spend(olds.size + news.size)) return;
    for (const [name, old] of olds) {
      const now = news.get(name);
      const here = this.at(context, `${sign}${name}`, old, now);
      if (now === undefined) this.note(matching.removed(old), here, old, now, matching.detail?.(old));
      else {
        this.#conditions(old, now, here);
        matching.both(old, now, here);
      }
    }
    for (const [name, now] of news) {
      if (olds.has(name)) continue;
      const here = this.at(context, `${sign}${name}`, undefined, now);
      this.note(matching.added(now), here, undefined, now, matching.detail?.(now));
    }
  }

  /** The context of an element: its path, and what exempts it. */
  at(context: OuterContext, step: string, old: Element | undefined, now: Element | undefined): Context {
    const exemption = this.#maybeNotBuilt(old, now)
      ? 'conditional'
      : (context.exemption ??
        (old && exemptionOf(old, this.#experiments)) ??
        (now && isDownstream(now) ? 'downstream' : undefined));
    return { ...context, path: extend(context.path, step), exemption };
  }

  features(old: readonly Feature[], now: readonly Feature[], context: Context): void {
    if (old.length === 0 && now.length === 0) return;
    const [before, after] = [byName(old), byName(now)];
    const note = (sign: 'added' | 'removed', a: Feature | undefined, b: Feature | undefined) => {
      const feature = a ?? b;
      if (feature === undefined) return;
      const special = feature.name === 'deprecated' || feature.name === 'unstable' ? feature.name : undefined;
      const exemption = this.#maybeNotBuilt(a, b)
        ? 'conditional'
        : (context.exemption ?? exemptionOf(feature, false));
      const detail = special === undefined ? feature.name : undefined;
      this.note(`${special ?? 'feature'}-${sign}`, { ...context, exemption }, a, b, detail);
    };
    for (const [name, feature] of before) if (!after.has(name)) note('removed', feature, undefined);
    for (const [name, feature] of after) if (!before.has(name)) note('added', undefined, feature);
  }

  /** Whether it is missing on one side, and that may be because of how that side was built. */
  #maybeNotBuilt(
    old: Pick<Element, 'condition'> | undefined,
    now: Pick<Element, 'condition'> | undefined,
  ): boolean {
    if (old !== undefined && now !== undefined) return false;
    return !this.#areFiles && (old ?? now)?.condition !== undefined;
  }

  /** Whether both sides have what introspection does not show. */
  get #areFiles(): boolean {
    return [this.#a, this.#b].every(({ source }) => source.kind === 'files');
  }

  #command(old: Command, now: Command, context: Context): void {
    this.features(old.features, now.features, context);
    const flag = (
      what: 'out-of-band' | 'preconfig' | 'response' | 'check',
      before: boolean,
      after: boolean,
    ) => {
      if (before !== after) this.note(`${what}-${after ? 'added' : 'removed'}`, context, old, now);
    };
    flag('out-of-band', old.allowOob, now.allowOob);
    if (this.#areFiles) {
      flag('preconfig', old.allowPreconfig, now.allowPreconfig);
      flag('response', old.successResponse, now.successResponse);
      flag('check', old.checked, now.checked);
    }
    const at = (step: string) => ({ ...context, path: extend(context.path, step) });
    this.types(old.arguments ?? nothing, now.arguments ?? nothing, at('/arguments'), old, now);
    const returns = { ...at('/returns'), direction: 'receive' } as const;
    this.types(old.returns ?? nothing, now.returns ?? nothing, returns, old, now);
  }

  #event(old: Event, now: Event, context: Context): void {
    this.features(old.features, now.features, context);
    const at = { ...context, path: extend(context.path, '/data') };
    this.types(old.data ?? nothing, now.data ?? nothing, at, old, now);
  }

  /** @param what the values of a discriminator are branches */
  enums(a: EnumType, b: EnumType, context: Context, what: 'value' | 'branch'): void {
    this.features(a.features, b.features, context);
    this.match(byName(a.values), byName(b.values), context, '=', {
      removed: () => `${what}-removed`,
      added: () => `${what}-added`,
      both: (old, now, at) => {
        this.features(old.features, now.features, at);
      },
    });
  }

  #alternates(a: AlternateType, b: AlternateType, context: Context): void {
    this.features(a.features, b.features, context);
    this.match(bySelectingType(a), bySelectingType(b), context, ':', {
      removed: () => 'alternative-removed',
      added: () => 'alternative-added',
      detail: ({ type }) => describe(type),
      both: (old, now, at) => {
        this.types(old.type, now.type, at, old, now);
      },
    });
  }

  /** An alternate on one side, a type that may be one of its branches on the other. */
  #alternate(
    alternate: AlternateType,
    type: Type,
    context: Context,
    kind: 'from-alternate' | 'to-alternate',
    old: Subject,
    now: Subject,
  ): void {
    const isOld = kind === 'from-alternate';
    const branches = bySelectingType(alternate);
    const branch = branches.get(selectingType(type));
    const types = [...branches.values()].map((each) => describe(each.type)).join(' or ');
    if (branch === undefined) {
      const isAny = type.kind === 'builtin' && type.name === 'any';
      const widest = isOld ? 'type-widened' : 'type-narrowed';
      const [from, to] = isOld ? [types, describe(type)] : [describe(type), types];
      this.note(isAny ? widest : 'type-changed', context, old, now, `${from} to ${to}`);
      return;
    }
    if (branches.size > 1) this.note(kind, context, old, now, types);
    const at = { ...context, path: extend(context.path, `:${selectingType(type)}`) };
    const [a, b] = isOld ? [branch.type, type] : [type, branch.type];
    this.types(a, b, at, old, now);
  }

  #conditions(old: Element, now: Element, context: Context): void {
    if (!this.#areFiles || (old.condition === undefined && now.condition === undefined)) return;
    const [before, after] = [old, now].map(({ condition }) => condition && printCondition(condition));
    if (before === after) return;
    const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
    const detail = before !== undefined && after !== undefined ? `${before} to ${after}` : (before ?? after);
    const exemption = context.exemption ?? (kind === 'removed' ? undefined : 'conditional');
    this.note(`condition-${kind}`, { ...context, exemption }, old, now, detail);
  }
}

export function byName<T extends { readonly name: string }>(elements: readonly T[]): Map<string, T> {
  return new Map(elements.map((element) => [element.name, element]));
}

function bySelectingType({ alternatives }: AlternateType) {
  return new Map(alternatives.map((alternative) => [selectingType(alternative.type), alternative]));
}

/** Whether the features of two objects are compared: those of empty objects are not, since any may stand for them. */
export function hasComparableFeatures(a: ObjectType, b: ObjectType): boolean {
  return !isEmptyObject(a) || !isEmptyObject(b);
}
