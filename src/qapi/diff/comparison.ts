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
import type { Direction } from './verdict.js';
import { Collector, type Subject } from './collector.js';
import { exemptionOf, isDownstream, knowsUnstable } from './exemption.js';
import { Pairs, type Pair } from './pairs.js';
import { definitionAt, inside, type Place } from './path.js';
import { describe, relationOf, selectingType } from './relation.js';
import type { ChangeKind } from './rules.js';

/** Where something is looked at. */
export interface Spot {
  readonly place: Place;
  readonly direction: Direction;
  readonly exemption: Exemption | undefined;
  /** Absent: a command or event itself. */
  readonly pair?: Pair;
}

/** The same for what is in it; a command or event is in nothing. */
type Surroundings = Omit<Spot, 'place'> & { readonly place?: Place };

/** What to do with elements of the same name, and how to call those that have no counterpart. */
export interface Matching<T> {
  readonly removed: (old: T) => ChangeKind;
  readonly added: (now: T) => ChangeKind;
  readonly detail?: (element: T) => string;
  readonly both: (old: T, now: T, spot: Spot) => void;
}

/** Members and values that are looked at; the schemas of QEMU have some ten thousand. */
const BUDGET = 2_000_000;

/** What arguments, returns and branches are when there are none. */
export const nothing: ObjectType = emptyObject('q_empty', 'implicit');

