/**
 * Where things stand in schema text.
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

/** The start of a file: the place of what is wrong with the file as a whole. */
export function startOf(file: string): Position {
  return { file, line: 1, column: 1 };
}
