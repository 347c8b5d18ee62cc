/**
 * Rules about bases and members.
 */
import type { Position } from '../../model/position.js';
import { isInline, localMembers } from '../definition/index.js';
import type { ObjectDefinition } from '../definition/index.js';
import { cName } from '../syntax/names.js';
import { rule } from './rule.js';
import type { Report } from './rule.js';
import { describe } from './types.js';
import type { SymbolTable } from './symbol-table.js';

export const structBase = rule({
  code: 'bad-base',
  metas: ['struct', 'union'],
  check({ base }, symbols, report) {
    if (base === undefined || isInline(base)) return;
    const type = symbols.resolve(base);
    if (type === undefined || ('meta' in type && type.meta === 'struct')) return;
    report(`'base' requires a struct type, ${describe(type)} is none`, base.position);
  },
});

/** The objects that an object contains: its base, and the types of its branches. Members are held by reference. */
function contents(definition: ObjectDefinition, symbols: SymbolTable): ObjectDefinition[] {
  const base = definition.base !== undefined && !isInline(definition.base) ? [definition.base] : [];
  const branches = definition.meta === 'union' ? definition.branches.map(({ type }) => type) : [];
  return [...base, ...branches].flatMap((type) => symbols.object(type) ?? []);
}

/** A base is checked before what is derived from it. */
export const baseFirst = rule({
  code: 'bad-base',
  metas: ['struct', 'union'],
  *walk({ base }, symbols) {
    const object = base === undefined || isInline(base) ? undefined : symbols.object(base);
    if (object?.meta === 'struct') yield object;
  },
});

interface Named {
  readonly name: string;
  readonly position: Position;
}

/** Reports names that are the same, or become the same in C. */
function checkCollisions(names: readonly Named[], what: string, report: Report, fallback?: Position): void {
  const seen = new Map<string, Named>();
  for (const name of names) {
    const other = seen.get(cName(name.name));
    if (other === undefined) seen.set(cName(name.name), name);
    else report(`${what} '${name.name}' collides with '${other.name}'`, fallback ?? name.position);
  }
}

export const distinctValues = rule({
  code: 'name-collision',
  metas: ['enum'],
  check: ({ values }, _symbols, report) => {
    checkCollisions(values, 'value', report);
  },
});

export const distinctAlternatives = rule({
  code: 'name-collision',
  metas: ['alternate'],
  check: ({ alternatives }, _symbols, report) => {
    checkCollisions(alternatives, 'branch', report);
  },
});

export const distinctFeatures = rule({
  code: 'name-collision',
  metas: ['enum', 'struct', 'union', 'alternate', 'command', 'event'],
  check: ({ features }, _symbols, report) => {
    checkCollisions(features, 'feature', report);
  },
});

/** Of members only: the front end does not compare those of enumeration values, so any schema may repeat them. */
export const distinctMemberFeatures = rule({
  code: 'name-collision',
  metas: ['struct', 'union', 'command', 'event'],
  check(definition, _symbols, report) {
    for (const { features } of localMembers(definition)) checkCollisions(features, 'feature', report);
  },
});

export const distinctMembers = rule({
  code: 'name-collision',
  metas: ['struct', 'union'],
  check(definition, symbols, report) {
    const { base } = definition;
    const members = symbols.commonMembers(definition);
    if (members === undefined) return;
    const own = new Set<Named>([...definition.members, ...(isInline(base) ? base : [])]);
    const inherited = members.filter((member) => !own.has(member));
    symbols.spend(members.length);
    // The inherited ones have been compared with each other where they are defined.
    const taken = new Map(inherited.map((member) => [cName(member.name), member]));
    checkCollisions([...own], 'member', report);
    for (const member of own) {
      const other = taken.get(cName(member.name));
      if (other !== undefined) {
        report(`member '${member.name}' collides with '${other.name}' of the base`, member.position);
      }
    }
    if (definition.meta === 'union') checkBranches(definition, members, symbols, report);
  },
});

function checkBranches(
  union: Extract<ObjectDefinition, { meta: 'union' }>,
  common: readonly Named[],
  symbols: SymbolTable,
  report: Report,
): void {
  const taken = new Map(common.map((member) => [cName(member.name), member]));
  const checked = new Set<ObjectDefinition>([union]);
  for (const branch of union.branches) {
    const type = symbols.object(branch.type);
    if (type === undefined || checked.has(type)) continue;
    checked.add(type);
    const pending = [type];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const members = symbols.commonMembers(at) ?? [];
      symbols.spend(members.length);
      for (const member of members) {
        if (!taken.has(cName(member.name))) continue;
        report(
          `member '${member.name}' of branch '${branch.name}' collides with a member that all branches have`,
          branch.position,
        );
      }
      if (at.meta !== 'union') continue;
      for (const inner of contents(at, symbols)) {
        if (checked.has(inner)) continue;
        checked.add(inner);
        pending.push(inner);
      }
    }
  }
}

export const inlineArguments = rule({
  code: 'name-collision',
  metas: ['command', 'event'],
  check({ data }, _symbols, report) {
    if (isInline(data)) checkCollisions(data, 'argument', report);
  },
});

export const typeFeatures = rule({
  code: 'bad-feature',
  metas: ['enum', 'struct', 'union', 'alternate'],
  check: ({ features }, _symbols, report) => {
    rejectFeature(features, 'deprecated', report);
  },
});

export const unstableTypes = rule({
  code: 'bad-feature',
  releases: { since: '6.2' },
  metas: ['enum', 'struct', 'union', 'alternate'],
  check: ({ features }, _symbols, report) => {
    rejectFeature(features, 'unstable', report);
  },
});

function rejectFeature(features: readonly Named[], name: string, report: Report): void {
  const feature = features.find((candidate) => candidate.name === name);
  if (feature === undefined) return;
  report(
    `the feature '${name}' is not supported for types, only for their members and users`,
    feature.position,
  );
}
