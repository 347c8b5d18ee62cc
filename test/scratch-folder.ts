/**
 * Folders for the files and sockets of a test.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** A private folder, short enough for socket paths; it goes when the test ends. */
export function scratchFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'qmpspec-'));
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
