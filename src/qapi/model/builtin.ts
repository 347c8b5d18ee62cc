/**
 * The types that every schema has.
 */
import type { Releases } from './release.js';
import type { BuiltinName, BuiltinType, EnumType, IntegerRange, Type } from './schema.js';

function signed(bits: bigint): IntegerRange {
  return { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n, exact: true };
}

function unsigned(bits: bigint): IntegerRange {
  return { min: 0n, max: (1n << bits) - 1n, exact: true };
}

const names: Readonly<Record<Exclude<BuiltinName, 'QType'>, IntegerRange | undefined>> = {
  str: undefined,
  number: undefined,
  int: signed(64n),
  int8: signed(8n),
  int16: signed(16n),
  int32: signed(32n),
  int64: signed(64n),
  uint8: unsigned(8n),
  uint16: unsigned(16n),
  uint32: unsigned(32n),
  uint64: unsigned(64n),
  size: unsigned(64n),
  bool: undefined,
  null: undefined,
  any: undefined,
};

function makeBuiltins(): ReadonlyMap<string, BuiltinType> {
  const types = new Map<string, BuiltinType>();
  for (const name of Object.keys(names) as (keyof typeof names)[]) {
    const range = names[name];
    types.set(name, { kind: 'builtin', name, ...(range && { range }) });
  }
  return types;
}

/** By name, with the declared ranges of the integer types. */
export const builtins = makeBuiltins();

/** The builtin types that some releases do not know. */
export const builtinReleases: ReadonlyMap<string, Releases> = new Map([['null', { since: '2.10' }]]);

/** The enumeration that alternates are told apart by; the only one that is predefined. */
export const qtype: EnumType = {
  kind: 'enum',
  name: 'QType',
  features: [],
  values: ['none', 'qnull', 'qnum', 'qstring', 'qdict', 'qlist', 'qbool'].map((name) => ({
    name,
    features: [],
  })),
};

/** The JSON types as introspection names them (`SchemaInfoBuiltin`'s `json-type`). */
export type JsonTypeName = 'string' | 'number' | 'int' | 'boolean' | 'null' | 'value';

const jsonTypes: ReadonlyMap<string, JsonTypeName> = new Map([
  ['str', 'string'],
  ['number', 'number'],
  ['bool', 'boolean'],
  ['null', 'null'],
  ['any', 'value'],
]);

/** The JSON type of a builtin type's values; all those not listed are integers. */
export function jsonTypeOf(type: BuiltinType): JsonTypeName {
  return jsonTypes.get(type.name) ?? 'int';
}

/** Is it one of the integer types, which introspection does not tell apart? */
export function isInteger(type: Type): type is BuiltinType {
  return type.kind === 'builtin' && jsonTypeOf(type) === 'int';
}
