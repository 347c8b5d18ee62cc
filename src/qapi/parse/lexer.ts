/**
 * Schema text → tokens, in one pass.
 *
 * The language looks like JSON and is not: strings stand in single quotes and hold printable ASCII only, there are
 * no numbers, and `#` starts a comment. A comment that starts with `##` is documentation: inside it the parser asks for
 * comments as tokens.
 */
import type { QapiErrorCode } from '../model/error.js';
import type { Position } from '../model/position.js';
import { isSpace } from './white-space.js';

export type TokenKind = '{' | '}' | '[' | ']' | ':' | ',' | 'string' | 'boolean' | 'comment' | 'end';

/** Thrown when text cannot be parsed; `parseModule` catches it and returns it as data. */
export class ParseError extends Error {
  override readonly name = 'ParseError';

  constructor(
    readonly code: QapiErrorCode,
    message: string,
    readonly position: Position,
    readonly hint?: string,
  ) {
    super(message);
  }
}

const NEWLINE = 0x0a;
const HASH = 0x23;
const QUOTE = 0x27;
const BACKSLASH = 0x5c;

/** The longest piece of stray text that a message quotes. */
const EXCERPT = 40;

export class Lexer {
  readonly #text: string;
  readonly #file: string;
  readonly #includedFrom: Position | undefined;
  readonly #hasDocs: boolean;
  #cursor = 0;
  #line = 1;
  #lineStart = 0;

  /** The current token. */
  kind: TokenKind = 'end';
  /** Of a string: its value; of a comment: its text from the `#` on. */
  text = '';
  /** Of a boolean. */
  truth = false;
  #start = 0;

  /** @param hasDocs false: what looks like documentation is a comment like any other */
  constructor(text: string, file: string, includedFrom: Position | undefined, hasDocs = true) {
    this.#hasDocs = hasDocs;
    this.#text = text;
    this.#file = file;
    this.#includedFrom = includedFrom;
  }

  /** Where the current token starts. */
  position(): Position {
    return this.#at(this.#start);
  }

  #at(offset: number): Position {
    const column = offset - this.#lineStart + 1;
    // Every node has a position, so this is no place for spreading objects.
    return this.#includedFrom === undefined
      ? { file: this.#file, line: this.#line, column }
      : { file: this.#file, line: this.#line, column, includedFrom: this.#includedFrom };
  }

  /** How the current token reads in a message. */
  describe(): string {
    switch (this.kind) {
      case 'string':
        return `'${this.text}'`;
      case 'boolean':
        return String(this.truth);
      case 'comment':
        return 'a comment';
      case 'end':
        return 'the end of the file';
      default:
        return `'${this.kind}'`;
    }
  }

  /**
   * Goes to the next token.
   *
   * @param comments true: comments of any kind are tokens; false: only documentation (`##`) is
   * @throws ParseError at text that is no token
   */
  next(comments = false): void {
    const text = this.#text;
    for (;;) {
      const start = this.#cursor;
      this.#start = start;
      if (start >= text.length) {
        this.kind = 'end';
        return;
      }
      const code = text.charCodeAt(start);
      this.#cursor = start + 1;
      switch (code) {
        case NEWLINE:
          // The end of the file stands on its last line, not on an empty one behind it.
          if (start === text.length - 1) {
            this.kind = 'end';
            return;
          }
          this.#line++;
          this.#lineStart = this.#cursor;
          continue;
        case 0x20:
        case 0x09:
          continue;
        case HASH: {
          const end = text.indexOf('\n', start);
          this.#cursor = end < 0 ? text.length : end;
          if (!comments && (!this.#hasDocs || text.charCodeAt(start + 1) !== HASH)) continue;
          this.kind = 'comment';
          this.text = text.slice(start, this.#cursor);
          return;
        }
        case QUOTE:
          this.#string(start);
          return;
        case 0x7b:
          this.kind = '{';
          return;
        case 0x7d:
          this.kind = '}';
          return;
        case 0x5b:
          this.kind = '[';
          return;
        case 0x5d:
          this.kind = ']';
          return;
        case 0x3a:
          this.kind = ':';
          return;
        case 0x2c:
          this.kind = ',';
          return;
        default:
          if (this.#word('true', start) || this.#word('false', start)) return;
          if (isSpace(text.charAt(start))) continue;
          throw this.#stray(start);
      }
    }
  }

  #word(word: 'true' | 'false', start: number): boolean {
    if (!this.#text.startsWith(word, start)) return false;
    this.kind = 'boolean';
    this.truth = word === 'true';
    this.#cursor = start + word.length;
    return true;
  }

  #string(start: number): void {
    const text = this.#text;
    let value = '';
    let from = start + 1;
    for (let at = from; ; at++) {
      const code = at < text.length ? text.charCodeAt(at) : NEWLINE;
      if (code === QUOTE) {
        this.kind = 'string';
        this.text = value + text.slice(from, at);
        this.#cursor = at + 1;
        return;
      }
      if (code === NEWLINE) {
        throw new ParseError('bad-string', `the string lacks its closing quote "'"`, this.#at(start));
      }
      if (code === BACKSLASH) {
        if (text.charCodeAt(at + 1) !== BACKSLASH) {
          const escape = text.slice(at, at + 2).trimEnd();
          const message = `unknown escape ${escape} in a string: only \\\\ is known`;
          throw new ParseError('bad-string', message, this.#at(start));
        }
        value += text.slice(from, at);
        at++;
        from = at;
      } else if (code < 0x20 || code >= 0x7f) {
        const message = 'funny character in a string: only printable ASCII is allowed';
        throw new ParseError('bad-string', message, this.#at(start));
      }
    }
  }

  #stray(start: number): ParseError {
    const first = this.#text.slice(start, start + EXCERPT);
    const word = /^[^[\]{}:,\s'"]+/.exec(first)?.[0] ?? first.charAt(0);
    const hint = word === '"' ? "strings stand in single quotes: '…'" : undefined;
    return new ParseError('stray-text', `stray '${word}'`, this.#at(start), hint);
  }
}
