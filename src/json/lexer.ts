/**
 * Bytes → tokens, for input that comes in pieces.
 */
import { ByteBuffer } from './bytes.js';
import type { Dialect, Limits } from './dialect.js';
import type { JsonError, JsonErrorCode } from './findings.js';
import { Names } from './names.js';
import { escapeBytes } from './show.js';
import {
  DELIMITER,
  ERROR,
  ESCAPE_SINGLE,
  FIRST_OUTCOME,
  FIRST_TOKEN_STATE,
  LAST_CLOSED_TOKEN,
  LAST_TOKEN,
  LINE,
  RESUME,
  SKIP,
  START,
  stateTable,
  ZERO,
  type StateTable,
} from './states.js';

/** {@link Lexer.next} has used up its input. */
export const MORE = 0;
/** {@link Lexer.next} found no token; {@link Lexer.error} says why. */
export const BAD = 1;

const LF = 0x0a;
/** No UTF-8 has a byte from here on. */
const FIRST_IMPOSSIBLE = 0xfe;
const NOTHING = Buffer.alloc(0);

/** Chunks up to this size may be kept alive by the strings cut out of them. */
const SHARED_TEXT = 1 << 16;
/** V8 copies a substring that is shorter than this, and lets a longer one refer to the whole. */
const COPIED = 13;

/** Every byte as messages show it: bad input may want very many messages. */
const shownByte = Array.from({ length: 256 }, (_, byte) => escapeBytes(Uint8Array.of(byte)));

export class Lexer {
  readonly #table: StateTable;
  readonly #dialect: Dialect;
  readonly #limits: Limits;

  #chunk: Buffer = NOTHING;
  /** The chunk as Latin-1, made when first needed: cutting strings out of it is cheaper than out of bytes. */
  #text: string | undefined;
  /** Absolute offset of the chunk's first byte. */
  #base = 0;
  /** Index of the next byte in the chunk. */
  #at = 0;
  #state = START;
  #line = 1;
  #lineStart = 0;
  /** The part of the current token that came in earlier chunks. */
  readonly #carry = new ByteBuffer(Infinity);
  readonly #names = new Names();

  /** Where the unfinished message starts, absolute; -1 between messages. */
  messageStart = -1;
  /** Of the current token: its absolute offset, and where its bytes are: `source[from, to)`. */
  start = 0;
  source: Buffer = NOTHING;
  from = 0;
  to = 0;
  /** Whether the text that {@link name} returned last was made anew. */
  newName = false;
  /** Of the current failure. */
  error: JsonError = { code: 'bad-byte', message: '', offset: 0, line: 1, column: 1 };

  constructor(dialect: Dialect, limits: Limits) {
    this.#table = stateTable(dialect);
    this.#dialect = dialect;
    this.#limits = limits;
  }

  /** Absolute offset of the next byte to be read. */
  get offset(): number {
    return this.#base + this.#at;
  }

  /** Bytes of the current token that are held because it came in several pieces. */
  get carried(): number {
    return this.#carry.length;
  }

  /** Takes the next piece of input; the one before has to be used up. */
  feed(chunk: Uint8Array): void {
    this.#base += this.#chunk.length;
    this.#chunk = Buffer.isBuffer(chunk)
      ? chunk
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#text = undefined;
    this.#at = 0;
  }

  /** The next token (one of the tokens of states.ts), {@link MORE} or {@link BAD}. */
  next(): number {
    const chunk = this.#chunk;
    const table = this.#table;
    let state = this.#state;
    let at = this.#at;
    let bound = this.#bound(state);
    for (;;) {
      let step = state;
      while (at < bound && (step = table[(state << 8) | (chunk[at] ?? 0)] ?? ERROR) === state) at += 1;
      if (at >= bound) {
        if (at === chunk.length) return this.#pause(state, at);
        step = table[(state << 8) | (chunk[at] ?? 0)] ?? ERROR;
        if (step <= LAST_CLOSED_TOKEN || step === LINE) return this.#overflow(at);
      }
      if (step < FIRST_OUTCOME) {
        if (state === START) {
          this.#begin(at);
          bound = this.#bound(step);
        }
        state = step;
        at += 1;
        continue;
      }
      if (step <= LAST_CLOSED_TOKEN) {
        if (state === START) this.#begin(at);
        this.#complete(at + 1);
        return step;
      }
      if (step <= LAST_TOKEN) {
        this.#complete(at);
        return step;
      }
      if (step === LINE) {
        this.#endLine(at);
        at += 1;
      } else if (step === RESUME) {
        state = START;
      } else if (step === DELIMITER && this.messageStart < 0) {
        at += 1;
      } else {
        return this.#refuse(state, at);
      }
    }
  }

