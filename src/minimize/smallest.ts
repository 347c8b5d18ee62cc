/**
 * The smallest value that could stand in a place.
 */
import { Minimal } from '../generate/index.js';
import { jsonObject, jsonType, type Json } from '../json/index.js';
import type { Type } from '../qapi/index.js';

/** With an empty string wherever a string is due. */
export const minimal = new Minimal('');

/** The smallest value of a type; undefined when no value of it is finite. */
export function smallestOf(type: Type): Json | undefined {
  return minimal.possible(type) ? minimal.value(type) : undefined;
}

/** The smallest value of the same JSON type. */
export function smallestJson(value: Json): Json {
  switch (jsonType(value)) {
    case 'null':
      return null;
    case 'boolean':
      return false;
    case 'integer':
    case 'double':
      return 0;
    case 'string':
      return '';
    case 'array':
      return [];
    case 'object':
      return jsonObject();
  }
}

/** An integer as the dialect holds it: a number where that is exact. */
export function integer(value: bigint): Json {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
