/**
 * Problems in introspection data.
 *
 * @public
 */
export type IntrospectionProblemCode =
  /** A value of the wrong JSON type. */
  | 'wrong-type'
  | 'missing-member'
  /** A member that the specification does not know; newer servers may have some. */
  | 'unknown-member'
  | 'unknown-meta-type'
  | 'unknown-json-type'
  | 'bad-name'
  /** A name that occurs twice where names are unique. */
  | 'duplicate'
  /** A type name that has no entry. */
  | 'unknown-type'
  /** A type of a kind that cannot stand there. */
  | 'wrong-kind'
  /** `default` is there, but not null. */
  | 'bad-default'
  | 'bad-tag'
  /** A variant for something that is no value of the tag. */
  | 'unknown-case'
  /** `values` and `members` of an enumeration list different names. */
  | 'values-differ'
  | 'indistinguishable'
  | 'contains-itself'
  /** More problems were found than are listed. */
  | 'too-many-problems'
  /** There is so much data that it was not checked to the end. */
  | 'too-large';

/**
 * One thing that is wrong, and where: `[12].members[0].type`.
 *
 * @public
 */
export interface IntrospectionProblem {
  readonly code: IntrospectionProblemCode;
  readonly message: string;
  readonly path: string;
}

/** How many problems are listed. */
const LIMIT = 100;

/** Collects problems, at most a hundred. */
export class ProblemList {
  readonly problems: IntrospectionProblem[] = [];

  add(code: IntrospectionProblemCode, message: string, path: string): void {
    if (this.problems.length < LIMIT - 1) this.problems.push({ code, message, path });
    else if (this.problems.length === LIMIT - 1) {
      const text = `more than ${LIMIT - 1} problems; the others are not listed`;
      this.problems.push({ code: 'too-many-problems', message: text, path });
    }
  }
}

/** A name from the other side, as a message shows it. */
export function quote(name: string): string {
  return `'${name.length <= 60 ? name : `${name.slice(0, 57)}...`}'`;
}
