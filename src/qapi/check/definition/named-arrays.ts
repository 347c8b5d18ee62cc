/**
 * Arrays by their inner names: once some definition uses `['Foo']`, QEMU's front end knows the array as `FooList`, and
 * accepts that name wherever it accepts an array. Those of builtin types are always known.
 */
import { builtins } from '../../model/builtin.js';
import { isInline, localMembers } from './index.js';
import type { Definition, MemberDefinition, TypeReference } from './index.js';

const SUFFIX = 'List';

/** Replaces such names by arrays. */
export function writeOutArrays(definitions: readonly Definition[]): readonly Definition[] {
  const uses = definitions.flatMap(arrayUses);
  // Hardly any schema uses such names.
  if (!uses.some(({ name }) => name.endsWith(SUFFIX))) return definitions;
  const known = new Set([...builtins.keys(), ...uses.flatMap(({ name, isArray }) => (isArray ? name : []))]);
  const types = new Set(definitions.map(({ name }) => name));
  const resolve = (type: TypeReference): TypeReference => {
    const element = type.name.slice(0, -SUFFIX.length);
    const isNamed = !type.isArray && type.name === `${element}${SUFFIX}` && known.has(element);
    return isNamed && !types.has(type.name) ? { ...type, name: element, isArray: true } : type;
  };
  return definitions.map((definition) => withTypes(definition, resolve));
}

/** The types in all places that an array can stand in. */
function arrayUses(definition: Definition): TypeReference[] {
  const types = localMembers(definition).map(({ type }) => type);
  if (definition.meta === 'alternate') types.push(...definition.alternatives.map(({ type }) => type));
  if (definition.meta === 'union') types.push(...definition.branches.map(({ type }) => type));
  if (definition.meta === 'command' && definition.returns !== undefined) types.push(definition.returns);
  return types;
}

function withTypes(definition: Definition, resolve: (type: TypeReference) => TypeReference): Definition {
  const each = <T extends { readonly type: TypeReference }>(parts: readonly T[]): T[] =>
    parts.map((part) => ({ ...part, type: resolve(part.type) }));
  const inline = (data: TypeReference | readonly MemberDefinition[] | undefined) =>
    isInline(data) ? each(data) : data;
  switch (definition.meta) {
    case 'enum':
      return definition;
    case 'struct':
      return { ...definition, members: each(definition.members) };
    case 'union':
      return { ...definition, base: inline(definition.base), branches: each(definition.branches) };
    case 'alternate':
      return { ...definition, alternatives: each(definition.alternatives) };
    case 'command': {
      const { data, returns } = definition;
      return { ...definition, data: inline(data), returns: returns && resolve(returns) };
    }
    case 'event':
      return { ...definition, data: inline(definition.data) };
  }
}
