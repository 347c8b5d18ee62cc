/**
 * Tells one crash from another, whichever request it was found by, by the line in which a program says why it aborts.
 * Addresses, numbers of processes and lines, and folders differ between two builds or two runs, and are left out.
 */
import type { TargetFailure } from '../exchange/index.js';

/** How the lines are known in which assertions and sanitizers speak, the most telling first. */
const TELLING: readonly RegExp[] = [
  /(?:SUMMARY|ERROR): (?:Address|UndefinedBehavior|Thread|Memory|Leak)Sanitizer: .*/,
  /.*runtime error: .*/,
  /.*[Aa]ssertion .*failed.*/,
  /.*\*\*\s*ERROR:.+/,
  /.*(?:Bail out!|should not be reached|FATAL|[Pp]anic|stack smashing detected|double free|corrupted|free\(\): |malloc\(\): ).*/,
];
const MAX_LENGTH = 160;
/** Of a longer line its ends are looked at: the time that a pattern takes can grow with the square of it. */
const MAX_LINE = 2000;

/** The signature of a failure; undefined where the target has written nothing that tells. */
export function crashSignature({ kind, output }: TargetFailure): string | undefined {
  if (kind !== 'killed' && kind !== 'exited') return undefined;
  const lines = output.split('\n').map(shortened);
  for (const pattern of TELLING) {
    for (const line of lines) {
      const [telling] = pattern.exec(line) ?? [];
      if (telling !== undefined) return normalized(telling);
    }
  }
  return undefined;
}

function shortened(line: string): string {
  if (line.length <= MAX_LINE) return line;
  return `${line.slice(0, MAX_LINE / 2)}…${line.slice(-MAX_LINE / 2)}`;
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
