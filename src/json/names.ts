/**
 * Member names that came before, found again by their bytes.
 *
 * The messages of one connection have a few dozen member names in all. A string that was used as a name already is
 * known to the engine as one, so both making the string and looking up the property get cheaper.
 */

/** A power of two. */
const SLOTS = 512;
/** Longer names are no names that come often. */
const LONGEST = 24;

/** One name a slot; a newer one takes the place of an older one, so the memory is bounded whatever comes. */
export class Names {
  readonly #slots = new Array<string>(SLOTS).fill('');

  /** The name that is written in `[from, to)`, if it is known. */
  get(source: Uint8Array, from: number, to: number): string | undefined {
    const name = this.#slots[slot(source, from, to)] ?? '';
    if (name.length !== to - from) return undefined;
    for (let index = 0; index < name.length; index += 1) {
      if (name.charCodeAt(index) !== source[from + index]) return undefined;
    }
    return name;
  }

  /** Reads a name, which has to be ASCII, and remembers it. */
  add(source: Buffer, from: number, to: number): string {
    const name = source.toString('latin1', from, to);
    if (name.length <= LONGEST) this.#slots[slot(source, from, to)] = name;
    return name;
  }
}

function slot(source: Uint8Array, from: number, to: number): number {
  const first = source[from] ?? 0;
  const middle = source[(from + to) >> 1] ?? 0;
  const last = source[to - 1] ?? 0;
  return ((to - from) * 31 + first * 7 + middle * 3 + last) & (SLOTS - 1);
}
