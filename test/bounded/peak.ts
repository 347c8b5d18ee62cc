/**
 * How much memory our code takes when it meets a hostile peer: it runs in a process of its own, so that the peak
 * is its own.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

/** No process of ours may take more, in MiB. */
export const MOST = 512;
const MIB = 2 ** 20;

/** What a victim tells when it is done. */
export interface Told {
  /** The peak of its resident memory, in MiB. */
  readonly peak: number;
  readonly words: readonly string[];
}

/** In the other process: says how it went, and ends. */
export function tell(...words: string[]): void {
  process.send?.({ peak: Math.round(process.resourceUsage().maxRSS / 1024), words }, () => process.exit());
}

/** Starts `script`, a file next to this one; it ends with the test. */
export function startVictim(t: Test, script: string, ...args: string[]): ChildProcess {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, { execArgv: [] });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

/** What a victim tells. */
export async function told(child: ChildProcess): Promise<Told> {
  const [message] = (await once(child, 'message')) as [Told];
  return message;
}

/** Asserts the peak. */
export function bounded(t: Test, { peak }: Told, what: string): void {
  t.comment(`${what}: ${peak} MiB`);
  t.ok(peak < MOST, `${what}: ${peak} MiB`);
}

/**
 * Writes pieces until all of them are written, or until the other side has not read for a while.
 *
 * @returns how many MiB went out of this process
 */
export async function press(
  socket: Socket,
  pieces: Iterable<Uint8Array>,
  patienceMs = 2000,
): Promise<number> {
  for (const piece of pieces) {
    if (socket.destroyed) break;
    if (socket.write(piece)) continue;
    const stop = new AbortController();
    const drained = await Promise.race([
      once(socket, 'drain', { signal: stop.signal }).then(
        () => true,
        () => false,
      ),
      once(socket, 'close', { signal: stop.signal }).then(
        () => false,
        () => false,
      ),
      sleep(patienceMs, false),
    ]);
    stop.abort();
    if (!drained) break;
  }
  return Math.round(socket.bytesWritten / MIB);
}

/** A text again and again, in large pieces, until it is `total` bytes long. */
export function* again(text: string, total: number): Generator<Buffer> {
  const piece = Buffer.from(text.repeat(Math.ceil(MIB / text.length)), 'latin1');
  for (let sent = 0; sent < total; sent += piece.length) yield piece;
}

/** What `make` gives for 0, 1, 2 and so on, in large pieces, until it is `total` bytes long. */
export function* numbered(make: (index: number) => string, total: number): Generator<Buffer> {
  let index = 0;
  for (let sent = 0; sent < total;) {
    let text = '';
    while (text.length < MIB / 4) text += make(index++);
    sent += text.length;
    yield Buffer.from(text, 'latin1');
  }
}

/** One after the other. */
export function* joined(...parts: readonly (string | Iterable<Uint8Array>)[]): Generator<Uint8Array> {
  for (const part of parts) {
    if (typeof part === 'string') yield Buffer.from(part, 'latin1');
    else yield* part;
  }
}
