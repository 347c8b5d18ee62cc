/**
 * The builtin types, and which JSON each of them takes. Nothing else in the project lists that.
 */
import type { JsonType } from '../../json/index.js';
import type { Releases } from './release.js';
import type { BuiltinName, BuiltinType, EnumType, IntegerRange, Type } from './schema.js';

/** The JSON types as introspection names them (`SchemaInfoBuiltin`'s `json-type`). */
export type JsonTypeName = 'string' | 'number' | 'int' | 'boolean' | 'null' | 'value';

/** The JSON types by which an alternate selects a branch: integers and other numbers are one. */
export type AlternateJsonType = 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object';

/** The bounds of an integer of some type, whichever it is; what introspection, which merges the types, can tell. */
export const ANY_INTEGER: IntegerRange = { min: -(1n << 63n), max: (1n << 64n) - 1n, exact: false };

interface Builtin {
  readonly json: JsonTypeName;
  /** Of an integer type: its declared range. */
  readonly range?: IntegerRange;
  /** Of an integer type: the range that QEMU accepts, if that is another one. */
  readonly accepted?: IntegerRange;
  /** The releases that know the type; absent: all. */
  readonly releases?: Releases;
}

function signed(bits: bigint): Builtin {
  return { json: 'int', range: { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n, exact: true } };
}

function unsigned(bits: bigint): Builtin {
  return { json: 'int', range: { min: 0n, max: (1n << bits) - 1n, exact: true } };
}

/** QEMU takes a negative number for an unsigned type of 64 bits modulo 2^64, for the sake of old clients. */
const unsigned64: Builtin = { ...unsigned(64n), accepted: { ...ANY_INTEGER, exact: true } };

const table: Readonly<Record<BuiltinName, Builtin>> = {
  str: { json: 'string' },
  number: { json: 'number' },
  int: signed(64n),
  int8: signed(8n),
  int16: signed(16n),
  int32: signed(32n),
  int64: signed(64n),
  uint8: unsigned(8n),
  uint16: unsigned(16n),
  uint32: unsigned(32n),
  uint64: unsigned64,
  size: unsigned64,
  bool: { json: 'boolean' },
  null: { json: 'null', releases: { since: '2.10' } },
  any: { json: 'value' },
};

function makeBuiltins(): ReadonlyMap<string, BuiltinType> {
  const types = new Map<string, BuiltinType>();
  for (const name of Object.keys(table) as BuiltinName[]) {
    const { range } = table[name];
    types.set(name, { kind: 'builtin', name, ...(range && { range }) });
  }
  return types;
}

/** The builtin types by name, with the declared ranges of the integer types. */
export const builtins = makeBuiltins();

const EVERY_RELEASE: Releases = {};

/** @returns the releases that know a builtin type */
export function builtinReleases(type: BuiltinType): Releases {
  return table[type.name].releases ?? EVERY_RELEASE;
}

/** The enumeration of the JSON types that select a branch of an alternate; the only predefined enumeration. */
export const qtype: EnumType = {
  kind: 'enum',
  name: 'QType',
  features: [],
  values: ['none', 'qnull', 'qnum', 'qstring', 'qdict', 'qlist', 'qbool'].map((name) => ({
    name,
    features: [],
  })),
};

/** @returns the JSON type of a builtin type's values, as introspection names it */
export function jsonTypeOf(type: BuiltinType): JsonTypeName {
  return table[type.name].json;
}

const jsonTypes: Readonly<Record<JsonTypeName, readonly JsonType[]>> = {
  string: ['string'],
  number: ['integer', 'double'],
  int: ['integer'],
  boolean: ['boolean'],
  null: ['null'],
  value: ['null', 'boolean', 'integer', 'double', 'string', 'array', 'object'],
};

/** @returns the JSON types that values of a builtin type may have, integers and doubles apart */
export function jsonTypesTaken(type: BuiltinType): readonly JsonType[] {
  return jsonTypes[jsonTypeOf(type)];
}

/** @returns whether a type is one of the integer types, which introspection does not tell apart */
export function isInteger(type: Type): boolean {
  return type.kind === 'builtin' && jsonTypeOf(type) === 'int';
}

/**
 * The integers that QEMU accepts for a type.
 *
 * @returns the declared range, for unsigned types of 64 bits extended to negative numbers; undefined when the type is
 * not an integer type
 */
export function acceptedRange(type: BuiltinType): IntegerRange | undefined {
  return table[type.name].accepted ?? type.range;
}

/**
 * The JSON type by which an alternate selects a branch of a type.
 *
 * @returns undefined when values of the type may have several JSON types (`any`, alternates)
 */
export function alternateJsonType(type: Type): AlternateJsonType | undefined {
  switch (type.kind) {
    case 'enum':
      return 'string';
    case 'alternate':
      return undefined;
    case 'builtin': {
      const json = jsonTypeOf(type);
      if (json === 'value') return undefined;
      return json === 'int' ? 'number' : json;
    }
    default:
      return type.kind;
  }
}

/** @returns the JSON type of a type's values as introspection shows it; of an alternate, the word `alternate` */
export function introspectedJsonType(type: Type): string {
  if (type.kind === 'enum') return 'string';
  return type.kind === 'builtin' ? jsonTypeOf(type) : type.kind;
}
