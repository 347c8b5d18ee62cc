/**
 * The list of slow tests: it names what there is, and whatever it does not name starts no process.
 */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import t from 'tap';
import { packageFile } from '../src/package.js';
import { isSlow, slow } from './slow.js';
import { filesBelow, testFiles } from './test-files.js';

const files = testFiles();
const modules = new Set(filesBelow('test', '.ts'));

/** What a module of `test` imports: other modules of it by their path below `test`, all else as it is written. */
function importsOf(file: string): string[] {
  const text = readFileSync(packageFile('test', file), 'utf8');
  return [...text.matchAll(/^(?:import|export|\}) (?!type)[^;]*?'([^']+)';$/gm)].map(([, name = '']) =>
    name.startsWith('.') ? posix.join(posix.dirname(file), name.replace(/\.js$/, '.ts')) : name,
  );
}

/** Everything that is imported for a test, by way of other modules of `test`, too. */
function reachedFrom(file: string, reached = new Set<string>()): Set<string> {
  for (const name of importsOf(file)) {
    if (reached.has(name)) continue;
    reached.add(name);
    if (modules.has(name)) reachedFrom(name, reached);
  }
  return reached;
}

void t.test('every line names a test, once, and has a reason', (t) => {
  for (const [name, reason] of Object.entries(slow)) {
    const named = files.filter((file) => file === name || (name.endsWith('/') && file.startsWith(name)));
    t.not(named.length, 0, `${name} is there`);
    t.match(reason, /\w+ \w+/, `${name} has a reason`);
    const others = Object.keys(slow).filter((other) => other !== name && name.startsWith(other));
    t.strictSame(others, [], `${name} is named once`);
  }
  t.end();
});

void t.test('what is not named starts no process', (t) => {
  const quick = files.filter((file) => !isSlow(file));
  t.ok(quick.length > files.length / 2, `${quick.length} of ${files.length} are quick`);
  for (const file of quick) {
    t.notOk(reachedFrom(file).has('node:child_process'), file);
  }
  t.ok(reachedFrom('selftest/selftest.test.ts').has('node:child_process'), 'by way of what tests share, too');
  t.end();
});
