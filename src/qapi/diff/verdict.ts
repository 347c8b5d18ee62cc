/**
 * Directions and verdicts: the vocabulary of the compatibility rules.
 */

/** Who sends what is described: `send`, the client (arguments); `receive`, the server (returns and events). */
export type Direction = 'send' | 'receive';

export type Verdict = 'breaking' | 'compatible';
