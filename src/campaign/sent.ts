/**
 * What a target was sent, in order: cases, and where one connection ended and the next one began. Some targets only end
 * over what comes on a later connection: QEMU 7.2 closes descriptor 0 on an error path, the next client gets that
 * number, and the second such error hangs up on it.
 */
import type { Case } from '../exchange/index.js';

export const RECONNECT = 'reconnect';

export type Sent = Case | typeof RECONNECT;

export function isCase(sent: Sent): sent is Case {
  return sent !== RECONNECT;
}

/** The cases of each connection; connections on which nothing was sent are left out. */
export function byConnection(sent: readonly Sent[]): Case[][] {
  const connections: Case[][] = [[]];
  for (const one of sent) {
    if (isCase(one)) connections.at(-1)?.push(one);
    else connections.push([]);
  }
  return connections.filter((cases) => cases.length > 0);
}
