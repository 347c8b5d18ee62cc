/**
 * The surface of the library: what is exported is a promise, so every change of it shows in a reviewed file.
 *
 * When a change is wanted: `QMPSPEC_GOLDEN=write node dist/test/library/surface.test.js`, and read the diff.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { packageFile } from '../../src/package.js';
import { ENTRY_POINTS, surface } from './surface.js';

const GOLDEN = packageFile('test', 'library', 'surface.golden.txt');

const exported = surface();

void t.test('each entry point exports what was reviewed, and nothing else', (t) => {
  const text = Object.keys(ENTRY_POINTS)
    .flatMap((entryPoint) => [
      `# ${entryPoint}`,
      ...exported.filter((each) => each.entryPoint === entryPoint).map(({ signature }) => signature),
    ])
    .join('\n\n');
  if (process.env.QMPSPEC_GOLDEN === 'write') writeFileSync(GOLDEN, `${text}\n`);
  t.equal(`${text}\n`, readFileSync(GOLDEN, 'utf8'));
  t.end();
});

void t.test('everything exported is tagged, and says what it is', (t) => {
  for (const { entryPoint, name, doc, tags } of exported) {
    t.ok(tags.includes('public'), `${name} of ${entryPoint} is tagged @public`);
    t.ok(doc.trim().length > 0, `${name} of ${entryPoint} has a documentation comment`);
  }
  t.end();
});
