/**
 * From a Schema to arguments, valid and invalid, for every command: the systematic sweep and random cases.
 *
 *     values/     interesting and smallest values; the points of arguments where they go; sanitizing
 *     operators/  what can be tried at a point: a template, and the case made of it
 *     tables/     reviewed data: what each string is for, which values are left out, what a command does
 *
 * `generator.ts` puts them together. Tables import from nowhere, values from tables, operators from values.
 */
export { elementKind, placeName, type ElementKind } from './element.js';
export { findCommand } from './find-command.js';
export { ArgumentGenerator, recheckFailure, type CaseFilter } from './generator.js';
export {
  INVALID_OPERATORS,
  typeClass,
  VALID_OPERATORS,
  type ArgumentCase,
  type CaseAbout,
  type CaseTemplate,
  type InvalidOperator,
  type Operator,
  type TypeClass,
} from './operators/case.js';
export type { RandomArguments } from './operators/random.js';
export { boundaries } from './operators/valid.js';
export { checksItself } from './tables/checks-itself.js';
export { cleanupOf } from './tables/cleanup.js';
export { instanceArguments, instanceRows, type InstanceRow } from './tables/instances.js';
export { predicted } from './tables/predictable.js';
export { mayBeSent, safetyOf } from './tables/safety.js';
export { restriction } from './tables/string-roles.js';
export type { InjectionPoint } from './values/injection-point.js';
export { Minimal } from './values/minimal.js';
export { FOLDER } from './values/sanitize.js';
export { valuePoints } from './values/value-points.js';
