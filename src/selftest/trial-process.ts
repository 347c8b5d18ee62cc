/**
 * Does trials in a process of its own: told a fault by its id, it answers with the trial. Several at a time, because a
 * trial with a silent fake is mostly waiting.
 */
import { inspect } from 'node:util';
import { faultsById } from '../fake/index.js';
import type { Protocol } from '../qmp/index.js';
import { tryFault } from './trial.js';

/** What the parent sends. */
export interface TrialOrder {
  readonly protocol: Protocol;
  readonly fault: string | undefined;
  readonly timeoutMs: number;
}

process.on('message', ({ protocol, fault, timeoutMs }: TrialOrder) => {
  const [found] = faultsById(fault === undefined ? [] : [fault]);
  tryFault(found, timeoutMs, protocol).then(
    (trial) => process.send?.(trial),
    (error: unknown) =>
      process.send?.({ protocol, fault, expected: [], failed: [], ok: false, problem: inspect(error) }),
  );
});
