/**
 * What the readers of shapes have in common.
 */
import type { Hint, QapiErrorCode } from '../../model/error.js';
import type { Release } from '../../model/release.js';
import type { Position } from '../../model/position.js';

/** Whoever reads a definition takes complaints about its parts. */
export interface Reporter {
  /** Whose rules hold; absent: those of all releases. */
  readonly release: Release | undefined;
  complain(code: QapiErrorCode, message: string, position: Position, hint?: Hint): void;
  /**
   * Takes a complaint that leaves the definition usable.
   *
   * @param anchor where QEMU reports it; absent: at the start of the definition
   */
  remark(code: QapiErrorCode, message: string, position: Position, hint?: Hint, anchor?: Position): void;
}
