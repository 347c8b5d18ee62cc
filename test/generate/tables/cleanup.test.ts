/**
 * What cleans up after a success, and which commands check their arguments themselves.
 */
import t from 'tap';
import { checksItself } from '../../../src/generate/tables/checks-itself.js';
import { safetyOf } from '../../../src/generate/tables/safety.js';
import { cleanupOf, cleanupPairs } from '../../../src/generate/tables/cleanup.js';
import { checkArguments } from '../../../src/judge/index.js';
import { jsonObject, writeJson, type Json } from '../../../src/json/index.js';
import { referenceSchema, cleanupSamples } from '../support.js';

/** Bare objects are like no literal, so what comes back goes through text. */
function cleanup(command: string, args: Record<string, Json>): unknown {
  const request = cleanupOf(command, jsonObject(Object.entries(args)));
  return request && [request.execute, JSON.parse(writeJson(request.arguments))];
}

void t.test('cleanups', (t) => {
  t.strictSame(cleanup('object-add', { 'qom-type': 'iothread', id: 'x' }), ['object-del', { id: 'x' }]);
  t.strictSame(cleanup('device_add', { driver: 'x' }), undefined, 'a device without ID stays');
  t.strictSame(cleanup('nbd-server-add', { device: 'd' }), [
    'nbd-server-remove',
    { name: 'd', mode: 'hard' },
  ]);
  t.strictSame(cleanup('nbd-server-add', { device: 'd', name: 'n' }), [
    'nbd-server-remove',
    { name: 'n', mode: 'hard' },
  ]);
  t.strictSame(cleanup('block-stream', { device: 'd', 'job-id': 'j' }), [
    'block-job-cancel',
    { device: 'j', force: true },
  ]);
  t.strictSame(cleanup('trace-event-set-state', { name: 'x', enable: false, 'ignore-unavailable': true }), [
    'trace-event-set-state',
    { name: 'x', enable: true, 'ignore-unavailable': true },
  ]);
  t.strictSame(cleanup('set-vcpu-dirty-limit', { 'dirty-rate': 1 }), ['cancel-vcpu-dirty-limit', {}]);
  const on = jsonObject([
    ['capability', 'xbzrle'],
    ['state', true],
  ]);
  t.strictSame(cleanup('migrate-set-capabilities', { capabilities: [on] }), [
    'migrate-set-capabilities',
    { capabilities: [{ capability: 'xbzrle', state: false }] },
  ]);
  t.equal(cleanup('migrate-set-capabilities', { capabilities: [] }), undefined);
  t.equal(cleanup('query-status', {}), undefined);
  t.equal(cleanup('constructor', {}), undefined);
  t.end();
});

void t.test('what cleans up is no more dangerous, and has right arguments', (t) => {
  const { commands } = referenceSchema();
  for (const [command, by] of cleanupPairs) {
    t.match(safetyOf(by).effect, /^(changes-state|blocks|takes-descriptors)$/, by);
    const request = cleanupOf(command, cleanupSamples);
    t.equal(request?.execute, by, command);
    const known = commands.get(by);
    if (known !== undefined)
      t.strictSame(checkArguments(known, request?.arguments), [], `${command} by ${by}`);
  }
  t.end();
});

void t.test('commands that check themselves', (t) => {
  t.ok(checksItself('device_add'));
  t.ok(checksItself('device_add', { major: 11, minor: 1 }));
  t.ok(checksItself('object-add', { major: 5, minor: 2 }));
  t.notOk(checksItself('object-add', { major: 6, minor: 0 }));
  t.notOk(checksItself('query-qmp-schema', { major: 10, minor: 0 }));
  t.ok(checksItself('query-qmp-schema'), 'possibly, when the version is not known');
  t.notOk(checksItself('stop'));
  t.end();
});
