/**
 * Messages as text, for people: one a line, each cut to a bearable length.
 */
import { showBytes } from '../json/index.js';
import type { Incoming } from '../qmp/index.js';

const MAX_LINE = 4096;

/** The first and the last messages of an exchange. */
export class Log {
  static readonly #kept = 12;
  readonly #first: string[] = [];
  #last: string[] = [];
  #leftOut = 0;

  add(incoming: Incoming): void {
    const line = logLine(incoming);
    if (line === undefined) return;
    if (this.#first.length < Log.#kept) this.#first.push(line);
    else {
      this.#last.push(line);
      if (this.#last.length > Log.#kept) {
        this.#last.shift();
        this.#leftOut += 1;
      }
    }
  }

  text(): string {
    const gap = this.#leftOut === 0 ? [] : [`… ${this.#leftOut} messages left out …`];
    return [...this.#first, ...gap, ...this.#last].join('\n');
  }
}

/** The last of all that came in. Most of it is never shown, so it is made into text only when asked for. */
export class LastWords {
  static readonly #kept = 8;
  readonly #recent: { readonly raw: Uint8Array; readonly length: number }[] = [];

  add(incoming: Incoming): void {
    if (incoming.kind !== 'message' && incoming.kind !== 'garbage') return;
    const raw = incoming.kind === 'message' ? incoming.message.raw : incoming.raw;
    // A huge message is not to be held for the sake of its beginning.
    this.#recent.push({ raw: raw.length > MAX_LINE ? raw.slice(0, MAX_LINE) : raw, length: raw.length });
    if (this.#recent.length > LastWords.#kept) this.#recent.shift();
  }

  /** One line for each, oldest first. */
  get lines(): readonly string[] {
    return this.#recent.map(({ raw, length }) => showCut(raw, length));
  }
}
