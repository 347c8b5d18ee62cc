/**
 * Private folders: where sockets and files of a run live, out of reach of other users.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_UNIX_PATH } from '../qmp/index.js';

/** Longest name that a run puts into such a folder, and the slash before it. */
const LONGEST_NAME = 16;

const live = new Set<string>();

/**
 * Makes an empty folder that only this user can enter (mode 0700), on a path short enough for Unix sockets in it.
 * It goes with the process at the latest.
 *
 * @throws Error when the system's folder for temporary files cannot be written
 */
export async function makePrivateFolder(): Promise<string> {
  const preferred = join(tmpdir(), 'qmpspec-');
  const short = Buffer.byteLength(preferred) + 6 + LONGEST_NAME <= MAX_UNIX_PATH;
  const folder = await mkdtemp(short ? preferred : '/tmp/qmpspec-');
  removeAllOnExit();
  live.add(folder);
  return folder;
}

export async function removePrivateFolder(folder: string): Promise<void> {
  live.delete(folder);
  await rm(folder, { recursive: true, force: true });
}

let watchesExit = false;

/** From the first folder on, and not before: to import this changes nothing in the process. */
function removeAllOnExit(): void {
  if (watchesExit) return;
  watchesExit = true;
  process.on('exit', () => {
    for (const folder of live) rmSync(folder, { recursive: true, force: true });
  });
}
