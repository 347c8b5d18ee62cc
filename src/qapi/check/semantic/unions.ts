/**
 * Rules about unions and alternates.
 */
import { jsonTypeOf } from '../../model/builtin.js';
import { didYouMean } from '../../../did-you-mean.js';
import type { BranchDefinition, EnumDefinition, UnionDefinition } from '../definition/index.js';
import { rule } from './rule.js';
import { isEnforced } from '../../model/release.js';
import type { Releases } from '../../model/release.js';
import { checkKnown, describe } from './types.js';
import type { World } from './symbol-table.js';

/** The discriminator, as a member. */
function tagOf(union: UnionDefinition, world: World) {
  return world.commonMembers(union)?.find(({ name }) => name === union.discriminator?.name);
}

/** The type of the discriminator, when it is what it should be. */
function tagType(union: UnionDefinition, world: World): EnumDefinition | undefined {
  const tag = tagOf(union, world);
  const type = tag && !tag.type.isArray ? world.resolve(tag.type) : undefined;
  return type !== undefined && 'meta' in type && type.meta === 'enum' ? type : undefined;
}

export const soundDiscriminator = rule({
  code: 'bad-discriminator',
  metas: ['union'],
  check(union, world, complain) {
    const members = world.commonMembers(union);
    if (members === undefined || union.discriminator === undefined) return;
    const { name, position } = union.discriminator;
    const tag = tagOf(union, world);
    if (tag === undefined) {
      const hint = () =>
        didYouMean(
          name,
          members.map((member) => member.name),
        );
      complain(`the discriminator '${name}' is not a member of the base`, position, hint);
      return;
    }
    if (!world.isKnownType(tag.type)) return;
    const type = world.resolve(tag.type);
    if (type === undefined) return;
    const what = `the discriminator member '${name}'`;
    if (tag.type.isArray || !('meta' in type) || type.meta !== 'enum') {
      complain(`${what} must be of an enum type, not of ${describe(type, tag.type.isArray)}`, position);
    } else if (tag.optional) {
      complain(`${what} must not be optional`, position);
    } else if (tag.condition !== undefined) {
      complain(`${what} must not be conditional`, position);
    }
  },
});

export const someBranch = rule({
  code: 'no-branches',
  metas: ['union'],
  check(union, world, complain) {
    const type = tagType(union, world);
    if (type?.values.length === 0 && union.branches.length === 0) {
      complain('the union has no branches, because its discriminator has no values', union.namePosition);
    }
  },
});

/** Older releases want a branch for every value; newer ones take those that are missing for empty. */
export const everyBranch = rule({
  code: 'no-branches',
  releases: { until: '3.0' },
  metas: ['union'],
  check(union, world, complain) {
    const tag = tagType(union, world);
    if (tag === undefined) return;
    const names = new Set(union.branches.map(({ name }) => name));
    const missing = tag.values.find(({ name }) => !names.has(name));
    if (missing === undefined) return;
    complain(
      `there is no branch for '${missing.name}', a value of enum type '${tag.name}'`,
      union.namePosition,
    );
  },
});

/** The releases that know no unions inside unions. */
const STRUCTS_ONLY: Releases = { until: '8.1' };

/** Branches are judged one after the other, each with its type. */
export const soundBranches = rule({
  code: 'bad-branch',
  metas: ['union'],
  *walk(union, world, complainAs) {
    const complain = complainAs('bad-branch');
    const tag = tagType(union, world);
    const values = tag && world.valuesOf(tag);
    for (const { name, type, position } of union.branches) {
      if (!world.isKnownType(type)) {
        checkKnown([{ type, what: `branch '${name}'` }], world, complainAs('unknown-type'));
        continue;
      }
      if (values?.has(name) === false) {
        const message = `branch '${name}' is not a value of enum type '${tag?.name ?? ''}'`;
        complainAs('unknown-branch')(message, position, () => didYouMean(name, values));
      }
      const resolved = world.resolve(type);
      const object = world.object(type);
      if (resolved === undefined) continue;
      if (object === undefined) {
        complain(
          `branch '${name}' cannot use ${describe(resolved, type.isArray)}: it must be an object`,
          type.position,
        );
      } else if (object.meta === 'union' && isEnforced(STRUCTS_ONLY, world.release)) {
        complain(`branch '${name}' cannot use ${describe(object)}: it must be a struct`, type.position);
      } else {
        yield object;
      }
    }
  },
});

/** What tells the branches of an alternate apart: the JSON type, integers and other numbers being one. */
type Shape = 'null' | 'string' | 'number' | 'boolean' | 'array' | 'object';

/**
 * The JSON types that lead to a branch. A string may have been meant as a number or a boolean by whoever writes
 * `key=value`, so a string branch takes their place too, and an enumeration does if its values look like them.
 */
function shapesOf({ type }: BranchDefinition, world: World): Set<Shape> | undefined {
  if (type.isArray) return new Set<Shape>(['array']);
  const resolved = world.resolve(type);
  if (resolved === undefined) return undefined;
  if (!('meta' in resolved)) {
    const json = jsonTypeOf(resolved);
    if (json === 'value') return new Set();
    if (json === 'string') return new Set<Shape>(['string', 'number', 'boolean']);
    return new Set<Shape>([json === 'int' ? 'number' : json]);
  }
  switch (resolved.meta) {
    case 'struct':
    case 'union':
      return new Set<Shape>(['object']);
    case 'alternate':
      return new Set();
    case 'enum':
      return enumShapes(resolved);
  }
}

/** Many alternates may share one large enumeration. */
const knownShapes = new WeakMap<EnumDefinition, Set<Shape>>();

function enumShapes(definition: EnumDefinition): Set<Shape> {
  const known = knownShapes.get(definition);
  if (known !== undefined) return known;
  const shapes = new Set<Shape>(['string']);
  for (const { name } of definition.values) {
    if (name === 'on' || name === 'off') shapes.add('boolean');
    if (/^[-+0-9.]/.test(name)) shapes.add('number');
  }
  knownShapes.set(definition, shapes);
  return shapes;
}

export const distinguishable = rule({
  code: 'indistinguishable',
  metas: ['alternate'],
  check({ alternatives }, world, complain) {
    const taken = new Map<Shape, string>();
    for (const branch of alternatives) {
      const shapes = shapesOf(branch, world);
      const type = world.resolve(branch.type);
      if (shapes === undefined || type === undefined) continue;
      if (shapes.size === 0) {
        complain(
          `branch '${branch.name}' cannot use ${describe(type)}: its JSON type is not fixed`,
          branch.type.position,
        );
      }
      const other = [...shapes].map((shape) => taken.get(shape)).find((name) => name !== undefined);
      if (other !== undefined) {
        complain(`branch '${branch.name}' can't be distinguished from '${other}'`, branch.type.position);
      }
      for (const shape of shapes) if (!taken.has(shape)) taken.set(shape, branch.name);
    }
  },
});

/** Arrays that are written as such are refused with the shape; by their inner names they come this far. */
export const scalarAlternatives = rule({
  code: 'bad-branch',
  releases: { until: '7.0' },
  metas: ['alternate'],
  check({ alternatives }, _world, complain) {
    for (const { name, type } of alternatives) {
      if (type.isArray) complain(`branch '${name}' cannot be an array`, type.position);
    }
  },
});
