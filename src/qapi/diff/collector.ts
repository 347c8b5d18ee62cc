/**
 * Collects changes: one for each element, however many references share it, with the ruling of the compatibility rules.
 */
import type { Element, Feature, Type } from '../model/schema.js';
import type { Change, Exemption } from './change.js';
import type { Direction } from './compatibility.js';
import type { Pair } from './pairs.js';
import { definitionOf, printPath, type Path } from './path.js';
import { isOneForBoth, rulingOf, type ChangeKind } from './rules.js';

/** What has changed: an element that is there before, afterwards, or both. */
export type Subject = Element | Feature | Type;

export interface Finding {
  readonly kind: ChangeKind;
  readonly path: Path;
  readonly direction: Direction;
  readonly old: Subject | undefined;
  readonly new: Subject | undefined;
  /** The pair of types that it belongs to; absent when it is one of the command or event itself. */
  readonly pair?: Pair;
  /** What the kind alone does not say. */
  readonly detail?: string;
  readonly exemption?: Exemption | undefined;
}

/** A finding, and all pairs in which it was met. */
interface Collected {
  readonly finding: Finding;
  readonly pairs: Pair[];
}

/**
 * The most references that are followed back to find what else a change reaches; QEMU's schemas need some ten thousand.
 */
const STEPS = 5_000_000;
/** The most commands and events that one change names. */
const NAMED = 100;

export class Collector {
  readonly #collected = new Map<string, Collected>();
  readonly #ids = new Map<Subject, number>();
  readonly #metas: ReadonlyMap<string, 'command' | 'event'>;
  #steps = STEPS;

  /** @param metas what the commands and events of both schemas are, by name */
  constructor(metas: ReadonlyMap<string, 'command' | 'event'>) {
    this.#metas = metas;
  }

  add(finding: Finding): void {
    const { kind, direction, pair, detail = '' } = finding;
    const subject = `${this.#id(finding.old)} ${this.#id(finding.new)}`;
    // Whether the values of an enumeration are called branches depends on where it is met first.
    const family = kind.replace(/^branch-/, 'value-');
    const key = `${family} ${isOneForBoth(kind) ? '' : direction} ${subject} ${detail}`;
    const collected = this.#collected.get(key) ?? { finding, pairs: [] };
    this.#collected.set(key, collected);
    if (pair !== undefined) collected.pairs.push(pair);
  }

  /** All changes, in the order in which they were found. */
  changes(): Change[] {
    const reached = new Map<Pair, ReadonlySet<string> | undefined>();
    return [...this.#collected.values()].map((collected) => this.#change(collected, reached));
  }

  #id(subject: Subject | undefined): number {
    if (subject === undefined) return 0;
    const id = this.#ids.get(subject) ?? this.#ids.size + 1;
    this.#ids.set(subject, id);
    return id;
  }

  #change({ finding, pairs }: Collected, reached: Map<Pair, ReadonlySet<string> | undefined>): Change {
    const { kind, path, direction, detail, exemption, old, new: now } = finding;
    const { verdict, reason, what } = rulingOf(kind, direction);
    const definition = definitionOf(path);
    const references = pairs.reduce((sum, { from, roots }) => sum + from.length + roots.length, 0);
    const others = this.#allRoots(new Set(pairs), reached);
    const [a, b] = [old, now].map(locationOf);
    return {
      kind,
      path: printPath(path),
      definition,
      meta: this.#metas.get(definition) ?? 'command',
      direction,
      verdict,
      message: detail === undefined ? what : `${what}: ${detail}`,
      reason,
      ...(exemption !== undefined && { exemption }),
      deprecated: isDeprecated(old),
      otherPlaces: Math.max(0, references - 1),
      ...(others && { otherDefinitions: others.size - (others.has(definition) ? 1 : 0) }),
      ...(others && { alsoIn: namesOf(others, definition) }),
      at: { ...(a !== undefined && { a }), ...(b !== undefined && { b }) },
    };
  }

  /** Undefined when too much has been looked for already. */
  #allRoots(
    pairs: ReadonlySet<Pair>,
    reached: Map<Pair, ReadonlySet<string> | undefined>,
  ): ReadonlySet<string> | undefined {
    const sets: ReadonlySet<string>[] = [];
    for (const pair of pairs) {
      if (!reached.has(pair)) reached.set(pair, this.#rootsOf(pair));
      const found = reached.get(pair);
      if (found === undefined) return undefined;
      sets.push(found);
    }
    const [only = new Set()] = sets;
    if (sets.length <= 1) return only;
    this.#steps -= sets.reduce((sum, { size }) => sum + size, 0);
    return this.#steps < 0 ? undefined : new Set(sets.flatMap((set) => [...set]).sort());
  }

  /** In order. Undefined as above. */
  #rootsOf(pair: Pair): ReadonlySet<string> | undefined {
    const roots = new Set<string>();
    const seen = new Set([pair]);
    for (const { from, roots: own } of seen) {
      this.#steps -= 1 + from.length + own.length;
      if (this.#steps < 0) return undefined;
      for (const root of own) roots.add(root);
      for (const referrer of from) seen.add(referrer);
    }
    return new Set([...roots].sort());
  }
}

function namesOf(others: ReadonlySet<string>, except: string): string[] {
  const names: string[] = [];
  for (const name of others) {
    if (names.length === NAMED) break;
    if (name !== except) names.push(name);
  }
  return names;
}

function isDeprecated(subject: Subject | undefined): boolean {
  return (
    subject !== undefined &&
    'features' in subject &&
    subject.features.some(({ name }) => name === 'deprecated')
  );
}

function locationOf(subject: Subject | undefined): string | undefined {
  if (subject === undefined || !('position' in subject)) return undefined;
  const { file, line } = subject.position;
  return `${file}:${line}`;
}
