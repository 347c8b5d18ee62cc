/**
 * Reading files: what can go wrong, and what is unified.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { filesInMemory, formatError, loadSchema, readFromDisk } from '../../../src/qapi/index.js';
import { FILE_LIMIT, includedPath, readText } from '../../../src/qapi/parse/source.js';
import { errorsOf, must, placesOf, schemaOf } from '../support.js';

const folder = mkdtempSync(join(tmpdir(), 'qmpspec-'));
t.teardown(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

void t.test('a file that cannot be a schema is one clear error', (t) => {
  mkdirSync(join(folder, 'folder'));
  const cases: [string, string, RegExp][] = [
    [join(folder, 'nothing.json'), 'missing-file', /nothing\.json does not exist/],
    [join(file('plain', ''), 'x'), 'missing-file', /does not exist/],
    [join(folder, 'folder'), 'directory', /is a directory/],
    [join(folder, 'a\0b'), 'unreadable-file', /cannot be read/],
    [file('empty.json', ''), 'empty-file', /is empty/],
    [file('blank.json', ' \n\n'), 'empty-file', /is empty/],
    [
      file('latin1.json', Buffer.from("# caf\xe9\n{ 'command': 'x' }", 'latin1')),
      'invalid-utf8',
      /not valid UTF-8/,
    ],
  ];
  for (const [path, code, message] of cases) {
    const [error, ...others] = loadSchema(path).errors ?? [];
    t.equal(error?.code, code, path);
    t.match(error?.message, message);
    t.equal(error?.position.file, path);
    t.equal(others.length, 0);
  }
  t.end();
});

void t.test('a device that never ends is not read to its end', (t) => {
  t.match(readFromDisk('/dev/zero'), { code: 'file-too-large' });
  t.end();
});

void t.test('a reader that returns too much is refused', (t) => {
  const huge = Buffer.alloc(FILE_LIMIT + 1, 0x20);
  t.match(
    readText(() => huge, 'x'),
    { code: 'file-too-large' },
  );
  t.end();
});

void t.test('an included file that cannot be read is an error where it is included', (t) => {
  const [error] = errorsOf({ main: "# first\n{ 'include': 'sub/other' }\n" });
  t.match(error, { code: 'missing-file', position: { file: 'main', line: 2, column: 1 } });
  t.equal(formatError(must(error)), 'main:2: sub/other does not exist');
  t.end();
});

void t.test('line ends of other systems', (t) => {
  const schema = schemaOf("##\r\n# @x:\r\n#\r\n# Text.\r\n##\r\n{ 'command': 'x' }\r\n");
  t.equal(schema.commands.get('x')?.doc?.body, 'Text.');
  t.same(placesOf("\r\n\r{ 'command': 1 }"), ['stray-text 3:14']);
  t.end();
});

void t.test('a byte order mark is stray text', (t) => {
  t.same(placesOf("\uFEFF{ 'command': 'x' }"), ['stray-text 1:1']);
  t.end();
});

void t.test('paths of included files', (t) => {
  t.equal(includedPath('a/b.json', 'c.json'), join('a', 'c.json'));
  t.equal(includedPath('a/b.json', '../c.json'), 'c.json');
  t.equal(includedPath('a/b.json', '/d/./c.json'), '/d/c.json');
  t.match(filesInMemory({ 'a/../b': 'x' })('b'), Buffer.from('x'));
  t.end();
});
