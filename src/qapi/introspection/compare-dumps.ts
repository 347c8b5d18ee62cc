/**
 * Compares two SchemaInfo arrays. They may name their types differently, and list their entries in another order; all
 * else has to be equal. Both may come from live targets, so anything may be in them.
 */
import { isObject, jsonEqual, member } from '../../json/index.js';
import type { Json, JsonObject } from '../../json/index.js';

/** Where two arrays differ. */
export interface DumpDifference {
  /** `blockdev-add/arg-type/driver`: entries and parts of them by their names, references by the member. */
  readonly path: string;
  readonly message: string;
}

/** The most differences that are listed. */
const LIMIT = 200;

/**
 * Compares introspection data up to the names of types.
 *
 * @param a what is expected
 * @param b what is there
 * @returns the differences, at most two hundred; none when the arrays are equal. Types that no command or event leads
 * to are compared in the order in which they stand
 */
export function compareDumps(a: readonly Json[], b: readonly Json[]): DumpDifference[] {
  return new DumpComparison(a, b).run();
}

/** The entries of one side. */
class Side {
  readonly entries: ReadonlyMap<string, JsonObject>;
  readonly #counterparts = new Map<string, string>();

  constructor(list: readonly Json[]) {
    const entries = new Map<string, JsonObject>();
    for (const entry of list) {
      const name = isObject(entry) ? member(entry, 'name') : undefined;
      if (isObject(entry) && typeof name === 'string') entries.set(name, entry);
    }
    this.entries = entries;
  }

  /** The name that the other side gives to a type of this one; undefined when no reference has paired them yet. */
  counterpart(name: string): string | undefined {
    return this.#counterparts.get(name);
  }

  /** Notes the name that the other side gives to a type of this one. */
  pair(name: string, counterpart: string): void {
    this.#counterparts.set(name, counterpart);
  }

  /** The names of commands and events, or of the types that have not been paired. */
  names(what: 'definitions' | 'others'): string[] {
    return [...this.entries]
      .filter(([name, entry]) =>
        what === 'definitions' ? isDefinition(entry) : !isDefinition(entry) && !this.#counterparts.has(name),
      )
      .map(([name]) => name);
  }
}

function isDefinition(entry: JsonObject): boolean {
  const meta = member(entry, 'meta-type');
  return meta === 'command' || meta === 'event';
}

class DumpComparison {
  readonly #a: Side;
  readonly #b: Side;
  readonly #found: DumpDifference[] = [];
  readonly #queue: { readonly a: JsonObject; readonly b: JsonObject; readonly path: string }[] = [];

