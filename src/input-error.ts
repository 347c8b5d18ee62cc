/**
 * What the user gave cannot be used: a bad option, file, pattern or schema. Its message says what was wrong, what
 * was expected, and what to do; it needs no stack trace.
 *
 * @public
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}
