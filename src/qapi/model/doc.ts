/**
 * Documentation comments, as the Schema has them.
 *
 * @public
 */
export interface Doc {
  /** What the definition is for: the text before any section. */
  readonly body: string;
  /** By member, argument, enum value or branch name. */
  readonly members: ReadonlyMap<string, string>;
  readonly features: ReadonlyMap<string, string>;
  /** The release that brought the definition, as written (`6.0`). */
  readonly since?: string;
  readonly returns?: string;
  /** The text that says which errors are due: the Errors section, in older schemas the Returns section. */
  readonly errors?: string;
  /** All tagged sections in order (Returns, Errors, Since, Note, Example, TODO, …), with their texts. */
  readonly sections: readonly DocSection[];
}

/**
 * A tagged section of a documentation comment.
 *
 * @public
 */
export interface DocSection {
  readonly tag: string;
  readonly text: string;
}
