/**
 * One request of many, what may follow it, and where it comes from.
 */
import type { CaseAbout } from '../generate/index.js';
import type { Outcome } from '../judge/index.js';
import type { Json } from '../json/index.js';
import type { ObjectType } from '../qapi/index.js';
import type { Request } from '../qmp/index.js';

/** A request of a pipeline and what may follow it; a request without an id gets one. */
export interface Case {
  readonly request: Request;
  readonly oneOf: readonly Outcome[];
  /** What it is a case of, for generated ones. */
  readonly about?: CaseAbout;
  /** Removes what the request makes, should it succeed. */
  readonly cleanup?: Request;
  /** Only cleans up: it is no case, and neither counted nor covered. */
  readonly isCleanup?: boolean;
  /** The case is about what this one, sent right before it, has done. */
  readonly follows?: Case;
  /** The request may end the target, as it is told to. */
  readonly ends?: boolean;
  /** What can be varied in it to make it smaller, should it fail; one function serves all cases of a kind. */
  readonly variable?: (of: Case) => Variable | undefined;
}

/** The part of a request that other cases of the same kind have otherwise. */
export interface Variable {
  /** As the case has it; undefined: the part is left out. */
  readonly value: Json | undefined;
  /** The type that is due; undefined where any JSON will do. */
  readonly type?: ObjectType | undefined;
  /** The same case with another value; undefined when it would be no case of this kind, or may not be sent. */
  readonly with: (value: Json | undefined) => Case | undefined;
}
