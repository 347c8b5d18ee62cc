/**
 * From a Schema to arguments, valid and invalid, for every command: the systematic sweep, random cases, and the tables
 * that keep them harmless.
 *
 *     interesting, minimal ─► site ─► valid, invalid ─► generator ─► cases
 *                                       └─► random ─────────┘
 *     lexicon ─► harmless            safety: what may be executed at all
 */
export { oneCommandWith } from './applicable.js';
export * from './case.js';
export { elementKind, ELEMENT_KINDS, placeName, type ElementKind } from './element.js';
export {
  ArgumentGenerator,
  objection,
  type CaseFilter,
  type Dropped,
  type GeneratorOptions,
  type Made,
} from './generator.js';
export { checksItself } from './checks-itself.js';
export { FOLDER, harmless, harmlessValid } from './harmless.js';
export { instanceArguments, instanceRows, type InstanceRow } from './instances.js';
export { restriction, stringRole, textFor } from './lexicon.js';
export type { StringRole } from './string-role.js';
export type { Place } from './place.js';
export { predicted, type Prediction } from './predictable.js';
export type { RandomArguments } from './random.js';
export type { CommandSafety, Effect } from './effect.js';
export * from './safety.js';
export { boundaries } from './valid.js';
export type { Site } from './site.js';
export { valueSites } from './value-sites.js';
export { undoOf, type Undo } from './undo.js';
