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

/** The error as text: the chain of includes, then `FILE:LINE: message`. */
export function formatError(error: QapiError): string {
  const { file, line, includedFrom } = error.position;
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

/** Collects mistakes: bounded, each place once per code, sorted by place when read. */
export class ErrorList {
  readonly #errors: QapiError[] = [];
  readonly #seen = new Set<string>();

  /** @param hint what to add; asked for only when the error is kept, since hints cost time */
  add(error: QapiError, hint?: Hint): void {
    if (this.#errors.length >= LIMIT) return;
    const { file, line, column } = error.position;
    const place = `${error.code} ${line}:${column} ${file}`;
    if (this.#seen.has(place)) return;
    this.#seen.add(place);
    const message = clip(error.message);
    const text = hint?.();
    this.#errors.push(text === undefined ? { ...error, message } : { ...error, message, hint: clip(text) });
  }

  get count(): number {
    return this.#errors.length;
  }

  /** @param files the order of the files; those not listed come last */
  sorted(files: readonly string[]): QapiError[] {
    const rank = new Map(files.map((file, index) => [file, index]));
    const place = ({ position }: QapiError) => rank.get(position.file) ?? files.length;
    return [...this.#errors].sort(
      (a, b) =>
        place(a) - place(b) || a.position.line - b.position.line || a.position.column - b.position.column,
    );
  }
}
