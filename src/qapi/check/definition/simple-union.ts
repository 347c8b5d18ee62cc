/**
 * Simple unions (until 6.1) had neither base nor discriminator: the branches made up an enumeration, the discriminator
 * was called `type`, and the value of a branch, of any type, was a member `data`. Written out they are unions like all
 * others, and so they appear on the wire and in introspection.
 */
import type { Definition, StructDefinition, UnionDefinition } from './index.js';

/** A simple union, written out, and the types that it implies. */
export interface WrittenOut {
  readonly union: UnionDefinition;
  readonly others: readonly Definition[];
}

/**
 * Writes out a simple union.
 *
 * @param simple a union without a discriminator
 */
export function writeOut(simple: UnionDefinition): WrittenOut {
  const { name, branches, position, namePosition } = simple;
  const nothing = { condition: undefined, features: [] };
  const implied = { ...nothing, doc: undefined, position, namePosition, isImplicit: true };
  const kind = `${name}Kind`;
  const tag = {
    name: 'type',
    type: { name: kind, isArray: false, position: namePosition },
    optional: false,
    ...nothing,
    position: namePosition,
  };
  const wrappers = branches.map(({ type }): StructDefinition => {
    const data = { name: 'data', type, optional: false, ...nothing, position: type.position };
    // The name that QEMU gives it; unions that wrap the same type share it.
    const wrapper = `q_obj_${type.name}${type.isArray ? 'List' : ''}-wrapper`;
    return { meta: 'struct', name: wrapper, members: [data], base: undefined, ...implied };
  });
  const values = branches.map((branch) => ({
    name: branch.name,
    condition: branch.condition,
    features: [],
    position: branch.position,
  }));
  const union: UnionDefinition = {
    ...simple,
    members: [tag],
    discriminator: { name: tag.name, position: namePosition },
    branches: branches.map((branch, index) => ({
      ...branch,
      type: { name: wrappers[index]?.name ?? '', isArray: false, position: branch.type.position },
    })),
  };
  return {
    union,
    others: [{ meta: 'enum', name: kind, values, prefix: undefined, ...implied }, ...wrappers],
  };
}
