/**
 * Errors in schemas, as data.
 */
import type { Position } from './position.js';

/**
 * One code for each kind of error; messages may change, codes do not.
 *
 * @public
 */
export type QapiErrorCode =
  // files
  | 'missing-file'
  | 'unreadable-file'
  | 'directory'
  | 'file-too-large'
  | 'invalid-utf8'
  | 'empty-file'
  | 'include-cycle'
  | 'include-depth'
  | 'too-many-modules'
  // text
  | 'stray-text'
  | 'bad-string'
  | 'unexpected-token'
  | 'duplicate-key'
  | 'nesting-too-deep'
  // documentation comments
  | 'bad-doc-comment'
  | 'misplaced-doc'
  | 'missing-doc'
  | 'wrong-doc-name'
  | 'bad-doc-section'
  | 'documented-name-unknown'
  | 'undocumented-feature'
  | 'undocumented-member'
  // directives
  | 'bad-directive'
  | 'unknown-pragma'
  | 'bad-pragma'
  // syntax of definitions
  | 'bad-expression'
  | 'missing-key'
  | 'unknown-key'
  | 'wrong-value'
  | 'bad-name'
  | 'reserved-name'
  | 'bad-condition'
  | 'conflicting-flags'
  // semantic rules
  | 'duplicate-definition'
  | 'unknown-type'
  | 'bad-base'
  | 'contains-itself'
  | 'name-collision'
  | 'bad-discriminator'
  | 'unknown-branch'
  | 'bad-branch'
  | 'no-branches'
  | 'indistinguishable'
  | 'bad-arguments'
  | 'bad-return'
  | 'bad-feature'
  | 'schema-too-large'
  // saved introspection dumps
  | 'bad-json'
  | 'bad-introspection';

/**
 * An error in a schema.
 *
 * @public
 */
export interface QapiError {
  readonly code: QapiErrorCode;
  /** What is wrong and what was expected; one sentence, no position. */
  readonly message: string;
  readonly position: Position;
  /**
   * Where QEMU's own front end reports the error. Absent: at the start of the definition that it is in, or else at
   * its position.
   */
  readonly anchor?: Position;
  /** What the author may have meant, or what to do. */
  readonly hint?: string;
  /** The definition that contains the error, if any. */
  readonly definition?: DefinitionLocation;
}

/**
 * Which definition, and where it starts.
 *
 * @public
 */
export interface DefinitionLocation {
  readonly meta: string;
  readonly name: string;
  readonly position: Position;
}

/** The position that reports show: where QEMU's own front end reports the error. */
export function anchorOf({ anchor, definition, position }: QapiError): Position {
  return anchor ?? definition?.position ?? position;
}

/**
 * The error as text: the chain of includes, then `FILE:LINE: message`.
 *
 * @public
 */
export function formatError(error: QapiError): string {
  const { file, line, includedFrom } = anchorOf(error);
  let text = `${file}:${line}: ${error.message}`;
  if (error.hint !== undefined) text += ` (${error.hint})`;
  for (let from = includedFrom; from !== undefined; from = from.includedFrom) {
    text = `In file included from ${from.file}:${from.line}:\n${text}`;
  }
  return text;
}

/** The most errors that are collected; a hostile file could have millions. */
const LIMIT = 100;

/** Names in schemas may be of any length, messages not. */
const MESSAGE_LENGTH = 500;

function clip(text: string): string {
  return text.length <= MESSAGE_LENGTH ? text : `${text.slice(0, MESSAGE_LENGTH)}…`;
}

/** Guesses what the author may have meant; undefined when there is no guess. */
export type Hint = () => string | undefined;

/** Thrown by {@link ErrorList.add} when the list is full, to end the check. */
export class TooManyErrors extends Error {
  override readonly name = 'TooManyErrors';
}

/** Collects errors: bounded, and for each position one per code. */
export class ErrorList {
  readonly #limit: number;
  readonly #errors: QapiError[] = [];
  readonly #seen = new Set<string>();

  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  /**
   * @param hint what to add; asked for only when the error is kept, since hints cost time
   * @throws TooManyErrors after the last error for which there is room
   */
  add(error: QapiError, hint?: Hint): void {
    const { file, line, column } = error.position;
    const place = `${error.code} ${line}:${column} ${file}`;
    if (this.#seen.has(place)) return;
    this.#seen.add(place);
    const message = clip(error.message);
    const text = hint?.();
    this.#errors.push(text === undefined ? { ...error, message } : { ...error, message, hint: clip(text) });
    if (this.#errors.length >= this.#limit) throw new TooManyErrors();
  }

  get count(): number {
    return this.#errors.length;
  }

  /**
   * The errors in the order in which they were found, which is that of QEMU's own front end: text, syntax, semantic
   * rules. Errors that it would report at the same position are in the order of the text.
   */
  list(): QapiError[] {
    const groups: QapiError[][] = [];
    let last: Position | undefined;
    for (const error of this.#errors) {
      const anchor = anchorOf(error);
      if (anchor === last) groups.at(-1)?.push(error);
      else groups.push([error]);
      last = anchor;
    }
    return groups.flatMap((group) => group.sort((a, b) => compare(a.position, b.position)));
  }
}

function compare(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}
