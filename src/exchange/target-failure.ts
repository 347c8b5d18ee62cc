/**
 * How a target was lost.
 */
import type { Finding } from '../judge/index.js';
import { showExit, TargetError, type Exit } from '../qmp/index.js';
import type { Target } from '../target/index.js';
import type { PipelineLost } from './pipeline.js';
import { lostBy } from './step-executor.js';
import { Abandoned } from './step-recorder.js';

export interface TargetFailure {
  /** The kind of the finding. */
  readonly kind: 'killed' | 'exited' | 'hung' | 'connection-lost' | 'connection-refused' | 'invalid-json';
  /** Says of the target what happened: `was killed by SIGABRT`. */
  readonly words: string;
  readonly output: string;
}

/** A process that has crashed writes a core dump first, in milliseconds. */
export const CRASH_MS = 2000;
/** Findings that a connection was lost. */
export const CONNECTION_LOSSES: ReadonlySet<string> = new Set([
  'no-reply',
  'connection-lost',
  'invalid-json',
]);

/** Did it end because the target did not serve any more? */
export function isTargetFailure(error: unknown): error is Error {
  return error instanceof Abandoned || error instanceof TargetError;
}

/**
 * What happened to a target, as far as one can see.
 *
 * @param timeoutMs how long it was waited for, in milliseconds
 * @param crashMs how long a process may take to end when it has ended the connection, in milliseconds
 */
export async function failureOf(
  target: Target,
  { incoming }: PipelineLost,
  timeoutMs: number,
  crashMs = CRASH_MS,
): Promise<TargetFailure> {
  const exit = await target.waitForExit?.(incoming.kind === 'closed' ? crashMs : 0);
  const output = target.output?.() ?? '';
  if (exit !== undefined) return exitFailure(exit, output);
  switch (incoming.kind) {
    case 'timeout':
      return { kind: 'hung', words: `gave no answer within ${timeoutMs} ms`, output };
    case 'closed':
      return { kind: 'connection-lost', words: 'ended the connection', output };
    case 'garbage':
      return {
        kind: 'invalid-json',
        words: lostBy(incoming, timeoutMs, 'a reply').findings[0].message,
        output,
      };
  }
}

/** A process of ours has ended. */
export function exitFailure(exit: Exit, output: string): TargetFailure {
  return exit.signal === null
    ? { kind: 'exited', words: `ended (${showExit(exit)})`, output }
    : { kind: 'killed', words: `was ${showExit(exit)}`, output };
}

/** What a target that runs on was lost by, when no case was waited for; without a finding it took no connection. */
export function lossFailure(lost: Finding | undefined, error: Error, output: string): TargetFailure {
  switch (lost?.kind) {
    case 'no-reply':
      return { kind: 'hung', words: `served no more: ${lost.message}`, output };
    case 'invalid-json':
      return { kind: 'invalid-json', words: `served no more: ${lost.message}`, output };
    case undefined:
      return { kind: 'connection-refused', words: `took no connection: ${error.message}`, output };
    default:
      return { kind: 'connection-lost', words: `served no more: ${lost?.message ?? ''}`, output };
  }
}
