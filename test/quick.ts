/**
 * Runs the quick tests; further words go to tap.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageFile, packageRoot } from '../src/package.js';
import { isSlow } from './slow.js';
import { testFiles } from './test-files.js';

const quick = testFiles()
  .filter((file) => !isSlow(file))
  .map((file) => join('dist', 'test', file.replace(/\.ts$/, '.js')));
const tap = packageFile('node_modules', '.bin', 'tap');
const { status } = spawnSync(tap, [...process.argv.slice(2), ...quick], {
  cwd: packageRoot,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
