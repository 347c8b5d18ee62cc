/**
 * Tells one crash from another, whichever request it was found by, by the line in which a program says why it aborts.
 * Addresses, numbers of processes and lines, and folders differ between two builds or two runs, and are left out.
 */
import type { TargetFailure } from '../exchange/index.js';

/** The lines by which assertions and sanitizers are known, the most telling first. */
const TELLING: readonly RegExp[] = [
  /(?:SUMMARY|ERROR): (?:Address|UndefinedBehavior|Thread|Memory|Leak)Sanitizer: [^\n]+/,
  /[^\n]*runtime error: [^\n]+/,
  /[^\n]*[Aa]ssertion [^\n]*failed[^\n]*/,
  /[^\n]*\*\*\s*ERROR:[^\n]+/,
  /[^\n]*(?:Bail out!|should not be reached|FATAL|[Pp]anic|stack smashing detected|double free|corrupted|free\(\): |malloc\(\): )[^\n]*/,
];
const MAX_LENGTH = 160;

/** The signature of a failure; undefined where the target has written nothing that tells. */
export function crashSignature({ kind, output }: TargetFailure): string | undefined {
  if (kind !== 'killed' && kind !== 'exited') return undefined;
  for (const pattern of TELLING) {
    const [line] = pattern.exec(output) ?? [];
    if (line !== undefined) return normalized(line);
  }
  return undefined;
}

function normalized(line: string): string {
  return line
    .replaceAll(/0x[0-9a-fA-F]+/g, '…')
    .replaceAll(/(?:[\w.+-]*\/)+(?=[\w.+-])/g, '')
    .replaceAll(/==\d+==\s*/g, '')
    .replaceAll(/(?<=[:[(])\d+(?=[:\])])/g, '…')
    .replaceAll(/\|/g, '/')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_LENGTH);
}
