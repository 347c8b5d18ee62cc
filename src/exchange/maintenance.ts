/**
 * Cleans up a target and looks at its health, beside the checks. Nothing that comes in here is judged.
 */
import { join } from 'node:path';
import type { Json } from '../json/index.js';
import { Session, showExit, TargetError, type ConnectionOptions } from '../qmp/index.js';
import type { Target } from '../target/index.js';
import { Peer } from './peer.js';

/** A command to execute on a fresh connection, or a socket to connect to; what comes of it is not judged. */
export type Cleanup = { readonly execute: string; readonly arguments?: Json } | { readonly dial: string };

/** A process that has just crashed may not have been reaped yet. */
const EXIT_GRACE_MS = 100;

/**
 * Asks a target for one more answer. Returns why it serves no more; undefined when it does.
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
 * Removes what a check that ended early has left behind, as far as the target lets us; also when the run was
 * interrupted.
 *
 * @param folder where peers have their sockets
 * @param timeoutMs how long one answer may take, in milliseconds
 */
export async function cleanUp(
  target: Target,
  cleanups: readonly Cleanup[],
  folder: string,
  timeoutMs: number,
): Promise<void> {
  if (cleanups.length === 0) return;
  const peers: Peer[] = [];
  try {
    for (const step of cleanups) {
      if ('dial' in step) peers.push(await Peer.dial(join(folder, step.dial), timeoutMs));
    }
  } catch {
    // The target does not wait for the peer, then.
  }
  await withSession(target, { timeoutMs }, async (session) => {
    for (const step of cleanups) if ('execute' in step) await session.execute(step.execute, step.arguments);
  });
  for (const peer of peers) peer.close();
}

/** Opens a session, negotiates and calls `talk`. Returns why that went wrong; undefined when it did not. */
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