  constructor(a: readonly Json[], b: readonly Json[]) {
    this.#a = new Side(a);
    this.#b = new Side(b);
    if (a.length - this.#a.entries.size !== b.length - this.#b.entries.size)
      this.#add('', 'some entries have no name, or that of another one');
  }

  run(): DumpDifference[] {
    const [ours, theirs] = [this.#a.names('definitions'), this.#b.names('definitions')];
    for (const name of this.#common(ours, theirs, '')) {
      const [a, b] = [this.#a.entries.get(name), this.#b.entries.get(name)];
      if (a !== undefined && b !== undefined) this.#queue.push({ a, b, path: name });
    }
    this.#processQueue();
    const [left, right] = [this.#a.names('others'), this.#b.names('others')];
    if (left.length !== right.length)
      this.#add('', `${left.length} types that nothing leads to are expected, ${right.length} are there`);
    else for (const [index, name] of left.entries()) this.#types(name, right[index] ?? '', '');
    this.#processQueue();
    return this.#found;
  }

  /** The queue grows while it is processed, so short paths come first. */
  #processQueue(): void {
    for (const { a, b, path } of this.#queue) this.#objects(a, b, path, true);
    this.#queue.length = 0;
  }

  #add(path: string, message: string): void {
    if (this.#found.length < LIMIT) this.#found.push({ path, message });
  }

  /** The names that both sides have; reports those that one of them lacks. */
  #common(ours: readonly string[], theirs: readonly string[], path: string): string[] {
    const [left, right] = [new Set(ours), new Set(theirs)];
    for (const name of left) if (!right.has(name)) this.#add(path + name, 'is missing');
    for (const name of right) if (!left.has(name)) this.#add(path + name, 'is not expected');
    return [...left].filter((name) => right.has(name));
  }

  #types(a: string, b: string, path: string): void {
    const [ours, theirs] = [this.#a.entries.get(a), this.#b.entries.get(b)];
    const [known, back] = [this.#a.counterpart(a), this.#b.counterpart(b)];
    if (known === b && back === a) return;
    if (known !== undefined || back !== undefined) {
      this.#add(path, 'is one type on one side and several on the other');
      return;
    }
    this.#a.pair(a, b);
    this.#b.pair(b, a);
    if (ours === undefined || theirs === undefined) {
      if (ours !== theirs)
        this.#add(path, ours === undefined ? 'a type without an entry is expected' : 'the type has no entry');
    } else this.#queue.push({ a: ours, b: theirs, path });
  }

  /** @param isEntry whether the objects are entries, whose names may be masked, or parts of entries */
  #objects(a: JsonObject, b: JsonObject, path: string, isEntry = false): void {
    if (isEntry && !jsonEqual(a['meta-type'] ?? null, b['meta-type'] ?? null)) {
      this.#add(path, `is ${metaOf(a)} here, and ${metaOf(b)} there`);
      return;
    }
    const isMasked = isEntry && !isDefinition(a) && member(a, 'meta-type') !== 'builtin';
    for (const key of this.#common(Object.keys(a), Object.keys(b), `${path}:`)) {
      if (key === 'name' && isMasked) continue;
      const [ours, theirs] = [a[key] ?? null, b[key] ?? null];
      if (REFERENCES.has(key) && typeof ours === 'string' && typeof theirs === 'string')
        this.#types(ours, theirs, isEntry ? `${path}/${key}` : path);
      else if (Array.isArray(ours) && Array.isArray(theirs)) this.#lists(ours, theirs, path, key);
      else if (!jsonEqual(ours, theirs)) this.#add(path, `has another ${key}`);
    }
  }

  #lists(a: readonly Json[], b: readonly Json[], path: string, key: string): void {
    const [ours, theirs] = [labelled(a), labelled(b)];
    const labels = this.#common([...ours.keys()], [...theirs.keys()], `${path}/`);
    if (a.length - ours.size !== b.length - theirs.size) this.#add(path, `lists some ${key} twice`);
    const places = [...theirs.keys()].filter((label) => ours.has(label));
    if (labels.some((label, index) => label !== places[index]))
      this.#add(path, `has its ${key} in another order`);
    for (const label of labels) {
      const [left, right] = [ours.get(label) ?? null, theirs.get(label) ?? null];
      if (isObject(left) && isObject(right)) this.#objects(left, right, `${path}/${label}`);
      else if (!jsonEqual(left, right)) this.#add(`${path}/${label}`, 'is something else');
    }
  }
}

function metaOf(entry: JsonObject): string {
  const meta = member(entry, 'meta-type');
  if (typeof meta !== 'string') return 'without a meta-type';
  return `${/^[aeiou]/.test(meta) ? 'an' : 'a'} ${meta.slice(0, 20)}`;
}

/** The members that name a type. */
const REFERENCES: ReadonlySet<string> = new Set(['arg-type', 'ret-type', 'element-type', 'type']);

/** The elements of a list by what names them: themselves, their name or case, or else their place. */
function labelled(list: readonly Json[]): Map<string, Json> {
  return new Map(
    list.map((element, index) => {
      const label = isObject(element) ? (member(element, 'name') ?? member(element, 'case')) : element;
      return [typeof label === 'string' ? label : String(index), element];
    }),
  );
}
