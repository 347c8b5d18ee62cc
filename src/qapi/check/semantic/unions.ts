/**
 * Rules about unions and alternates.
 */
import { alternateJsonType } from '../../model/builtin.js';
import type { AlternateJsonType } from '../../model/builtin.js';
import { didYouMean } from '../../../did-you-mean.js';
import type { BranchDefinition, EnumDefinition, UnionDefinition } from '../definition/index.js';
import { rule } from './rule.js';
import type { Releases } from '../../model/release.js';
import { checkKnown, describe } from './types.js';
import type { SymbolTable } from './symbol-table.js';

/** The discriminator, as a member. */
function tagOf(union: UnionDefinition, symbols: SymbolTable) {
  return symbols.commonMembers(union)?.find(({ name }) => name === union.discriminator?.name);
}

/** The type of the discriminator, when it is what it should be. */
function tagType(union: UnionDefinition, symbols: SymbolTable): EnumDefinition | undefined {
  const tag = tagOf(union, symbols);
  const type = tag && !tag.type.isArray ? symbols.resolve(tag.type) : undefined;
  return type !== undefined && 'meta' in type && type.meta === 'enum' ? type : undefined;
}

export const soundDiscriminator = rule({
  code: 'bad-discriminator',
  metas: ['union'],
  check(union, symbols, report) {
    const members = symbols.commonMembers(union);
    if (members === undefined || union.discriminator === undefined) return;
    const { name, position } = union.discriminator;
    const tag = tagOf(union, symbols);
    if (tag === undefined) {
      const hint = () =>
        didYouMean(
          name,
          members.map((member) => member.name),
        );
      report(`the discriminator '${name}' is not a member of the base`, position, hint);
      return;
    }
    if (!symbols.isKnownType(tag.type)) return;
    const type = symbols.resolve(tag.type);
    if (type === undefined) return;
    const what = `the discriminator member '${name}'`;
    if (tag.type.isArray || !('meta' in type) || type.meta !== 'enum') {
      report(`${what} must be of an enum type, not of ${describe(type, tag.type.isArray)}`, position);
    } else if (tag.optional) {
      report(`${what} must not be optional`, position);
    } else if (tag.condition !== undefined) {
      report(`${what} must not be conditional`, position);
    }
  },
});

export const someBranch = rule({
  code: 'no-branches',
  metas: ['union'],
  check(union, symbols, report) {
    const type = tagType(union, symbols);
    if (type?.values.length === 0 && union.branches.length === 0) {
      report('the union has no branches, because its discriminator has no values', union.namePosition);
    }
  },
});

/** Older releases require a branch for every value; in newer ones those that are missing are empty. */
export const everyBranch = rule({
  code: 'no-branches',
  releases: { until: '3.0' },
  metas: ['union'],
  check(union, symbols, report) {
    const tag = tagType(union, symbols);
    if (tag === undefined) return;
    const names = new Set(union.branches.map(({ name }) => name));
    const missing = tag.values.find(({ name }) => !names.has(name));
    if (missing === undefined) return;
    report(
      `there is no branch for '${missing.name}', a value of enum type '${tag.name}'`,
      union.namePosition,
    );
  },
});

/** The releases that know no unions inside unions. */
const STRUCTS_ONLY: Releases = { until: '8.1' };

/** Branches are checked one after the other, each together with its type. */
export const soundBranches = rule({
  code: 'bad-branch',
  metas: ['union'],
  *walk(union, symbols, reportAs) {
    const report = reportAs('bad-branch');
    const tag = tagType(union, symbols);
    const values = tag && symbols.valuesOf(tag);
    for (const { name, type, position } of union.branches) {
      if (!symbols.isKnownType(type)) {
        checkKnown([{ type, what: `branch '${name}'` }], symbols, reportAs('unknown-type'));
        continue;
      }
      if (values?.has(name) === false) {
        const message = `branch '${name}' is not a value of enum type '${tag?.name ?? ''}'`;
        reportAs('unknown-branch')(message, position, () => didYouMean(name, values));
      }
      const resolved = symbols.resolve(type);
      const object = symbols.object(type);
      if (resolved === undefined) continue;
      if (object === undefined) {
        report(
          `branch '${name}' cannot use ${describe(resolved, type.isArray)}: it must be an object`,
          type.position,
        );
      } else if (object.meta === 'union' && symbols.rules.enforces(STRUCTS_ONLY)) {
        report(`branch '${name}' cannot use ${describe(object)}: it must be a struct`, type.position);
      } else {
        yield object;
      }
    }
  },
});

/**
 * The JSON types that a branch of an alternate reserves; none when its JSON type is not fixed. In `key=value` syntax
 * numbers and booleans are strings, so a string branch reserves all three, and an enumeration those that its values
 * look like.
 *
 * @returns undefined when the type of the branch is unknown
 */
function reservedTypes({ type }: BranchDefinition, symbols: SymbolTable): Set<AlternateJsonType> | undefined {
  if (type.isArray) return new Set<AlternateJsonType>(['array']);
  const resolved = symbols.resolve(type);
  if (resolved === undefined) return undefined;
  if (!('meta' in resolved)) {
    const json = alternateJsonType(resolved);
    if (json === undefined) return new Set();
    return new Set<AlternateJsonType>(json === 'string' ? ['string', 'number', 'boolean'] : [json]);
  }
  switch (resolved.meta) {
    case 'struct':
    case 'union':
      return new Set<AlternateJsonType>(['object']);
    case 'alternate':
      return new Set();
    case 'enum':
      return enumTypes(resolved);
  }
}

/** What {@link enumTypes} has found; many alternates may share one large enumeration. */
const knownEnumTypes = new WeakMap<EnumDefinition, Set<AlternateJsonType>>();

function enumTypes(definition: EnumDefinition): Set<AlternateJsonType> {
  const known = knownEnumTypes.get(definition);
  if (known !== undefined) return known;
  const types = new Set<AlternateJsonType>(['string']);
  for (const { name } of definition.values) {
    if (name === 'on' || name === 'off') types.add('boolean');
    if (/^[-+0-9.]/.test(name)) types.add('number');
  }
  knownEnumTypes.set(definition, types);
  return types;
}

export const distinguishable = rule({
  code: 'indistinguishable',
  metas: ['alternate'],
  check({ alternatives }, symbols, report) {
    const taken = new Map<AlternateJsonType, string>();
    for (const branch of alternatives) {
      const types = reservedTypes(branch, symbols);
      const type = symbols.resolve(branch.type);
      if (types === undefined || type === undefined) continue;
      if (types.size === 0) {
        report(
          `branch '${branch.name}' cannot use ${describe(type)}: its JSON type is not fixed`,
          branch.type.position,
        );
      }
      const other = [...types].map((json) => taken.get(json)).find((name) => name !== undefined);
      if (other !== undefined) {
        report(`branch '${branch.name}' can't be distinguished from '${other}'`, branch.type.position);
      }
      for (const json of types) if (!taken.has(json)) taken.set(json, branch.name);
    }
  },
});

/** Arrays written as `[TYPE]` are syntax errors; those written by their inner names are found here. */
export const scalarAlternatives = rule({
  code: 'bad-branch',
  releases: { until: '7.0' },
  metas: ['alternate'],
  check({ alternatives }, _symbols, report) {
    for (const { name, type } of alternatives) {
      if (type.isArray) report(`branch '${name}' cannot be an array`, type.position);
    }
  },
});
