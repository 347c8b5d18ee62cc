import { InputError } from '../input-error.js';
import { formatError, type QapiError } from '../qapi/index.js';
import { visible } from '../text.js';

/** All errors of a schema as one; they may quote what is in it. */
export function schemaError(path: string, errors: readonly QapiError[]): InputError {
  const lines = errors.flatMap((error) => visible(formatError(error)).split('\n'));
  return new InputError([`${path} is no valid schema:`, ...lines.map((line) => `  ${line}`)].join('\n'));
}
