/**
 * Paths as chains of steps. Types may nest deeper than a path can be printed, and then its middle is left out.
 */

/** A path: its last step, and the path before it. */
export interface Path {
  readonly step: string;
  readonly parent?: Path;
  readonly depth: number;
  /** The end of the part that is always printed. */
  readonly head: Path | undefined;
}

/** The steps at both ends of a path that are always printed; the schemas of QEMU have less than twenty. */
const HEAD = 12;
const TAIL = 36;
/** The most characters of a step that are printed; hostile schemas may have longer names. */
const STEP_LENGTH = 200;

/**
 * Makes a path one step longer.
 *
 * @param parent absent: the path is a command or event
 * @param step with the sign that joins it: `/member`, `/tag=value`, `[]`
 */
export function extend(parent: Path | undefined, step: string): Path {
  if (parent === undefined) return { step, depth: 1, head: undefined };
  const head = parent.head ?? (parent.depth === HEAD ? parent : undefined);
  return { step, parent, depth: parent.depth + 1, head };
}

/** The path as text. */
export function printPath(path: Path): string {
  const steps: string[] = [];
  let at: Path | undefined = path;
  while (at !== undefined) {
    if (steps.length === TAIL && at.head !== undefined) {
      steps.push('…');
      at = at.head;
    }
    steps.push(at.step.length > STEP_LENGTH ? `${at.step.slice(0, STEP_LENGTH)}…` : at.step);
    at = at.parent;
  }
  return steps.reverse().join('');
}

/** The command or event that a path starts with. */
export function definitionOf(path: Path): string {
  let at = path.head ?? path;
  while (at.parent !== undefined) at = at.parent;
  return at.step;
}
