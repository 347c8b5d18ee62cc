/**
 * The lexical grammar of a dialect as a table: state × byte → next state, or an outcome.
 *
 * A table knows no difference between a byte in the middle of a chunk and one at its edge, so a token may be cut
 * anywhere; and the dialects differ in a few rows, not in code.
 */
import type { Dialect } from './dialect.js';

// States between tokens.
export const START = 0;
/** After an error, looking for a place to go on. */
export const SKIP = 1;

// States inside a token: from here on.
export const FIRST_TOKEN_STATE = 2;
/** A double-quoted string that so far is its own value: ASCII, no escapes. */
const PLAIN = 2;
/** A double-quoted string that has to be decoded. */
const TEXT = 3;
const ESCAPE = 4;
const PLAIN_SINGLE = 5;
const TEXT_SINGLE = 6;
export const ESCAPE_SINGLE = 7;
const MINUS = 8;
export const ZERO = 9;
const DIGITS = 10;
const POINT = 11;
const FRACTION = 12;
const EXPONENT_MARK = 13;
const EXPONENT_SIGN = 14;
const EXPONENT = 15;
const KEYWORD = 16;
const STATES = 17;

// Outcomes: from here on.
export const FIRST_OUTCOME = 32;

// Tokens that end with the byte at hand.
export const OPEN_OBJECT = 32;
export const CLOSE_OBJECT = 33;
export const OPEN_ARRAY = 34;
export const CLOSE_ARRAY = 35;
export const COMMA = 36;
export const COLON = 37;
export const PLAIN_STRING = 38;
export const TEXT_STRING = 39;
export const LAST_CLOSED_TOKEN = 39;

// Tokens that end before the byte at hand.
export const INTEGER_TOKEN = 40;
export const DOUBLE_TOKEN = 41;
export const KEYWORD_TOKEN = 42;
export const LAST_TOKEN = 42;

// No tokens.
/** A line feed between tokens. */
export const LINE = 43;
/** The end of skipping, before the byte at hand. */
export const RESUME = 44;
/** A byte that drops what is unfinished and means nothing by itself. */
export const DELIMITER = 45;
/** A byte that cannot stand here. */
export const ERROR = 46;

/** The states, each with 256 entries; to be indexed with `(state << 8) | byte`. */
export type StateTable = Uint8Array;

const tables = new WeakMap<Dialect, StateTable>();

/** The table of a dialect, made once. */
export function stateTable(dialect: Dialect): StateTable {
  let table = tables.get(dialect);
  if (table === undefined) {
    table = build(dialect);
    tables.set(dialect, table);
  }
  return table;
}

function build(dialect: Dialect): StateTable {
  const table = new Uint8Array(STATES << 8).fill(ERROR);
  /** Sets the entries of single bytes (a string), of a range of bytes, or of all. */
  const set = (state: number, bytes: string | readonly [number, number], next: number): void => {
    if (typeof bytes === 'string') {
      for (const char of bytes) table[(state << 8) | char.charCodeAt(0)] = next;
    } else {
      table.fill(next, (state << 8) | bytes[0], ((state << 8) | bytes[1]) + 1);
    }
  };
  const all = [0, 0xff] as const;
  const digits = [0x30, 0x39] as const;

  set(START, ' \t\r', START);
  set(START, '\n', LINE);
  set(START, '-', MINUS);
  set(START, digits, DIGITS);
  set(START, '0', ZERO);
  set(START, [0x61, 0x7a], KEYWORD);
  set(START, '{', OPEN_OBJECT);
  set(START, '}', CLOSE_OBJECT);
  set(START, '[', OPEN_ARRAY);
  set(START, ']', CLOSE_ARRAY);
  set(START, ',', COMMA);
  set(START, ':', COLON);

  const quotes = [
    { quote: '"', plain: PLAIN, text: TEXT, escape: ESCAPE },
    ...(dialect.singleQuotes
      ? [{ quote: "'", plain: PLAIN_SINGLE, text: TEXT_SINGLE, escape: ESCAPE_SINGLE }]
      : []),
  ];
  for (const { quote, plain, text, escape } of quotes) {
    set(START, quote, plain);
    set(plain, [0x20, 0x7f], plain);
    set(plain, [0x80, 0xfd], text);
    set(plain, '\\', escape);
    set(plain, quote, PLAIN_STRING);
    set(text, [0x20, 0xfd], text);
    set(text, '\\', escape);
    set(text, quote, TEXT_STRING);
    // Which escapes there are is looked at when the string is decoded.
    set(escape, [0x20, 0xfd], text);
  }

  const exponent = (state: number): void => {
    set(state, 'eE', EXPONENT_MARK);
  };
  set(MINUS, digits, DIGITS);
  set(MINUS, '0', ZERO);
  set(ZERO, all, INTEGER_TOKEN);
  set(ZERO, digits, ERROR);
  set(ZERO, '.', POINT);
  if (dialect.exponentAfterZero) exponent(ZERO);
  set(DIGITS, all, INTEGER_TOKEN);
  set(DIGITS, digits, DIGITS);
  set(DIGITS, '.', POINT);
  exponent(DIGITS);
  set(POINT, digits, FRACTION);
  set(FRACTION, all, DOUBLE_TOKEN);
  set(FRACTION, digits, FRACTION);
  exponent(FRACTION);
  set(EXPONENT_MARK, '+-', EXPONENT_SIGN);
  set(EXPONENT_MARK, digits, EXPONENT);
  set(EXPONENT_SIGN, digits, EXPONENT);
  set(EXPONENT, all, DOUBLE_TOKEN);
  set(EXPONENT, digits, EXPONENT);

  set(KEYWORD, all, KEYWORD_TOKEN);
  set(KEYWORD, [0x61, 0x7a], KEYWORD);

  set(SKIP, all, SKIP);
  if (dialect.recovery === 'line') {
    set(SKIP, '\n\xff', RESUME);
    set(START, '\xff', DELIMITER);
    // Other bytes that no UTF-8 can have are a violation like any other; 0xFF alone is a delimiter.
    set(PLAIN, '\xfe', TEXT);
    set(TEXT, '\xfe', TEXT);
    set(ESCAPE, '\xfe', TEXT);
  } else {
    set(SKIP, [0x00, 0x1f], RESUME);
    set(SKIP, '\t', SKIP);
    set(SKIP, '{}[]:,\xfe\xff', RESUME);
  }
  return table;
}
