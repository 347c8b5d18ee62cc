/**
 * The cases that one worker sends: taken from a stream that several workers share, each followed by its cleanup.
 */
import { anyError, success } from '../judge/index.js';
import type { Request } from '../qmp/index.js';
import type { Case } from '../exchange/index.js';
import type { KnownCrashes } from './known-crashes.js';

export class CaseQueue implements Iterable<Case> {
  readonly #stream: Iterator<Case>;
  readonly #crashes: KnownCrashes;
  /** To be sent before the stream goes on. */
  #first: Case[] = [];
  #ending: Case | undefined;
  /** Cases whose cleanup was handed out already: cases that are put back are handed out again. */
  readonly #cleaned = new WeakSet<Case>();

  constructor(stream: Iterator<Case>, crashes: KnownCrashes) {
    this.#stream = stream;
    this.#crashes = crashes;
  }

  /** Puts cases in front that were taken and not answered. */
  putBack(cases: readonly Case[]): void {
    this.#first.unshift(...cases);
  }

  /** A case before which the queue has stopped because the target may end over it; taking it lets the queue go on. */
  takeEnding(): Case | undefined {
    const ending = this.#ending;
    this.#ending = undefined;
    return ending;
  }

  *[Symbol.iterator](): Iterator<Case> {
    while (this.#ending === undefined) {
      const next = this.#first.shift() ?? this.#fromStream();
      if (next === undefined) return;
      if (next.isCleanup !== true && this.#crashes.skips(next)) continue;
      if (next.ends === true) this.#ending = next;
      else {
        if (next.cleanup !== undefined && !this.#cleaned.has(next)) {
          this.#cleaned.add(next);
          this.#first.unshift(cleanupOf(next, next.cleanup));
        }
        yield next;
      }
    }
  }

  #fromStream(): Case | undefined {
    const next = this.#stream.next();
    return next.done === true ? undefined : next.value;
  }
}

function cleanupOf(made: Case, cleanup: Request): Case {
  const about = made.about && { ...made.about, name: `${made.about.name}/undone` };
  return {
    request: cleanup,
    oneOf: [success, anyError],
    isCleanup: true,
    follows: made,
    ...(about === undefined ? {} : { about }),
  };
}
