/**
 * Parsed modules → checked definitions: syntax of each definition, short forms written out, then semantic rules.
 */
import type { Definition } from './definition/index.js';
import { writeOutArrays } from './definition/named-arrays.js';
import { writeOut } from './definition/simple-union.js';
import { checkFeatureCount } from './semantic/feature-count.js';
import { RuleRunner } from './semantic/rule-runner.js';
import { documentationRules, finalRules, preliminaryRules } from './semantic/rules.js';
import { SymbolTable, TooLarge } from './semantic/symbol-table.js';
import { readDefinition } from './syntax/definition-reader.js';
import { NameChecker } from './syntax/names.js';
import { builtins, qtype } from '../model/builtin.js';
import type { ErrorList } from '../model/error.js';
import type { Modules } from '../modules/index.js';
import { startOf } from '../model/position.js';
import type { ReleaseRules } from '../model/release.js';

/**
 * Checks all definitions of a schema.
 *
 * @param modules the parsed schema
 * @param rules the rules that hold
 * @param errors where errors go; when none are added, the result is sound
 * @returns the definitions in order, with simple unions and named arrays written out
 */
export function check(modules: Modules, rules: ReleaseRules, errors: ErrorList): SymbolTable {
  const { pragmas } = modules;
  const broken = new Set<string>();
  const context = { pragmas, rules, names: new NameChecker(pragmas, rules), errors };
  const definitions = modules.definitions.flatMap((raw) => {
    const { name, definition } = readDefinition(raw, context);
    if (definition === undefined && name !== undefined) broken.add(name);
    return definition ?? [];
  });
  const symbols = new SymbolTable(definitionsByName(definitions, errors), broken, pragmas, rules);
  // Text that is missing may hold what seems to be missing.
  if (!modules.incomplete) applyRules(symbols, modules.root, errors);
  return symbols;
}

/** The type of branches without members of their own; the front end lets schemas refer to it by name. */
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

function definitionsByName(all: readonly Definition[], errors: ErrorList): Map<string, Definition> {
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
  for (const definition of writeOutArrays(all)) {
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

function applyRules(symbols: SymbolTable, root: string, errors: ErrorList): void {
  const runner = new RuleRunner(symbols, errors);
  try {
    for (const definition of symbols.definitions.values()) {
      runner.apply(preliminaryRules, definition);
      runner.check(definition);
      runner.apply(documentationRules, definition);
    }
    for (const definition of symbols.definitions.values()) runner.apply(finalRules, definition);
    checkFeatureCount(symbols, errors);
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
