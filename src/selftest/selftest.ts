/**
 * Do the suites notice? They run against the clean fake, where every rule must pass, and against every fault of the
 * fake, which every rule that names it must catch.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Fault } from '../fake/index.js';
import type { Trial } from './judge.js';
import type { TrialOrder } from './trial-process.js';

export interface SelftestOptions {
  /** The faults to try. */
  readonly faults: readonly Pick<Fault, 'id' | 'protocol'>[];
  /** How long one reply may take, in milliseconds; a fault by which the fake falls silent costs this much. */
  readonly timeoutMs: number;
  readonly onTrial: (trial: Trial) => void;
}

/** Trials that one process does at the same time: with faults for which most of the time is waiting. */
const AT_ONCE = 6;

/** The clean fakes, of either kind. */
const CLEAN = ['qmp', 'qga'] as const;

/**
 * Tries the clean fakes and every fault, on all cores.
 *
 * @returns the trials, the clean fakes first, then in the order of the faults
 */
export async function selftest({ faults, timeoutMs, onTrial }: SelftestOptions): Promise<Trial[]> {
  const orders: TrialOrder[] = [
    ...CLEAN.map((protocol) => ({ protocol, fault: undefined, timeoutMs })),
    ...faults.map(({ id, protocol = 'qmp' }) => ({ protocol, fault: id, timeoutMs })),
  ];
  const trials = new Map<string, Trial>();
  const queue = [...orders];
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      await workOff(queue, (trial) => {
        trials.set(keyOf(trial), trial);
        onTrial(trial);
      });
    }),
  );
  return orders.flatMap((order) => trials.get(keyOf(order)) ?? []);
}

function keyOf({ protocol, fault = '' }: Pick<Trial, 'protocol' | 'fault'>): string {
  return `${protocol} ${fault}`;
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
