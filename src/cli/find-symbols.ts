/**
 * `--define-from`: under which symbols was a server built?
 */
import { jsonObject, type Json } from '../json/index.js';
import {
  compareDumps,
  definesFrom,
  introspect,
  loadIntrospection,
  schemaFromIntrospection,
  type Schema,
} from '../qapi/index.js';
import { shownLine } from '../text.js';
import { DEFAULT_TIMEOUT_MS } from '../library/defaults.js';
import { askIntrospection, isAddress } from './ask-schema.js';
import { schemaError } from '../library/schema-error.js';
import { say } from './stderr.js';

/** So many differences are named. */
const NAMED = 10;

export interface FoundSymbols {
  /** What a server built under the symbols returns. */
  readonly introspection: Json;
  /** The symbols, and what they do not explain. */
  readonly report: Json;
}

/**
 * Finds the symbols, and says on stderr which they are and what they do not explain.
 *
 * @param schema the schema, conditions and all
 * @param from a saved reply to query-qmp-schema, or the address of a server
 * @param define symbols that hold whatever is found
 * @throws InputError when the file cannot be read
 * @throws TargetError when the server does not answer
 */
export async function findSymbols(
  schema: Schema,
  from: string,
  define: readonly string[],
): Promise<FoundSymbols> {
  const given = isAddress(from) ? await askIntrospection(from, DEFAULT_TIMEOUT_MS) : savedIntrospection(from);
  const found = definesFrom(schema, schemaFromIntrospection(given).schema);
  const defines = [...new Set([...found.defines, ...define])].sort();
  const open = found.open.filter((symbol) => !define.includes(symbol));
  const introspection = introspect(schema, { defines });
  const differences = compareDumps(introspection, given);
  const contradictions = found.contradictions.map(({ condition, arePresent, count, paths }) =>
    jsonObject([
      ['condition', condition],
      ['present', arePresent],
      ['count', count],
      ['paths', [...paths]],
    ]),
  );
  sayShort(`symbols that hold: ${defines.join(' ') || 'none'}`);
  if (open.length > 0) sayShort(`nothing tells of: ${open.join(' ')}`);
  for (const { condition, arePresent, count, paths } of found.contradictions) {
    const elements = `${count === 1 ? 'one element' : `${count} elements`} (${paths.join(', ')}${count > paths.length ? ', …' : ''})`;
    sayShort(
      `${condition} ${arePresent ? 'does not hold, but would explain' : 'holds, but does not explain the lack of'} ${elements}`,
    );
  }
  if (differences.length === 0) sayShort(`a server built so answers the same as ${from}`);
  else {
    sayShort(`a server built so would differ from ${from} in ${differences.length} places:`);
    for (const { path, message } of differences.slice(0, NAMED)) sayShort(`  ${path}: ${message}`);
    if (differences.length > NAMED) sayShort(`  and ${differences.length - NAMED} more`);
  }
  const report = jsonObject([
    ['defines', defines],
    ['open', open],
    ['contradictions', contradictions],
    ['differences', differences.map(({ path, message }) => jsonObject(Object.entries({ path, message })))],
  ]);
  return { introspection, report };
}

/** Names come from a server or a file of somebody else's, and may be of any length. */
function sayShort(line: string): void {
  say(shownLine(line));
}

function savedIntrospection(path: string): Json[] {
  const { value, errors } = loadIntrospection(path);
  if (errors === undefined) return value;
  throw schemaError(path, errors);
}
