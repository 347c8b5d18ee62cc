/**
 * Loads schemas: a path → Schema, or the errors in it.
 */
import { isObject, JsonReader, member } from '../../json/index.js';
import type { Json } from '../../json/index.js';
import { applyConditions } from '../model/apply-conditions.js';
import { buildSchema } from './build.js';
import { check } from '../check/index.js';
import { ErrorList, TooManyErrors } from '../model/error.js';
import type { QapiError, QapiErrorCode } from '../model/error.js';
import { schemaFromIntrospection } from '../introspection/from-introspection.js';
import { loadModules } from '../modules/index.js';
import { ReleaseRules } from '../model/release.js';
import type { Release } from '../model/release.js';
import type { Schema } from '../model/schema.js';
import { startOf } from '../model/position.js';
import { readFromDisk, readText } from '../parse/source.js';
import type { ReadFile } from '../parse/source.js';

/**
 * How a schema is loaded.
 *
 * @public
 */
export interface LoadOptions {
  /** The condition symbols that hold; elements that need others are left out. Absent: conditions stay. */
  readonly defines?: Iterable<string>;
  /** Check the schema by the rules of this release; absent: by those that all releases agree on. */
  readonly release?: Release;
  /** Where files come from; the file system when absent. */
  readonly readFile?: ReadFile;
  /** Stop when there are this many errors; a hundred when absent. */
  readonly errorLimit?: number;
}

/**
 * A schema, or why there is none: at least one error, in the order in which QEMU would find them.
 *
 * @public
 */
export type LoadResult =
  | { readonly schema: Schema; readonly errors?: undefined }
  | { readonly schema?: undefined; readonly errors: readonly QapiError[] };

/**
 * Loads a schema: a QAPI schema with all modules that it includes, or a saved introspection dump (a JSON array of
 * SchemaInfo objects, or the whole reply with it). The content decides which, not the name. Never throws for bad input.
 *
 * @param path the file
 *
 * @public
 */
export function loadSchema(path: string, options: LoadOptions = {}): LoadResult {
  return loadByRules(path, new ReleaseRules(options.release), options);
}

/**
 * Loads a schema like {@link loadSchema}, by given rules. Afterwards their breakpoints tell at which releases the
 * result may change.
 *
 * @param path the file
 * @param rules the rules that hold, made for this check
 */
export function loadByRules(
  path: string,
  rules: ReleaseRules,
  options: Omit<LoadOptions, 'release'>,
): LoadResult {
  const { release } = rules;
  const readFile = options.readFile ?? readFromDisk;
  const text = readText(readFile, path);
  if (typeof text !== 'string') return failure(path, text.code, `${path} ${text.reason}`);
  // QEMU's front ends accept an empty schema; to load one is most likely a mistake.
  if (text.trim() === '' && release === undefined) return failure(path, 'empty-file', `${path} is empty`);
  // The front end of a release does not read dumps.
  const isDump = release === undefined && isJson(text);
  const loaded = isDump ? loadDump(path, text) : loadFiles(path, text, rules, { ...options, readFile });
  if (loaded.schema === undefined || options.defines === undefined) return loaded;
  const symbols = new Set(options.defines);
  return { schema: applyConditions(loaded.schema, (symbol) => symbols.has(symbol)) };
}

/** Whether a text is JSON: it begins with an array, or with an object whose first name stands in double quotes. */
export function isJson(text: string): boolean {
  return /^\s*(?:\[|\{\s*")/.test(text);
}

function loadFiles(
  path: string,
  text: string,
  rules: ReleaseRules,
  options: Pick<LoadOptions, 'errorLimit'> & { readonly readFile: ReadFile },
): LoadResult {
  const errors = new ErrorList(options.errorLimit);
  // The root has been read already, and a pipe can be read only once.
  const readFile: ReadFile = (file) => (file === path ? Buffer.from(text) : options.readFile(file));
  try {
    const modules = loadModules(path, readFile, rules, errors);
    const symbols = check(modules, rules, errors);
    if (errors.count === 0) return { schema: buildSchema(symbols, modules) };
  } catch (reason) {
    if (!(reason instanceof TooManyErrors)) throw reason;
  }
  return { errors: errors.list() };
}

/**
 * Introspection data, or why there is none.
 *
 * @public
 */
export type LoadedIntrospection =
  | { readonly value: Json[]; readonly errors?: undefined }
  | { readonly value?: undefined; readonly errors: readonly QapiError[] };

/**
 * Reads a saved introspection dump as it is: a JSON array, or the whole reply that returns it. The elements of the
 * array are not checked.
 *
 * @param path the file
 *
 * @public
 */
export function loadIntrospection(path: string, readFile: ReadFile = readFromDisk): LoadedIntrospection {
  const text = readText(readFile, path);
  return typeof text === 'string'
    ? parseDump(path, text)
    : failure(path, text.code, `${path} ${text.reason}`);
}

function parseDump(path: string, text: string): LoadedIntrospection {
  const reader = new JsonReader();
  const items = [...reader.push(Buffer.from(text)), ...reader.end()];
  const [item] = items;
  if (item?.kind !== 'value' || items.length > 1) {
    const reason =
      item?.kind === 'error' ? item.error.message : 'one JSON value is expected, and nothing after it';
    return failure(path, 'bad-json', `${path} is not a JSON document: ${reason}`);
  }
  const value: Json | undefined = isObject(item.value) ? member(item.value, 'return') : item.value;
  if (Array.isArray(value)) return { value };
  const message = `${path} is neither an array of SchemaInfo objects nor a reply that returns one`;
  return failure(path, 'bad-introspection', message);
}

function loadDump(path: string, text: string): LoadResult {
  const { value, errors } = parseDump(path, text);
  if (errors !== undefined) return { errors };
  const { schema, problems } = schemaFromIntrospection(value);
  // Newer servers may send more members; the rest is understood all the same.
  const bad = problems.filter(({ code }) => code !== 'unknown-member');
  if (bad.length === 0) return { schema };
  return {
    errors: bad.map(({ message, path: at }) => ({
      code: 'bad-introspection',
      message: `${at}: ${message}`,
      position: startOf(path),
    })),
  };
}

function failure(
  path: string,
  code: QapiErrorCode,
  message: string,
): { readonly errors: readonly QapiError[] } {
  return { errors: [{ code, message, position: startOf(path) }] };
}
