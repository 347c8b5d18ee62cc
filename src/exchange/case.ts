/**
 * One request of many, what may follow it, and where it comes from.
 */
import type { CaseAbout } from '../generate/index.js';
import type { Outcome } from '../judge/index.js';
import type { Request } from '../qmp/index.js';

/** A request of a pipeline and what may follow it; a request without an id gets one. */
export interface Case {
  readonly request: Request;
  readonly oneOf: readonly Outcome[];
  /** What it is a case of, for generated ones. */
  readonly about?: CaseAbout;
  /** Takes back what the request makes, should it succeed. */
  readonly cleanup?: Request;
  /** Only takes something back: it is no case, and neither counted nor covered. */
  readonly isCleanup?: boolean;
  /** The case is about what this one, sent right before it, has done. */
  readonly follows?: Case;
  /** The request may end the target, as it is told to. */
  readonly ends?: boolean;
  /** Finds the smallest case of the same origin that still fails; each try costs a request. */
  readonly smaller?: (fails: (candidate: Case) => Promise<boolean>) => Promise<Case | undefined>;
}
