/**
 * What values take in memory, reckoned while they are read: a little more than V8 was seen to take, so that a limit on
 * the sum is a limit on the memory. Each token and each of its bytes counts, which the reader counts anyway; some cost
 * more.
 */

/** In bytes. */
export const footprint = {
  /** An element of a list, with the space that is allocated before it is needed, or a quarter of a member. */
  token: 16,
  /** The engine allocates seventeen elements when the first one comes. */
  array: 150,
  /** A name that was not met lately: text of its own, and hidden classes of its own. */
  newName: 96,
  /** A name that is an index goes to a table of its own. */
  index: 256,
  string: 24,
  longInteger: 48,
  double: 60,
} as const;
