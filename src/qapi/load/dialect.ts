/**
 * Checks a schema by the rules of a release, or finds the release whose rules it keeps.
 */
import type { QapiError, QapiErrorCode } from '../model/error.js';
import { isJson, loadByRules, loadSchema } from './index.js';
import type { LoadOptions, LoadResult } from './index.js';
import { ReleaseRules, RELEASES, rulesDiffer } from '../model/release.js';
import type { Release } from '../model/release.js';
import { readFromDisk, readText } from '../parse/source.js';
import type { ReadFailure, ReadFile } from '../parse/source.js';

/**
 * A release, or `auto`: the one whose rules the schema keeps.
 *
 * @public
 */
export type Dialect = Release | 'auto';

/**
 * The schema or its errors, and the release by whose rules it was checked; absent for introspection dumps.
 *
 * @public
 */
export type CheckResult = LoadResult & { readonly release?: Release };

/**
 * Checks a schema by the rules of a release. With `auto` the result is that of the newest release by whose rules the
 * schema is valid; when there is none, of the release by whose rules it has the fewest errors.
 *
 * @param path the file
 * @param dialect the release
 *
 * @public
 */
export function checkSchema(
  path: string,
  { dialect, readFile = readFromDisk }: { readonly dialect: Dialect } & Pick<LoadOptions, 'readFile'>,
): CheckResult {
  if (dialect !== 'auto') return { ...loadSchema(path, { readFile, release: dialect }), release: dialect };
  const remembered = remember(readFile);
  const text = readText(remembered, path);
  // What cannot be read, or is not a schema file, has the same result in every dialect.
  if (typeof text !== 'string' || isJson(text)) return loadSchema(path, { readFile: remembered });
  return nearest(path, remembered);
}

/** The errors of semantic rules: they are reported only after the text has been parsed. */
const SEMANTIC: ReadonlySet<QapiErrorCode> = new Set([
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

/** How far a schema is from being valid: by the number of errors, then by how early the first one is found. */
function distance(errors: readonly QapiError[]): number {
  const [first] = errors;
  return errors.length + (first === undefined || SEMANTIC.has(first.code) ? 0 : 0.5);
}

function nearest(path: string, readFile: ReadFile): CheckResult {
  let best: CheckResult | undefined;
  let least = Infinity;
  let last: { readonly release: Release; readonly rules: ReleaseRules } | undefined;
  for (const release of [...RELEASES].reverse()) {
    if (last !== undefined && !rulesDiffer(last.rules.ruleBreakpoints, release, last.release)) continue;
    const rules = new ReleaseRules(release);
    last = { release, rules };
    // A result with more errors than the best so far is not used.
    const limit = best === undefined ? {} : { errorLimit: Math.floor(least) + 1 };
    const result = loadByRules(path, rules, { readFile, ...limit });
    if (result.errors === undefined) return { ...result, release };
    const far = distance(result.errors);
    if (far >= least) continue;
    least = far;
    best = { ...result, release };
  }
  return best ?? loadSchema(path, { readFile });
}

/** Reads each file once, because it may change between checks, or be a pipe. */
function remember(readFile: ReadFile): ReadFile {
  const known = new Map<string, Uint8Array | ReadFailure>();
  return (path) => {
    const content = known.get(path) ?? readFile(path);
    known.set(path, content);
    return content;
  };
}
