/**
 * What targets have died of in a run, so that nothing is sent again that is known to kill, and a target that dies of
 * everything does not keep the run busy for ever.
 */
import { writeJson } from '../json/index.js';
import type { Case } from '../exchange/index.js';

/** A target that has died so often at one place, or of one command, has shown what there is to see there. */
const MOST_AT_PLACE = 2;
const MOST_OF_COMMAND = 6;
/** And one that has died so often of anything. */
const MOST_IN_ALL = 60;

export class KnownCrashes {
  readonly #requests = new Set<string>();
  readonly #places = new Map<string, number>();
  readonly #commands = new Map<string, number>();
  /** Whatever has the branch in it kills as well. */
  readonly #branches: string[] = [];
  readonly #skipped = new Map<string, number>();
  #total = 0;

  /** A target has died of a case. */
  add(culprit: Case): void {
    this.#total += 1;
    this.know(culprit);
    const { command, place } = keysOf(culprit);
    this.#places.set(place, (this.#places.get(place) ?? 0) + 1);
    this.#commands.set(command, (this.#commands.get(command) ?? 0) + 1);
    if (culprit.about?.operator === 'branch' && culprit.isCleanup !== true) this.#branches.push(place);
  }

  /** A target has died, and nobody knows of what. */
  addUnexplained(): void {
    this.#total += 1;
  }

  /** A case would kill as well; no target has died of it that was not counted. */
  know(deadly: Case): void {
    this.#requests.add(textOf(deadly));
  }

  /** Nothing more is to be learned from this target. */
  get tooMany(): boolean {
    return this.#total >= MOST_IN_ALL;
  }

  /** Is a case known to kill, or likely to? Counts it as passed over if so. */
  skips(next: Case): boolean {
    if (this.#total === 0) return false;
    const { command, place } = keysOf(next);
    const known =
      (this.#places.get(place) ?? 0) >= MOST_AT_PLACE ||
      (this.#commands.get(command) ?? 0) >= MOST_OF_COMMAND ||
      this.#branches.some((branch) => place.startsWith(branch)) ||
      this.#requests.has(textOf(next));
    if (known) this.#skipped.set(command, (this.#skipped.get(command) ?? 0) + 1);
    return known;
  }

  /** How many cases were passed over, by command. */
  get skipped(): ReadonlyMap<string, number> {
    return this.#skipped;
  }
}

function keysOf({ about, request }: Case): { readonly command: string; readonly place: string } {
  const command = `${about?.command ?? request.execute ?? ''} ${about?.valid === false ? 'invalid' : 'valid'}`;
  return { command, place: `${command} ${about?.label ?? ''}` };
}

function textOf({ request }: Case): string {
  return `${request.execute ?? ''} ${request.arguments === undefined ? '' : writeJson(request.arguments)}`;
}