export class Comparison {
  readonly #pairs = new Pairs();
  readonly #collector: Collector;
  readonly #a: Schema;
  readonly #b: Schema;
  /** Does `x-` mean what `unstable` does today? */
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
  run(objects: (comparison: Comparison, a: ObjectType, b: ObjectType, spot: Spot) => void) {
    const root = { exemption: undefined };
    this.match(this.#a.commands, this.#b.commands, { ...root, direction: 'send' }, '', {
      removed: () => 'command-removed',
      added: () => 'command-added',
      both: (old, now, spot) => {
        this.#command(old, now, spot);
      },
    });
    this.match(this.#a.events, this.#b.events, { ...root, direction: 'receive' }, '', {
      removed: () => 'event-removed',
      added: () => 'event-added',
      both: (old, now, spot) => {
        this.#event(old, now, spot);
      },
    });
    for (const pair of this.#pairs) {
      if (!this.spend(1)) break;
      const { a, b } = pair;
      const spot: Spot = { ...pair, pair };
      if (a.kind === 'object' && b.kind === 'object') objects(this, a, b, spot);
      else if (a.kind === 'enum' && b.kind === 'enum') this.enums(a, b, spot, 'value');
      else if (a.kind === 'alternate' && b.kind === 'alternate') this.#alternates(a, b, spot);
    }
    return { changes: this.#collector.changes(), complete: this.#budget >= 0 };
  }

  /** Is there effort left? Hostile schemas pair every type with every other. */
  spend(effort: number): boolean {
    this.#budget -= effort;
    return this.#budget >= 0;
  }

  note(kind: ChangeKind, spot: Spot, old: Subject | undefined, now: Subject | undefined, detail?: string) {
    this.#collector.add({ ...spot, kind, old, new: now, ...(detail !== undefined && { detail }) });
  }

  /**
   * The types of an element. Two of a kind are put aside for comparison, which others may share; if they are not, it is
   * the element that has changed.
   */
  types(a: Type, b: Type, spot: Spot, old: Subject, now: Subject): void {
    if (a.kind === 'array' && b.kind === 'array') {
      const at = { ...spot, place: inside(spot.place, '[]') };
      this.types(a.element, b.element, at, old, now);
    } else if (a.kind === b.kind && a.kind !== 'builtin') {
      const from = spot.pair ?? definitionAt(spot.place);
      this.#pairs.refer({ ...spot, a, b, from });
    } else if (a.kind === 'alternate') this.#alternate(a, b, spot, 'from-alternate', old, now);
    else if (b.kind === 'alternate') this.#alternate(b, a, spot, 'to-alternate', old, now);
    else {
      const kind = relationOf(a, b);
      const isSaid = kind === 'enum-to-string' || kind === 'string-to-enum';
      const detail = isSaid ? undefined : `${describe(a)} to ${describe(b)}`;
      if (kind !== undefined) this.note(kind, spot, old, now, detail);
    }
  }

  /** Pairs elements by name; those without a counterpart are changes. */
  match<T extends Element>(
    olds: ReadonlyMap<string, T>,
    news: ReadonlyMap<string, T>,
    spot: Surroundings,
    sign: string,
    matching: Matching<T>,
  ): void {
    if (!this.spend(olds.size + news.size)) return;
    for (const [name, old] of olds) {
      const now = news.get(name);
      const here = this.at(spot, `${sign}${name}`, old, now);
      if (now === undefined) this.note(matching.removed(old), here, old, now, matching.detail?.(old));
      else {
        this.#conditions(old, now, here);
        matching.both(old, now, here);
      }
    }
    for (const [name, now] of news) {
      if (olds.has(name)) continue;
      const here = this.at(spot, `${sign}${name}`, undefined, now);
      this.note(matching.added(now), here, undefined, now, matching.detail?.(now));
    }
  }

  /** The place of an element, with what exempts it. */
  at(spot: Surroundings, step: string, old: Element | undefined, now: Element | undefined): Spot {
    const exemption = this.#maybeNotBuilt(old, now)
      ? 'conditional'
      : (spot.exemption ??
        (old && exemptionOf(old, this.#experiments)) ??
        (now && isDownstream(now) ? 'downstream' : undefined));
    return { ...spot, place: inside(spot.place, step), exemption };
  }

  features(old: readonly Feature[], now: readonly Feature[], spot: Spot): void {
    if (old.length === 0 && now.length === 0) return;
    const [before, after] = [byName(old), byName(now)];
    const note = (sign: 'added' | 'removed', a: Feature | undefined, b: Feature | undefined) => {
      const feature = a ?? b;
      if (feature === undefined) return;
      const special = feature.name === 'deprecated' || feature.name === 'unstable' ? feature.name : undefined;
      const exemption = this.#maybeNotBuilt(a, b)
        ? 'conditional'
        : (spot.exemption ?? exemptionOf(feature, false));
      const detail = special === undefined ? feature.name : undefined;
      this.note(`${special ?? 'feature'}-${sign}`, { ...spot, exemption }, a, b, detail);
    };
    for (const [name, feature] of before) if (!after.has(name)) note('removed', feature, undefined);
    for (const [name, feature] of after) if (!before.has(name)) note('added', undefined, feature);
  }

  /** Is it missing on one side, but that may be a matter of how that side was built? */
  #maybeNotBuilt(
    old: Pick<Element, 'condition'> | undefined,
    now: Pick<Element, 'condition'> | undefined,
  ): boolean {
    if (old !== undefined && now !== undefined) return false;
    return !this.#areFiles && (old ?? now)?.condition !== undefined;
  }

  /** Do both sides tell what introspection does not? */
  get #areFiles(): boolean {
    return [this.#a, this.#b].every(({ source }) => source.kind === 'files');
  }

  #command(old: Command, now: Command, spot: Spot): void {
    this.features(old.features, now.features, spot);
    const flag = (
      what: 'out-of-band' | 'preconfig' | 'response' | 'check',
      before: boolean,
      after: boolean,
    ) => {
      if (before !== after) this.note(`${what}-${after ? 'added' : 'removed'}`, spot, old, now);
    };
    flag('out-of-band', old.allowOob, now.allowOob);
    if (this.#areFiles) {
      flag('preconfig', old.allowPreconfig, now.allowPreconfig);
      flag('response', old.successResponse, now.successResponse);
      flag('check', old.checked, now.checked);
    }
    const at = (step: string) => ({ ...spot, place: inside(spot.place, step) });
    this.types(old.arguments ?? nothing, now.arguments ?? nothing, at('/arguments'), old, now);
    const returns = { ...at('/returns'), direction: 'receive' } as const;
    this.types(old.returns ?? nothing, now.returns ?? nothing, returns, old, now);
  }

  #event(old: Event, now: Event, spot: Spot): void {
    this.features(old.features, now.features, spot);
    const at = { ...spot, place: inside(spot.place, '/data') };
    this.types(old.data ?? nothing, now.data ?? nothing, at, old, now);
  }

  /** @param what the values of a discriminator are branches */
  enums(a: EnumType, b: EnumType, spot: Spot, what: 'value' | 'branch'): void {
    this.features(a.features, b.features, spot);
    this.match(byName(a.values), byName(b.values), spot, '=', {
      removed: () => `${what}-removed`,
      added: () => `${what}-added`,
      both: (old, now, at) => {
        this.features(old.features, now.features, at);
      },
    });
  }

  #alternates(a: AlternateType, b: AlternateType, spot: Spot): void {
    this.features(a.features, b.features, spot);
    this.match(bySelectingType(a), bySelectingType(b), spot, ':', {
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
    spot: Spot,
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
      this.note(isAny ? widest : 'type-changed', spot, old, now, `${from} to ${to}`);
      return;
    }
    if (branches.size > 1) this.note(kind, spot, old, now, types);
    const at = { ...spot, place: inside(spot.place, `:${selectingType(type)}`) };
    const [a, b] = isOld ? [branch.type, type] : [type, branch.type];
    this.types(a, b, at, old, now);
  }

  #conditions(old: Element, now: Element, spot: Spot): void {
    if (!this.#areFiles || (old.condition === undefined && now.condition === undefined)) return;
    const [before, after] = [old, now].map(({ condition }) => condition && printCondition(condition));
    if (before === after) return;
    const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
    const detail = before !== undefined && after !== undefined ? `${before} to ${after}` : (before ?? after);
    const exemption = spot.exemption ?? (kind === 'removed' ? undefined : 'conditional');
    this.note(`condition-${kind}`, { ...spot, exemption }, old, now, detail);
  }
}

export function byName<T extends { readonly name: string }>(elements: readonly T[]): Map<string, T> {
  return new Map(elements.map((element) => [element.name, element]));
}

function bySelectingType({ alternatives }: AlternateType) {
  return new Map(alternatives.map((alternative) => [selectingType(alternative.type), alternative]));
}

/** Do features of the type itself mean anything? What is empty is shared by all that have nothing to say. */
export function saysSomething(a: ObjectType, b: ObjectType): boolean {
  return !isEmptyObject(a) || !isEmptyObject(b);
}
