/**
 * Outcomes that are known beforehand.
 */
import t from 'tap';
import { instanceArguments, instanceRows, NAME } from '../../../src/generate/tables/instances.js';
import { predictableCommands, predicted } from '../../../src/generate/tables/predictable.js';
import { safetyOf } from '../../../src/generate/tables/safety.js';
import { checkArguments } from '../../../src/judge/index.js';
import { Double, isObject, writeJson, type Json, type JsonObject } from '../../../src/json/index.js';
import { referenceSchema } from '../support.js';
import { PREFERRED, Variations } from '../variations.js';

const SUCCESS = 'success';

function outcome(command: string, args: JsonObject): string | undefined {
  const prediction = predicted(command, args);
  return prediction && (prediction.success ? SUCCESS : prediction.classes.join(' '));
}

void t.test('predictions', (t) => {
  const cases: [string, JsonObject, string | undefined][] = [
    ['qom-list-types', { implements: 'x', abstract: true }, SUCCESS],
    ['query-rx-filter', {}, SUCCESS],
    ['query-rx-filter', { name: 'x' }, 'GenericError'],
    ['qom-set', { path: 'x', property: 'y', value: [null] }, 'DeviceNotFound'],
    ['qom-list', { path: '' }, undefined],
    ['qom-list', { path: '/x' }, undefined],
    ['eject', { device: '' }, 'DeviceNotFound'],
    ['eject', { id: 'x', force: true }, 'DeviceNotFound'],
    ['eject', { id: '' }, undefined],
    ['eject', { id: 'x', device: 'x' }, 'GenericError'],
    ['eject', {}, 'GenericError'],
    ['block-job-set-speed', { device: 'x', speed: -1 }, 'DeviceNotActive'],
    ['yank', { instances: [] }, SUCCESS],
    ['yank', { instances: [{ type: 'migration' }] }, undefined],
    ['yank', { instances: [{ type: 'migration' }, { type: 'chardev', id: 'x' }] }, 'DeviceNotFound'],
    ['transaction', { actions: [], properties: { 'completion-mode': 'grouped' } }, SUCCESS],
    ['transaction', { actions: [{ type: 'abort', data: {} }] }, undefined],
    ['screendump', { filename: 'x', device: 'x', head: -1 }, 'DeviceNotFound'],
    ['screendump', { filename: 'x' }, undefined],
    ['object-add', { 'qom-type': 'authz-simple', id: 'x1', identity: '' }, SUCCESS],
    ['object-add', { 'qom-type': 'authz-simple', id: '1x', identity: '' }, undefined],
    ['object-add', { 'qom-type': 'iothread', id: 'x' }, undefined],
    ['chardev-add', { id: 'x', backend: { type: 'null', data: {} } }, SUCCESS],
    ['chardev-add', { id: 'x', backend: { type: 'null', data: { logfile: 'x' } } }, undefined],
    ['netdev_add', { id: 'x', type: 'hubport', hubid: -(2 ** 31) }, SUCCESS],
    ['netdev_add', { id: 'x', type: 'user' }, undefined],
    ['migrate-set-parameters', {}, SUCCESS],
    ['migrate-set-parameters', { 'tls-creds': null, 'max-bandwidth': 2n ** 64n - 1n }, SUCCESS],
    ['migrate-set-parameters', { 'max-bandwidth': -1 }, undefined],
    ['migrate-set-parameters', { 'downtime-limit': 2_000_000, 'multifd-channels': 255 }, SUCCESS],
    ['migrate-set-parameters', { 'downtime-limit': 2_000_001 }, 'GenericError'],
    ['migrate-set-parameters', { 'multifd-channels': 0 }, 'GenericError'],
    ['migrate-set-parameters', { 'multifd-channels': 256 }, undefined],
    ['migrate-set-parameters', { 'downtime-limit': 2_000_001, mode: 'normal' }, undefined],
    ['migrate_set_downtime', { value: new Double(0.5) }, SUCCESS],
    ['migrate_set_downtime', { value: 2001 }, 'GenericError'],
    ['guest-sync', { id: -1 }, SUCCESS],
    ['stop', {}, undefined],
    ['constructor', {}, undefined],
  ];
  for (const [command, args, expected] of cases) {
    t.equal(outcome(command, args), expected, `${command} ${writeJson(args)}`);
  }
  t.end();
});

void t.test('what is predicted harms nobody', (t) => {
  for (const command of predictableCommands) {
    t.match(safetyOf(command).effect, /^(reads|changes-state|writes-files)$/, command);
  }
  t.end();
});

void t.test('variations are right, and enough of them are predicted', (t) => {
  const { commands } = referenceSchema();
  const variations = new Variations(1);
  const seen = new Set<string>();
  for (const name of predictableCommands) {
    const command = commands.get(name);
    if (command?.arguments === undefined) continue;
    let count = 0;
    for (let index = 0; index < 100; index++) {
      const args = variations.value(command.arguments, PREFERRED[name]);
      if (!isObject(args)) throw new Error('arguments are an object');
      const problems = checkArguments(command, args);
      if (problems.length > 0) t.strictSame(problems, [], `${name} ${writeJson(args)}`);
      const expected = outcome(name, args);
      if (expected === undefined) continue;
      count++;
      seen.add(expected);
    }
    // It has none of the kinds of objects that are predictable.
    t.ok(count > 0 || name === 'object-add', `${name}: ${count}`);
  }
  t.strictSame([...seen].sort(), ['DeviceNotActive', 'DeviceNotFound', 'GenericError', SUCCESS]);
  t.end();
});

void t.test('instances', (t) => {
  const { commands } = referenceSchema();
  let checked = 0;
  for (const row of instanceRows) {
    const args = instanceArguments(row, 'none1');
    const text = writeJson(args);
    t.notMatch(text, NAME, row.command);
    t.equal(text.includes('none1'), row.member !== undefined, 'it names what is not there, if anything');
    t.notOk(row.classes.includes('GenericError'));
    const command = commands.get(row.command);
    if (command === undefined) continue;
    t.strictSame(checkArguments(command, args), [], `${row.command} ${text}`);
    checked++;
  }
  t.ok(checked > 10);
  t.end();
});

void t.test('both tables say the same, where documentation and binaries do', (t) => {
  const both = instanceRows
    .map((row) => [row.classes, predicted(row.command, instanceArguments(row, 'none1'))] as const)
    .filter(([, prediction]) => prediction !== undefined);
  t.ok(both.length > 20);
  for (const [classes, prediction] of both) {
    t.strictSame(prediction, { success: false, classes: classes as unknown as Json });
  }
  t.end();
});
