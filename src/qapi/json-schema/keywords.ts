/**
 * Pieces of JSON Schemas.
 */
import { jsonObject } from '../../json/index.js';
import type { Json, JsonObject } from '../../json/index.js';
import { jsonTypeOf } from '../model/builtin.js';
import type { BuiltinType, Member } from '../model/schema.js';

/** The keywords of a JSON Schema. */
export type Keywords = (readonly [string, Json])[];

/** The names of members that every value has, without those that a condition may remove. */
export function mandatory(members: readonly Member[]): string[] {
  return members
    .filter(({ optional, condition }) => !optional && condition === undefined)
    .map(({ name }) => name);
}

export function object(properties: Keywords, required: string[], closed: boolean): Keywords {
  return [
    ['type', 'object'],
    ['properties', jsonObject(properties)],
    ['required', required],
    ...(closed ? [['additionalProperties', false] as const] : []),
  ];
}

export function scalar(type: BuiltinType): Keywords {
  const json = jsonTypeOf(type);
  return json === 'value' ? [] : [['type', json === 'int' ? 'integer' : json]];
}

export function integer({ range }: BuiltinType): Keywords {
  const bounds: Keywords = range
    ? [
        ['minimum', exact(range.min)],
        ['maximum', exact(range.max)],
      ]
    : [];
  return [['type', 'integer'], ...bounds];
}

/** A number where that is exact. */
function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A conditional rule: what matches the test has to match the other schema too. */
export function rule(test: Keywords, due: Keywords): JsonObject {
  return jsonObject([
    ['if', jsonObject(test)],
    ['then', jsonObject(due)],
  ]);
}

/** A name as it stands in a reference: escaped as a part of a JSON pointer, and as a fragment of a URI. */
export function pointer(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
