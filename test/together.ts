/**
 * Runs several test files in one process, which starts once: `node dist/test/together.js PROGRAM…`.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import t from 'tap';

async function load(programs: readonly string[]): Promise<void> {
  for (const program of programs) {
    try {
      await import(pathToFileURL(resolve(program)).href);
    } catch (error) {
      process.stderr.write(`${inspect(error)}\n`);
      process.on('exit', () => {
        process.exitCode = 1;
      });
    }
  }
}
// The tests begin when all are there: they would be over as soon as those of the first files are.
void t.waitOn(load(process.argv.slice(2)));
