/**
 * Which release's rules a schema keeps.
 */
import { isJson, loadSchema } from './load.js';
import type { LoadOptions, LoadResult } from './load.js';
import { RELEASES } from './release.js';
import type { Release } from './release.js';
import { readFromDisk, readText } from './source.js';
import type { ReadFailure, ReadFile } from './source.js';

/** A release, or whichever fits. */
export type Dialect = Release | 'auto';

/** What a schema is, and by whose rules; absent for introspection dumps, which have none. */
export type CheckResult = LoadResult & { readonly release?: Release };

/**
 * Judges a schema by the rules of a release. With `auto` it is valid if it is valid by the rules of any release, the
 * newest of them; else the errors are those of the release that finds the fewest.
 *
 * @param path the file
 * @param dialect the release
 */
export function checkSchema(
  path: string,
  { dialect, readFile = readFromDisk }: { readonly dialect: Dialect } & Pick<LoadOptions, 'readFile'>,
): CheckResult {
  if (dialect !== 'auto') return { ...loadSchema(path, { readFile, release: dialect }), release: dialect };
  const remembered = remember(readFile);
  const text = readText(remembered, path);
  // What cannot be read, or is no schema file, is the same in every dialect.
  if (typeof text !== 'string' || isJson(text)) return loadSchema(path, { readFile: remembered });
  return nearest(path, remembered);
}

function nearest(path: string, readFile: ReadFile): CheckResult {
  let best: CheckResult | undefined;
  for (const release of [...RELEASES].reverse()) {
    const errorLimit = best?.errors?.length;
    const result = loadSchema(path, { readFile, release, ...(errorLimit !== undefined && { errorLimit }) });
    if (result.errors === undefined) return { ...result, release };
    if (best?.errors === undefined || result.errors.length < best.errors.length)
      best = { ...result, release };
  }
  return best ?? loadSchema(path, { readFile });
}

/** Reads each file once: it may change meanwhile, or be a pipe. */
function remember(readFile: ReadFile): ReadFile {
  const known = new Map<string, Uint8Array | ReadFailure>();
  return (path) => {
    const content = known.get(path) ?? readFile(path);
    known.set(path, content);
    return content;
  };
}
