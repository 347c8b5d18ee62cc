import { InputError } from '../input-error.js';
import { writeJson } from '../json/index.js';
import { introspect, jsonSchema, loadSchema, type Schema } from '../qapi/index.js';
import { schemaError } from '../library/schema-error.js';
import { printJson } from './stdout.js';

export interface IntrospectionOptions {
  readonly define: readonly string[];
  readonly defineFrom?: string;
  readonly symbols?: true;
  readonly allConditions?: true;
}

/**
 * Prints the introspection data of a server built from a schema.
 *
 * @throws InputError when the schema is not valid, or options contradict each other
 * @throws TargetError when the server whose symbols are to be found does not answer
 */
export async function printIntrospection(path: string, options: IntrospectionOptions): Promise<void> {
  const { define, defineFrom, symbols, allConditions } = options;
  if (allConditions === true && (define.length > 0 || defineFrom !== undefined)) {
    throw new InputError('--all-conditions keeps everything, so --define has no meaning beside it');
  }
  if (symbols === true && defineFrom === undefined)
    throw new InputError('--symbols shows what --define-from finds; say from what');
  const schema = schemaOf(path);
  if (defineFrom === undefined)
    printJson(writeJson(introspect(schema, { defines: define, allConditions: allConditions === true })));
  else {
    const { findSymbols } = await import('./find-symbols.js');
    const found = await findSymbols(schema, defineFrom, define);
    printJson(writeJson(symbols === true ? found.report : found.introspection));
  }
}

/** @throws InputError when the schema is not valid */
export function printJsonSchema(path: string): void {
  printJson(writeJson(jsonSchema(schemaOf(path))));
}

function schemaOf(path: string): Schema {
  const { errors, schema } = loadSchema(path);
  if (errors === undefined) return schema;
  throw schemaError(path, errors);
}
