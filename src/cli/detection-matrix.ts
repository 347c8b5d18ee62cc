import type { Trial } from '../selftest/index.js';

/** Faults and the rules that caught them, as a table for people. */
export function detectionMatrix(trials: readonly Trial[]): string {
  const width = Math.max(...trials.map((trial) => trialName(trial).length));
  const lines = trials.map((trial) => {
    const { fault, ok, expected, failed, problem } = trial;
    const others = failed.filter((id) => !expected.includes(id)).length;
    const caught = fault === undefined ? 'every rule holds' : expected.join(', ');
    const also = others === 0 ? '' : ` (and ${others} more)`;
    return `${ok ? 'ok' : 'MISSED'.padEnd(6)}  ${trialName(trial).padEnd(width)}  ${ok ? `${caught}${also}` : (problem ?? '')}`;
  });
  const count = trials.filter(({ fault }) => fault !== undefined).length;
  const missed = trials.filter(({ ok }) => !ok).length;
  return `${lines.join('\n')}\n\n${count} faults, ${missed === 0 ? 'all caught' : `${missed} not as expected`}\n`;
}

/** The fault of a trial, or which clean fake it was. */
export function trialName({ fault, protocol }: Pick<Trial, 'fault' | 'protocol'>): string {
  return fault ?? (protocol === 'qga' ? 'the clean guest agent' : 'the clean fake');
}
