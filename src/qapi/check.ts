/**
 * From parsed modules to checked definitions.
 */
import * as docs from './check/docs.js';
import type { Definition, Meta } from './check/definition.js';
import { metas } from './check/keys.js';
import * as members from './check/members.js';
import type { Rule } from './check/rule.js';
import { readShape } from './check/shape.js';
import { writeOut } from './check/simple-union.js';
import * as types from './check/types.js';
import * as unions from './check/unions.js';
import { TooLarge, World } from './check/world.js';
import { builtins, qtype } from './builtin.js';
import type { ErrorList } from './error.js';
import type { Modules } from './modules.js';
import { isEnforced } from './release.js';
import type { Release } from './release.js';
import { startOf } from './position.js';

/** All rules about what definitions mean together. */
const rules: readonly Rule[] = [
  docs.documented,
  docs.documentsThis,
  docs.documentedMembers,
  docs.documentedFeatures,
  docs.featuresDocumented,
  docs.returnsOfCommands,
  types.knownTypes,
  types.objectArguments,
  types.boxedConditions,
  types.objectReturns,
  members.structBase,
  members.noCircles,
  members.distinctValues,
  members.distinctAlternatives,
  members.distinctFeatures,
  members.distinctMembers,
  members.inlineArguments,
  members.typeFeatures,
  members.unstableTypes,
  unions.soundDiscriminator,
  unions.knownBranches,
  unions.someBranch,
  unions.objectBranches,
  unions.structBranches,
  unions.distinguishable,
  unions.scalarAlternatives,
];

/**
 * Checks all definitions of a schema.
 *
 * @param modules the parsed schema
 * @param release whose rules hold; absent: those that all releases agree on
 * @param errors where mistakes go; when there are none, the result is sound
 * @returns the definitions in order, simple unions written out
 */
export function check(modules: Modules, release: Release | undefined, errors: ErrorList): World {
  const { pragmas } = modules;
  const definitions = new Map<string, Definition>();
  const broken = new Set<string>();
  const define = (definition: Definition): void => {
    const other = definitions.get(definition.name);
    // Simple unions share the wrappers of their branches.
    if (other?.isImplicit === true && other.meta === 'struct' && definition.isImplicit) return;
    if (other !== undefined || builtins.has(definition.name) || definition.name === qtype.name) {
      reportDuplicate(definition, other, errors);
      return;
    }
    definitions.set(definition.name, definition);
  };
  for (const raw of modules.definitions) {
    const { name, definition } = readShape(raw, {
      pragmas,
      errors,
      ...(release !== undefined && { release }),
    });
    if (definition === undefined) {
      if (name !== undefined) broken.add(name);
    } else if (definition.meta === 'union' && definition.discriminator === undefined) {
      const { union, others } = writeOut(definition);
      for (const part of [union, ...others]) define(part);
    } else {
      define(definition);
    }
  }
  const world = new World(definitions, broken, pragmas, release);
  // Text that is missing may hold what seems to be missing.
  if (!modules.incomplete) applyRules(world, modules.root, errors);
  return world;
}

function rulesByMeta(release: Release | undefined): ReadonlyMap<Meta, readonly Rule[]> {
  const enforced = rules.filter(({ releases }) => isEnforced(releases ?? {}, release));
  return new Map(metas.map((meta) => [meta, enforced.filter((rule) => rule.metas.includes(meta))]));
}

function applyRules(world: World, root: string, errors: ErrorList): void {
  const enforced = rulesByMeta(world.release);
  try {
    for (const definition of world.definitions.values()) {
      const { meta, name, position } = definition;
      for (const rule of enforced.get(meta) ?? []) {
        rule.check(definition, world, (message, at, hint) => {
          errors.add(
            {
              code: rule.code,
              message,
              position: at,
              definition: { meta, name, position },
            },
            hint,
          );
        });
      }
    }
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    const message =
      'the schema is too large: its types have millions of members when inheritance is followed';
    errors.add({ code: 'schema-too-large', message, position: startOf(root) });
  }
}

function reportDuplicate(definition: Definition, other: Definition | undefined, errors: ErrorList): void {
  const { meta, name, namePosition, position } = definition;
  const message = other === undefined ? `the type '${name}' is built in` : `'${name}' is already defined`;
  errors.add(
    {
      code: 'duplicate-definition',
      message,
      position: namePosition,
      definition: { meta, name, position },
    },
    () => other && `at ${other.position.file}:${other.position.line}`,
  );
}
