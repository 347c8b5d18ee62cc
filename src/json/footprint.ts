/**
 * What values take in memory, reckoned while they are read: a little more than V8 was seen to take (`bench/footprint.ts`
 * measures it), so that a limit on the sum is a limit on the memory.
 */

/** By kind of token, in bytes. */
export const footprint = {
  object: 64,
  /** The engine makes room for seventeen elements when the first one comes. */
  array: 200,
  /** A place in a list, with the room that is made before it is needed; or the gap between two members. */
  comma: 16,
  /** A place in an object, and its part of the object's shape. */
  colon: 32,
  /** A name that was not met lately: text of its own, and shapes of its own. */
  newName: 96,
  /** A name that is an index goes to a table of its own. */
  index: 256,
  string: 40,
  integer: 12,
  longInteger: 48,
  double: 80,
} as const;
