/**
 * Pairs of an old type and the new one in its place. Each pair is visited once in each direction, at the shortest path
 * that leads to it; all references to it are recorded.
 */
import type { Type } from '../model/schema.js';
import type { Exemption } from './change.js';
import type { Direction } from './compatibility.js';
import type { Path } from './path.js';

export interface Pair {
  readonly a: Type;
  readonly b: Type;
  readonly direction: Direction;
  readonly path: Path;
  /** Set when all paths to it pass something that is exempt. */
  readonly exemption: Exemption | undefined;
  /** The pairs that refer to this one, once for each reference. */
  readonly from: Pair[];
  /** The commands and events that refer to it. */
  readonly roots: string[];
}

/** A reference to a pair: where it is found, and from where. */
export interface Reference extends Pick<Pair, 'a' | 'b' | 'direction' | 'path' | 'exemption'> {
  readonly from: Pair | string;
}

export class Pairs {
  readonly #known: Readonly<Record<Direction, Map<Type, Map<Type, Pair>>>> = {
    send: new Map(),
    receive: new Map(),
  };
  readonly #queue: Pair[] = [];
  /** References below something exempt; they come last, because there may be another path that is not exempt. */
  #deferred: Reference[] | undefined = [];

  refer(reference: Reference): void {
    if (reference.exemption !== undefined && this.#deferred !== undefined) {
      this.#deferred.push(reference);
      return;
    }
    const pair = this.#pair(reference);
    if (typeof reference.from === 'string') pair.roots.push(reference.from);
    else pair.from.push(reference.from);
  }

  /** All pairs, the shortest paths first; more come while they are visited. */
  *[Symbol.iterator](): Generator<Pair> {
    yield* this.#queue;
    const deferred = this.#deferred ?? [];
    this.#deferred = undefined;
    this.#queue.length = 0;
    for (const reference of deferred) this.refer(reference);
    yield* this.#queue;
  }

  #pair({ a, b, direction, path, exemption }: Reference): Pair {
    const known = this.#known[direction];
    const ofA = known.get(a) ?? new Map<Type, Pair>();
    known.set(a, ofA);
    const pair = ofA.get(b) ?? { a, b, direction, path, exemption, from: [], roots: [] };
    if (!ofA.has(b)) {
      ofA.set(b, pair);
      this.#queue.push(pair);
    }
    return pair;
  }
}
