/**
 * What has changed between two schemas, as text for people, as Markdown and as JSON. All names are the schema's, which
 * may be a target's own.
 */
import picocolors from 'picocolors';
import type { Change, Exemption, Schema, SchemaDiff } from '../qapi/index.js';
import { code, prose } from './markup.js';
import { FIELD_LIMIT, grouped, plural, shownLine, visibleJson } from '../text.js';

/** One of two schemas. */
export interface Side {
  /** The file or address that it comes from. */
  readonly source: string;
  readonly schema: Schema;
}

/** Two schemas and what differs between them; `b` takes the place of `a`. */
export interface ComparedSchemas {
  readonly a: Side;
  readonly b: Side;
  readonly diff: SchemaDiff;
}

const lists = ['breaking', 'exempt', 'compatible'] as const;
type List = (typeof lists)[number];

const titles: Readonly<Record<List, string>> = {
  breaking: 'Breaking',
  exempt: 'Exempt',
  compatible: 'Compatible',
};

const exemptions: Readonly<Record<Exemption, string>> = {
  unstable: 'unstable, so nothing is promised',
  downstream: 'a downstream name, so nothing is promised',
  experimental: 'an experiment by its name, so nothing is promised',
  conditional: 'may depend on the build only',
};

/**
 * For people: what breaks clients first, grouped by command and event.
 *
 * @returns text that ends in a newline
 */
export function diffText(compared: ComparedSchemas, { color }: { readonly color: boolean }): string {
  const paint = picocolors.createColors(color);
  const signs: Readonly<Record<List, string>> = {
    breaking: paint.red('-'),
    exempt: paint.yellow('~'),
    compatible: paint.green('+'),
  };
  const sections = lists.flatMap((list) => {
    const changes = compared.diff[list];
    if (changes.length === 0) return [];
    const blocks = [...byDefinition(changes)].map(([definition, group]) => {
      const width = Math.min(48, Math.max(...group.map((change) => relativePath(change).length)));
      const lines = group.map((change) => {
        const path = relativePath(change);
        const column = width === 0 ? '' : `${path.padEnd(width)}  `;
        return `  ${signs[list]} ${column}${messageOf(change)}${paint.dim(remarks(list, change))}`;
      });
      return [paint.bold(definition), ...lines].join('\n');
    });
    return [`${paint.bold(titles[list].toUpperCase())}\n\n${blocks.join('\n')}`];
  });
  const summary = paint.bold(summaryOf(compared));
  return `${[`${sourceOf(compared.a)} -> ${sourceOf(compared.b)}`, ...sections, summary].join('\n\n')}\n`;
}

/** The same for a comment on a change request, in GitHub flavoured Markdown. */
export function diffMarkdown(compared: ComparedSchemas): string {
  const sections = lists.flatMap((list) => {
    const changes = compared.diff[list];
    if (changes.length === 0) return [];
    const rows = changes.map(
      (change) =>
        `| ${code(change.path)} | ${prose(messageOf(change))} | ${prose(remarks(list, change).replace(/^ — /, ''))} |`,
    );
    return [`### ${titles[list]}`, ['| What | Change | |', '|---|---|---|', ...rows].join('\n')];
  });
  const head = `## Schema changes\n\nFrom ${code(compared.a.source)} to ${code(compared.b.source)}: ${prose(summaryOf(compared))}.`;
  return `${[head, ...sections].join('\n\n')}\n`;
}

/**
 * For programs; the shape is documented and stable (see README).
 *
 * @returns JSON text that ends in a newline
 */
export function diffJson({ a, b, diff }: ComparedSchemas): string {
  const { breaking, compatible, exempt } = diff;
  const document = { schemaVersion: 1, a: sideJson(a), b: sideJson(b), breaking, compatible, exempt };
  return `${visibleJson(JSON.stringify(document, null, 2))}\n`;
}

function sideJson({ source, schema }: Side) {
  return {
    source,
    kind: schema.source.kind,
    commands: schema.commands.size,
    events: schema.events.size,
  };
}

function sourceOf({ source, schema }: Side): string {
  return `${shownLine(source)} (${plural(schema.commands.size, 'command')}, ${plural(schema.events.size, 'event')})`;
}

function summaryOf({ diff }: ComparedSchemas): string {
  const counts = lists.map((list) => [titles[list].toLowerCase(), diff[list].length] as const);
  if (counts.every(([, count]) => count === 0)) return 'no differences';
  return counts
    .filter(([title, count]) => count > 0 || title === 'breaking')
    .map(([title, count]) => `${grouped(count)} ${title}`)
    .join(', ');
}

/** By heading: `command blockdev-add`. */
function byDefinition(changes: readonly Change[]): Map<string, Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = `${change.meta} ${shownLine(change.definition)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return groups;
}

function relativePath({ path, definition }: Change): string {
  return shownLine(path.slice(definition.length).replace(/^\//, ''), FIELD_LIMIT);
}

function messageOf({ message, deprecated }: Change): string {
  return `${shownLine(message, FIELD_LIMIT)}${deprecated ? ' (was deprecated)' : ''}`;
}

function remarks(list: List, change: Change): string {
  const { reason, exemption, otherPlaces, otherDefinitions = 0, alsoIn = [] } = change;
  const why = list === 'breaking' ? [reason] : [];
  const excuse = list === 'exempt' && exemption !== undefined ? [exemptions[exemption]] : [];
  const places = otherPlaces > 0 ? [`and ${plural(otherPlaces, 'other place')}`] : [];
  const named = alsoIn.slice(0, NAMED).map((name) => shownLine(name));
  const more = otherDefinitions - named.length;
  const others =
    named.length > 0 ? [`also in ${named.join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}`] : [];
  const all = [...why, ...excuse, ...places, ...others];
  return all.length === 0 ? '' : ` — ${all.join('; ')}`;
}

/** Other commands and events that are named before it says how many more there are. */
const NAMED = 2;
