/**
 * Positions in schema text.
 *
 * @public
 */

export interface Position {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** The `include` directive that brought the file in; absent for the root module. */
  readonly includedFrom?: Position;
}

/** The start of a file: the position of errors about the file as a whole. */
export function startOf(file: string): Position {
  return { file, line: 1, column: 1 };
}
