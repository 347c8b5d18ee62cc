/**
 * Makes the arguments of one request smaller while they show the same, by what they are made of.
 *
 * A pass goes from the whole to its parts, breadth first: at each place members and elements are left out, what is left
 * is replaced by the smallest of its type, a value by one of its kind inside it, and scalars are made simpler. Passes
 * follow until one changes nothing. Nothing is drawn: the same answers lead to the same result.
 */
import { createHash } from 'node:crypto';
import { Double, isObject, jsonObject, jsonType, type Json, type JsonObject } from '../json/index.js';
import { selectedParts } from '../judge/index.js';
import type { ObjectType, Type } from '../qapi/index.js';
import { isSimpler, measured, type Measured } from './measure.js';
import { ONCE, type Attempts, type Budget, type Oracle, type Stopped } from './oracle.js';
import { valueAt, withValueAt, type Path } from './path.js';
import { reduceDouble, reduceInteger, shortenString, type Offer } from './scalars.js';
import { minimal, smallestJson, smallestOf } from './smallest.js';
import { fittingType, membersOf, unionOf, type FittingType } from './structure.js';
import { smallestSubset } from './subset.js';
import { Trials } from './trials.js';

/** Arguments of a request; those of one without are undefined. */
export type Arguments = Json | undefined;

export interface ShrinkOptions {
  /** How often a candidate is tried; once when left out. */
  readonly attempts?: Attempts;
  /**
   * What would be sent for a candidate (sanitized, say), or undefined when it may not be sent at all. No try is
   * spent on what comes out no simpler, or was tried before; results are what came out.
   */
  readonly prepare?: (candidate: Arguments) => { readonly arguments: Arguments } | undefined;
}

export interface Shrunk {
  /** Those given, or such as were seen to be the same. */
  readonly arguments: Arguments;
  readonly tries: number;
  /** Nothing that can be left out is left: no member, no element, no character at the end or the beginning of a string. */
  readonly oneMinimal: boolean;
  /** The budget was used up: its tries (or what may be looked at to find candidates), or its time. */
  readonly stopped?: Stopped;
  /** The target was lost over these, and the search ended there. */
  readonly lost?: { readonly arguments: Arguments };
}

/** Enough for most arguments. */
export const SHRINK_BUDGET: Budget = { tries: 300 };

/**
 * @param args known to be the same
 * @param type of the arguments; undefined: plain JSON
 */
export async function shrinkArguments(
  args: Arguments,
  type: ObjectType | undefined,
  oracle: Oracle<Arguments>,
  budget: Budget = SHRINK_BUDGET,
  options: ShrinkOptions = {},
): Promise<Shrunk> {
  const trials = new Trials(oracle, budget, { attempts: options.attempts ?? ONCE, endsWhenLost: true });
  const shrinker = new Shrinker(args, type, trials, budget.tries, options.prepare);
  const oneMinimal = await shrinker.run();
  const { tries, stopped, lost } = trials;
  return {
    arguments: shrinker.current,
    tries,
    oneMinimal,
    ...(stopped === undefined ? {} : { stopped }),
    ...(lost === undefined ? {} : { lost: { arguments: lost.candidate } }),
  };
}

/** For each try so many candidates are looked at, and so many more in all. */
const LOOKED_AT = 20;
const LOOKED_AT_MORE = 1000;
const MOST_CHARACTERS = 300_000_000;
const NOTHING: Measured = measured(undefined);
/** Places looked at in one pass. */
const MOST_PLACES = 10_000;
/** Of the values of a place's kind inside it so many are tried in its place, at each pass. */
const MOST_INSIDE = 8;

/** A place, and the type that is declared for it. */
interface TypedPath {
  readonly path: Path;
  readonly type: Type | undefined;
}

class Shrinker {
  readonly #type: ObjectType | undefined;
  readonly #trials: Trials<Arguments>;
  readonly #prepare: NonNullable<ShrinkOptions['prepare']>;
  #current: Arguments;
  #measure: Measured;
  /** Candidates that may still be looked at. */
  #looks: number;
  /** How many characters they may have, all together. */
  #characters = MOST_CHARACTERS;

  constructor(
    args: Arguments,
    type: ObjectType | undefined,
    trials: Trials<Arguments>,
    tries: number,
    prepare: ShrinkOptions['prepare'],
  ) {
    this.#current = args;
    this.#measure = measured(args);
    this.#type = type;
    this.#trials = trials;
    this.#looks = LOOKED_AT * tries + LOOKED_AT_MORE;
    this.#prepare = prepare ?? ((candidate) => ({ arguments: candidate }));
  }

  get current(): Arguments {
    return this.#current;
  }

  readonly #over = (): boolean => this.#trials.over;

