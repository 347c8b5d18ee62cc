/**
 * Do the suites notice? They run against the clean fake, where every rule must hold, and against every fault of the
 * fake, which every rule that names it must catch.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Trial } from './judge.js';
import type { TrialOrder } from './trial-process.js';

export interface SelftestOptions {
  /** The faults to try, by id. */
  readonly faults: readonly string[];
  /** How long one reply may take, in milliseconds; a fault by which the fake falls silent costs this much. */
  readonly timeoutMs: number;
  readonly onTrial: (trial: Trial) => void;
}

/** Trials that one process does at the same time. */
const AT_ONCE = 4;

/**
 * Tries the clean fake and every fault, on all cores.
 *
 * @returns the trials, the clean fake first, then in the order of the faults
 */
export async function selftest({ faults, timeoutMs, onTrial }: SelftestOptions): Promise<Trial[]> {
  const orders: TrialOrder[] = [undefined, ...faults].map((fault) => ({ fault, timeoutMs }));
  const trials = new Map<string | undefined, Trial>();
  const queue = [...orders];
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      await workOff(queue, (trial) => {
        trials.set(trial.fault, trial);
        onTrial(trial);
      });
    }),
  );
  return orders.flatMap(({ fault }) => trials.get(fault) ?? []);
}

/** A process takes orders from the queue until it is empty. */
function workOff(queue: TrialOrder[], onTrial: (trial: Trial) => void): Promise<void> {
  const worker = fork(new URL('trial-process.js', import.meta.url));
  return new Promise((resolve, reject) => {
    let open = 0;
    const next = (): void => {
      const order = queue.shift();
      if (order !== undefined) {
        open += 1;
        worker.send(order);
      } else if (open === 0) {
        end(worker);
        resolve();
      }
    };
    worker.on('message', (trial: Trial) => {
      open -= 1;
      onTrial(trial);
      next();
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (open > 0) reject(new Error(`a process of the selftest ended with status ${code ?? 'unknown'}`));
    });
    for (let count = 0; count < AT_ONCE; count += 1) next();
  });
}

function end(worker: ChildProcess): void {
  if (worker.connected) worker.disconnect();
}
