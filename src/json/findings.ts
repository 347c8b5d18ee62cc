/**
 * What can be wrong with bytes that should be JSON, as data.
 */

/**
 * Violations with which a value can still be delivered; the caller decides what they mean.
 *
 * @public
 */
export type ViolationCode = 'duplicate-name' | 'non-ascii' | 'invalid-utf8' | 'lone-surrogate';

/**
 * Why no value could be delivered. Codes are stable, messages are for people and may change.
 *
 * @public
 */
export type JsonErrorCode =
  | ViolationCode
  // bytes that make no token
  | 'bad-byte'
  | 'control-character'
  | 'bad-number'
  | 'reset'
  // tokens that make no value
  | 'bad-keyword'
  | 'bad-escape'
  | 'noncharacter'
  | 'syntax'
  | 'unfinished'
  // more than the reader was allowed to take
  | 'nesting-limit'
  | 'token-bytes-limit'
  | 'token-count-limit'
  | 'memory-limit'
  | 'message-bytes-limit';

/**
 * Something wrong in a value that was delivered all the same.
 *
 * @public
 */
export interface Violation {
  readonly code: ViolationCode;
  /** Absolute offset in the stream, in bytes. */
  readonly offset: number;
  readonly message: string;
}

/**
 * Why bytes gave no value.
 *
 * @public
 */
export interface JsonError {
  readonly code: JsonErrorCode;
  readonly message: string;
  /** Absolute offset in the stream, in bytes. */
  readonly offset: number;
  /** 1-based; lines end with LF and are counted over the whole stream. */
  readonly line: number;
  /** 1-based, in bytes. */
  readonly column: number;
}

/** A {@link JsonError} before it is known where its line starts. */
export interface Problem {
  readonly code: JsonErrorCode;
  readonly message: string;
  readonly offset: number;
}

/**
 * How many violations of one value are kept.
 *
 * @public
 */
export const MAX_VIOLATIONS = 16;

/** How much of the input a message repeats. */
export const MAX_EXCERPT = 40;

const NO_VIOLATIONS: readonly Violation[] = Object.freeze([]);

const violationMessages: Readonly<Record<ViolationCode, string>> = {
  'duplicate-name': 'member names of one object have to differ, but this one came before',
  'non-ascii': 'a byte above 0x7f, expected ASCII with \\u escapes for all other characters',
  'invalid-utf8': 'bytes that are not UTF-8',
  'lone-surrogate': 'half of a surrogate pair without the other half',
};

/** Collects what is wrong with the value that is being read. */
export class Findings {
  readonly #refuse: boolean;
  #violations: Violation[] = [];
  #problem: Problem | undefined;

  /** @param refuse a violation is a reason to refuse the value */
  constructor(refuse: boolean) {
    this.#refuse = refuse;
  }

  /** The first reason to refuse the value. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  /** Notes a violation; `name` is the member name that it is about. Refuses the value if violations are errors. */
  addViolation(code: ViolationCode, offset: number, name?: string): void {
    if (this.#refuse) {
      this.refuse(code, offset, violationMessage(code, name));
    } else if (this.#violations.length < MAX_VIOLATIONS) {
      this.#violations.push({ code, offset, message: violationMessage(code, name) });
    }
  }

  /** Notes a reason to refuse the value; only the first one counts. */
  refuse(code: JsonErrorCode, offset: number, message: string): void {
    this.#problem ??= { code, message, offset };
  }

  /** Hands over the violations, in the order in which they were noted, and starts anew for the next value. */
  take(): readonly Violation[] {
    this.#problem = undefined;
    if (this.#violations.length === 0) return NO_VIOLATIONS;
    const violations = this.#violations;
    this.#violations = [];
    return violations;
  }
}

function violationMessage(code: ViolationCode, name: string | undefined): string {
  const message = violationMessages[code];
  // No more of it is made into text than could be shown.
  return name === undefined ? message : `${message}: ${excerpt(JSON.stringify(name.slice(0, MAX_EXCERPT)))}`;
}

/** A piece of input for a message, cut when it is long. The input is not kept for the sake of the piece. */
export function excerpt(text: string): string {
  const piece = Buffer.from(text.slice(0, MAX_EXCERPT), 'utf16le').toString('utf16le');
  return text.length <= MAX_EXCERPT ? piece : `${piece}...`;
}
