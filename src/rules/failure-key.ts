/**
 * What makes two failures the same: equal for the same fault in two runs.
 */
import type { Finding } from '../judge/index.js';

/** Rule, command, path and kind of a failure; of a crash that has a signature the signature, and no command. */
export function failureKey(rule: string, { command = '', path = '', kind, signature }: Finding): string {
  if (signature !== undefined) return [rule, '', signature, kind].join('|');
  // Positions in lists differ from one run to the next and say nothing of the fault.
  return [rule, command, path.replaceAll(/\[\d+\]/g, '[]'), kind].join('|');
}
