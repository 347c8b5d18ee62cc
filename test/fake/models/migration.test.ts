/**
 * Migration: capabilities, parameters, and the states that a migration goes through.
 */
import t from 'tap';
import type { Json, JsonObject } from '../../../src/json/index.js';
import { Double } from '../../../src/json/index.js';
import { must } from '../../qapi/support.js';
import { text, until, word, type Client } from '../support.js';
import { ended, freshClient, instances, Listener } from './support.js';

async function enable(client: Client, ...names: string[]): Promise<void> {
  const capabilities = names.map((capability) => ({ capability, state: true }));
  await client.ask('migrate-set-capabilities', { capabilities });
}

async function enabled(client: Client): Promise<Json[]> {
  const list = (await client.ask('query-migrate-capabilities')) as JsonObject[];
  return list.filter(({ state }) => state === true).map(({ capability }) => capability ?? null);
}

const status = async (client: Client): Promise<Json | undefined> =>
  ((await client.ask('query-migrate')) as JsonObject).status;

/** The states that MIGRATION events tell, from now until one of these. */
async function statesUntil(client: Client, last: string): Promise<string[]> {
  const states: string[] = [];
  while (states.at(-1) !== last) {
    const message = must(await client.next());
    if (message.event === 'MIGRATION') states.push(text((message.data as JsonObject).status));
  }
  return states;
}

void t.test('capabilities', async (t) => {
  const client = await freshClient(t);
  t.strictSame(await enabled(client), []);
  await enable(client, 'events', 'xbzrle');
  t.same(new Set(await enabled(client)), new Set(['events', 'xbzrle']));
  t.strictSame(
    await client.ask('migrate-set-capabilities', {
      capabilities: [
        { capability: 'xbzrle', state: false },
        { capability: 'multifd', state: false },
        { capability: 'multifd', state: true },
      ],
    }),
    {},
  );
  t.same(new Set(await enabled(client)), new Set(['events', 'multifd']), 'the last word counts');
  t.strictSame(await client.ask('migrate-set-capabilities', { capabilities: [] }), {});
  const bad = [
    { capability: 'xbzrle', state: true },
    { capability: 'nope', state: true },
  ];
  t.equal(await client.outcome('migrate-set-capabilities', { capabilities: bad }), 'GenericError');
  t.same(new Set(await enabled(client)), new Set(['events', 'multifd']));
});

void t.test('capabilities that exclude or need each other', async (t) => {
  for (const names of [
    ['postcopy-ram', 'x-ignore-shared'],
    ['xbzrle', 'multifd'],
    ['background-snapshot', 'return-path'],
    ['zero-copy-send'],
    ['postcopy-preempt'],
    ['switchover-ack'],
    ['dirty-limit'],
  ]) {
    const client = await freshClient(t);
    await t.rejects(enable(client, ...names), /GenericError/, names.join());
    t.strictSame(await enabled(client), []);
  }
  const client = await freshClient(t);
  await enable(client, 'postcopy-ram', 'postcopy-preempt', 'return-path', 'switchover-ack');
  t.equal((await enabled(client)).length, 4);
});

void t.test('parameters', async (t) => {
  const client = await freshClient(t);
  const set = (args: JsonObject): Promise<string> => client.outcome('migrate-set-parameters', args);
  const parameters = async (): Promise<JsonObject> =>
    (await client.ask('query-migrate-parameters')) as JsonObject;
  const before = await parameters();
  t.equal(await set({}), 'ok');
  t.strictSame(await parameters(), before);
  t.equal(await set({ 'max-bandwidth': 2n ** 64n - 1n, 'cpu-throttle-initial': 99, 'tls-creds': 'x' }), 'ok');
  t.match(await parameters(), {
    'max-bandwidth': 2n ** 64n - 1n,
    'cpu-throttle-initial': 99,
    'tls-creds': 'x',
    'downtime-limit': before['downtime-limit'],
  });
  t.equal(await set({ 'max-bandwidth': -1, 'tls-creds': null }), 'ok');
  t.match(
    await parameters(),
    { 'max-bandwidth': 2n ** 64n - 1n, 'tls-creds': '' },
    'negative ones count from the top, null means none',
  );
  const refused: JsonObject[] = [
    { 'cpu-throttle-initial': 0 },
    { 'cpu-throttle-initial': 100 },
    { 'cpu-throttle-increment': 0 },
    { 'announce-rounds': 1001 },
    { 'announce-step': 0 },
    { 'downtime-limit': 2_000_001 },
    { 'downtime-limit': -1 },
    { 'multifd-channels': 0 },
    { 'multifd-channels': 256 },
    { 'max-cpu-throttle': 100 },
    { 'cpu-throttle-initial': 50, 'max-cpu-throttle': 49 },
    { 'xbzrle-cache-size': 0 },
    { 'xbzrle-cache-size': 2048 },
    { 'xbzrle-cache-size': 65537 },
    { 'xbzrle-cache-size': 2n ** 64n - 1n },
    { 'max-bandwidth': new Double(1, '1.0') },
    { 'max-bandwidth': '1M' },
    { 'tls-creds': 1 },
    { 'max-bandwidth': null },
    { max_bandwidth: 1 },
  ];
  const settled = await parameters();
  for (const args of refused) {
    t.equal(await set({ 'downtime-limit': 1, ...args }), 'GenericError', Object.keys(args).join());
  }
  t.strictSame(await parameters(), settled, 'nothing is changed then');
});

