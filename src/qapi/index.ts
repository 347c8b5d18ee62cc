/**
 * The QAPI schema language: schema files and introspection data to one model, the Schema, and back.
 *
 *     files ─► parse ─► doc ─► modules ─► check ─► load ─► Schema ─► introspection, define-from, json-schema, diff, print
 *                        introspection data ─► introspection ──┘
 *
 * - `model`: the Schema, its builtin types and conditions; positions, errors, and the rules of releases
 * - `parse`: the text of one file → comments and expressions
 * - `doc`: documentation comments → sections; the errors that they document
 * - `modules`: a root file and what it includes → definitions, pragmas
 * - `check`: definitions → checked definitions (`syntax`: each on its own; `semantic`: rules about the whole schema)
 * - `introspection`: Schema ↔ SchemaInfo, and comparing either with a live server
 * - `load`: a path → Schema, by the rules of one release or of whichever fits
 * - `define-from`: introspection data → the condition symbols of the binary
 * - `json-schema`, `print`: Schema → JSON Schema, Schema → schema text
 * - `diff`: two Schemas → compatible and breaking changes
 *
 * A folder imports only from those above it; other layers import this file only. Errors in schemas and problems in
 * introspection data are returned as data; nothing here prints, or throws for bad input. Differences between releases
 * of QEMU are data as well, on the rules that differ.
 */
export {
  acceptedRange,
  alternateJsonType,
  ANY_INTEGER,
  isInteger,
  jsonTypeOf,
  jsonTypesTaken,
  type AlternateJsonType,
  type JsonTypeName,
} from './model/builtin.js';
export { applyConditions } from './model/apply-conditions.js';
export {
  compareWithIntrospection,
  type Disagreement,
  type DisagreementKind,
} from './introspection/compare.js';
export { compareDumps, type DumpDifference } from './introspection/compare-dumps.js';
export {
  evaluate,
  parsePreprocessor,
  printCondition,
  type Condition,
  type Symbols,
} from './model/condition.js';
export { diffSchemas } from './diff/index.js';
export type { Change, Exemption, SchemaDiff } from './diff/change.js';
export type { Compatibility, Direction } from './diff/compatibility.js';
export type { ChangeKind } from './diff/rules.js';
export { definesFrom, type Contradiction, type DefinesFound } from './define-from/index.js';
export type { Doc, DocSection } from './model/doc.js';
export { checkSchema, type CheckResult, type Dialect } from './load/dialect.js';
export { documentedErrors, type DocumentedError } from './doc/documented-errors.js';
export {
  anchorOf,
  formatError,
  type DefinitionLocation,
  type QapiError,
  type QapiErrorCode,
} from './model/error.js';
export { schemaFromIntrospection, type Introspected } from './introspection/from-introspection.js';
export { introspect, type IntrospectOptions } from './introspection/introspect.js';
export type { IntrospectionProblem, IntrospectionProblemCode } from './introspection/problem.js';
export {
  loadIntrospection,
  loadSchema,
  type LoadedIntrospection,
  type LoadOptions,
  type LoadResult,
} from './load/index.js';
export { jsonSchema } from './json-schema/index.js';
export { printSchema } from './print/index.js';
export { isAllowed, releaseNamed, RELEASES, type Release, type Releases } from './model/release.js';
export type {
  AlternateType,
  Alternative,
  ArrayType,
  Branch,
  BuiltinName,
  BuiltinType,
  Command,
  Definition,
  Element,
  EnumType,
  EnumValue,
  Event,
  Feature,
  IntegerRange,
  Member,
  ObjectType,
  Schema,
  SchemaSource,
  Type,
  Variants,
} from './model/schema.js';
export { filesInMemory, readFromDisk, readText, type ReadFailure, type ReadFile } from './parse/source.js';
export type { Position } from './model/position.js';
