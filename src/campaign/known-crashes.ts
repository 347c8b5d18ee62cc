/**
 * Keeps the cases that targets of a run were lost over, so that nothing is sent again that is known to end one, and a
 * target that ends over everything does not keep the run busy for ever.
 */
import { writeJson } from '../json/index.js';
import type { Case, TargetFailure } from '../exchange/index.js';
import { crashSignature } from './crash-signature.js';

/** How often a target may crash at one place, and over one command, before such cases are skipped. */
const MOST_AT_PLACE = 2;
const MOST_OF_COMMAND = 6;
/** How often it may crash in all. */
const MOST_IN_ALL = 60;

export class KnownCrashes {
  readonly #requests = new Set<string>();
  readonly #signatures = new Set<string>();
  readonly #places = new Map<string, number>();
  readonly #commands = new Map<string, number>();
  /** Branches that crash a target; a case with such a branch in it does so as well. */
  readonly #branches: string[] = [];
  readonly #skipped = new Map<string, number>();
  #total = 0;

  /** Notes that a target was lost over a case. */
  add(trigger: Case, failure?: TargetFailure): void {
    this.#total += 1;
    this.addRequest(trigger);
    const signature = failure && crashSignature(failure);
    if (signature !== undefined) this.#signatures.add(signature);
    const { command, place } = keysOf(trigger);
    this.#places.set(place, (this.#places.get(place) ?? 0) + 1);
    this.#commands.set(command, (this.#commands.get(command) ?? 0) + 1);
    if (trigger.about?.operator === 'branch' && trigger.isCleanup !== true) this.#branches.push(place);
  }

  /** Notes that a target was lost, and that it is not known over which case. */
  addUnexplained(): void {
    this.#total += 1;
  }

  /** Notes that a target would be lost over this case as well. */
  addRequest(trigger: Case): void {
    this.#requests.add(textOf(trigger));
  }

  /** Whether a crash with the same signature was added before, over whatever case. */
  hasSignature(failure: TargetFailure): boolean {
    const signature = crashSignature(failure);
    return signature !== undefined && this.#signatures.has(signature);
  }

  /** Whether targets have crashed so often that the run sends no more cases. */
  get tooMany(): boolean {
    return this.#total >= MOST_IN_ALL;
  }

  /** Whether a case is known to crash the target, or likely to. Counts it as skipped if so. */
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

  /** How many cases were skipped, by command. */
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
