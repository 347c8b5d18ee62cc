/**
 * A target has ended: which requests did it?
 */
import { climb, type Rung } from './ladder.js';
import { PATIENT, type Attempts, type Budget, type Oracle, type Stopped } from './oracle.js';
import { minimizeReached, sequenceTrials, spentOn } from './sequence.js';

/** What a target had been sent when it ended. */
export interface Scene<T> {
  /** What had no answer, in order. */
  readonly suspects: readonly T[];
  /** What was sent right before them, in order. */
  readonly recent: readonly T[];
  /** All that was sent since the target started, the suspects last; loaded when nothing less does it. */
  readonly everything?: (() => Promise<readonly T[] | undefined>) | undefined;
}

export type Isolated<T> = Proven<T> | Unproven<T>;

export interface Proven<T> {
  readonly kind: 'proven';
  /** A fresh target that was sent these failed in the same way; empty when it does so without being sent anything. */
  readonly trigger: readonly T[];
  readonly tries: number;
  /** With any one less it lives, as far as the attempts can tell. */
  readonly oneMinimal: boolean;
  /** More than one fresh target failed in the same way over them. */
  readonly confirmed: boolean;
  /** Why the trigger may not be as small as it could be. */
  readonly stopped?: Stopped;
  /** The shortest sequence over which a target was lost in another way. */
  readonly lost?: readonly T[];
}

export interface Unproven<T> {
  readonly kind: 'unproven';
  readonly tries: number;
  /** `not-again`: all was tried, and no target failed in the same way. */
  readonly reason: Stopped | 'not-again';
  readonly lost?: readonly T[];
}

/** Each of so few unanswered requests is tried alone. */
const FEW = 4;

/**
 * Searches for the shortest sequence that ends a target. Returns it as proven, or says why nothing was proven.
 *
 * @param oracle `same`: a fresh target that is sent these fails in the same way
 */
export async function isolateTrigger<T>(
  scene: Scene<T>,
  oracle: Oracle<readonly T[]>,
  budget: Budget,
  { attempts = PATIENT }: { readonly attempts?: Attempts } = {},
): Promise<Isolated<T>> {
  const trials = sequenceTrials(oracle, budget, attempts);
  const reached = await climb(distinct(parts(scene)), trials, attempts.most);
  if (reached === undefined) {
    const { stopped, ...spent } = spentOn(trials);
    return { kind: 'unproven', reason: stopped ?? 'not-again', ...spent };
  }
  const { items, ...found } = await minimizeReached(reached, trials);
  return { ...found, kind: 'proven', trigger: items };
}

/** What to try, the likeliest first. */
async function* parts<T>({ suspects, recent, everything }: Scene<T>): AsyncIterable<Rung<T>> {
  const [first] = suspects;
  if (first !== undefined) yield { items: [first], repeat: true };
  if (suspects.length > 0) yield { items: suspects, repeat: true };
  // One may keep another from doing it.
  for (const other of suspects.slice(1, FEW)) yield { items: [other], repeat: false };
  let below = suspects.length;
  for (let size = 1; size < recent.length; size *= 2) {
    yield { items: [...recent.slice(-size), ...suspects], repeat: false, notLast: below };
    below = size + suspects.length;
  }
  const last = [...recent, ...suspects];
  if (recent.length > 0) yield { items: last, repeat: true, notLast: below };
  const all = await everything?.();
  if (all === undefined) return;
  const isEnd = last.length > 0 && isSame(all.slice(-last.length), last);
  yield { items: all, repeat: true, ...(isEnd ? { notLast: last.length } : {}) };
}

/** What was on the ladder before is left out, for it has its turn as it is. */
async function* distinct<T>(rungs: AsyncIterable<Rung<T>>): AsyncIterable<Rung<T>> {
  const before: (readonly T[])[] = [];
  for await (const rung of rungs) {
    if (before.some((other) => isSame(other, rung.items))) continue;
    before.push(rung.items);
    yield rung;
  }
}

function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
