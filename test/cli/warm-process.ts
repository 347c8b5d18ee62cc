/**
 * Obeys one command line after the other in one process, so that only the first has to wait until all modules are
 * loaded. Whoever starts it sends {@link Order}s and gets an {@link Ended} for each.
 *
 * An order is done when a process of its own would have ended: when nothing of it keeps the process alive any more.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { obey } from '../../src/cli/program.js';
import type { Ended } from './support.js';

export interface Order {
  readonly folder: string;
  readonly tmp: string;
  readonly words: readonly string[];
}

const said = { stdout: '', stderr: '' };
for (const name of ['stdout', 'stderr'] as const) {
  process[name].write = (text: string | Uint8Array) => {
    said[name] += String(text);
    return true;
  };
}

/** How many sockets, timers, children and the like keep this process alive. */
const busy = (): number => process.getActiveResourcesInfo().length;

async function carryOut({ folder, tmp, words }: Order): Promise<Ended> {
  process.chdir(folder);
  process.env.TMPDIR = tmp;
  process.exitCode = undefined;
  Object.assign(said, { stdout: '', stderr: '' });
  const before = busy();
  await obey(words);
  while (busy() > before) await sleep(2);
  return { status: (process.exitCode as number | undefined) ?? 0, ...said };
}

let last = Promise.resolve();
process.on('message', (order: Order) => {
  last = last.then(async () => {
    const ended = await carryOut(order);
    process.exitCode = undefined;
    process.send?.(ended);
  });
});
