/**
 * The relation of two types by the values that they admit, when they are not both objects, arrays, enumerations or
 * alternates.
 */
import { acceptedRange, alternateJsonType, jsonTypeOf } from '../model/builtin.js';
import type { BuiltinType, Type } from '../model/schema.js';
import type { ChangeKind } from './rules.js';

/** @returns how the type has changed; undefined when no difference is known */
export function relationOf(a: Type, b: Type): ChangeKind | undefined {
  if (isBuiltin(a) && isBuiltin(b)) {
    const [from, to] = [jsonTypeOf(a), jsonTypeOf(b)];
    if (from === to) return rangeRelation(a, b);
    if (to === 'value' || (from === 'int' && to === 'number')) return 'type-widened';
    return from === 'value' || (from === 'number' && to === 'int') ? 'type-narrowed' : 'type-changed';
  }
  if (isBuiltin(b) && b.name === 'any') return 'type-widened';
  if (isBuiltin(a) && a.name === 'any') return 'type-narrowed';
  if (a.kind === 'enum' && isBuiltin(b) && b.name === 'str') return 'enum-to-string';
  if (isBuiltin(a) && a.name === 'str' && b.kind === 'enum') return 'string-to-enum';
  return 'type-changed';
}

function isBuiltin(type: Type): type is BuiltinType {
  return type.kind === 'builtin';
}

/** Undefined also for integer types of introspection, whose ranges are unknown. */
function rangeRelation(a: BuiltinType, b: BuiltinType): ChangeKind | undefined {
  if (a.range?.exact !== true || b.range?.exact !== true) return undefined;
  const [from, to] = [acceptedRange(a) ?? a.range, acceptedRange(b) ?? b.range];
  if (from.min === to.min && from.max === to.max) return undefined;
  return to.min <= from.min && from.max <= to.max ? 'range-widened' : 'range-narrowed';
}

/** The JSON type by which an alternate selects a branch of this type; `value` for `any`. */
export function selectingType(type: Type): string {
  return alternateJsonType(type) ?? 'value';
}

/** A type in words that do not depend on its name, which is not on the wire. */
export function describe(type: Type): string {
  switch (type.kind) {
    case 'builtin':
      return type.range?.exact === true ? type.name : jsonTypeOf(type).replace('value', 'any value');
    case 'array':
      return 'array';
    case 'enum':
      return 'enumeration';
    default:
      return type.kind;
  }
}
