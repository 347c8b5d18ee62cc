/**
 * `qmpspec schema diff`: where the two schemas come from.
 */
import { InputError } from '../input-error.js';
import type { Json } from '../json/index.js';
import { diffSchemas, loadSchema, schemaFromIntrospection, type Schema } from '../qapi/index.js';
import { TargetError } from '../qmp/index.js';
import { diffJson, diffMarkdown, diffText, type Side } from '../report/index.js';
import { shownLine } from '../text.js';
import { askIntrospection, isAddress } from './ask-schema.js';
import { wantsColor } from './options.js';
import { schemaError } from '../library/schema-error.js';
import { print, terminal } from './stdout.js';

export interface DiffOptions {
  readonly define: readonly string[];
  readonly format: 'text' | 'json' | 'markdown';
  readonly color: boolean;
  /** How long one reply may take, in milliseconds. */
  readonly timeout: number;
}

/**
 * Compares two schemas and prints what differs.
 *
 * @returns the exit code: 1 if something breaks clients
 * @throws InputError when a schema is not valid, TargetError when a server cannot be asked
 */
export async function printDiff(from: string, to: string, options: DiffOptions): Promise<number> {
  const a = await sideOf(from, options);
  const b = await sideOf(to, options);
  const diff = diffSchemas(a.schema, b.schema);
  if (!diff.complete) throw new InputError(`${from} and ${to} differ in too much to be compared`);
  const compared = { a, b, diff };
  const text = {
    text: () => diffText(compared, { color: wantsColor(terminal, options.color) }),
    json: () => diffJson(compared),
    markdown: () => diffMarkdown(compared),
  };
  print(text[options.format]());
  return diff.breaking.length > 0 ? 1 : 0;
}

async function sideOf(source: string, { define, timeout }: DiffOptions): Promise<Side> {
  if (isAddress(source)) return { source, schema: schemaOf(source, await askIntrospection(source, timeout)) };
  const loaded = loadSchema(source, define.length > 0 ? { defines: define } : {});
  if (loaded.errors !== undefined) throw schemaError(source, loaded.errors);
  return { source, schema: loaded.schema };
}

function schemaOf(source: string, value: Json): Schema {
  const { schema, problems } = schemaFromIntrospection(value);
  // What newer servers say on top is no reason to refuse what is understood.
  const [problem] = problems.filter(({ code }) => code !== 'unknown-member');
  if (problem === undefined) return schema;
  throw new TargetError(
    `the schema of ${source} makes no sense: ${shownLine(`${problem.path}: ${problem.message}`)}`,
  );
}
