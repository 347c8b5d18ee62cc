import type { Trial } from '../selftest/index.js';

/** Faults and the rules that caught them, as a table for people. */
export function killMatrix(trials: readonly Trial[]): string {
  const width = Math.max(...trials.map(({ fault }) => (fault ?? CLEAN).length));
  const lines = trials.map(({ fault, ok, expected, failed, problem }) => {
    const others = failed.filter((id) => !expected.includes(id)).length;
    const caught = fault === undefined ? 'every rule holds' : expected.join(', ');
    const also = others === 0 ? '' : ` (and ${others} more)`;
    return `${ok ? 'ok' : 'MISSED'.padEnd(6)}  ${(fault ?? CLEAN).padEnd(width)}  ${ok ? `${caught}${also}` : (problem ?? '')}`;
  });
  const missed = trials.filter(({ ok }) => !ok).length;
  return `${lines.join('\n')}\n\n${trials.length - 1} faults, ${missed === 0 ? 'all caught' : `${missed} not as expected`}\n`;
}

const CLEAN = 'the clean fake';
