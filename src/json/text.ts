/**
 * The contents of a string token → a JavaScript string.
 */
import type { Dialect } from './dialect.js';
import type { Findings } from './findings.js';

const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
const REPLACEMENT = 0xfffd;

/** Escapes of one character: code of the character behind the backslash → what it stands for. */
const escapes: ReadonlyMap<number, number> = new Map(
  [
    ['"', '"'],
    ['\\', '\\'],
    ['/', '/'],
    ['b', '\b'],
    ['f', '\f'],
    ['n', '\n'],
    ['r', '\r'],
    ['t', '\t'],
  ].map(([char = '', decoded = '']) => [char.charCodeAt(0), decoded.charCodeAt(0)]),
);

/** UTF-16, little-endian, as it is built; a longer string is built in pieces, each as narrow as it can be. */
const units = Buffer.alloc(8192);
/** A code point makes two code units at most. */
const FULL = units.length - 4;

/**
 * Decodes escapes and UTF-8. Violations go to `findings`; bytes that are not UTF-8 become U+FFFD as in the
 * WHATWG encoding standard, half a surrogate pair stays what it is.
 *
 * @param source holds the contents, without the quotes, in `[from, to)`
 * @param origin absolute offset in the stream of index 0 of `source`
 * @returns the string, and whether a character of it takes two bytes
 */
export function decodeText(
  source: Uint8Array,
  from: number,
  to: number,
  origin: number,
  dialect: Dialect,
  findings: Findings,
): { readonly text: string; readonly wide: boolean } {
  return new Decoder(source, from, to, origin, dialect, findings).decode();
}

class Decoder {
  readonly #source: Uint8Array;
  readonly #end: number;
  readonly #origin: number;
  readonly #dialect: Dialect;
  readonly #findings: Findings;
  /** What was decoded and is no more in the buffer. */
  #text = '';
  #length = 0;
  /** All code units that there were, one over the other. */
  #bits = 0;
  #at: number;
  #ascii = true;

  constructor(
    source: Uint8Array,
    from: number,
    to: number,
    origin: number,
    dialect: Dialect,
    findings: Findings,
  ) {
    this.#source = source;
    this.#at = from;
    this.#end = to;
    this.#origin = origin;
    this.#dialect = dialect;
    this.#findings = findings;
  }

  decode(): { readonly text: string; readonly wide: boolean } {
    while (this.#at < this.#end) {
      if (this.#length >= FULL) {
        this.#text += units.toString('utf16le', 0, this.#length);
        this.#length = 0;
      }
      const byte = this.#peek(0);
      if (byte === BACKSLASH) {
        this.#escape();
      } else if (byte < 0x80) {
        this.#put(byte);
        this.#at += 1;
      } else {
        this.#sequence(byte);
      }
    }
    const text = this.#text + units.toString('utf16le', 0, this.#length);
    return { text, wide: this.#bits > 0xff };
  }

  #peek(ahead: number): number {
    const index = this.#at + ahead;
    // NUL can stand in no string: it fits nowhere below either.
    return index < this.#end ? (this.#source[index] ?? 0) : 0;
  }

  #put(unit: number): void {
    units[this.#length] = unit & 0xff;
    units[this.#length + 1] = unit >> 8;
    this.#bits |= unit;
    this.#length += 2;
  }

  #putCodePoint(codePoint: number, offset: number): void {
    const noncharacter = (codePoint & 0xfffe) === 0xfffe || (codePoint >= 0xfdd0 && codePoint <= 0xfdef);
    if (noncharacter && this.#dialect.violations === 'refused') {
      this.#findings.refuse('noncharacter', offset, 'a code point that Unicode keeps from being a character');
    }
    if (codePoint > 0xffff) {
      this.#put(0xd7c0 + (codePoint >> 10));
      this.#put(0xdc00 + (codePoint & 0x3ff));
    } else {
      this.#put(codePoint);
    }
  }

  #escape(): void {
    const offset = this.#origin + this.#at;
    const char = this.#peek(1);
    const unit = escapes.get(char) ?? (char === APOSTROPHE && this.#dialect.singleQuotes ? APOSTROPHE : -1);
    if (unit >= 0) {
      this.#put(unit);
      this.#at += 2;
      return;
    }
    const first = char === LOWER_U ? this.#hex(2) : -1;
    if (first < 0) {
      this.#findings.refuse('bad-escape', offset, this.#badEscape(char));
      this.#at += 2;
      return;
    }
    this.#at += 6;
    if (first < 0xd800 || first > 0xdfff) {
      this.#putCodePoint(first, offset);
      return;
    }
    if (first < 0xdc00 && this.#peek(0) === BACKSLASH && this.#peek(1) === LOWER_U) {
      const second = this.#hex(2);
      if (second >= 0xdc00 && second <= 0xdfff) {
        this.#putCodePoint(0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff), offset);
        this.#at += 6;
        return;
      }
    }
    this.#findings.addViolation('lone-surrogate', offset);
    this.#put(first);
  }

  #badEscape(char: number): string {
    if (char === LOWER_U) return 'expected four hexadecimal digits after \\u';
    return `expected one of " \\ / b f n r t u${this.#dialect.singleQuotes ? " '" : ''} after a backslash`;
  }

  /** Four hexadecimal digits as a number, or -1. */
  #hex(ahead: number): number {
    let value = 0;
    for (let index = ahead; index < ahead + 4; index += 1) {
      const byte = this.#peek(index);
      const letter = byte | 0x20;
      if (byte >= 0x30 && byte <= 0x39) value = value * 16 + byte - 0x30;
      else if (letter >= 0x61 && letter <= 0x66) value = value * 16 + letter - 0x57;
      else return -1;
    }
    return value;
  }

  /** A sequence of UTF-8 beyond ASCII. */
  #sequence(lead: number): void {
    const offset = this.#origin + this.#at;
    if (this.#ascii) {
      this.#ascii = false;
      // One note for a string: the others would say the same.
      if (this.#dialect.violations === 'noted') this.#findings.addViolation('non-ascii', offset);
    }
    if (lead === 0xc0 && this.#dialect.modifiedUtf8 && this.#peek(1) === 0x80) {
      this.#put(0);
      this.#at += 2;
      return;
    }
    const more = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    // The second byte alone decides between shortest forms, surrogates and what is beyond Unicode.
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    let codePoint = lead & (0x3f >> more);
    this.#at += 1;
    for (let left = more; left > 0; left -= 1) {
      const byte = this.#peek(0);
      if (byte < low || byte > high) {
        this.#invalid(offset);
        return;
      }
      codePoint = (codePoint << 6) | (byte & 0x3f);
      this.#at += 1;
      low = 0x80;
      high = 0xbf;
    }
    if (more === 0) this.#invalid(offset);
    else this.#putCodePoint(codePoint, offset);
  }

  #invalid(offset: number): void {
    this.#findings.addViolation('invalid-utf8', offset);
    this.#put(REPLACEMENT);
  }
}
