/** Golden files: what a report looked like when somebody last read it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Test } from 'tap';

/**
 * Compares text with `test/report/golden/NAME`. With UPDATE_GOLDEN=1 in the environment the file is written instead,
 * to be read and committed by whoever changed it.
 */
export function golden(t: Test, name: string, text: string): void {
  const path = resolve('test/report/golden', name);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  t.equal(text, readFileSync(path, 'utf8'), `golden/${name} (UPDATE_GOLDEN=1 writes it anew)`);
}
