/**
 * Nothing dangerous is taken for one without side effects, and every command that we know of is reviewed.
 */
import t from 'tap';
import { safetyGroups } from '../../../src/generate/tables/safety-data.js';
import type { Effect } from '../../../src/generate/tables/effect.js';
import { safetyOf } from '../../../src/generate/tables/safety.js';
import { packageFile } from '../../../src/package.js';
import { loadSchema } from '../../../src/qapi/index.js';

const unknown = safetyOf('no-such-command');

void t.test('effects', (t) => {
  const expected = Object.entries<Effect>({
    'query-status': 'reads',
    'x-query-roms': 'reads',
    'query-of-tomorrow': 'reads',
    'qom-list': 'reads',
    'guest-ping': 'reads',
    'guest-get-fsinfo': 'reads',
    stop: 'changes-state',
    yank: 'changes-state',
    'ringbuf-read': 'changes-state',
    'guest-exec-status': 'changes-state',
    'qom-set': 'changes-state',
    pmemsave: 'writes-files',
    'blockdev-add': 'writes-files',
    transaction: 'writes-files',
    quit: 'ends-process',
    'nbd-server-stop': 'blocks',
    getfd: 'takes-descriptors',
    'guest-shutdown': 'acts-on-host',
    'guest-suspend-hybrid': 'acts-on-host',
    'guest-fsfreeze-thaw': 'acts-on-host',
    'guest-exec': 'acts-on-host',
    'guest-file-open': 'acts-on-host',
    'guest-set-time': 'acts-on-host',
    'command-of-tomorrow': 'acts-on-host',
    'no-query-here': 'acts-on-host',
  });
  for (const command of ['', 'constructor', '__proto__']) t.equal(safetyOf(command), unknown);
  for (const [command, effect] of expected) t.equal(safetyOf(command).effect, effect, command);
  t.end();
});

void t.test('each command stands in one row, with a reason', (t) => {
  const names = safetyGroups.flatMap(({ commands }) => commands);
  t.strictSame(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
  for (const { reason, commands } of safetyGroups) t.ok(reason.length > 10 && commands.length > 0, reason);
  t.end();
});

void t.test('the commands of the bundled schema are reviewed', (t) => {
  const { schema } = loadSchema(packageFile('fixtures', 'schemas', 'reference', 'qapi-schema.json'));
  const names = [...(schema?.commands.keys() ?? [])];
  t.ok(names.length > 50);
  t.strictSame(
    names.filter((name) => safetyOf(name) === unknown),
    [],
  );
  t.end();
});