  /** @returns whether nothing more can be left out */
  async run(): Promise<boolean> {
    if (this.#current === undefined) return true;
    if (this.#trials.learns) await this.#trials.gauge(this.#current);
    await this.#offer(undefined);
    for (;;) {
      const before = this.#measure;
      const complete = await this.#pass();
      if (this.#over()) return false;
      if (this.#measure === before) return complete;
    }
  }

  /** Tries a candidate that is simpler and new; was it the same? */
  async #offer(candidate: Arguments): Promise<boolean> {
    if (this.#over()) return false;
    const prepared = this.#prepare(candidate);
    const measure = prepared === undefined ? NOTHING : measured(prepared.arguments);
    this.#looks -= 1;
    this.#characters -= measure.size;
    if (this.#looks < 0 || this.#characters < 0) {
      this.#trials.stop('tries');
      return false;
    }
    if (prepared === undefined) return false;
    if (!isSimpler(measure, this.#measure)) return false;
    // The texts may be long.
    const digest = createHash('sha256').update(measure.text).digest('base64');
    if (!(await this.#trials.shows(prepared.arguments, digest))) return false;
    this.#current = prepared.arguments;
    this.#measure = measure;
    return true;
  }

  /** Goes through all places once; could all be looked at? */
  async #pass(): Promise<boolean> {
    const places: TypedPath[] = [{ path: undefined, type: this.#type }];
    // The list grows while it is gone through.
    for (const { path, type } of places) {
      if (this.#over()) return false;
      if (places.length > MOST_PLACES) return false;
      const value = this.#at(path);
      if (value === undefined) continue;
      const fitting = fittingType(type, value);
      const offer: Offer = (other) => this.#put(path, other);
      await this.#replace(value, type, fitting, offer);
      if (Array.isArray(value) || isObject(value)) await this.#shrinkContainer(path, type, places);
      else await this.#shrinkScalar(value, fitting, offer);
    }
    return true;
  }

  #at(path: Path): Json | undefined {
    return this.#current === undefined ? undefined : valueAt(this.#current, path);
  }

  #put(path: Path, value: Json): Promise<boolean> {
    if (this.#current === undefined) return Promise.resolve(false);
    return this.#offer(withValueAt(this.#current, path, value));
  }

  /** The smallest values that could stand in the place. */
  async #replace(
    value: Json,
    type: Type | undefined,
    fitting: FittingType | undefined,
    offer: Offer,
  ): Promise<void> {
    const smallest = this.#smallestOf(type, value);
    if (await offer(smallest)) return;
    const own = fitting === undefined ? smallestJson(value) : smallestOf(fitting);
    if (own !== undefined && own !== smallest) await offer(own);
  }

  /** For a value that fits its type the smallest of it, else the smallest of the same JSON type. */
  #smallestOf(type: Type | undefined, value: Json): Json {
    const fitting = fittingType(type, value);
    return (
      (type === undefined || fitting === undefined ? undefined : smallestOf(type)) ?? smallestJson(value)
    );
  }

  async #shrinkContainer(path: Path, declared: Type | undefined, places: TypedPath[]): Promise<void> {
    for (const step of [
      this.#leaveOut,
      this.#selectSmallestBranch,
      this.#hoist,
      this.#leaveOut,
      this.#replaceParts,
    ]) {
      if (this.#over()) return;
      await step.call(this, path, declared);
    }
    for (const part of this.#partsAt(path, declared)) {
      if (places.length > MOST_PLACES) return;
      places.push({ path: { above: path, key: part.key }, type: part.type });
    }
  }

  /** The members but for discriminators, or the elements, of what stands at a place now. */
  #partsAt(path: Path, declared: Type | undefined): readonly Part[] {
    const value = this.#at(path);
    return value === undefined ? [] : partsOf(fittingType(declared, value), value);
  }

  /** Leaves out members that nothing asks for, or elements. */
  async #leaveOut(path: Path, declared: Type | undefined): Promise<void> {
    const value = this.#at(path);
    const droppable = this.#partsAt(path, declared).filter((part) => part.droppable);
    if (value === undefined || droppable.length === 0) return;
    await smallestSubset(
      [...droppable.keys()],
      (kept) => {
        const keys = new Set(kept.map((index) => droppable[index]?.key));
        const dropped = new Set(droppable.map(({ key }) => key).filter((key) => !keys.has(key)));
        return this.#put(path, without(value, dropped));
      },
      { over: this.#over },
    );
  }

  /** Replaces as many members or elements as can be by the smallest of their types. */
  async #replaceParts(path: Path, declared: Type | undefined): Promise<void> {
    const value = this.#at(path);
    if (value === undefined) return;
    const replaceable = this.#partsAt(path, declared).flatMap(({ key, value: before, type }) => {
      const smallest = this.#smallestOf(type, before);
      return isSimpler(measured(smallest), measured(before)) ? [{ key, smallest }] : [];
    });
    // A single one is replaced when its turn comes.
    if (replaceable.length < 2) return;
    await smallestSubset(
      [...replaceable.keys()],
      (kept) => {
        const keys = new Set(kept.map((index) => replaceable[index]?.key));
        const others = new Map<string | number, Json>();
        for (const { key, smallest } of replaceable) if (!keys.has(key)) others.set(key, smallest);
        return this.#put(path, withParts(value, others));
      },
      { over: this.#over },
    );
  }

  /** Of a union the branch that takes least, with the members that it shares with the one that is selected. */
  async #selectSmallestBranch(path: Path, declared: Type | undefined): Promise<void> {
    const value = this.#at(path);
    if (value === undefined || !isObject(value)) return;
    const type = fittingType(declared, value);
    if (type?.kind !== 'object') return;
    const part = unionOf(type, value);
    const tag = part === undefined ? undefined : minimal.tag(part);
    if (part?.variants === undefined || tag === undefined) return;
    const { variants } = part;
    const parts = selectedParts(type, value);
    const common = new Set(
      parts.slice(0, parts.indexOf(part) + 1).flatMap(({ members }) => members.map(({ name }) => name)),
    );
    const branches = new Set(
      parts.slice(parts.indexOf(part) + 1).flatMap(({ members }) => members.map(({ name }) => name)),
    );
    const kept = Object.entries(value).filter(([name]) => common.has(name) || !branches.has(name));
    if (variants.tag.optional && Object.hasOwn(value, variants.tag.name)) {
      if (await this.#put(path, jsonObject(kept.filter(([name]) => name !== variants.tag.name)))) return;
    }
    if (value[variants.tag.name] === tag) return;
    const branch = variants.branches.get(tag);
    const inside = branch === undefined ? undefined : smallestOf(branch.type);
    const added = inside !== undefined && isObject(inside) ? Object.entries(inside) : [];
    await this.#put(path, jsonObject([...kept, ...added, [variants.tag.name, tag]]));
  }

  /** A value of the same kind inside replaces the whole: what contains itself may be less deep. */
  async #hoist(path: Path, declared: Type | undefined): Promise<void> {
    const value = this.#at(path);
    if (value === undefined) return;
    const inside = ofSameKind(fittingType(declared, value), value);
    // The deepest first, then ever less deep.
    const chosen = new Set<Json>();
    for (let from = inside.length - 1; from > 0 && chosen.size < MOST_INSIDE; from = Math.floor(from / 2))
      chosen.add(inside[from] as Json);
    for (const one of inside.slice(0, MOST_INSIDE)) chosen.add(one);
    for (const one of chosen) if (await this.#put(path, one)) return;
  }

  async #shrinkScalar(value: Json, type: FittingType | undefined, offer: Offer): Promise<void> {
    if (this.#over() || type?.kind === 'enum') return;
    if (typeof value === 'string') await shortenString(value, offer, this.#over);
    else if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) {
      const range = type?.kind === 'builtin' ? type.range : undefined;
      await reduceInteger(BigInt(value), range, offer, this.#over);
    } else if (typeof value === 'number') await reduceDouble(new Double(value), offer);
    else if (value instanceof Double) await reduceDouble(value, offer);
  }
}

/** A member or an element. */
interface Part {
  readonly key: string | number;
  readonly value: Json;
  readonly type: Type | undefined;
  readonly droppable: boolean;
}

/** What a container is made of, but for discriminators, which say what the rest means. */
function partsOf(type: FittingType | undefined, value: Json): readonly Part[] {
  if (Array.isArray(value)) {
    const element = type?.kind === 'array' ? type.element : undefined;
    return value.map((one, key) => ({ key, value: one, type: element, droppable: true }));
  }
  if (!isObject(value)) return [];
  return membersOf(type?.kind === 'object' ? type : undefined, value)
    .filter(({ selects }) => !selects)
    .map(({ name, ...rest }) => ({ key: name, ...rest }));
}

function without(value: Json, dropped: ReadonlySet<string | number>): Json {
  if (Array.isArray(value)) return value.filter((_, index) => !dropped.has(index));
  return jsonObject(Object.entries(value as JsonObject).filter(([name]) => !dropped.has(name)));
}

function withParts(value: Json, others: ReadonlyMap<string | number, Json>): Json {
  if (Array.isArray(value))
    return value.map((one, index) => (others.has(index) ? (others.get(index) as Json) : one));
  return jsonObject(
    Object.entries(value as JsonObject).map(([name, one]) => [
      name,
      others.has(name) ? (others.get(name) as Json) : one,
    ]),
  );
}

/** How many values are looked at for such of the same kind. */
const MOST_SEARCHED = 20_000;

/** The containers inside a value that could stand in its place, the outermost first. */
function ofSameKind(type: FittingType | undefined, whole: Json): readonly Json[] {
  const found: Json[] = [];
  const inside: { readonly value: Json; readonly type: FittingType | undefined }[] = [{ value: whole, type }];
  // The list grows while it is gone through.
  for (const { value, type: above } of inside) {
    if (inside.length > MOST_SEARCHED) break;
    for (const part of partsOf(above, value)) {
      if (!Array.isArray(part.value) && !isObject(part.value)) continue;
      const fitting = fittingType(part.type, part.value);
      const isSameKind =
        type === undefined
          ? fitting === undefined && jsonType(part.value) === jsonType(whole)
          : isSame(type, fitting);
      if (isSameKind) found.push(part.value);
      inside.push({ value: part.value, type: fitting });
    }
  }
  return found;
}

function isSame(a: FittingType, b: FittingType | undefined): boolean {
  return a === b || (a.kind === 'array' && b?.kind === 'array' && a.element === b.element);
}
