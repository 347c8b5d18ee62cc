/**
 * A byte stream → JSON values, errors, and the offsets of both.
 *
 * The lexer makes tokens, the builder makes a value of them; this file knows where a value ends, when an error is
 * reported, and what one value may cost.
 */
import { Builder } from './builder.js';
import { strictDialect, type Dialect, type Limits } from './dialect.js';
import { excerpt, Findings, MAX_EXCERPT, type JsonError, type JsonErrorCode } from './findings.js';
import { History } from './history.js';
import { footprint } from './footprint.js';
import { MAX_ERROR_RAW, MAX_VALUE_RAW, type ReaderItem } from './items.js';
import { BAD, Lexer, MORE } from './lexer.js';
import { isDigit, longInteger, shortInteger } from './number.js';
import { escapeBytes } from './show.js';
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  DOUBLE_TOKEN,
  INTEGER_TOKEN,
  OPEN_ARRAY,
  OPEN_OBJECT,
  PLAIN_STRING,
  TEXT_STRING,
} from './states.js';
import { decodeText } from './text.js';
import { Double, type Json } from './value.js';

/**
 * How a {@link JsonReader} reads.
 *
 * @public
 */
export interface ReaderOptions {
  /** {@link strictDialect} when absent. */
  readonly dialect?: Dialect;
  /** The dialect's own limits hold where this names none. */
  readonly limits?: Partial<Limits>;
  /** Give the first bytes of each item with it. */
  readonly keepRaw?: boolean;
}

/** A number that is longer costs more than its text. */
const LONG = 1024;

/**
 * Reads values that follow each other in a stream, with white space between them or without. A number or a keyword
 * at top level is complete when a byte comes that cannot belong to it, or at the end.
 *
 * @public
 */
export class JsonReader {
  readonly #dialect: Dialect;
  readonly #limits: Limits;
  readonly #lexer: Lexer;
  readonly #findings: Findings;
  readonly #builder: Builder;

  readonly #history: History;
  /** Where the last item ended. */
  #itemEnd = 0;
  /** The line of the last error. */
  #errorLine = 0;

  // Of the unfinished value:
  #braces = 0;
  #brackets = 0;
  #tokens = 0;
  #tokenBytes = 0;
  /** What it takes in memory beside what each token and each byte does. */
  #extra = 0;
  #refused: JsonError | undefined;

  constructor(options: ReaderOptions = {}) {
    this.#dialect = options.dialect ?? strictDialect;
    this.#limits = { ...this.#dialect.limits, ...options.limits };
    this.#history = new History(
      options.keepRaw === true ? Math.min(MAX_VALUE_RAW, this.#limits.messageBytes) : 0,
    );
    this.#lexer = new Lexer(this.#dialect, this.#limits);
    this.#findings = new Findings(this.#dialect.violations === 'refused');
    this.#builder = new Builder(this.#findings);
  }

  /**
   * How many bytes of an unfinished value came in; 0 between values. Not all of them are held: the finished parts of
   * the value are values already.
   */
  get pending(): number {
    const { messageStart, offset } = this.#lexer;
    return messageStart < 0 ? 0 : offset - messageStart;
  }

  /** What the unfinished value takes in memory, in bytes. */
  get held(): number {
    return this.#memory() + this.#lexer.carried;
  }

  /** What came in behind the last item and belongs to no value, at most {@link MAX_SEPARATOR} bytes. */
  get separator(): Uint8Array {
    const { messageStart, offset } = this.#lexer;
    return this.#history.separator(this.#itemEnd, messageStart < 0 ? offset : messageStart);
  }

  /**
   * Takes the next bytes, cut anywhere.
   *
   * @returns what became complete, in the order of the input
   */
  push(chunk: Uint8Array): ReaderItem[] {
    const items: ReaderItem[] = [];
    const lexer = this.#lexer;
    this.#history.feed(chunk, lexer.offset);
    lexer.feed(chunk);
    for (let token = lexer.next(); token !== MORE; token = lexer.next()) this.#take(token, items);
    const { messageStart, offset } = lexer;
    this.#history.keep(this.#itemEnd, messageStart < 0 ? offset : messageStart, offset);
    return items;
  }

