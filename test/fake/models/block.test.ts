/**
 * Block nodes: they refer to each other, and an NBD node is connected.
 */
import t from 'tap';
import type { Json, JsonObject } from '../../../src/json/index.js';
import { text, type Client } from '../support.js';
import { ended, freshClient, instances, Listener } from './support.js';

const add = (client: Client, node: JsonObject): Promise<string> => client.outcome('blockdev-add', node);
const remove = (client: Client, name: string): Promise<string> =>
  client.outcome('blockdev-del', { 'node-name': name });

async function names(client: Client): Promise<Json[]> {
  const nodes = (await client.ask('query-named-block-nodes')) as JsonObject[];
  return nodes.map((node) => node['node-name'] ?? null);
}

const nbd = (path: string, name?: string): JsonObject => ({
  driver: 'nbd',
  ...(name === undefined ? {} : { 'node-name': name }),
  server: { type: 'unix', path },
});

void t.test('a node exists until it is deleted', async (t) => {
  const client = await freshClient(t);
  t.equal(await add(client, { driver: 'null-co', 'node-name': 'a', 'read-only': true }), 'ok');
  t.match(await client.ask('query-named-block-nodes'), [{ 'node-name': 'a', drv: 'null-co', ro: true }]);
  t.equal(await add(client, { driver: 'null-co', 'node-name': 'a' }), 'GenericError');
  t.equal(await remove(client, 'a'), 'ok');
  t.strictSame(await names(client), []);
  t.equal(await remove(client, 'a'), 'GenericError');
  t.equal(await add(client, { driver: 'null-co', 'node-name': 'a' }), 'ok');
});

void t.test('names of nodes', async (t) => {
  const client = await freshClient(t);
  for (const name of ['', '1', '#block0', 'a b', 'a/b', 'é', 'x'.repeat(32)]) {
    t.equal(await add(client, { driver: 'null-co', 'node-name': name }), 'GenericError', name);
  }
  t.equal(await add(client, { driver: 'null-co' }), 'GenericError', 'a client has to name its nodes');
  t.equal(await add(client, { driver: 'null-co', 'node-name': 'x'.repeat(31) }), 'ok');
});

void t.test('a node that another one needs cannot be deleted', async (t) => {
  const client = await freshClient(t);
  t.equal(await add(client, { driver: 'raw', 'node-name': 'r', file: 'f' }), 'GenericError', 'not there yet');
  t.equal(await add(client, { driver: 'null-co', 'node-name': 'f' }), 'ok');
  t.equal(await add(client, { driver: 'raw', 'node-name': 'r', file: 'f' }), 'ok');
  t.equal(await remove(client, 'f'), 'GenericError');
  t.equal(await remove(client, 'r'), 'ok');
  t.strictSame(await names(client), ['f'], 'its client may still want it');
  t.equal(await remove(client, 'f'), 'ok');
});

void t.test('an NBD node is connected, can be yanked, and ends with its deletion', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  t.equal(await add(client, nbd(peer.path, 'n')), 'ok');
  const socket = await peer.socket();
  t.strictSame(await instances(client), [{ type: 'block-node', 'node-name': 'n' }]);
  t.equal(await remove(client, 'n'), 'ok');
  await ended(socket);
  t.strictSame(await instances(client), []);
  t.equal(await add(client, nbd(`${peer.path}-missing`, 'n')), 'GenericError');
  t.strictSame(await instances(client), []);
  t.strictSame(await names(client), []);
});

void t.test('nodes defined in place go with the node that they are in', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  t.equal(await add(client, { driver: 'raw', 'node-name': 'r', file: nbd(peer.path) }), 'ok');
  const [inner] = (await names(client)).filter((name) => name !== 'r');
  t.match(inner, /^#block\d+$/, 'it was given a name');
  t.strictSame(await instances(client), [{ type: 'block-node', 'node-name': inner ?? null }]);
  t.equal(await remove(client, text(inner)), 'GenericError', 'it is not for the client to delete');
  t.equal(await add(client, { driver: 'raw', 'node-name': 's', file: text(inner) }), 'ok');
  t.equal(await remove(client, 'r'), 'ok');
  t.same(new Set(await names(client)), new Set(['s', inner]), 'another node still needs it');
  t.notOk((await peer.socket()).readableEnded);
  t.equal(await remove(client, 's'), 'ok');
  await ended(await peer.socket());
  t.strictSame(await names(client), []);
  t.strictSame(await instances(client), []);
});

void t.test('of a node that cannot be added nothing is left', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  await add(client, { driver: 'null-co', 'node-name': 'taken' });
  const child = (name: string): JsonObject => nbd(peer.path, name);
  const invalid: JsonObject[] = [
    { driver: 'raw', 'node-name': 'taken', file: child('a') },
    { driver: 'raw', 'node-name': 'a', file: child('a') },
    { driver: 'quorum', 'node-name': 'q', 'vote-threshold': 1, children: [child('a'), 'taken', 'missing'] },
    { driver: 'quorum', 'node-name': 'q', 'vote-threshold': 1, children: [child('a'), child('a')] },
  ];
  for (const node of invalid) {
    const made = peer.sockets.length;
    t.equal(await add(client, node), 'GenericError', JSON.stringify(node));
    t.strictSame(await names(client), ['taken']);
    t.strictSame(await instances(client), []);
    await ended(await peer.socket(made));
  }
});

void t.test('there are no devices and no jobs', async (t) => {
  const client = await freshClient(t);
  for (const query of ['query-block', 'query-block-jobs', 'query-jobs']) {
    t.strictSame(await client.ask(query), []);
  }
});

void t.test('options that do not go together', async (t) => {
  const client = await freshClient(t);
  await add(client, { driver: 'null-co', 'node-name': 'a' });
  const quorum = { driver: 'quorum', 'node-name': 'x', children: ['a'] };
  const refused: JsonObject[] = [
    { driver: 'null-co', 'node-name': 'x', 'detect-zeroes': 'unmap' },
    { driver: 'null-co', 'node-name': 'x', 'latency-ns': 2n ** 63n },
    { ...quorum, 'vote-threshold': 0 },
    { ...quorum, 'vote-threshold': 2 },
    { ...quorum, 'vote-threshold': 1, children: [] },
  ];
  for (const node of refused) t.equal(await add(client, node), 'GenericError', text(node.driver));
  t.equal(await add(client, { ...quorum, 'vote-threshold': 1 }), 'ok');
});

void t.test('a node can be changed', async (t) => {
  const client = await freshClient(t);
  const reopen = (...options: JsonObject[]): Promise<string> =>
    client.outcome('blockdev-reopen', { options });
  const a = { driver: 'null-co', 'node-name': 'a' };
  const raw = { driver: 'raw', 'node-name': 'r', file: 'a' };
  await add(client, a);
  await add(client, { ...raw, 'read-only': true });
  t.equal(await reopen({ ...a, 'read-only': true, 'detect-zeroes': 'on' }, raw), 'ok');
  const nodes = await client.ask('query-named-block-nodes');
  t.match(nodes, [
    { 'node-name': 'a', ro: true, detect_zeroes: 'on' },
    { 'node-name': 'r', ro: false },
  ]);
  for (const other of [{ driver: 'null-co' }, { ...a, 'node-name': 'x' }, { ...a, driver: 'null-aio' }]) {
    t.equal(await reopen(a, other), 'GenericError');
  }
  t.equal(await reopen({ ...raw, file: { driver: 'null-co' } }), 'GenericError');
  t.strictSame(await client.ask('query-named-block-nodes'), nodes, 'nothing is changed then');
});
