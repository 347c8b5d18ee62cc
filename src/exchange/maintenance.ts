/**
 * What the runner does with a target aside from the checks. Nothing that comes in here is judged.
 */
import { join } from 'node:path';
import { Session, showExit, TargetError, type ConnectionOptions } from '../qmp/index.js';
import type { Cleanup } from '../rules/index.js';
import type { Target } from '../target/index.js';
import { Peer } from './peer.js';

/** A process that has just crashed may not have been reaped yet. */
const EXIT_GRACE_MS = 100;

/**
 * Why a target serves no more; undefined when it does.
 *
 * @param timeoutMs how long one answer may take, in milliseconds
 */
export async function healthProblem(
  target: Target,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const exit = await target.waitForExit?.(EXIT_GRACE_MS);
  if (exit !== undefined) return `it ended, ${showExit(exit)}`;
  return withSession(target, { timeoutMs, signal }, () => Promise.resolve());
}

/**
 * Undoes what a check that was given up has left behind, as far as the target lets us; also when the run was
 * interrupted.
 *
 * @param folder where peers have their sockets
 * @param timeoutMs how long one answer may take, in milliseconds
 */
export async function cleanUp(
  target: Target,
  undo: readonly Cleanup[],
  folder: string,
  timeoutMs: number,
): Promise<void> {
  if (undo.length === 0) return;
  const peers: Peer[] = [];
  try {
    for (const step of undo) {
      if ('dial' in step) peers.push(await Peer.dial(join(folder, step.dial), timeoutMs));
    }
  } catch {
    // Nobody waits for it, then.
  }
  await withSession(target, { timeoutMs }, async (session) => {
    for (const step of undo) if ('execute' in step) await session.execute(step.execute, step.arguments);
  });
  for (const peer of peers) peer.close();
}

/** Talks to a target; gives the reason why that went wrong, if it did. */
async function withSession(
  { monitors: [monitor], protocol }: Target,
  options: ConnectionOptions,
  talk: (session: Session) => Promise<void>,
): Promise<string | undefined> {
  if (monitor === undefined) throw new RangeError('the target has no monitor');
  let session: Session | undefined;
  try {
    session = await Session.open(monitor, { ...options, protocol });
    await session.negotiate();
    await talk(session);
    return undefined;
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return error.message;
  } finally {
    await session?.close();
  }
}
