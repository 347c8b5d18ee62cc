/**
 * Rules about types where they are used.
 */
import type { Position } from '../position.js';
import { didYouMean } from '../../did-you-mean.js';
import { isInline } from './definition.js';
import type {
  CommandDefinition,
  Definition,
  EventDefinition,
  MemberDefinition,
  TypeReference,
} from './definition.js';
import { rule } from './rule.js';
import type { Resolved, World } from './world.js';
import { hasMembers } from './world.js';

interface Use {
  readonly type: TypeReference;
  /** For messages. */
  readonly what: string;
}

function ofMembers(members: readonly MemberDefinition[]): Use[] {
  return members.map(({ name, type }) => ({ type, what: `member '${name}'` }));
}

function ofData(data: TypeReference | readonly MemberDefinition[] | undefined, what: string): Use[] {
  if (data === undefined) return [];
  return isInline(data) ? ofMembers(data) : [{ type: data, what }];
}

/** All types that a definition names. */
function uses(definition: Definition): Use[] {
  switch (definition.meta) {
    case 'enum':
      return [];
    case 'struct':
      return [...ofData(definition.base, "'base'"), ...ofMembers(definition.members)];
    case 'union': {
      const branches = definition.branches.map(({ name, type }) => ({ type, what: `branch '${name}'` }));
      return [...ofData(definition.base, "'base'"), ...ofMembers(definition.members), ...branches];
    }
    case 'alternate':
      return definition.alternatives.map(({ name, type }) => ({ type, what: `branch '${name}'` }));
    case 'command': {
      const { data, returns } = definition;
      return [
        ...ofData(data, "command's 'data'"),
        ...(returns ? [{ type: returns, what: "command's 'returns'" }] : []),
      ];
    }
    case 'event':
      return ofData(definition.data, "event's 'data'");
  }
}

/** A type, as messages name it. */
export function describe(type: Resolved, isArray = false): string {
  const kind = 'meta' in type ? type.meta : 'built-in';
  return isArray ? `array type ['${type.name}']` : `${kind} type '${type.name}'`;
}

export const knownTypes = rule({
  code: 'unknown-type',
  metas: ['struct', 'union', 'alternate', 'command', 'event'],
  check(definition, world, complain) {
    for (const { type, what } of uses(definition)) {
      if (world.isKnownType(type)) continue;
      const other = world.definitions.get(type.name);
      if (other === undefined) {
        const hint = () => didYouMean(type.name, world.typeNames());
        complain(`${what} uses the unknown type '${type.name}'`, type.position, hint);
      } else {
        complain(`${what} uses '${type.name}' as a type, which is ${article(other.meta)}`, type.position);
      }
    }
  },
});

function article(meta: string): string {
  return /^[aeu]/.test(meta) ? `an ${meta}` : `a ${meta}`;
}

/** The type that the arguments have as a whole, when it has a name and can be resolved. */
function argumentsType({ data }: CommandDefinition | EventDefinition, world: World) {
  if (data === undefined || isInline(data)) return undefined;
  const type = world.resolve(data);
  return type && { type, position: data.position };
}

export const objectArguments = rule({
  code: 'bad-arguments',
  metas: ['command', 'event'],
  check(definition, world, complain) {
    const data = argumentsType(definition, world);
    if (data === undefined) return;
    const { type, position } = data;
    const taker = `${definition.meta}'s 'data'`;
    if (!('meta' in type) || !hasMembers(type)) {
      complain(`${taker} cannot take ${describe(type)}: it must be an object`, position);
    } else if (type.meta === 'union' && definition.flags.get('boxed') !== true) {
      complain(`${taker} can take ${describe(type)} only with 'boxed': true`, position);
    }
  },
});

export const boxedConditions = rule({
  code: 'bad-arguments',
  releases: { since: '8.1' },
  metas: ['command', 'event'],
  check(definition, world, complain) {
    const { data, flags, meta } = definition;
    if (data === undefined || flags.get('boxed') === true) return;
    const object = isInline(data) ? undefined : world.object(data);
    const members = isInline(data) ? data : object && world.commonMembers(object);
    const conditional = members?.find(({ condition }) => condition !== undefined);
    if (conditional === undefined) return;
    const position: Position = isInline(data) ? conditional.position : data.position;
    complain(`conditional ${meta} arguments (here '${conditional.name}') require 'boxed': true`, position);
  },
});

export const objectReturns = rule({
  code: 'bad-return',
  metas: ['command'],
  check({ name, returns }, world, complain) {
    if (returns === undefined || world.pragmas.commandReturns.has(name)) return;
    const type = world.resolve(returns);
    if (type === undefined || ('meta' in type && hasMembers(type))) return;
    complain(
      `command's 'returns' cannot take ${describe(type, returns.isArray)}: it must be an object or an array of objects`,
      returns.position,
      () => 'if the command exists already, list it in the pragma command-returns-exceptions',
    );
  },
});
