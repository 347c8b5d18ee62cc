/**
 * Where things stand in schema files.
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
