/**
 * Finds out how a target was lost, and describes it.
 */
import type { Finding } from '../judge/index.js';
import { showExit, type Exit, type Loss } from '../qmp/index.js';
import type { Target } from '../target/index.js';
import { lostBy } from './gather.js';

export interface TargetFailure {
  /** The kind of the finding. */
  readonly kind: 'killed' | 'exited' | 'hung' | 'connection-lost' | 'connection-refused' | 'invalid-json';
  /** Says of the target what happened: `was killed by SIGABRT`. */
  readonly words: string;
  /** The end of what it wrote. */
  readonly output: string;
}

/** A process that has crashed writes a core dump first, in milliseconds. */
export const CRASH_MS = 2000;
/** Findings that a connection was lost. */
export const CONNECTION_LOSSES: ReadonlySet<string> = new Set([
  'no-reply',
  'connection-lost',
  'connection-refused',
  'invalid-json',
]);

/**
 * Finds out what happened to a target whose connection was lost, as far as that can be seen.
 *
 * @param waitedMs how long the reply was waited for, in milliseconds
 * @param crashMs how long a process may take to end when it has ended the connection, in milliseconds
 */
export async function failureOf(
  target: Target,
  loss: Loss,
  waitedMs: number,
  crashMs = CRASH_MS,
): Promise<TargetFailure> {
  const exit = await target.waitForExit?.(loss.kind === 'closed' ? crashMs : 0);
  const output = target.output?.() ?? '';
  if (exit !== undefined) return exitFailure(exit, output);
  switch (loss.kind) {
    case 'timeout':
      return { kind: 'hung', words: `gave no answer within ${Math.round(waitedMs)} ms`, output };
    case 'closed':
      return { kind: 'connection-lost', words: 'ended the connection', output };
    case 'garbage': {
      const [{ message }] = lostBy(loss, waitedMs, 'a reply').findings;
      return { kind: 'invalid-json', words: message, output };
    }
  }
}

/** The failure of a target that was a process of ours and has ended. */
export function exitFailure(exit: Exit, output: string): TargetFailure {
  return exit.signal === null
    ? { kind: 'exited', words: `ended (${showExit(exit)})`, output }
    : { kind: 'killed', words: `was ${showExit(exit)}`, output };
}

/** The failure of a target that runs on and was lost while no case was waited for. */
export function lossFailure({ kind, message }: Finding, output: string): TargetFailure {
  switch (kind) {
    case 'no-reply':
      return { kind: 'hung', words: `served no more: ${message}`, output };
    case 'invalid-json':
      return { kind: 'invalid-json', words: `served no more: ${message}`, output };
    case 'connection-refused':
      return { kind: 'connection-refused', words: `took no connection: ${message}`, output };
    default:
      return { kind: 'connection-lost', words: `served no more: ${message}`, output };
  }
}
