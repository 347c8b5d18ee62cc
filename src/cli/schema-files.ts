import { InputError } from '../input-error.js';
import { writeJson, type Json } from '../json/index.js';
import { introspect, jsonSchema, loadSchema, type Schema } from '../qapi/index.js';
import { schemaError } from './schema-error.js';

/** @throws InputError when the schema is not valid */
export function printIntrospection(
  path: string,
  { define, allConditions }: { readonly define: readonly string[]; readonly allConditions?: true },
): void {
  if (allConditions === true && define.length > 0) {
    throw new InputError('--all-conditions keeps everything, so --define has no meaning beside it');
  }
  const schema = schemaOf(path);
  print(introspect(schema, { defines: define, allConditions: allConditions === true }));
}

/** @throws InputError when the schema is not valid */
export function printJsonSchema(path: string): void {
  print(jsonSchema(schemaOf(path)));
}

function schemaOf(path: string): Schema {
  const { errors, schema } = loadSchema(path);
  if (errors === undefined) return schema;
  throw schemaError(path, errors);
}

function print(value: Json): void {
  process.stdout.write(`${writeJson(value)}\n`);
}
