/**
 * A Schema as plain data, types by their names and positions left out, so that two of them can be compared.
 */
import type { Element, Member, ObjectType, Schema, Type } from '../../src/qapi/index.js';

export function viewOf({ types, commands, events }: Schema): unknown {
  return {
    types: [...types.values()].map(viewOfType),
    commands: [...commands.values()].map(({ arguments: data, returns, ...rest }) => ({
      ...withoutPosition(rest),
      arguments: data && reference(data),
      returns: returns && reference(returns),
    })),
    events: [...events.values()].map(({ data, ...rest }) => ({
      ...withoutPosition(rest),
      data: data && reference(data),
    })),
  };
}

function withoutPosition({ position: _, features, ...rest }: Element): object {
  return { ...rest, features: features.map(({ name, condition }) => ({ name, condition })) };
}

/** What has no name of its own is written out. */
function reference(type: Type): unknown {
  return type.kind === 'object' && type.meta === 'implicit' ? viewOfType(type) : type.name;
}

function viewOfMember({ type, ...rest }: Member): unknown {
  return { ...withoutPosition(rest), type: reference(type) };
}

function viewOfType(type: Type): unknown {
  switch (type.kind) {
    case 'builtin':
    case 'array':
      return type.name;
    case 'enum':
      return { ...withoutPosition(type), values: type.values.map(withoutPosition) };
    case 'alternate':
      return {
        ...withoutPosition(type),
        alternatives: type.alternatives.map(({ type: of, ...rest }) => [
          withoutPosition(rest),
          reference(of),
        ]),
      };
    case 'object':
      return viewOfObject(type);
  }
}

function viewOfObject({ base, localMembers, members, variants, ...rest }: ObjectType): unknown {
  return {
    ...withoutPosition(rest),
    base: base && reference(base),
    localMembers: localMembers.map(viewOfMember),
    members: members.map(viewOfMember),
    tag: variants?.tag.name,
    branches: [...(variants?.branches.values() ?? [])].map(({ type, ...of }) => [
      withoutPosition(of),
      reference(type),
    ]),
  };
}
