/**
 * JSON files that people hand in: read with exact integers, and checked against a JSON Schema of the package before
 * any code relies on their structure.
 */
import { readFile } from 'node:fs/promises';
import { InputError } from './input-error.js';
import { JsonReader, type Json } from './json/index.js';
import { packageFile } from './package.js';

/**
 * Reads a JSON file that conforms to `fixtures/schemas/{schema}.schema.json`.
 *
 * @throws InputError when the file cannot be read, is no JSON, or does not conform
 */
export async function readInputFile(path: string, schema: string): Promise<Json> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const reader = new JsonReader();
  const [first, second] = [...reader.push(bytes), ...reader.end()];
  if (first === undefined) throw new InputError(`${path} is empty`);
  if (first.kind === 'error') {
    const { line, column, message } = first.error;
    throw new InputError(`${path}:${line}:${column}: ${message}`);
  }
  if (second !== undefined) throw new InputError(`${path} holds more than one JSON value`);
  const problem = await schemaProblem(first.value, schema);
  if (problem !== undefined) throw new InputError(`${path}: ${problem}`);
  return first.value;
}

async function schemaProblem(value: Json, schema: string): Promise<string | undefined> {
  // Loading the validator takes longer than most commands; only commands that read such a file pay for it.
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const definition: unknown = JSON.parse(
    await readFile(packageFile('fixtures', 'schemas', `${schema}.schema.json`), 'utf8'),
  );
  const validate = new Ajv2020({ ownProperties: true }).compile(definition as object);
  if (validate(value)) return undefined;
  const [error] = validate.errors ?? [];
  return `${error?.instancePath === '' ? 'the file' : (error?.instancePath ?? '')} ${error?.message ?? 'is not valid'}`;
}
