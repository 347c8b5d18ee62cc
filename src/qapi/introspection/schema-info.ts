/**
 * The words of a release: which members its SchemaInfo has, as its own schema declares them. Before 6.2 values of
 * enumerations were plain strings, and features came to one kind of element after the other.
 */
import type { ObjectType, Schema, Type } from '../model/schema.js';

/** May an entry of the meta-type have the member that the path of names leads to? (`enum`, `members`, `features`) */
export type Words = (meta: string, ...path: readonly string[]) => boolean;

/**
 * The words in which a server answers query-qmp-schema.
 *
 * @param schema its own; all words that are known here when it has no such command
 */
export function wordsOf(schema: Schema): Words {
  const returns = schema.commands.get('query-qmp-schema')?.returns;
  const info = returns?.kind === 'array' ? returns.element : undefined;
  if (info?.kind !== 'object' || info.variants?.tag.name !== 'meta-type') return () => true;
  const { members, variants } = info;
  const known = new Map<string, boolean>();
  return (meta, ...path) => {
    const key = [meta, ...path].join(' ');
    const answer = known.get(key) ?? leads([{ members }, variants.branches.get(meta)?.type], path);
    known.set(key, answer);
    return answer;
  };
}

function leads(objects: readonly (Pick<ObjectType, 'members'> | undefined)[], path: readonly string[]) {
  let type: Type | undefined;
  for (const name of path) {
    const parts = type === undefined ? objects : [type.kind === 'object' ? type : undefined];
    type = parts.flatMap((part) => part?.members ?? []).find((member) => member.name === name)?.type;
    if (type === undefined) return false;
    if (type.kind === 'array') type = type.element;
  }
  return true;
}
