/**
 * The limit on how many different features a schema has.
 */
import type { ErrorList } from '../../model/error.js';
import type { Releases } from '../../model/release.js';
import { localMembers } from '../definition/index.js';
import type { Definition, FeatureDefinition } from '../definition/index.js';
import type { SymbolTable } from './symbol-table.js';

/** The releases that keep the features of an element in the bits of one word. */
const COUNTED: Releases = { since: '10.0' };
const LIMIT = 64;
/** These have their bits in every schema. */
const SPECIAL = ['deprecated', 'unstable'];

/** Reports the first feature beyond the limit. */
export function checkFeatureCount({ definitions, rules }: SymbolTable, errors: ErrorList): void {
  if (!rules.enforces(COUNTED)) return;
  const names = new Set(SPECIAL);
  for (const definition of definitions.values()) {
    for (const { name, position } of featuresOf(definition)) {
      names.add(name);
      if (names.size <= LIMIT) continue;
      const message = `the schema has more than ${LIMIT} different features, '${name}' is one too many`;
      errors.add({ code: 'bad-feature', message, position, anchor: definition.position });
      return;
    }
  }
}

function featuresOf(definition: Definition): readonly FeatureDefinition[] {
  const parts = definition.meta === 'enum' ? definition.values : localMembers(definition);
  return [...definition.features, ...parts.flatMap(({ features }) => features)];
}
