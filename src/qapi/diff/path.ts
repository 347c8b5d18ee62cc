/**
 * Paths, as chains of steps: types may nest deeper than a path can be shown, and then its middle is left out.
 */
export interface Place {
  readonly step: string;
  readonly parent?: Place;
  readonly depth: number;
  /** The last place of the part that is always shown. */
  readonly head: Place | undefined;
}

/** Steps at both ends of a path that are always shown; the schemas of QEMU have less than twenty. */
const HEAD = 12;
const TAIL = 36;
/** Names of schemas are not long; those of hostile ones may be. */
const STEP_LENGTH = 200;

/**
 * @param parent absent: the place is a command or event
 * @param step with the sign that joins it: `/member`, `/tag=value`, `[]`
 */
export function inside(parent: Place | undefined, step: string): Place {
  if (parent === undefined) return { step, depth: 1, head: undefined };
  const head = parent.head ?? (parent.depth === HEAD ? parent : undefined);
  return { step, parent, depth: parent.depth + 1, head };
}

export function pathOf(place: Place): string {
  const steps: string[] = [];
  let here: Place | undefined = place;
  while (here !== undefined) {
    if (steps.length === TAIL && here.head !== undefined) {
      steps.push('…');
      here = here.head;
    }
    steps.push(here.step.length > STEP_LENGTH ? `${here.step.slice(0, STEP_LENGTH)}…` : here.step);
    here = here.parent;
  }
  return steps.reverse().join('');
}

/** The command or event that a place is in. */
export function definitionAt(place: Place): string {
  let here = place.head ?? place;
  while (here.parent !== undefined) here = here.parent;
  return here.step;
}
