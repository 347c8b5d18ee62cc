/**
 * Values of the QMP dialect of JSON.
 *
 * QMP keeps integers and doubles apart, and uses all 64 bits of an integer; JavaScript does neither. So:
 *
 * - an integer literal is a `number` if that is exact, else a `bigint`;
 * - a literal with a fraction or an exponent is a {@link Double}, so that `1` and `1.0` stay different;
 * - an object has no prototype that a hostile member name (`__proto__`, `constructor`) could reach.
 *
 * @public
 */
export type Json = null | boolean | number | bigint | Double | string | Json[] | JsonObject;

/**
 * An object; members by name.
 *
 * @public
 */
export interface JsonObject {
  [member: string]: Json;
}

/**
 * A number written with a fraction part or an exponent, and the text it was written as.
 *
 * @public
 */
export class Double {
  readonly value: number;
  readonly text: string;

  /**
   * @param value the nearest double; may be infinite when the text is out of range
   * @param text the literal as it stood on the wire; the shortest exact form when there was none
   */
  constructor(value: number, text: string = doubleText(value)) {
    this.value = value;
    this.text = text;
  }
}

function doubleText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`JSON has no literal for ${value}`);
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/**
 * The prototype of every object that the reader builds: empty, with no prototype of its own. Objects made by a
 * constructor keep V8's fast properties, which `Object.create(null)` loses.
 */
const Bare = function Bare() {
  // an object with nothing in it
} as unknown as new () => JsonObject;
(Bare as unknown as { prototype: object }).prototype = Object.freeze(Object.create(null) as object);

/**
 * A new object, safe for any member name; filled from `entries` when given.
 *
 * @public
 */
export function jsonObject(entries?: Iterable<readonly [string, Json]>): JsonObject {
  const object = new Bare();
  if (entries !== undefined) for (const [name, value] of entries) object[name] = value;
  return object;
}

/**
 * Is a value an object, and no array and no {@link Double}?
 *
 * @public
 */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Double);
}

/**
 * The value of an own member, never something inherited.
 *
 * @public
 */
export function member(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/**
 * The JSON types as the QMP dialect sees them: integers and doubles apart.
 *
 * @public
 */
export type JsonType = 'null' | 'boolean' | 'integer' | 'double' | 'string' | 'array' | 'object';

/**
 * The type of a value.
 *
 * @public
 */
export function jsonType(value: Json): JsonType {
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'string';
    case 'bigint':
      return 'integer';
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'double';
    default:
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'array';
      return value instanceof Double ? 'double' : 'object';
  }
}

/**
 * Whether two values are the same JSON value. Members may stand in any order; numbers are compared as numbers, exactly,
 * whatever they were written as (`1`, `1.0` and `1e0` are equal, 2^53 and 2^53 + 1 are not).
 *
 * @public
 */
export function jsonEqual(a: Json, b: Json): boolean {
  // An explicit stack: ids may nest deeper than the call stack reaches.
  const pending: [Json, Json][] = [[a, b]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [left, right] = pair;
    if (left === right) continue;
    if (isNumeric(left) || isNumeric(right)) {
      if (!isNumeric(left) || !isNumeric(right) || !numbersEqual(left, right)) return false;
    } else if (Array.isArray(left)) {
      if (!Array.isArray(right) || left.length !== right.length) return false;
      for (const [index, element] of left.entries()) pending.push([element, right[index] as Json]);
    } else if (isObject(left)) {
      if (!isObject(right)) return false;
      const names = Object.keys(left);
      if (names.length !== Object.keys(right).length) return false;
      for (const name of names) {
        if (!Object.hasOwn(right, name)) return false;
        pending.push([left[name] as Json, right[name] as Json]);
      }
    } else {
      return false;
    }
  }
  return true;
}

type Numeric = number | bigint | Double;

function isNumeric(value: Json): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Double;
}

function numbersEqual(a: Numeric, b: Numeric): boolean {
  const left = a instanceof Double ? a.value : a;
  const right = b instanceof Double ? b.value : b;
  // The language orders a bigint and a number by mathematical value, so this is exact, and -0 equals 0.
  return left <= right && left >= right;
}
