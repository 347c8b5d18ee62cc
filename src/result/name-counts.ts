/**
 * How often names were seen. Names come from the target and from generated requests, so there is a limit to how many
 * are kept, and to how much of each.
 */
const MAX_NAMES = 2000;
const MAX_LENGTH = 100;

export class NameCounts {
  readonly #counts = new Map<string, number>();

  add(fullName: string): void {
    const name = fullName.length > MAX_LENGTH ? fullName.slice(0, MAX_LENGTH) : fullName;
    const known = this.#counts.get(name);
    if (known !== undefined || this.#counts.size < MAX_NAMES) this.#counts.set(name, (known ?? 0) + 1);
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** As a plain object, sorted by name. */
  toObject(): Record<string, number> {
    return Object.fromEntries(sorted(this.#counts));
  }
}

/** Entries in the order of their names. */
export function sorted<T>(entries: Iterable<readonly [string, T]>): (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
