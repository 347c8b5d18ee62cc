/**
 * What the tests of src/generate share.
 */
import type { Place, Places } from '../../src/generate/tables/place.js';
import { matches, PlaceTable } from '../../src/generate/tables/place.js';
import { jsonObject, type Json } from '../../src/json/index.js';
import { packageFile } from '../../src/package.js';
import { loadSchema, type Schema, type Type } from '../../src/qapi/index.js';

/** A place of a schema, with the type that stands there. */
export interface TypedPlace extends Place {
  readonly type: Type;
}

/** The bundled schema. */
export function referenceSchema(): Schema {
  const { schema } = loadSchema(packageFile('fixtures', 'schemas', 'reference', 'qapi-schema.json'));
  if (schema === undefined) throw new Error('the bundled schema has errors');
  return schema;
}

/** The places of all scalars in the arguments of all commands; of recursive types as far as names are new. */
export function placesOf(schema: Schema): TypedPlace[] {
  return [...schema.commands.values()].flatMap((command) => {
    const places: TypedPlace[] = [];
    const seen = new Set<string>();
    const pending: [Type, readonly string[]][] =
      command.arguments === undefined ? [] : [[command.arguments, []]];
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const [type, members] = next;
      if (type.kind === 'array') {
        places.push({ command: command.name, members, type });
        pending.push([type.element, members]);
      } else if (type.kind === 'alternate') {
        for (const alternative of type.alternatives) pending.push([alternative.type, members]);
      } else if (type.kind !== 'object') {
        places.push({ command: command.name, members, type });
      } else {
        const key = `${type.name} ${members.slice(-2).join('.')}`;
        if (type.meta !== 'implicit' && seen.has(key)) continue;
        seen.add(key);
        for (const member of type.members) pending.push([member.type, [...members, member.name]]);
        for (const branch of type.variants?.branches.values() ?? []) pending.push([branch.type, members]);
      }
    }
    return places;
  });
}

/**
 * The rows that are for none of the places, one line each: a row counts for a place when it is the one that is found
 * there. Rows for commands of which none is known are left out.
 */
export function unused(
  rows: readonly Places[],
  places: readonly Place[],
  commands: ReadonlySet<string>,
): string[] {
  const table = new PlaceTable(rows);
  const found = places.map((place) => ({ place, row: table.find(place) }));
  return rows
    .filter((row) => row.commands === undefined || row.commands.some((command) => commands.has(command)))
    .flatMap((row) => {
      const own = found.filter((entry) => entry.row === row);
      const patterns = table.patterns.filter((pattern) => pattern.row === row);
      return row.members
        .filter((path) => {
          const these = patterns.filter(({ members }) => members.join('.') === path);
          return !own.some(({ place }) => these.some((pattern) => matches(pattern, place)));
        })
        .map((path) => `${row.commands?.join(' ') ?? '*'}: ${path}`);
    });
}

/** Arguments in which every cleanup finds what it needs. */
export const cleanupSamples = jsonObject([
  ...['id', 'node', 'name', 'node-name', 'device', 'job-id', 'fdname'].map((name): [string, Json] => [
    name,
    'x',
  ]),
  ['fdset-id', 1],
  ['cpu-index', 0],
  [
    'capabilities',
    [
      jsonObject([
        ['capability', 'xbzrle'],
        ['state', true],
      ]),
    ],
  ],
]);
