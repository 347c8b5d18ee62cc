/**
 * From a Schema to arguments, valid and invalid, for every command: the systematic sweep, random cases, and the tables
 * that keep them harmless.
 *
 *     interesting, minimal ─► site ─► valid, invalid ─► generator ─► cases
 *                                       └─► random ─────────┘
 *     lexicon ─► harmless            safety: what may be executed at all
 */
export { findCommand } from './applicable.js';
export * from './case.js';
export { elementKind, ELEMENT_KINDS, placeName, type ElementKind } from './element.js';
export {
  ArgumentGenerator,
  recheckFailure,
  type CaseFilter,
  type Dropped,
  type GeneratorOptions,
  type Made,
} from './generator.js';
export { checksItself } from './checks-itself.js';
export { FOLDER, sanitize, sanitizeValid } from './sanitize.js';
export { instanceArguments, instanceRows, type InstanceRow } from './instances.js';
export { restriction, stringRole, safeStringFor } from './string-roles.js';
export type { StringRole } from './string-role.js';
export type { Place } from './place.js';
export { predicted, type Prediction } from './predictable.js';
export type { RandomArguments } from './random.js';
export type { CommandSafety, Effect } from './effect.js';
export * from './safety.js';
export { boundaries } from './valid.js';
export type { InjectionPoint } from './injection-point.js';
export { valuePoints } from './value-points.js';
export { cleanupOf, type CleanupPair } from './cleanup.js';