void t.test('a migration to a destination that does not answer waits, and can be cancelled', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  t.strictSame(await client.ask('query-migrate'), {});
  await enable(client, 'events', 'return-path');
  t.equal(await client.outcome('migrate', { uri: `unix:${peer.path}` }), 'ok');
  const socket = await peer.socket();
  t.equal(await status(client), 'device');
  t.strictSame(await instances(client), [{ type: 'migration' }]);
  t.equal(await client.outcome('migrate', { uri: `unix:${peer.path}` }), 'GenericError', 'one at a time');
  t.equal(
    await client.outcome('migrate-set-capabilities', {
      capabilities: [{ capability: 'xbzrle', state: true }],
    }),
    'GenericError',
  );
  t.match(await client.ask('query-status'), { status: 'finish-migrate' }, 'the machine stands still');
  t.equal(await client.outcome('cont'), 'GenericError');
  t.equal(await client.outcome('system_reset'), 'ok');
  t.match(await client.ask('query-status'), { status: 'finish-migrate' });
  client.send('{"execute":"migrate_cancel"}');
  t.strictSame(await statesUntil(client, 'cancelled'), ['cancelling', 'cancelled']);
  t.equal(word(await client.next()), 'ok');
  await ended(socket);
  t.equal(await status(client), 'cancelled');
  t.match(await client.ask('query-status'), { status: 'running' }, 'it goes on');
  t.strictSame(await instances(client), []);
  t.equal(await client.outcome('migrate_cancel'), 'ok', 'when there is nothing to cancel, too');
  t.equal(await status(client), 'cancelled');
});

void t.test('its states are told where events are enabled', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  await enable(client, 'events', 'return-path');
  client.send(`{"execute":"migrate","arguments":{"uri":"unix:${peer.path}"}}`);
  t.strictSame(await statesUntil(client, 'device'), ['setup', 'active', 'device']);
  const silent = await freshClient(t);
  await enable(silent, 'return-path');
  silent.send(`{"execute":"migrate","arguments":{"uri":"unix:${peer.path}"},"id":1}`);
  t.strictSame((await silent.exchange('')).sort(), ['STOP', 'ok 1']);
});

void t.test('without a return path an empty machine is there at once', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  await enable(client, 'events');
  client.send(`{"execute":"migrate","arguments":{"uri":"unix:${peer.path}"},"id":1}`);
  t.strictSame(await client.words(8), [
    ...['MIGRATION', 'MIGRATION_PASS', 'MIGRATION', 'STOP', 'MIGRATION', 'MIGRATION_PASS', 'MIGRATION'],
    'ok 1',
  ]);
  t.equal(await status(client), 'completed');
  t.match(await client.ask('query-status'), { running: false, status: 'postmigrate' });
  const again = (): Promise<string> => client.outcome('migrate', { uri: `unix:${peer.path}` });
  t.equal(await again(), 'GenericError', 'it has moved already');
  t.equal(await client.outcome('cont'), 'ok');
  t.equal(await again(), 'ok', 'unless it is used again');
  t.strictSame(await instances(client), []);
});

