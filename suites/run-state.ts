/**
 * Stopping and starting the machine: the one change of state with an event that every QEMU can make and reverse.
 */
import { emptyReturn, success } from '../src/judge/index.js';
import { isObject, member } from '../src/json/index.js';
import type { CheckConnection } from '../src/rules/index.js';

/** Does the machine run? */
export async function isRunning(qmp: CheckConnection): Promise<boolean> {
  const status = await qmp.ask({ execute: 'query-status' }, success);
  return status !== undefined && isObject(status) && member(status, 'running') === true;
}

/** Stops the machine and starts it again, or the other way round, so that it ends as it was. */
export async function toggleRunState(qmp: CheckConnection): Promise<void> {
  const commands = (await isRunning(qmp)) ? ['stop', 'cont'] : ['cont', 'stop'];
  for (const execute of commands) await qmp.ask({ execute }, emptyReturn);
}
