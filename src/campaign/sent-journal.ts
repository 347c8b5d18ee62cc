/**
 * Writes all that a target was sent since its start to a file: the cause of a crash may have come long before, and all
 * of it is too much for the memory.
 */
import { appendFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { anyError, success } from '../judge/index.js';
import { isObject, JsonReader, type Json } from '../json/index.js';
import type { Request } from '../qmp/index.js';
import type { Case } from '../exchange/index.js';
import { RECONNECT, type Sent } from './sent.js';

/** Written in pieces of this many characters. */
const PIECE = 256 * 1024;
/** The most that is kept, in characters: more would take too long to be tried again. */
const MOST = 128 * 1024 * 1024;

export class SentJournal {
  readonly #path: string;
  readonly #most: number;
  #pending: string[] = [];
  #pendingLength = 0;
  #length = 0;

  /**
   * @param folder a private folder
   * @param most beyond so many characters nothing is kept
   */
  constructor(folder: string, name: string, most = MOST) {
    this.#path = join(folder, name);
    this.#most = most;
  }

  /** @param text requests, or that a new connection begins, one a line */
  add(text: string): void {
    this.#length += text.length;
    if (this.#length > this.#most) return;
    this.#pending.push(text);
    this.#pendingLength += text.length;
    if (this.#pendingLength >= PIECE) this.#write();
  }

  /** A new target has been sent nothing yet. */
  clear(): void {
    this.#pending = [];
    this.#pendingLength = 0;
    this.#length = 0;
    rmSync(this.#path, { force: true });
  }

  /** All of it, the oldest first, the requests as cases in which any answer will do; undefined when it was too much. */
  async all(): Promise<Sent[] | undefined> {
    if (this.#length > this.#most) return undefined;
    this.#write();
    const reader = new JsonReader();
    const items = [...reader.push(await readFile(this.#path)), ...reader.end()];
    return items.flatMap((item): Sent[] => {
      if (item.kind !== 'value') return [];
      if (item.value === RECONNECT) return [RECONNECT];
      return isObject(item.value) ? [caseOf(item.value)] : [];
    });
  }

  #write(): void {
    appendFileSync(this.#path, this.#pending.join(''), { mode: 0o600 });
    this.#pending = [];
    this.#pendingLength = 0;
  }
}

function caseOf(value: Json & object): Case {
  // Of a case only the arguments are needed: it gets an id of its own.
  const { id: _, ...request } = value as Request;
  return { request, oneOf: [success, anyError] };
}
