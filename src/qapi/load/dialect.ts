/**
 * Which release's rules a schema keeps.
 */
import type { QapiError, QapiErrorCode } from '../model/error.js';
import { isJson, loadSchema } from './index.js';
import type { LoadOptions, LoadResult } from './index.js';
import { mayDiffer, RELEASES } from '../model/release.js';
import type { Release } from '../model/release.js';
import { readFromDisk, readText } from '../parse/source.js';
import type { ReadFailure, ReadFile } from '../parse/source.js';

/** A release, or whichever fits. */
export type Dialect = Release | 'auto';

/** What a schema is, and by whose rules; absent for introspection dumps, which have none. */
export type CheckResult = LoadResult & { readonly release?: Release };

/**
 * Judges a schema by the rules of a release. With `auto` it is valid if it is valid by the rules of any release, the
 * newest of them; else the errors are those of the release to whose rules it comes nearest.
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

/** Mistakes in what definitions mean together: whoever comes that far has understood the text. */
const DEEP: ReadonlySet<QapiErrorCode> = new Set([
  'duplicate-definition',
  'unknown-type',
  'bad-base',
  'contains-itself',
  'name-collision',
  'bad-discriminator',
  'unknown-branch',
  'bad-branch',
  'no-branches',
  'indistinguishable',
  'bad-arguments',
  'bad-return',
  'bad-feature',
]);

/** How far a schema is from being valid: by the number of mistakes, then by how early the first one is found. */
function distance(errors: readonly QapiError[]): number {
  const [first] = errors;
  return errors.length + (first === undefined || DEEP.has(first.code) ? 0 : 0.5);
}

function nearest(path: string, readFile: ReadFile): CheckResult {
  let best: CheckResult | undefined;
  let least = Infinity;
  let judged: Release | undefined;
  for (const release of [...RELEASES].reverse()) {
    if (judged !== undefined && !mayDiffer(release, judged)) continue;
    judged = release;
    // One more than the best so far is as good as any number.
    const limit = best === undefined ? {} : { errorLimit: Math.floor(least) + 1 };
    const result = loadSchema(path, { readFile, release, ...limit });
    if (result.errors === undefined) return { ...result, release };
    const far = distance(result.errors);
    if (far >= least) continue;
    least = far;
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
