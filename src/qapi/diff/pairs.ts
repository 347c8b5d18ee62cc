/**
 * Pairs of an old type and the new one in its place. Each pair is visited once in each direction, at the shortest path
 * that leads to it; who else leads to it is remembered.
 */
import type { Type } from '../model/schema.js';
import type { Exemption } from './change.js';
import type { Direction } from './verdict.js';
import type { Place } from './path.js';

export interface Pair {
  readonly a: Type;
  readonly b: Type;
  readonly direction: Direction;
  readonly place: Place;
  /** Set when all ways that lead here pass something that nothing is promised of. */
  readonly exemption: Exemption | undefined;
  /** The pairs that refer to this one, once for each reference. */
  readonly from: Pair[];
  /** The commands and events that refer to it. */
  readonly roots: string[];
}

/** A reference to a pair: where it is found, and from where. */
export interface Reference extends Pick<Pair, 'a' | 'b' | 'direction' | 'place' | 'exemption'> {
  readonly from: Pair | string;
}

export class Pairs {
  readonly #known: Readonly<Record<Direction, Map<Type, Map<Type, Pair>>>> = {
    send: new Map(),
    receive: new Map(),
  };
  readonly #queue: Pair[] = [];
  /** What is found below something exempt has to wait: there may be a way to it that is not. */
  #waiting: Reference[] | undefined = [];

  refer(reference: Reference): void {
    if (reference.exemption !== undefined && this.#waiting !== undefined) {
      this.#waiting.push(reference);
      return;
    }
    const pair = this.#pair(reference);
    if (typeof reference.from === 'string') pair.roots.push(reference.from);
    else pair.from.push(reference.from);
  }

  /** All pairs, the shortest paths first; more come while they are visited. */
  *[Symbol.iterator](): Generator<Pair> {
    yield* this.#queue;
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#queue.length = 0;
    for (const reference of waiting) this.refer(reference);
    yield* this.#queue;
  }

  #pair({ a, b, direction, place, exemption }: Reference): Pair {
    const known = this.#known[direction];
    const ofA = known.get(a) ?? new Map<Type, Pair>();
    known.set(a, ofA);
    const pair = ofA.get(b) ?? { a, b, direction, place, exemption, from: [], roots: [] };
    if (!ofA.has(b)) {
      ofA.set(b, pair);
      this.#queue.push(pair);
    }
    return pair;
  }
}
