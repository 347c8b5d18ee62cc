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

/** The last of what came in. Most of it is never shown, so it becomes text only when asked for. */
export class LastWords {
  static readonly #kept = 8;
  readonly #recent: (Uint8Array | string)[] = [];

  add(incoming: Incoming): void {
    if (incoming.kind !== 'message' && incoming.kind !== 'garbage') return;
    const raw = incoming.kind === 'message' ? incoming.message.raw : incoming.raw;
    // A huge message is not held for the sake of its beginning.
    this.#recent.push(raw.length > MAX_LINE ? showBytes(raw, MAX_LINE) : raw);
    if (this.#recent.length > LastWords.#kept) this.#recent.shift();
  }

  /** One line for each, oldest first. */
  get lines(): string[] {
    return this.#recent.map((raw) => (typeof raw === 'string' ? raw : showBytes(raw)));
  }
}

function logLine(incoming: Incoming): string | undefined {
  switch (incoming.kind) {
    case 'message':
      return showBytes(incoming.message.raw, MAX_LINE);
    case 'garbage':
      return showBytes(incoming.raw, MAX_LINE);
    case 'closed':
      return '(end of the connection)';
    case 'timeout':
      return undefined;
  }
}