  /**
   * The stream is over: a number or keyword is complete now, any other unfinished value is an error. The reader can
   * go on with another stream; offsets and lines go on too.
   */
  end(): ReaderItem[] {
    const items: ReaderItem[] = [];
    const lexer = this.#lexer;
    const token = lexer.finish();
    if (token !== MORE) this.#take(token, items);
    if (lexer.messageStart >= 0) {
      this.#fail(lexer.problem('unfinished', 'the input ends inside a value', lexer.offset), items);
    }
    return items;
  }

  #take(token: number, items: ReaderItem[]): void {
    const lexer = this.#lexer;
    if (token === BAD) {
      this.#fail(lexer.error, items);
      return;
    }
    if (token === OPEN_OBJECT) this.#braces += 1;
    else if (token === CLOSE_OBJECT) this.#braces -= 1;
    else if (token === OPEN_ARRAY) this.#brackets += 1;
    else if (token === CLOSE_ARRAY) this.#brackets -= 1;
    this.#tokens += 1;
    this.#tokenBytes += lexer.to - lexer.from;
    const excess = this.#excess();
    if (excess !== undefined) {
      this.#failAt(excess, items);
      return;
    }
    if (this.#refused === undefined) {
      this.#build(token);
      // All others are reckoned before they are made.
      if (token === TEXT_STRING || lexer.to - lexer.from > LONG) {
        const tooLarge = this.#tooLarge();
        if (tooLarge !== undefined) {
          this.#failAt(tooLarge, items);
          return;
        }
      }
      const { problem } = this.#findings;
      if (problem !== undefined) this.#refused = lexer.problem(problem.code, problem.message, problem.offset);
    }
    if (this.#refused !== undefined && this.#dialect.recovery === 'line') {
      this.#fail(this.#refused, items);
      this.#recover();
      return;
    }
    // As QEMU counts: each kind for itself, and a closing bracket too many ends the value as well.
    const open = (this.#braces > 0 || this.#brackets > 0) && this.#braces >= 0 && this.#brackets >= 0;
    if (open) return;
    if (this.#refused === undefined) this.#deliver(items);
    else this.#fail(this.#refused, items);
  }

  #failAt([code, message]: readonly [JsonErrorCode, string], items: ReaderItem[]): void {
    const lexer = this.#lexer;
    this.#fail(lexer.problem(code, message, lexer.start), items);
    this.#recover();
  }

  #excess(): [JsonErrorCode, string] | undefined {
    const { nesting, tokens, tokenBytes } = this.#limits;
    if (this.#tokenBytes >= tokenBytes) {
      return ['token-bytes-limit', `the tokens of a value take ${tokenBytes} bytes or more`];
    }
    if (this.#tokens > tokens) return ['token-count-limit', `a value has more than ${tokens} tokens`];
    if (this.#braces + this.#brackets > nesting) {
      return ['nesting-limit', `a value has more than ${nesting} open brackets`];
    }
    return this.#tooLarge();
  }

  #tooLarge(): [JsonErrorCode, string] | undefined {
    const { memory } = this.#limits;
    if (this.#memory() <= memory) return undefined;
    return ['memory-limit', `a value takes more than ${memory} bytes of memory`];
  }

