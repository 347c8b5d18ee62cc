/**
 * What can be wrong with a schema, as data.
 */
import type { Position } from './position.js';

/** One code for each kind of mistake; messages may change, codes do not. */
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
  // the shape of definitions
  | 'bad-expression'
  | 'missing-key'
  | 'unknown-key'
  | 'wrong-value'
  | 'bad-name'
  | 'reserved-name'
  | 'bad-condition'
  | 'conflicting-flags'
  // what definitions mean together
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

/** A mistake in a schema. */
export interface QapiError {
  readonly code: QapiErrorCode;
  /** What is wrong and what was expected; one sentence, no position. */
  readonly message: string;
  readonly position: Position;
  /**
   * Where QEMU's own front end reports the mistake. Absent: at the start of the definition that it is in, or else at
   * its position.
   */
  readonly anchor?: Position;
  /** What the author may have meant, or what to do. */
  readonly hint?: string;
  /** The definition that the mistake is in, if it is in one. */
  readonly definition?: DefinitionSite;
}

/** Which definition, and where it starts. */
export interface DefinitionSite {
  readonly meta: string;
  readonly name: string;
  readonly position: Position;
}

/** The place that reports name: where QEMU's own front end would see the mistake. */
export function anchorOf({ anchor, definition, position }: QapiError): Position {
  return anchor ?? definition?.position ?? position;
}

/** The error as text: the chain of includes, then `FILE:LINE: message`. */
export function formatError(error: QapiError): string {
  const { file, line, includedFrom } = anchorOf(error);
  let text = `${file}:${line}: ${error.message}`;
  if (error.hint !== undefined) text += ` (${error.hint})`;
  for (let from = includedFrom; from !== undefined; from = from.includedFrom) {
    text = `In file included from ${from.file}:${from.line}:\n${text}`;
  }
  return text;
}

/** More mistakes than this are not collected: nobody reads them, and a hostile file could bring millions. */
const LIMIT = 100;

/** Names in schemas may be of any length, messages not. */
const MESSAGE_LENGTH = 500;

function clip(text: string): string {
  return text.length <= MESSAGE_LENGTH ? text : `${text.slice(0, MESSAGE_LENGTH)}…`;
}

/** Finds out what the author may have meant; undefined: no idea. */
export type Hint = () => string | undefined;

/** Thrown by {@link ErrorList.add} when the list is full: whoever looks for mistakes need not go on. */
export class TooManyErrors extends Error {
  override readonly name = 'TooManyErrors';
}

/** Collects mistakes: bounded, each place once per code. */
export class ErrorList {
  readonly #limit: number;
  readonly #errors: QapiError[] = [];
  readonly #seen = new Set<string>();

  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  /**
   * @param hint what to add; asked for only when the error is kept, since hints cost time
   * @throws TooManyErrors behind the last one for which there is room
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
   * In the order in which they were found, which is that of QEMU's own front end: text, shapes, meaning. What it would
   * report at one place stands in the order of the text.
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
