/**
 * The cases that one lane sends: taken from a stream that several lanes share, each followed by what takes it back.
 */
import { anyError, success } from '../judge/index.js';
import type { Deaths } from './deaths.js';
import type { Case } from './pipeline.js';

export class CaseQueue implements Iterable<Case> {
  readonly #stream: Iterator<Case>;
  readonly #deaths: Deaths;
  /** To be sent before the stream goes on. */
  #first: Case[] = [];
  #ending: Case | undefined;

  constructor(stream: Iterator<Case>, deaths: Deaths) {
    this.#stream = stream;
    this.#deaths = deaths;
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
      if (next.ends === true) this.#ending = next;
      else {
        if (next.undo !== undefined)
          this.#first.unshift({ request: next.undo, oneOf: [success, anyError], aside: true });
        yield next;
      }
    }
  }

  #fromStream(): Case | undefined {
    for (;;) {
      const next = this.#stream.next();
      if (next.done === true) return undefined;
      if (!this.#deaths.passesOver(next.value)) return next.value;
    }
  }
}
