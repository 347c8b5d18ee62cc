/**
 * Directions and compatibility: the terms of the compatibility rules.
 */

/**
 * Which side sends what is described: `send`, the client (arguments); `receive`, the server (returns and events).
 *
 * @public
 */
export type Direction = 'send' | 'receive';

/**
 * Whether a change breaks clients that rely on the old schema.
 *
 * @public
 */
export type Compatibility = 'breaking' | 'compatible';