  /** The last token is not needed any more. */
  forget(): void {
    if (this.#carry.length === 0) return;
    this.#carry.clear();
    this.source = NOTHING;
  }

  /** Goes on after an error of the caller's: what follows is skipped as the dialect has it. */
  skip(): void {
    this.#state = SKIP;
  }

  /**
   * The input is over: whatever byte came next, it would not belong to the current token.
   *
   * @returns a number or keyword that is complete by that, {@link BAD} for any other unfinished token, or {@link MORE}
   */
  finish(): number {
    const state = this.#state;
    this.feed(NOTHING);
    this.#state = START;
    if (state < FIRST_TOKEN_STATE) return MORE;
    // NUL belongs to no token.
    const step = this.#table[state << 8] ?? ERROR;
    if (step === ERROR) {
      this.error = this.problem('unfinished', 'the input ends inside a string or a number', this.offset);
      return BAD;
    }
    this.#complete(0);
    return step;
  }

  /** Like {@link ascii}, for text that comes again and again: member names. */
  name(from: number, to: number): string {
    const known = this.#names.get(this.source, from, to);
    this.newName = known === undefined;
    return known ?? this.#names.add(this.source, from, to);
  }

  /** A piece of the current token (indexes into {@link source}) that is known to be ASCII. */
  ascii(from: number, to: number): string {
    const { source } = this;
    const whole = source === this.#chunk && (to - from < COPIED || source.length <= SHARED_TEXT);
    if (!whole) return source.toString('latin1', from, to);
    this.#text ??= source.toString('latin1');
    return this.#text.substring(from, to);
  }

  /** Adds line and column to a problem on the current line. */
  problem(code: JsonErrorCode, message: string, offset: number): JsonError {
    return { code, message, offset, line: this.#line, column: offset - this.#lineStart + 1 };
  }

  /** Index in the chunk up to which bytes may be read before a limit is passed. */
  #bound(state: number): number {
    let bound = this.#chunk.length;
    if (this.messageStart >= 0) {
      bound = Math.min(bound, this.messageStart + this.#limits.messageBytes - this.#base);
      if (state >= FIRST_TOKEN_STATE)
        bound = Math.min(bound, this.start + this.#limits.tokenBytes - this.#base);
    }
    return bound;
  }

  #begin(at: number): void {
    this.start = this.#base + at;
    if (this.messageStart < 0) this.messageStart = this.start;
    this.#carry.clear();
  }

  #complete(at: number): void {
    if (this.#carry.length === 0) {
      this.source = this.#chunk;
      this.from = this.start - this.#base;
      this.to = at;
    } else {
      this.#carry.append(this.#chunk, 0, at);
      this.source = this.#carry.bytes;
      this.from = 0;
      this.to = this.#carry.length;
    }
    this.#at = at;
    this.#state = START;
  }

  #pause(state: number, at: number): number {
    if (state >= FIRST_TOKEN_STATE) {
      this.#carry.append(this.#chunk, Math.max(0, this.start - this.#base), at);
    }
    this.#at = at;
    this.#state = state;
    return MORE;
  }

  #overflow(at: number): number {
    const offset = this.#base + at;
    const { messageBytes, tokenBytes } = this.#limits;
    this.error =
      offset - this.messageStart >= messageBytes
        ? this.problem('message-bytes-limit', `a value takes more than ${messageBytes} bytes`, offset)
        : this.problem('token-bytes-limit', `a token takes more than ${tokenBytes} bytes`, offset);
    this.#drop(at);
    if (this.#dialect.recovery === 'brackets') this.#state = START;
    return BAD;
  }

  #refuse(state: number, at: number): number {
    const byte = this.#chunk[at] ?? 0;
    const offset = this.#base + at;
    if (this.messageStart < 0) this.messageStart = offset;
    const resets = byte >= FIRST_IMPOSSIBLE && this.#table[(SKIP << 8) | byte] === RESUME;
    this.error = this.problem(...refusal(state, byte, resets), offset);
    this.#drop(at);
    return BAD;
  }

  /** Starts to skip. QEMU takes a bad byte first, whatever it is; a line end has to be seen to end the skipping. */
  #drop(at: number): void {
    const byte = this.#chunk[at] ?? 0;
    const taken = this.#dialect.recovery === 'brackets' || this.#table[(SKIP << 8) | byte] === SKIP;
    this.#at = taken ? at + 1 : at;
    if (taken && byte === LF) this.#endLine(at);
    this.#state = SKIP;
    this.#carry.clear();
  }

  #endLine(at: number): void {
    this.#line += 1;
    this.#lineStart = this.#base + at + 1;
  }
}

/** Why a byte cannot stand where the lexer is in `state`; `resets` for a byte that serves to reset a reader. */
function refusal(state: number, byte: number, resets: boolean): [JsonErrorCode, string] {
  const shown = `the byte ${shownByte[byte] ?? ''}`;
  if (resets) return ['reset', `${shown} drops what is unfinished`];
  if (state === START) return ['bad-byte', `expected a value, a bracket, a comma or a colon, found ${shown}`];
  if (state > ESCAPE_SINGLE) {
    if (state === ZERO) return ['bad-number', 'a number has no other digit after a leading 0'];
    return ['bad-number', `expected a digit in a number, found ${shown}`];
  }
  return ['control-character', `${shown} in a string, where control characters have to be escaped`];
}
