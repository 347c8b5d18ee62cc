/**
 * Directions and compatibility: the terms of the compatibility rules.
 */

/** Which side sends what is described: `send`, the client (arguments); `receive`, the server (returns and events). */
export type Direction = 'send' | 'receive';

export type Compatibility = 'breaking' | 'compatible';
