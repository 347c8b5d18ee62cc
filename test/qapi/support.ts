/**
 * Helpers that the tests of src/qapi share.
 */
import { existsSync } from 'node:fs';
import { packageFile } from '../../src/package.js';
import {
  filesInMemory,
  loadSchema,
  type LoadOptions,
  type LoadResult,
  type QapiError,
  type Schema,
} from '../../src/qapi/index.js';

/** Every property runs the same cases each time. */
export const SEED = 20_240_229;

/** A schema file among the fixtures. */
export function fixture(name: string): string {
  return packageFile('test', 'qapi', 'fixtures', name);
}

/** The schemas that properties are tried on: our own fixtures and the bundled reference schema. */
export const schemaFiles: readonly string[] = [
  fixture('home.qapi'),
  fixture('legacy.qapi'),
  packageFile('fixtures', 'schemas', 'reference', 'qapi-schema.json'),
].filter((path) => existsSync(path));

/** Loads a schema from memory: one text, or files of which `main` is the root. */
export function load(files: string | Record<string, string>, options: LoadOptions = {}): LoadResult {
  const readFile = filesInMemory(typeof files === 'string' ? { main: files } : files);
  return loadSchema('main', { readFile, ...options });
}

/** A schema that must be right. */
export function schemaOf(files: string | Record<string, string>, options: LoadOptions = {}): Schema {
  return expectSchema(load(files, options));
}

/** A schema file that must be right. */
export function schemaAt(path: string, options: LoadOptions = {}): Schema {
  return expectSchema(loadSchema(path, options));
}

function expectSchema({ schema, errors }: LoadResult): Schema {
  if (schema !== undefined) return schema;
  throw new Error(`unexpected errors: ${errors.map(place).join(', ')}`);
}

/** The errors of a schema that must be wrong. */
export function errorsOf(
  files: string | Record<string, string>,
  options: LoadOptions = {},
): readonly QapiError[] {
  return load(files, options).errors ?? [];
}

/** An error as `code line:column`. */
export function place({ code, position }: QapiError): string {
  return `${code} ${position.line}:${position.column}`;
}

/** All errors, in order, as `code line:column`. */
export function placesOf(files: string | Record<string, string>, options: LoadOptions = {}): string[] {
  return errorsOf(files, options).map(place);
}

/** An element of a map or a list that must be there. */
export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('something that must exist does not');
  return value;
}
