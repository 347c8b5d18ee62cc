/**
 * Keeps messages and gives them as text, for people: one a line, each cut to a bearable length.
 */
import { escapeBytes } from '../json/index.js';
import { showMessage, type Incoming } from '../qmp/index.js';

const MAX_LINE = 4096;

/** What came in, kept as cheaply as can be: most of it is never shown, so it becomes text only when asked for. */
type Kept = Uint8Array | string;

/** The first and the last messages of an exchange. */
export class MessageLog {
  static readonly #kept = 12;
  readonly #first: Kept[] = [];
  readonly #last: Kept[] = [];
  #leftOut = 0;

  add(incoming: Incoming): void {
    const kept = keep(incoming);
    if (kept === undefined) return;
    if (this.#first.length < MessageLog.#kept) this.#first.push(kept);
    else {
      this.#last.push(kept);
      if (this.#last.length > MessageLog.#kept) {
        this.#last.shift();
        this.#leftOut += 1;
      }
    }
  }

  text(): string {
    const omitted = this.#leftOut === 0 ? [] : [`… ${this.#leftOut} messages left out …`];
    return [...this.#first.map(line), ...omitted, ...this.#last.map(line)].join('\n');
  }
}

/** The last of what came in. */
export class RecentMessages {
  static readonly #kept = 8;
  readonly #recent: Kept[] = [];

  add(incoming: Incoming): void {
    const kept = incoming.kind === 'closed' ? undefined : keep(incoming);
    if (kept === undefined) return;
    this.#recent.push(kept);
    if (this.#recent.length > RecentMessages.#kept) this.#recent.shift();
  }

  /** One line for each, oldest first. */
  get lines(): string[] {
    return this.#recent.map(line);
  }
}

function keep(incoming: Incoming): Kept | undefined {
  switch (incoming.kind) {
    case 'message':
      // A huge message is not held for the sake of its beginning.
      return incoming.message.length > MAX_LINE
        ? showMessage(incoming.message, MAX_LINE)
        : incoming.message.raw;
    case 'garbage':
      return incoming.raw;
    case 'closed':
      return '(end of the connection)';
    case 'timeout':
      return undefined;
  }
}

function line(kept: Kept): string {
  return typeof kept === 'string' ? kept : escapeBytes(kept);
}
