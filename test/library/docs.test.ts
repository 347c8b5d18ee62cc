/**
 * The documentation of the library builds without a warning: everything exported is documented, whatever that names is
 * exported too, and links lead somewhere.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageFile, packageRoot } from '../../src/package.js';

void t.test('npm run docs', async (t) => {
  const out = t.testdir();
  const typedoc = packageFile('node_modules', 'typedoc', 'bin', 'typedoc');
  const { stdout } = await promisify(execFile)(process.execPath, [typedoc, '--out', out], {
    cwd: packageRoot,
  });
  t.notMatch(stdout, /warning/);
  for (const page of [
    'index.html',
    'classes/qmpspec.QmpClient.html',
    'functions/qmpspec_fake.startFake.html',
  ])
    t.ok(existsSync(join(out, page)), page);
});