  #memory(): number {
    return this.#tokens * footprint.token + this.#tokenBytes + this.#extra;
  }

  #build(token: number): void {
    const lexer = this.#lexer;
    if (this.#fits(token)) return;
    const { source, from, to, start } = lexer;
    const found = escapeBytes(source.subarray(from, to), MAX_EXCERPT);
    this.#findings.refuse('syntax', start, `expected ${this.#builder.expected}, found ${found}`);
  }

  /** Adds a token to the value, if the grammar allows it. */
  #fits(token: number): boolean {
    const lexer = this.#lexer;
    const builder = this.#builder;
    const { source, from, to, start } = lexer;
    switch (token) {
      case PLAIN_STRING: {
        if (!builder.nameDue) {
          this.#extra += footprint.string;
          return builder.string(lexer.ascii(from + 1, to - 1), start);
        }
        const name = lexer.name(from + 1, to - 1);
        if (lexer.newName || isDigit(name.charCodeAt(0))) this.#addName(name, 1);
        return builder.string(name, start);
      }
      case COLON:
        return builder.colon();
      case COMMA:
        return builder.comma();
      case INTEGER_TOKEN: {
        const short = shortInteger(source, from, to);
        if (short === undefined) return this.#longNumber(footprint.longInteger);
        return builder.value(short);
      }
      case OPEN_OBJECT:
        return builder.openObject();
      case CLOSE_OBJECT:
        return builder.closeObject();
      case OPEN_ARRAY:
        this.#extra += footprint.array;
        return builder.openArray();
      case CLOSE_ARRAY:
        return builder.closeArray();
      case TEXT_STRING: {
        const { text, wide } = decodeText(
          source,
          from + 1,
          to - 1,
          start - from,
          this.#dialect,
          this.#findings,
        );
        // Beside its bytes, which are counted: its pieces are there until it is used and becomes one.
        const size = wide ? 3 : 1;
        if (builder.nameDue) this.#addName(text, size);
        else this.#extra += footprint.string + size * text.length;
        return builder.string(text, start);
      }
      case DOUBLE_TOKEN:
        return this.#longNumber(footprint.double);
      default:
        return builder.value(this.#keyword());
    }
  }

  /** A number that has to be made of its text; of very long ones several copies are made on the way. */
  #longNumber(cost: number): boolean {
    const { from, to } = this.#lexer;
    this.#extra += cost + 3 * (to - from);
    // The value will be refused: not worth making.
    if (this.#memory() > this.#limits.memory) return this.#builder.value(null);
    const text = this.#lexer.ascii(from, to);
    const isDouble = cost === footprint.double;
    return this.#builder.value(isDouble ? new Double(Number(text), text) : longInteger(text, this.#dialect));
  }

  #addName(name: string, size: number): void {
    this.#extra += footprint.newName + size * name.length;
    if (isDigit(name.charCodeAt(0))) this.#extra += footprint.index;
  }

  #keyword(): Json {
    const lexer = this.#lexer;
    const text = lexer.ascii(lexer.from, lexer.to);
    switch (text) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'null':
        return null;
      default:
        this.#findings.refuse(
          'bad-keyword',
          lexer.start,
          `expected true, false or null, found ${excerpt(text)}`,
        );
        return null;
    }
  }

  #deliver(items: ReaderItem[]): void {
    const { messageStart: start, offset: end } = this.#lexer;
    const value = this.#builder.take();
    const separator = this.#history.separator(this.#itemEnd, start);
    const raw = this.#history.raw(start, end);
    const violations = this.#findings.take();
    items.push({ kind: 'value', value, start, end, separator, raw, violations, footprint: this.#memory() });
    this.#next(end);
  }

  #fail(error: JsonError, items: ReaderItem[]): void {
    const { messageStart: start, offset: end } = this.#lexer;
    if (this.#dialect.recovery !== 'line' || error.line !== this.#errorLine) {
      const raw = this.#history.raw(start, end, MAX_ERROR_RAW);
      items.push({ kind: 'error', error, start, end, raw });
    }
    this.#errorLine = error.line;
    this.#builder.take();
    this.#findings.take();
    this.#next(end);
  }

  /** Makes the lexer go on after an error that it has not found itself. */
  #recover(): void {
    if (this.#dialect.recovery === 'line') this.#lexer.skip();
  }

  #next(itemEnd: number): void {
    this.#lexer.messageStart = -1;
    this.#lexer.forget();
    this.#itemEnd = itemEnd;
    this.#history.clear();
    this.#braces = 0;
    this.#brackets = 0;
    this.#tokens = 0;
    this.#tokenBytes = 0;
    this.#extra = 0;
    this.#refused = undefined;
  }
}
