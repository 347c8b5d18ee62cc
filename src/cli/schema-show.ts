/**
 * `qmpspec schema show` and `qmpspec schema list`.
 */
import picomatch from 'picomatch';
import { didYouMean } from '../did-you-mean.js';
import { InputError } from '../input-error.js';
import { loadSchema, type Schema } from '../qapi/index.js';
import { definitionText, kindOf, type Shown } from '../report/index.js';
import { shownLine } from '../text.js';
import { wantsColor } from './options.js';
import { schemaError } from '../library/schema-error.js';
import { print, printJson, terminal } from './stdout.js';

/**
 * Prints one definition.
 *
 * @throws InputError when the schema is not valid, or has no such name
 */
export function showDefinition(path: string, name: string, color: boolean): void {
  const definitions = definitionsOf(path);
  const definition = definitions.get(name);
  if (definition === undefined) {
    throw new InputError(`${path} has no command, event or type '${name}'${hint(name, definitions.keys())}`);
  }
  const width = terminal.isTTY ? Math.max(40, Math.min(terminal.columns, 100)) : 100;
  print(definitionText(definition, { color: wantsColor(terminal, color), width }));
}

/**
 * Prints the names of a schema with their kinds: commands, events, types.
 *
 * @param pattern what names have to match; all do when absent
 * @throws InputError when the schema is not valid, or nothing matches
 */
export function listDefinitions(path: string, pattern: string | undefined, json: boolean): void {
  const definitions = definitionsOf(path);
  const matches = pattern === undefined ? () => true : matcher(pattern);
  const rows = [...definitions]
    .filter(([name]) => matches(name))
    .map(([name, definition]) => ({ name, kind: kindOf(definition), ...locationOf(definition) }));
  if (rows.length === 0 && pattern !== undefined) {
    throw new InputError(
      `${path} has no command, event or type that matches ${pattern}${hint(pattern, definitions.keys())}`,
    );
  }
  if (json) {
    printJson(JSON.stringify(rows, null, 2));
    return;
  }
  const width = Math.max(0, ...rows.map(({ kind }) => kind.length));
  print(rows.map(({ name, kind }) => `${kind.padEnd(width)}  ${shownLine(name)}\n`).join(''));
}

/** @throws InputError when it is no pattern */
function matcher(pattern: string): (name: string) => boolean {
  try {
    return picomatch(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`'${pattern.slice(0, 80)}' is no pattern: ${reason}`);
  }
}

function definitionsOf(path: string): ReadonlyMap<string, Shown> {
  const { errors, schema } = loadSchema(path);
  if (errors !== undefined) throw schemaError(path, errors);
  return new Map<string, Shown>([...schema.commands, ...schema.events, ...ownTypes(schema)]);
}

/** The types that the schema itself defines. */
function ownTypes({ types }: Schema): [string, Shown][] {
  return [...types].filter(([name, type]) => type.kind !== 'builtin' && name !== 'QType');
}

function locationOf(definition: Shown): { readonly file?: string; readonly line?: number } {
  if (!('position' in definition)) return {};
  const { file, line } = definition.position;
  return { file, line };
}

function hint(name: string, known: Iterable<string>): string {
  const text = didYouMean(name, known);
  return text === undefined ? '' : ` (${text})`;
}
