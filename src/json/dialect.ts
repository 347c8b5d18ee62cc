/**
 * The two ways of reading JSON that QMP needs, as values.
 */

/**
 * How much one value may take; each may be `Infinity`. Going over a limit is an error, and what was read is dropped.
 *
 * @public
 */
export interface Limits {
  /** Open brackets and braces. */
  readonly nesting: number;
  /** The tokens of one value have to take fewer bytes together, white space not counted. */
  readonly tokenBytes: number;
  /** Tokens of one value; a bracket, a colon or a comma is one too. */
  readonly tokens: number;
  /** Bytes of one value, with the whitespace inside. */
  readonly messageBytes: number;
  /** Bytes of memory that one value takes, as src/json reckons them: a byte of input may take fifty. */
  readonly memory: number;
}

/**
 * What sets a dialect apart.
 *
 * @public
 */
export interface Dialect {
  readonly name: string;
  /** Strings may stand in single quotes, and `\'` is an escape. */
  readonly singleQuotes: boolean;
  /** `0e1` is a number; otherwise the number ends after its zero. */
  readonly exponentAfterZero: boolean;
  /** What an integer beyond -2^63..2^64-1 becomes. */
  readonly wideIntegers: 'exact' | 'double';
  /** The bytes C0 80 are U+0000 (modified UTF-8). */
  readonly modifiedUtf8: boolean;
  /**
   * What a repeated member name, invalid UTF-8 or half a surrogate pair is: a violation that is noted with the value,
   * or an error. Where they are violations a byte beyond ASCII is one too; where they are errors a Unicode noncharacter
   * is one too.
   */
  readonly violations: 'noted' | 'refused';
  /**
   * How reading goes on after an error.
   *
   * - `line`: an error is reported where it stands, then everything up to the next LF or 0xFF is skipped; a line
   *   gives one error at most.
   * - `brackets`: a value of wrong syntax is read on until its brackets balance, and reported then. After a byte
   *   that makes no token, everything up to a structural character, a control character (but TAB), 0xFE or 0xFF
   *   is skipped, and what follows is read as new input.
   */
  readonly recovery: 'line' | 'brackets';
  readonly limits: Limits;
}

/**
 * RFC 8259 to the letter, for what servers send. One addition, which hides no message: a byte 0xFF between values
 * is passed over, and one inside a value ends it with an error (the guest agent sends it as a delimiter).
 *
 * @public
 */
export const strictDialect: Dialect = {
  name: 'strict',
  singleQuotes: false,
  exponentAfterZero: true,
  wideIntegers: 'exact',
  modifiedUtf8: false,
  violations: 'noted',
  recovery: 'line',
  // The longest honest message is a string: guest-file-read returns up to 64 MiB of base64 in one. Time is bounded by
  // the number of tokens, memory by what they take.
  limits: {
    nesting: 1024,
    tokenBytes: Infinity,
    tokens: 2 ** 22,
    messageBytes: 65 * 2 ** 20,
    memory: 72 * 2 ** 20,
  },
};

/**
 * What QEMU 5.2 to 10.x read on a monitor, down to the number of errors that bad input gives.
 *
 * @public
 */
export const qemuDialect: Dialect = {
  name: 'qemu',
  singleQuotes: true,
  exponentAfterZero: false,
  wideIntegers: 'double',
  modifiedUtf8: true,
  violations: 'refused',
  recovery: 'brackets',
  // QEMU has no limit on memory but what follows from the others: what goes over ours is far from any request.
  limits: {
    nesting: 1024,
    tokenBytes: 64 * 2 ** 20,
    tokens: 2 ** 21,
    messageBytes: Infinity,
    memory: 72 * 2 ** 20,
  },
};
