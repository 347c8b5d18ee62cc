/**
 * How a command ends.
 */
import type { ErrorClass } from '../judge/index.js';
import type { Json, JsonObject } from '../json/index.js';

export type CommandOutcome =
  { readonly return: Json } | { readonly error: { readonly class: ErrorClass; readonly desc: string } };

/** Thrown by a command's handler: the command fails with this class. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly errorClass: ErrorClass;

  constructor(description: string, errorClass: ErrorClass = 'GenericError') {
    super(description);
    this.errorClass = errorClass;
  }
}

/** A failure as an outcome. */
export function failure(description: string, errorClass: ErrorClass = 'GenericError'): CommandOutcome {
  return { error: { class: errorClass, desc: description } };
}

/** The members of an outcome in a reply. */
export function outcomeMembers(outcome: CommandOutcome): JsonObject {
  return 'return' in outcome ? { return: outcome.return } : { error: { ...outcome.error } };
}
