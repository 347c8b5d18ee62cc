/**
 * Which strings and values stand where.
 */
import { isAbsolute } from 'node:path';
import t from 'tap';
import { restrictionRows } from '../../../src/generate/tables/restriction-table.js';
import { stringRows } from '../../../src/generate/tables/string-role-table.js';
import { restriction, stringRole, safeStringFor } from '../../../src/generate/tables/string-roles.js';
import type { StringRole } from '../../../src/generate/tables/string-role.js';
import { requiredReason, requiredRows } from '../../../src/generate/tables/required.js';
import { placesOf, referenceSchema } from '../support.js';

function role(command: string, path: string): StringRole | undefined {
  return stringRole({ command, members: path.split('.') });
}

function values(command: string, path: string): readonly unknown[] | undefined {
  return restriction({ command, members: path.split('.') })?.values;
}

void t.test('strings', (t) => {
  const cases: [string, string, StringRole | undefined][] = [
    ['device_del', 'id', 'instance'],
    ['object-add', 'id', 'new-name'],
    ['blockdev-add', 'node-name', 'new-name'],
    ['blockdev-add', 'file.file.node-name', 'new-name'],
    ['blockdev-reopen', 'options.node-name', 'instance'],
    ['blockdev-add', 'file', 'instance'],
    ['blockdev-add', 'file.filename', 'file'],
    ['object-add', 'file', 'file'],
    ['blockdev-add', 'server.path', 'socket'],
    ['blockdev-add', 'path', 'file'],
    ['qom-get', 'path', 'instance'],
    ['blockdev-backup', 'target', 'instance'],
    ['drive-backup', 'target', 'file'],
    ['chardev-add', 'backend.data.addr.data.path', 'socket'],
    ['chardev-add', 'backend.data.addr.data.host', 'host'],
    ['chardev-add', 'backend.data.addr.data.port', 'port'],
    ['chardev-add', 'backend.data.addr.data.str', 'instance'],
    ['blockdev-add', 'url', 'url'],
    ['blockdev-add', 'portal', 'address'],
    ['migrate', 'uri', 'migration-uri'],
    ['object-add', 'dir', 'directory'],
    ['ringbuf-write', 'data', 'word'],
    ['command-of-tomorrow', 'member-of-tomorrow', undefined],
  ];
  for (const [command, path, expected] of cases) t.equal(role(command, path), expected, `${command} ${path}`);
  t.end();
});

void t.test('texts for roles stay within the run', (t) => {
  const folder = '/tmp/qmpspec-x';
  const texts = new Map<StringRole, string>();
  for (const role of new Set(stringRows.map((row) => row.role)))
    texts.set(role, safeStringFor(role, folder, 'z'));
  for (const [role, text] of texts) {
    if (role === 'file' || role === 'socket' || role === 'directory') {
      t.ok(isAbsolute(text) && text.startsWith(folder), role);
    } else if (role === 'migration-uri') {
      t.ok(text.startsWith(`unix:${folder}/`));
    } else if (role === 'host' || role === 'port' || role === 'address' || role === 'url') {
      t.match(text, /^(http:\/\/)?(127\.0\.0\.1)?(:?0)?\/?$/, role);
    } else {
      t.match(text, /^[a-z][\w-]*$/, role);
    }
  }
  t.equal(texts.size, 11, 'every role has its rows');
  t.not(
    safeStringFor('instance', folder, 'z'),
    safeStringFor('new-name', folder, 'z'),
    'what is made is never what is not there',
  );
  for (const role of texts.keys()) {
    const once = safeStringFor(role, folder, 'z');
    if (role === 'instance' || role === 'new-name')
      t.equal(safeStringFor(role, folder, once), once, 'once is enough');
  }
  t.end();
});

void t.test('restrictions', (t) => {
  t.strictSame(values('chardev-add', 'backend.data.wait'), [false]);
  t.strictSame(values('object-add', 'prealloc'), [false]);
  t.strictSame(values('migrate', 'channels.addr.transport'), ['socket']);
  t.notOk(values('netdev_add', 'type')?.includes('tap'));
  t.ok(values('netdev_add', 'type')?.includes('user'));
  t.notOk(values('blockdev-add', 'file.driver')?.includes('rbd'));
  t.strictSame(values('blockdev-create', 'options.file.latency-ns'), [0, 1, 1000]);
  t.equal(values('nbd-server-start', 'addr.type'), undefined);
  t.equal(values('block_resize', 'size'), undefined);
  t.end();
});

void t.test('every restriction has a reason, and leaves something', (t) => {
  for (const { values, reason, leftOut, members } of restrictionRows) {
    t.ok(values.length > 0 && reason.length > 10, members.join(' '));
    for (const [name, why] of Object.entries(leftOut ?? {})) {
      t.notOk(values.includes(name), `${name} is left out`);
      t.ok(why.length > 10);
    }
  }
  t.end();
});

void t.test('members that have to be there', (t) => {
  const required = (command: string, path: string) => requiredReason({ command, members: path.split('.') });
  t.type(required('blockdev-add', 'node-name'), 'string');
  t.equal(required('blockdev-add', 'read-only'), undefined);
  t.equal(required('blockdev-reopen', 'options.node-name'), undefined);
  for (const { reason } of requiredRows) t.ok(reason.length > 10);
  t.end();
});

void t.test('every string of the bundled schema has a role', (t) => {
  const strings = placesOf(referenceSchema()).filter(
    ({ type }) => type.kind === 'builtin' && type.name === 'str',
  );
  t.ok(strings.length > 50);
  const open = strings.filter(
    (place) => stringRole(place) === undefined && !place.command.startsWith('x-selftest-'),
  );
  t.strictSame(
    open.map(({ command, members }) => `${command} ${members.join('.')}`),
    [],
  );
  t.end();
});
