/**
 * Rules about types where they are used.
 */
import type { Position } from '../../model/position.js';
import { didYouMean } from '../../../did-you-mean.js';
import { isInline } from '../definition/index.js';
import type {
  BranchDefinition,
  CommandDefinition,
  Definition,
  EventDefinition,
  MemberDefinition,
  TypeReference,
} from '../definition/index.js';
import { rule } from './rule.js';
import type { Complain } from './rule.js';
import type { Resolved, World } from './symbol-table.js';
import { hasMembers } from './symbol-table.js';

export interface Use {
  readonly type: TypeReference;
  /** For messages. */
  readonly what: string;
}

function ofMembers(members: readonly MemberDefinition[]): Use[] {
  return members.map(({ name, type }) => ({ type, what: `member '${name}'` }));
}

/** The members that a definition holds itself, written in place or not. */
export function localMembers(definition: Definition): readonly MemberDefinition[] {
  switch (definition.meta) {
    case 'struct':
      return definition.members;
    case 'union':
      return isInline(definition.base) ? definition.base : definition.members;
    case 'command':
    case 'event':
      return isInline(definition.data) ? definition.data : [];
    default:
      return [];
  }
}

/** What the types of branches are used for. */
function ofBranches(branches: readonly BranchDefinition[]): Use[] {
  return branches.map(({ name, type }) => ({ type, what: `branch '${name}'` }));
}

function ofReturns({ returns }: CommandDefinition): Use[] {
  return returns === undefined ? [] : [{ type: returns, what: "command's 'returns'" }];
}

/** A type, as messages name it. */
export function describe(type: Resolved, isArray = false): string {
  const kind = 'meta' in type ? type.meta : 'built-in';
  return isArray ? `array type ['${type.name}']` : `${kind} type '${type.name}'`;
}

/** Complains about types that nobody defines. */
export function checkKnown(uses: readonly Use[], world: World, complain: Complain): void {
  for (const { type, what } of uses) {
    if (world.isKnownType(type)) continue;
    const other = world.definitions.get(type.name);
    if (other === undefined) {
      const hint = () => didYouMean(type.name, world.typeNames());
      complain(`${what} uses the unknown type '${type.name}'`, type.position, hint);
    } else {
      complain(`${what} uses '${type.name}' as a type, which is ${article(other.meta)}`, type.position);
    }
  }
}

/** Arrays are judged before the definition that brings them along, and only the type of their elements is. */
export const knownElements = rule({
  code: 'unknown-type',
  metas: ['struct', 'union', 'alternate', 'command', 'event'],
  check(definition, world, complain) {
    const uses = [
      ...ofMembers(localMembers(definition)),
      ...(definition.meta === 'alternate' ? ofBranches(definition.alternatives) : []),
      ...(definition.meta === 'command' ? ofReturns(definition) : []),
    ];
    checkKnown(
      uses.filter(({ type }) => type.isArray),
      world,
      complain,
    );
  },
});

export const knownBase = rule({
  code: 'unknown-type',
  metas: ['struct', 'union'],
  check({ base }, world, complain) {
    if (base !== undefined && !isInline(base)) checkKnown([{ type: base, what: "'base'" }], world, complain);
  },
});

export const knownMembers = rule({
  code: 'unknown-type',
  metas: ['struct', 'union', 'command', 'event'],
  check(definition, world, complain) {
    checkKnown(ofMembers(localMembers(definition)), world, complain);
  },
});

export const knownAlternatives = rule({
  code: 'unknown-type',
  metas: ['alternate'],
  check({ alternatives }, world, complain) {
    checkKnown(ofBranches(alternatives), world, complain);
  },
});

export const knownArguments = rule({
  code: 'unknown-type',
  metas: ['command', 'event'],
  check({ data, meta }, world, complain) {
    if (data === undefined || isInline(data)) return;
    checkKnown([{ type: data, what: `${meta}'s 'data'` }], world, complain);
  },
});

export const knownReturns = rule({
  code: 'unknown-type',
  metas: ['command'],
  check(command, world, complain) {
    checkKnown(ofReturns(command), world, complain);
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

/** Arguments are judged first by the releases that look for conditions in them. */
export const judgedArguments = rule({
  code: 'bad-arguments',
  releases: { since: '8.1' },
  metas: ['command', 'event'],
  *walk({ data }, world) {
    const object = data === undefined || isInline(data) ? undefined : world.object(data);
    if (object !== undefined) yield object;
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
