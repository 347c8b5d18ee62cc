/**
 * The members that SchemaInfo has in a release, as its own schema declares them. Before 6.2 values of enumerations were
 * plain strings, and the kinds of elements got their features in different releases.
 */
import type { ObjectType, Schema, Type } from '../model/schema.js';

/** Tells whether entries of a meta-type have the member at a path of names (`enum`, `members`, `features`). */
export type SchemaInfoMembers = (meta: string, ...path: readonly string[]) => boolean;

/**
 * The members of SchemaInfo in the reply to query-qmp-schema.
 *
 * @param schema the schema of the server; when it has no such command, all members count as present
 */
export function schemaInfoMembers(schema: Schema): SchemaInfoMembers {
  const returns = schema.commands.get('query-qmp-schema')?.returns;
  const info = returns?.kind === 'array' ? returns.element : undefined;
  if (info?.kind !== 'object' || info.variants?.tag.name !== 'meta-type') return () => true;
  const { members, variants } = info;
  const known = new Map<string, boolean>();
  return (meta, ...path) => {
    const key = [meta, ...path].join(' ');
    const answer = known.get(key) ?? hasPath([{ members }, variants.branches.get(meta)?.type], path);
    known.set(key, answer);
    return answer;
  };
}

function hasPath(objects: readonly (Pick<ObjectType, 'members'> | undefined)[], path: readonly string[]) {
  let type: Type | undefined;
  for (const name of path) {
    const parts = type === undefined ? objects : [type.kind === 'object' ? type : undefined];
    type = parts.flatMap((part) => part?.members ?? []).find((member) => member.name === name)?.type;
    if (type === undefined) return false;
    if (type.kind === 'array') type = type.element;
  }
  return true;
}
