/**
 * Rules about bases and members.
 */
import type { Position } from '../../model/position.js';
import { isInline } from '../definition/index.js';
import type { ObjectDefinition } from '../definition/index.js';
import { cName } from '../syntax/names.js';
import { rule } from './rule.js';
import type { Complain } from './rule.js';
import { describe, localMembers } from './types.js';
import type { World } from './symbol-table.js';

export const structBase = rule({
  code: 'bad-base',
  metas: ['struct', 'union'],
  check({ base }, world, complain) {
    if (base === undefined || isInline(base)) return;
    const type = world.resolve(base);
    if (type === undefined || ('meta' in type && type.meta === 'struct')) return;
    complain(`'base' requires a struct type, ${describe(type)} is none`, base.position);
  },
});

/** What an object holds in itself: its base, and the types of its branches. Members are held by reference. */
function contents(definition: ObjectDefinition, world: World): ObjectDefinition[] {
  const base = definition.base !== undefined && !isInline(definition.base) ? [definition.base] : [];
  const branches = definition.meta === 'union' ? definition.branches.map(({ type }) => type) : [];
  return [...base, ...branches].flatMap((type) => world.object(type) ?? []);
}

/** A base is judged before what is derived from it. */
export const judgedBase = rule({
  code: 'bad-base',
  metas: ['struct', 'union'],
  *walk({ base }, world) {
    const object = base === undefined || isInline(base) ? undefined : world.object(base);
    if (object?.meta === 'struct') yield object;
  },
});

interface Named {
  readonly name: string;
  readonly position: Position;
}

/** Complains about names that are the same, or become the same in C. */
function checkCollisions(
  names: readonly Named[],
  what: string,
  complain: Complain,
  fallback?: Position,
): void {
  const seen = new Map<string, Named>();
  for (const name of names) {
    const other = seen.get(cName(name.name));
    if (other === undefined) seen.set(cName(name.name), name);
    else complain(`${what} '${name.name}' collides with '${other.name}'`, fallback ?? name.position);
  }
}

export const distinctValues = rule({
  code: 'name-collision',
  metas: ['enum'],
  check: ({ values }, _world, complain) => {
    checkCollisions(values, 'value', complain);
  },
});

export const distinctAlternatives = rule({
  code: 'name-collision',
  metas: ['alternate'],
  check: ({ alternatives }, _world, complain) => {
    checkCollisions(alternatives, 'branch', complain);
  },
});

export const distinctFeatures = rule({
  code: 'name-collision',
  metas: ['enum', 'struct', 'union', 'alternate', 'command', 'event'],
  check: ({ features }, _world, complain) => {
    checkCollisions(features, 'feature', complain);
  },
});

/** Of members only: the front end does not compare those of enumeration values, so any schema may repeat them. */
export const distinctMemberFeatures = rule({
  code: 'name-collision',
  metas: ['struct', 'union', 'command', 'event'],
  check(definition, _world, complain) {
    for (const { features } of localMembers(definition)) checkCollisions(features, 'feature', complain);
  },
});

export const distinctMembers = rule({
  code: 'name-collision',
  metas: ['struct', 'union'],
  check(definition, world, complain) {
    const { base } = definition;
    const members = world.commonMembers(definition);
    if (members === undefined) return;
    const own = new Set<Named>([...definition.members, ...(isInline(base) ? base : [])]);
    const inherited = members.filter((member) => !own.has(member));
    world.spend(members.length);
    // Among themselves the inherited ones have been judged where they are written.
    const taken = new Map(inherited.map((member) => [cName(member.name), member]));
    checkCollisions([...own], 'member', complain);
    for (const member of own) {
      const other = taken.get(cName(member.name));
      if (other !== undefined) {
        complain(`member '${member.name}' collides with '${other.name}' of the base`, member.position);
      }
    }
    if (definition.meta === 'union') checkBranches(definition, members, world, complain);
  },
});

function checkBranches(
  union: Extract<ObjectDefinition, { meta: 'union' }>,
  common: readonly Named[],
  world: World,
  complain: Complain,
): void {
  const taken = new Map(common.map((member) => [cName(member.name), member]));
  const judged = new Set<ObjectDefinition>([union]);
  for (const branch of union.branches) {
    const type = world.object(branch.type);
    if (type === undefined || judged.has(type)) continue;
    judged.add(type);
    const pending = [type];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const members = world.commonMembers(at) ?? [];
      world.spend(members.length);
      for (const member of members) {
        if (!taken.has(cName(member.name))) continue;
        complain(
          `member '${member.name}' of branch '${branch.name}' collides with a member that all branches have`,
          branch.position,
        );
      }
      if (at.meta !== 'union') continue;
      for (const inner of contents(at, world)) {
        if (judged.has(inner)) continue;
        judged.add(inner);
        pending.push(inner);
      }
    }
  }
}

export const inlineArguments = rule({
  code: 'name-collision',
  metas: ['command', 'event'],
  check({ data }, _world, complain) {
    if (isInline(data)) checkCollisions(data, 'argument', complain);
  },
});

export const typeFeatures = rule({
  code: 'bad-feature',
  metas: ['enum', 'struct', 'union', 'alternate'],
  check: ({ features }, _world, complain) => {
    rejectFeature(features, 'deprecated', complain);
  },
});

export const unstableTypes = rule({
  code: 'bad-feature',
  releases: { since: '6.2' },
  metas: ['enum', 'struct', 'union', 'alternate'],
  check: ({ features }, _world, complain) => {
    rejectFeature(features, 'unstable', complain);
  },
});

function rejectFeature(features: readonly Named[], name: string, complain: Complain): void {
  const feature = features.find((candidate) => candidate.name === name);
  if (feature === undefined) return;
  complain(
    `the feature '${name}' is not supported for types, only for their members and users`,
    feature.position,
  );
}
