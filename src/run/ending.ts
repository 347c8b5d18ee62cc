/**
 * How a run comes to its end before its rules do: the first reason counts, and it is said to every rule that was not
 * checked.
 */
import type { Patience } from '../exchange/index.js';
import type { Stop } from '../result/index.js';

export class Ending {
  readonly #patience: Patience;
  #stopped: Stop | undefined;
  #lost: string | undefined;
  /** The first rule in which the target kept silent. */
  #firstSilence: string | undefined;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Why the run has ended early; undefined while it goes on. */
  get stopped(): Stop | undefined {
    return this.#stopped;
  }

  /** Why there is no target, or none any more. */
  get lost(): string | undefined {
    return this.#lost;
  }

  /** Ends the run, unless it has ended already. `lost` says what became of the target. */
  stop(reason: Stop, lost?: string): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = reason;
    this.#lost = lost;
  }

  /** Ends the run after the rule `id` when there is no point in waiting for this target any more. */
  stopWaiting(id: string): void {
    if (this.#patience.silences > 0) this.#firstSilence ??= id;
    const { lost } = this.#patience;
    if (lost === undefined) return;
    if (lost.kind === 'slow') this.stop('too-slow', lost.message);
    else this.stop('target-lost', `${lost.message}, first in ${this.#firstSilence ?? ''}`);
  }

  /** What is said to rules that were not checked. */
  get reason(): string {
    const lost = this.#lost ?? 'unknown';
    switch (this.#stopped) {
      case 'unreachable':
        return `the target cannot be tested: ${lost}`;
      case 'target-lost':
        return `the target went away before: ${lost}`;
      case 'unusable':
        return `nothing else can be told from the answers of the target: in every exchange, ${lost}`;
      case 'too-slow':
        return `the target was not waited for: ${lost}`;
      case 'max-failures':
        return 'the run ended at --max-failures';
      case 'interrupted':
      case undefined:
        return 'the run was interrupted';
    }
  }
}
