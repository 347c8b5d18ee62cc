/**
 * Finds the changes between two schemas, and whether they break clients.
 *
 * Names of types are not on the wire, so types are compared by what they admit, following both graphs side by side:
 * once for what clients send, once for what they receive. Where one side comes from introspection, only what both can
 * tell is compared.
 */
import type { Change, SchemaDiff } from './change.js';
import { Comparison } from './comparison.js';
import { compareObjects } from './objects.js';
import type { Schema } from '../model/schema.js';

/**
 * Compares two schemas.
 *
 * @param a the schema that clients know
 * @param b the schema that takes its place
 * @returns all differences, each list sorted by command and event, and within these by distance
 *
 * @public
 */
export function diffSchemas(a: Schema, b: Schema): SchemaDiff {
  const { changes, complete } = new Comparison(a, b).run(compareObjects);
  const sorted = changes.sort(byDefinition);
  return {
    breaking: sorted.filter((change) => listOf(change) === 'breaking'),
    compatible: sorted.filter((change) => listOf(change) === 'compatible'),
    exempt: sorted.filter((change) => listOf(change) === 'exempt'),
    complete,
  };
}

/**
 * The list that a change belongs to. Compatible changes need no exemption; what depends on the build is always exempt.
 */
function listOf({ verdict, exemption }: Change): keyof Omit<SchemaDiff, 'complete'> {
  if (exemption === 'conditional') return 'exempt';
  return exemption === undefined || verdict === 'compatible' ? verdict : 'exempt';
}

function byDefinition(a: Change, b: Change): number {
  if (a.meta !== b.meta) return a.meta === 'command' ? -1 : 1;
  if (a.definition === b.definition) return 0;
  return a.definition < b.definition ? -1 : 1;
}
