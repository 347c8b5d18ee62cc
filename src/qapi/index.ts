/**
 * The QAPI schema language: schema files and introspection data to one model, the Schema, and back.
 *
 *     files ─► source ─► lexer ─► parser ─► modules ─► check ─► build ─► Schema ─► introspect, json-schema, compare, print
 *                                 doc-parser ──┘          introspection data ─┘
 *
 * Mistakes in schemas and oddities in introspection data are returned as data; nothing here prints or throws for bad
 * input. Differences between releases of QEMU are data as well, on the rules that differ.
 */
export { applyConditions } from './apply-conditions.js';
export { compareWithIntrospection, type Disagreement, type DisagreementKind } from './compare.js';
export { compareDumps, type DumpDifference } from './compare-dumps.js';
export { evaluate, parsePreprocessor, printCondition, type Condition, type Symbols } from './condition.js';
export { diffSchemas } from './diff.js';
export type { Change, Exemption, SchemaDiff } from './diff/change.js';
export type { Direction, Verdict } from './diff/verdict.js';
export { definesFrom, type Contradiction, type DefinesFound } from './define-from.js';
export type { Doc, DocSection } from './doc.js';
export { checkSchema, type CheckResult, type Dialect } from './dialect.js';
export { documentedErrors, type DocumentedError } from './documented-errors.js';
export { anchorOf, formatError, type DefinitionSite, type QapiError, type QapiErrorCode } from './error.js';
export { schemaFromIntrospection, type Introspected } from './from-introspection.js';
export { introspect, type IntrospectOptions } from './introspect.js';
export type { IntrospectionProblem, IntrospectionProblemCode } from './introspection/problem.js';
export { loadIntrospection, loadSchema, type LoadOptions, type LoadResult } from './load.js';
export { jsonSchema } from './json-schema.js';
export { printSchema } from './print.js';
export { isAllowed, releaseNamed, RELEASES, type Release, type Releases } from './release.js';
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
} from './schema.js';
export { filesInMemory, readFromDisk, readText, type ReadFailure, type ReadFile } from './source.js';
export type { Position } from './position.js';
