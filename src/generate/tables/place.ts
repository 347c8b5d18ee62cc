/**
 * Places within the arguments of commands, and tables that say something about them.
 */
import type { Command, Releases } from '../../qapi/index.js';

/** Where a value stands. */
export interface Place {
  readonly command: string;
  /**
   * The names of members from the arguments down to the value: `['file', 'filename']`. Array elements and the branches
   * of alternates and unions add none.
   */
  readonly members: readonly string[];
}

const roots = new WeakMap<Command, Place>();
const inner = new WeakMap<Place, Map<string, Place>>();

/** The place of a command's arguments; the same object each time, so that tables need not look twice. */
export function argumentsPlace(command: Command): Place {
  const known = roots.get(command);
  if (known !== undefined) return known;
  const made = { command: command.name, members: [] };
  roots.set(command, made);
  return made;
}

/** The place of a member of what stands at a place; the same object each time. */
export function placeBelow(place: Place, member: string): Place {
  let places = inner.get(place);
  if (places === undefined) inner.set(place, (places = new Map<string, Place>()));
  let found = places.get(member);
  if (found === undefined) {
    found = { command: place.command, members: [...place.members, member] };
    places.set(member, found);
  }
  return found;
}

/**
 * The places that a row of a table is for. Releases say only where the places are to be found (the first release that
 * was looked at and has them, the first that has them no more); a row holds wherever such a place occurs.
 */
export interface Places extends Releases {
  /** The commands; every command when left out. */
  readonly commands?: readonly string[];
  /**
   * The last members of the place, with dots between: `server.path` is for every `path` that stands in a `server`. A
   * dot in front stands for the arguments: `.type` is for their own `type` only.
   */
  readonly members: readonly string[];
}

/** A pattern of a table: one command or all of them, and the last members of the place. */
export interface Pattern<Row> {
  readonly command: string | undefined;
  readonly members: readonly string[];
  readonly row: Row;
}

/** A table of rows for places. The row that names most members wins; among those, one that names the command. */
export class PlaceTable<Row extends Places> {
  readonly #byLast = new Map<string, Pattern<Row>[]>();
  /** What was found for a place, which may be nothing. */
  readonly #found = new WeakMap<Place, { readonly row: Row | undefined }>();
  /** All patterns, in the order of the rows. */
  readonly patterns: readonly Pattern<Row>[];

  constructor(rows: readonly Row[]) {
    this.patterns = rows.flatMap((row) =>
      row.members.flatMap((path) => {
        const members = path.split('.');
        return (row.commands ?? [undefined]).map((command) => ({ command, members, row }));
      }),
    );
    for (const pattern of this.patterns) {
      const last = pattern.members.at(-1) ?? '';
      const patterns = this.#byLast.get(last) ?? [];
      this.#byLast.set(last, [...patterns, pattern].sort(bySpecificity));
    }
  }

  /** The row for a place, if there is one. */
  find(place: Place): Row | undefined {
    const known = this.#found.get(place);
    if (known !== undefined) return known.row;
    const patterns = this.#byLast.get(place.members.at(-1) ?? '');
    const row = patterns?.find((pattern) => matches(pattern, place))?.row;
    this.#found.set(place, { row });
    return row;
  }
}

/** Is a pattern for a place, whatever other patterns there are? */
export function matches({ command, members }: Pattern<unknown>, place: Place): boolean {
  if (command !== undefined && command !== place.command) return false;
  // From the arguments down: an empty name stands for them.
  const skipped = place.members.length - members.length;
  return skipped >= -1 && members.every((name, index) => name === (place.members[skipped + index] ?? ''));
}

function bySpecificity(a: Pattern<unknown>, b: Pattern<unknown>): number {
  return b.members.length - a.members.length || rank(a) - rank(b);
}

function rank({ command }: Pattern<unknown>): number {
  return command === undefined ? 1 : 0;
}
