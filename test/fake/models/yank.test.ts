/**
 * Yank: all or nothing, for every kind of instance.
 */
import t from 'tap';
import type { Json } from '../../../src/json/index.js';
import type { Client } from '../support.js';
import { Client as AnyClient, startFake } from '../support.js';
import { addSocketChardev, ended, freshClient, instances, Listener, unixAddress } from './support.js';

const yank = (client: Client, ...list: Json[]): Promise<string> =>
  client.outcome('yank', { instances: list });

const chardev = { type: 'chardev', id: 'c' };
const node = { type: 'block-node', 'node-name': 'n' };
const migration = { type: 'migration' };
const unknown = { type: 'chardev', id: 'unknown' };

/** A machine with a chardev, an NBD node and a migration, and the other ends of their connections. */
async function machine(
  t: Parameters<typeof freshClient>[0],
): Promise<{ readonly client: Client; readonly peers: readonly Listener[] }> {
  const client = await freshClient(t);
  const peers = [await Listener.start(t), await Listener.start(t), await Listener.start(t)];
  const [first = '', second = '', third = ''] = peers.map(({ path }) => path);
  await addSocketChardev(client, 'c', { addr: unixAddress(first), server: false });
  const server = { type: 'unix', path: second };
  await client.ask('blockdev-add', { driver: 'nbd', 'node-name': 'n', server });
  const capabilities = [{ capability: 'return-path', state: true }];
  await client.ask('migrate-set-capabilities', { capabilities });
  await client.ask('migrate', { uri: `unix:${third}` });
  for (const peer of peers) await peer.socket();
  return { client, peers };
}

void t.test('everything that can be yanked is listed', async (t) => {
  const { client } = await machine(t);
  t.same(new Set(await instances(client)), new Set([chardev, node, migration]));
});

void t.test('what is yanked loses its connection, the rest does not', async (t) => {
  const { client, peers } = await machine(t);
  const sockets = await Promise.all(peers.map((peer) => peer.socket()));
  for (const [index, instance] of [chardev, node, migration].entries()) {
    t.equal(await yank(client, instance), 'ok');
    const socket = sockets[index];
    if (socket !== undefined) await ended(socket);
    t.strictSame(
      sockets.map(({ readableEnded }) => readableEnded),
      [0, 1, 2].map((other) => other <= index),
    );
  }
  t.same(
    new Set(await instances(client)),
    new Set([chardev, node]),
    'the migration is over, the others stay',
  );
  t.match(await client.ask('query-migrate'), { status: 'failed' });
  t.equal(await yank(client, chardev, node, chardev), 'ok', 'again, and twice');
  t.equal(await yank(client, migration), 'DeviceNotFound');
});

void t.test('one unknown instance, and nothing is yanked', async (t) => {
  const { client, peers } = await machine(t);
  const lists = [
    [unknown],
    [chardev, node, migration, unknown],
    [unknown, chardev, node, migration],
    [chardev, { type: 'block-node', 'node-name': 'c' }],
    [node, { type: 'chardev', id: 'n' }],
  ];
  for (const list of lists) t.equal(await yank(client, ...list), 'DeviceNotFound');
  const malformed: Json[] = [
    null,
    'chardev',
    {},
    { type: 'chardev' },
    { ...chardev, 'node-name': 'n' },
    { type: 'x' },
    { ...migration, id: 'c' },
  ];
  for (const one of malformed) t.equal(await yank(client, chardev, one), 'GenericError', JSON.stringify(one));
  t.equal(await yank(client), 'ok', 'nothing at all is fine');
  t.strictSame(await client.exchange(''), []);
  for (const peer of peers) t.notOk((await peer.socket()).readableEnded);
  t.match(await client.ask('query-migrate'), { status: 'device' });
});

void t.test('out of band as well', async (t) => {
  const { client, peers } = await machine(t);
  client.send('{"exec-oob":"yank","arguments":{"instances":[{"type":"chardev","id":"c"}]},"id":1}');
  t.strictSame(await client.words(1), ['ok 1']);
  const [peer] = peers;
  if (peer !== undefined) await ended(await peer.socket());
  t.strictSame(await client.exchange(''), []);
});

void t.test('without a connection there is nothing to end', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  const server = await Listener.start(t);
  await addSocketChardev(client, 'c', { addr: unixAddress(peer.path), server: false });
  await addSocketChardev(client, 's', { addr: unixAddress(`${server.path}2`) });
  (await peer.socket()).destroy();
  t.equal(await yank(client, { type: 'chardev', id: 's' }), 'ok');
  t.equal(await yank(client, chardev), 'ok');
});

void t.test('a client that yanks the monitor loses the connection, and the server lives', async (t) => {
  const server = await startFake(t);
  const client = await AnyClient.negotiated(t, server.endpoint);
  client.send('{"execute":"yank","arguments":{"instances":[{"type":"chardev","id":"compat_monitor0"}]}}');
  t.strictSame(await client.wordsToTheEnd(), []);
  const next = await AnyClient.negotiated(t, server.endpoint);
  t.strictSame(await next.exchange(''), []);
});
