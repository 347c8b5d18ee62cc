/**
 * The tables of the generator against the schemas of a real QEMU: QMPSPEC_QEMU_SOURCE names an unpacked source tree.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { checksItself } from '../../src/generate/tables/checks-itself.js';
import { restrictionRows } from '../../src/generate/tables/restriction-table.js';
import { stringRows } from '../../src/generate/tables/string-role-table.js';
import { stringRole } from '../../src/generate/tables/string-roles.js';
import type { Places } from '../../src/generate/tables/place.js';
import { PlaceTable } from '../../src/generate/tables/place.js';
import { requiredRows } from '../../src/generate/tables/required.js';
import { safetyOf } from '../../src/generate/tables/safety.js';
import { cleanupOf, cleanupPairs } from '../../src/generate/tables/cleanup.js';
import { checkArguments } from '../../src/judge/index.js';
import {
  documentedErrors,
  isAllowed,
  loadSchema,
  type Command,
  type Release,
  type Schema,
} from '../../src/qapi/index.js';
import { placesOf, cleanupSamples, unused } from '../generate/support.js';
import { requireSource } from './support.js';

/** The commands whose documentation promises DeviceNotFound, in one release or another. */
const notFound = [
  ...['block_resize', 'blockdev-snapshot-sync', 'change-backing-file', 'block-commit', 'blockdev-backup'],
  ...['block-dirty-bitmap-add', 'block-dirty-bitmap-remove', 'block-dirty-bitmap-clear'],
  ...['block-dirty-bitmap-enable', 'block-dirty-bitmap-disable', 'block-dirty-bitmap-merge'],
  ...['x-debug-block-dirty-bitmap-sha256', 'block-stream', 'eject', 'block_set_io_throttle', 'set_link'],
  ...['netdev_add', 'netdev_del', 'device_del', 'set_password', 'expire_password', 'yank', 'change'],
];
const notActive = [
  ...['balloon', 'block-job-cancel', 'block-job-complete', 'block-job-pause', 'block-job-resume'],
  ...['block-job-set-speed', 'query-balloon'],
];

const tree = requireSource(t);
if (tree !== undefined) {
  const [major = '', minor = ''] = readFileSync(join(tree, 'VERSION'), 'utf8').split('.');
  const release = `${major}.${minor}` as Release;
  const schemas = ['qapi', 'storage-daemon/qapi', 'qga'].map((folder): Schema => {
    const { schema } = loadSchema(join(tree, folder, 'qapi-schema.json'));
    if (schema === undefined) throw new Error(`${folder} cannot be read`);
    return schema;
  });
  const commands: readonly Command[] = schemas.flatMap((schema) => [...schema.commands.values()]);
  const names = new Set(commands.map(({ name }) => name));
  const places = schemas.flatMap(placesOf);

  void t.test('every command is reviewed', (t) => {
    const unknown = safetyOf('no-such-command');
    const open = [...names].filter((name) => safetyOf(name) === unknown);
    t.strictSame(open, []);
    t.end();
  });

  void t.test('every string is reviewed', (t) => {
    const strings = places.filter(({ type }) => {
      const scalar = type.kind === 'array' ? type.element : type;
      return scalar.kind === 'builtin' && scalar.name === 'str';
    });
    t.ok(strings.length > 500);
    const open = strings.filter((place) => stringRole(place) === undefined);
    t.strictSame(
      open.map(({ command, members }) => `${command} ${members.join('.')}`),
      [],
    );
    t.end();
  });

  void t.test('every row is for something', (t) => {
    const here = (rows: readonly Places[]) => rows.filter((row) => isAllowed(row, release));
    t.strictSame(unused(here(stringRows), places, names), []);
    t.strictSame(unused(here(restrictionRows), places, names), []);
    t.strictSame(unused(here(requiredRows), places, names), []);
    t.end();
  });

  void t.test('every value of a restricted enumeration is allowed or left out', (t) => {
    const restrictions = new PlaceTable(restrictionRows.filter(({ leftOut }) => leftOut !== undefined));
    let checked = 0;
    for (const place of places) {
      const row = restrictions.find(place);
      if (row === undefined || place.type.kind !== 'enum') continue;
      const open = place.type.values.filter(
        ({ name }) => !row.values.includes(name) && !Object.hasOwn(row.leftOut ?? {}, name),
      );
      if (open.length > 0) t.strictSame(open, [], `${place.command} ${place.members.join('.')}`);
      checked++;
    }
    t.ok(checked > 3);
    t.end();
  });

  void t.test('cleanup has right arguments', (t) => {
    for (const [command, by] of cleanupPairs) {
      const known = commands.find(({ name }) => name === by);
      if (known === undefined || !names.has(command)) continue;
      t.strictSame(
        checkArguments(known, cleanupOf(command, cleanupSamples)?.arguments),
        [],
        `${command} by ${by}`,
      );
    }
    t.end();
  });

  void t.test('commands that check themselves', (t) => {
    const version = { major: Number(major), minor: Number(minor) };
    t.strictSame(
      [...names].filter((name) => checksItself(name, version)).sort(),
      [...new Set(commands.filter(({ checked }) => !checked).map(({ name }) => name))].sort(),
    );
    t.end();
  });

  void t.test('documented error classes', (t) => {
    const found = commands.flatMap(({ name, doc }) =>
      (doc === undefined ? [] : documentedErrors(doc)).map((error) => ({ name, class: error.class })),
    );
    const commandsWith = (name: string) =>
      [...new Set(found.filter((error) => error.class === name).map((error) => error.name))].sort();
    t.strictSame(commandsWith('DeviceNotFound'), notFound.filter((name) => names.has(name)).sort());
    t.strictSame(commandsWith('DeviceNotActive'), notActive);
    t.strictSame(commandsWith('KVMMissingCap'), ['balloon', 'query-balloon']);
    t.strictSame([...new Set(found.map((error) => error.class))].sort(), [
      'DeviceNotActive',
      'DeviceNotFound',
      'GenericError',
      'KVMMissingCap',
    ]);
    t.end();
  });
}