void t.test('a destination that goes, or was never there, is a failure', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  await enable(client, 'return-path');
  await client.ask('migrate', { uri: `unix:${peer.path}` });
  (await peer.socket()).destroy();
  await until(async () => (await status(client)) === 'failed');
  t.match(await client.ask('query-migrate'), { 'error-desc': /\S/ });
  t.strictSame(await instances(client), []);
  t.equal(await client.outcome('migrate', { uri: `unix:${peer.path}-missing` }), 'ok');
  t.match(await client.ask('query-migrate'), { status: 'failed', 'error-desc': /cannot connect/ });
  t.equal(await client.outcome('migrate', { uri: `unix:${peer.path}` }), 'ok', 'and another try is possible');
  t.strictSame(await client.ask('query-migrate'), { status: 'device' });
});

void t.test('a migration that is yanked while it connects does not come back to life', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  await enable(client, 'return-path');
  const yank = '{"exec-oob":"yank","arguments":{"instances":[{"type":"migration"}]},"id":2}';
  client.send(`{"execute":"migrate","arguments":{"uri":"unix:${peer.path}"},"id":1}${yank}`);
  t.same(new Set(await client.words(2)), new Set(['ok 1', 'ok 2']));
  t.equal(await status(client), 'failed');
  t.strictSame(await instances(client), []);
  await ended(await peer.socket());
});

void t.test('the end of one migration is not taken for the end of the next', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  await enable(client, 'return-path');
  await client.ask('migrate', { uri: `unix:${peer.path}` });
  client.send(
    `{"execute":"migrate_cancel","id":1}{"execute":"migrate","arguments":{"uri":"unix:${peer.path}"},"id":2}`,
  );
  t.strictSame(await client.words(4), ['RESUME', 'ok 1', 'STOP', 'ok 2']);
  await ended(await peer.socket(0));
  t.strictSame(await client.exchange(''), []);
  t.equal(await status(client), 'device');
  t.strictSame(await instances(client), [{ type: 'migration' }]);
  t.notOk((await peer.socket(1)).readableEnded);
});

void t.test('no program is run, no file is opened, no other machine is reached', async (t) => {
  const client = await freshClient(t);
  const socket = (addr: JsonObject): JsonObject => ({
    'channel-type': 'main',
    addr: { transport: 'socket', ...addr },
  });
  const refused: JsonObject[] = [
    { uri: 'exec:true' },
    { uri: 'file:/dev/null' },
    { uri: 'fd:3' },
    { uri: 'rdma:localhost:1' },
    { uri: 'tcp:' },
    { uri: 'tcp:localhost' },
    { uri: 'unix:' },
    { uri: '' },
    {},
    { channels: [] },
    { channels: [{ 'channel-type': 'main', addr: { transport: 'exec', args: ['true'] } }] },
    { uri: 'unix:x', channels: [socket({ type: 'unix', path: 'x' })] },
    { uri: 'unix:x', resume: true },
  ];
  for (const args of refused)
    t.equal(await client.outcome('migrate', args), 'GenericError', JSON.stringify(args));
  t.strictSame(await client.ask('query-migrate'), {}, 'and there has been no migration');
  const elsewhere: JsonObject[] = [
    { uri: 'tcp:example.org:80' },
    { uri: 'tcp:localhost:99999' },
    { uri: `unix:${'x'.repeat(200)}` },
    { channels: [socket({ type: 'inet', host: 'example.org', port: '80' })] },
  ];
  for (const args of elsewhere) {
    t.equal(await client.outcome('migrate', args), 'ok', JSON.stringify(args));
    t.equal(await status(client), 'failed');
  }
  const peer = await Listener.start(t);
  await enable(client, 'return-path');
  t.equal(await client.outcome('migrate', { channels: [socket({ type: 'unix', path: peer.path })] }), 'ok');
  await peer.socket();
});

void t.test('what needs another state is refused', async (t) => {
  const client = await freshClient(t);
  const commands: [name: string, args: JsonObject][] = [
    ['migrate-pause', {}],
    ['migrate-recover', { uri: 'unix:x' }],
    ['migrate-continue', { state: 'pre-switchover' }],
    ['migrate-start-postcopy', {}],
    ['migrate-incoming', { uri: 'unix:x' }],
    ['x-colo-lost-heartbeat', {}],
  ];
  for (const [name, args] of commands) t.equal(await client.outcome(name, args), 'GenericError', name);
  t.equal(await client.outcome('migrate-continue', { state: 'none' }), 'ok', 'it is in that state');
});
