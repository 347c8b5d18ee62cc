/**
 * The run state of the machine, and what it says of itself.
 */
import t from 'tap';
import type { JsonObject } from '../../../src/json/index.js';
import { referenceSchema } from '../../../src/target/bundled-fake.js';
import { text } from '../support.js';
import { freshClient } from './support.js';

void t.test('stop and cont change the state once, and tell it once', async (t) => {
  const client = await freshClient(t);
  t.strictSame(await client.ask('query-status'), { running: true, status: 'running' });
  t.strictSame(await client.exchange('{"execute":"cont","id":1}'), ['ok 1'], 'it runs already');
  t.same(new Set(await client.exchange('{"execute":"stop","id":1}')), new Set(['STOP', 'ok 1']));
  t.strictSame(await client.exchange('{"execute":"stop","id":1}'), ['ok 1']);
  t.strictSame(await client.ask('query-status'), { running: false, status: 'paused' });
  t.same(new Set(await client.exchange('{"execute":"cont","id":1}')), new Set(['RESUME', 'ok 1']));
  t.strictSame(await client.ask('query-status'), { running: true, status: 'running' });
});

void t.test('no event is lost', async (t) => {
  const client = await freshClient(t);
  const words = await client.exchange('{"execute":"stop"}{"execute":"cont"}'.repeat(50));
  t.strictSame(
    words.filter((word) => word !== 'ok'),
    Array.from({ length: 50 }, () => ['STOP', 'RESUME']).flat(),
  );
  t.equal(words.length, 200);
});

void t.test('a reset and a request to power down are told', async (t) => {
  const client = await freshClient(t);
  client.send('{"execute":"system_reset"}');
  const messages = [await client.next(), await client.next()];
  t.match(
    messages.find((message) => message?.event === 'RESET'),
    { data: { guest: false, reason: 'host-qmp-system-reset' } },
  );
  t.same(new Set(await client.exchange('{"execute":"system_powerdown"}')), new Set(['POWERDOWN', 'ok']));
  t.strictSame(await client.ask('query-status'), { running: true, status: 'running' });
  t.equal(await client.outcome('x-exit-preconfig'), 'GenericError');
  await client.ask('stop');
  await client.ask('system_reset');
  t.strictSame(
    await client.ask('query-status'),
    { running: false, status: 'prelaunch' },
    'it is to be started',
  );
});

void t.test('the commands it lists are those of its schema, and so is its introspection', async (t) => {
  const client = await freshClient(t);
  const names = [...referenceSchema().commands.keys()].sort();
  const listed = (await client.ask('query-commands')) as JsonObject[];
  t.strictSame(listed.map(({ name }) => text(name)).sort(), names);
  const entries = (await client.ask('query-qmp-schema')) as JsonObject[];
  const commands = entries.filter((entry) => entry['meta-type'] === 'command');
  t.strictSame(commands.map(({ name }) => text(name)).sort(), names);
  t.strictSame(await client.ask('query-qmp-schema'), entries, 'the same on every call');
});

void t.test('devices that it does not have', async (t) => {
  const client = await freshClient(t);
  const table: [command: string, args: JsonObject, outcome: string][] = [
    ['query-balloon', {}, 'DeviceNotActive'],
    ['balloon', { value: 1 }, 'DeviceNotActive'],
    ['device_del', { id: 'x' }, 'DeviceNotFound'],
    ['eject', { id: 'x' }, 'DeviceNotFound'],
    ['set_link', { name: 'x', up: true }, 'DeviceNotFound'],
    ['qom-list', { path: '/x' }, 'DeviceNotFound'],
    ['qom-get', { path: '/x', property: 'y' }, 'DeviceNotFound'],
    ['qom-set', { path: '/x', property: 'y', value: null }, 'DeviceNotFound'],
    ['block-job-cancel', { device: 'x' }, 'DeviceNotActive'],
    ['object-del', { id: 'x' }, 'GenericError'],
    ['device_add', { driver: 'x', 'and-what': ['it', 'likes'] }, 'GenericError'],
  ];
  for (const [command, args, outcome] of table)
    t.equal(await client.outcome(command, args), outcome, command);
});
