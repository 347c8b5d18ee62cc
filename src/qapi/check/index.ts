/**
 * From parsed modules to checked definitions.
 */
import type { Definition } from './definition/index.js';
import { Judge } from './semantic/rule-runner.js';
import { checkFeatureCount } from './semantic/feature-count.js';
import { documentation, first, last } from './semantic/rules.js';
import { writeOutArrays } from './definition/named-arrays.js';
import { readShape } from './syntax/definition-reader.js';
import { writeOut } from './definition/simple-union.js';
import { TooLarge, World } from './semantic/symbol-table.js';
import { builtins, qtype } from '../model/builtin.js';
import type { ErrorList } from '../model/error.js';
import type { Modules } from '../modules/index.js';
import type { Release } from '../model/release.js';
import { startOf } from '../model/position.js';

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
  const broken = new Set<string>();
  const context = { pragmas, errors, ...(release !== undefined && { release }) };
  const shaped = modules.definitions.flatMap((raw) => {
    const { name, definition } = readShape(raw, context);
    if (definition === undefined && name !== undefined) broken.add(name);
    return definition ?? [];
  });
  const world = new World(definitionsOf(shaped, errors), broken, pragmas, release);
  // Text that is missing may hold what seems to be missing.
  if (!modules.incomplete) applyRules(world, modules.root, errors);
  return world;
}

/** What branches without members of their own hold; the front end takes its name for that of a type. */
const empty: Definition = {
  meta: 'struct',
  name: 'q_empty',
  members: [],
  base: undefined,
  condition: undefined,
  features: [],
  doc: undefined,
  position: startOf('(built in)'),
  namePosition: startOf('(built in)'),
  isImplicit: true,
};

function definitionsOf(shaped: readonly Definition[], errors: ErrorList): Map<string, Definition> {
  const definitions = new Map<string, Definition>();
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
  for (const definition of writeOutArrays(shaped)) {
    if (definition.meta === 'union' && definition.discriminator === undefined) {
      const { union, others } = writeOut(definition);
      for (const part of [union, ...others]) define(part);
    } else {
      define(definition);
    }
  }
  define(empty);
  return definitions;
}

function applyRules(world: World, root: string, errors: ErrorList): void {
  const judge = new Judge(world, errors);
  try {
    for (const definition of world.definitions.values()) {
      judge.apply(first, definition);
      judge.judge(definition);
      judge.apply(documentation, definition);
    }
    for (const definition of world.definitions.values()) judge.apply(last, definition);
    checkFeatureCount(world, errors);
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
