/**
 * Where the functions that read parts of a definition report what is wrong with them.
 */
import type { Hint, QapiErrorCode } from '../../model/error.js';
import type { ReleaseRules } from '../../model/release.js';
import type { Position } from '../../model/position.js';

export interface Reporter {
  /** The rules that hold. */
  readonly rules: ReleaseRules;
  /** Reports an error that makes the definition unusable. */
  error(code: QapiErrorCode, message: string, position: Position, hint?: Hint): void;
  /**
   * Reports an error that leaves the definition usable for further checks.
   *
   * @param anchor where QEMU reports it; absent: at the start of the definition
   */
  recoverableError(
    code: QapiErrorCode,
    message: string,
    position: Position,
    hint?: Hint,
    anchor?: Position,
  ): void;
}
