/**
 * Character devices: sockets that connect and listen, and those that only exist.
 */
import { existsSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import type { Json, JsonObject } from '../../../src/json/index.js';
import { scratchFolder } from '../../scratch-folder.js';
import { until, word, type Client } from '../support.js';
import { addSocketChardev, dial, ended, freshClient, instances, Listener, unixAddress } from './support.js';

/** What query-chardev says of a device; undefined when it is not listed. */
async function chardev(client: Client, label: string): Promise<JsonObject | undefined> {
  const list = (await client.ask('query-chardev')) as JsonObject[];
  return list.find((device) => device.label === label);
}

const filename = async (client: Client, label: string): Promise<Json | undefined> =>
  (await chardev(client, label))?.filename;

void t.test('the monitor has one', async (t) => {
  const client = await freshClient(t);
  t.match(await chardev(client, 'compat_monitor0'), { filename: /^unix:/, 'frontend-open': true });
  t.strictSame(await client.ask('query-yank'), [{ type: 'chardev', id: 'compat_monitor0' }]);
  t.equal(await client.outcome('chardev-remove', { id: 'compat_monitor0' }), 'GenericError', 'it is in use');
  const backend = { type: 'null', data: {} };
  t.equal(await client.outcome('chardev-change', { id: 'compat_monitor0', backend }), 'GenericError');
  t.ok(await chardev(client, 'compat_monitor0'));
});

void t.test('a client connects, is listed, and disconnects when it is removed', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  const data = { addr: unixAddress(peer.path), server: false };
  t.strictSame(await addSocketChardev(client, 'c', data), {});
  const socket = await peer.socket();
  t.match(await chardev(client, 'c'), { filename: `unix:${peer.path}`, 'frontend-open': false });
  t.strictSame(await instances(client), [{ type: 'chardev', id: 'c' }]);
  t.equal(
    await client.outcome('chardev-add', { id: 'c', backend: { type: 'null', data: {} } }),
    'GenericError',
  );
  t.strictSame(await client.ask('chardev-remove', { id: 'c' }), {});
  await ended(socket);
  t.equal(await chardev(client, 'c'), undefined);
  t.strictSame(await instances(client), []);
  t.equal(await client.outcome('chardev-remove', { id: 'c' }), 'GenericError');
});

void t.test('a client whose peer goes stays, disconnected', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  await addSocketChardev(client, 'c', { addr: unixAddress(peer.path), server: false });
  (await peer.socket()).destroy();
  await until(async () => (await filename(client, 'c')) === `disconnected:unix:${peer.path}`);
  t.strictSame(await instances(client), [{ type: 'chardev', id: 'c' }]);
});

void t.test('a server listens, for this user only, and does not wait unless told to', async (t) => {
  const client = await freshClient(t);
  const path = join(scratchFolder(t), 'chardev');
  // `wait` is false when it is absent, `server` is true.
  t.strictSame(await addSocketChardev(client, 's', { addr: unixAddress(path) }), {});
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.match(await chardev(client, 's'), {
    filename: `disconnected:unix:${path},server=on`,
    'frontend-open': false,
  });
  t.strictSame(await instances(client), [{ type: 'chardev', id: 's' }]);
  const socket = await dial(t, path);
  await until(async () => (await filename(client, 's')) === `unix:${path},server=on`);
  await client.ask('chardev-remove', { id: 's' });
  await ended(socket);
  t.notOk(existsSync(path), 'it listens no more');
});

void t.test('told to wait, a server waits for its client', async (t) => {
  const client = await freshClient(t);
  const path = join(scratchFolder(t), 'chardev');
  const addr = `{"type":"unix","data":{"path":"${path}"}}`;
  const backend = `{"type":"socket","data":{"addr":${addr},"wait":true}}`;
  client.send(`{"execute":"chardev-add","arguments":{"id":"s","backend":${backend}},"id":1}`);
  client.send('{"execute":"query-status","id":2}{"exec-oob":"query-yank","id":3}');
  t.equal(word(await client.next()), 'ok 3', 'other in-band commands wait as well');
  await until(() => existsSync(path));
  await dial(t, path);
  t.strictSame(await client.words(2), ['ok 1', 'ok 2']);
  t.equal(await filename(client, 's'), `unix:${path},server=on`);
});

void t.test('over TCP it goes to this machine only', async (t) => {
  const client = await freshClient(t);
  const server = createServer().listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = String(typeof address === 'object' ? address?.port : '');
  const inet = (host: string, at = port): JsonObject => ({ type: 'inet', data: { host, port: at } });
  t.strictSame(await addSocketChardev(client, 'c', { addr: inet('127.0.0.1'), server: false }), {});
  t.match(await chardev(client, 'c'), { filename: `tcp:127.0.0.1:${port}` });
  const refused: Json[] = [
    inet('example.org'),
    inet('0.0.0.0'),
    inet('10.1.2.3'),
    inet('127.0.0.1.example.org'),
    inet('127.0.0.1', '0'),
    inet('127.0.0.1', '65536'),
    inet('127.0.0.1', 'http'),
    { type: 'vsock', data: { cid: '1', port: '1' } },
    { type: 'fd', data: { str: '3' } },
  ];
  for (const addr of refused) {
    for (const server of [true, false]) {
      const data = { addr, server };
      const outcome = await client.outcome('chardev-add', { id: 'x', backend: { type: 'socket', data } });
      t.equal(outcome, 'GenericError', JSON.stringify(data));
    }
  }
  t.equal(await chardev(client, 'x'), undefined);
});

void t.test('where nobody listens, and where nobody can listen, nothing is added', async (t) => {
  const client = await freshClient(t);
  const folder = scratchFolder(t);
  const paths = ['', 'a\0b', join(folder, 'x'.repeat(200)), join(folder, 'missing', 'p'), folder];
  for (const path of paths) {
    for (const server of [true, false]) {
      const data = { addr: unixAddress(path), server };
      const outcome = await client.outcome('chardev-add', { id: 'x', backend: { type: 'socket', data } });
      t.equal(outcome, 'GenericError', JSON.stringify(data));
    }
  }
  t.equal(await chardev(client, 'x'), undefined);
  t.strictSame(await instances(client), []);
  // Files are made as before.
  const path = join(folder, 'listens');
  const own = createServer().listen(path);
  t.teardown(() => own.close());
  await new Promise((resolve) => own.once('listening', resolve));
  t.not(statSync(path).mode & 0o777, 0o600);
});

void t.test('other backends only exist', async (t) => {
  const client = await freshClient(t);
  for (const backend of [
    { type: 'null', data: {} },
    { type: 'ringbuf', data: { size: 16 } },
  ]) {
    t.strictSame(await client.ask('chardev-add', { id: 'c', backend }), {});
    t.match(await chardev(client, 'c'), { filename: backend.type, 'frontend-open': false });
    t.strictSame(await instances(client), [], 'there is nothing to yank');
    await client.ask('chardev-remove', { id: 'c' });
  }
  for (const id of ['', '1', '-a', 'a b', 'é', 'a/b']) {
    t.equal(await client.outcome('chardev-add', { id, backend: { type: 'null', data: {} } }), 'ok', id);
  }
});

void t.test('a server has one client at a time', async (t) => {
  const client = await freshClient(t);
  const path = join(scratchFolder(t), 'chardev');
  await addSocketChardev(client, 's', { addr: unixAddress(path) });
  const first = await dial(t, path);
  const second = connect(path);
  t.teardown(() => second.destroy());
  await ended(first);
  t.equal(await filename(client, 's'), `unix:${path},server=on`);
});

void t.test('a client that is to reconnect does so until it is removed', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  const data = { addr: unixAddress(peer.path), server: false, 'reconnect-ms': 1 };
  t.strictSame(await addSocketChardev(client, 'c', data), {});
  (await peer.socket(0)).destroy();
  const second = await peer.socket(1);
  await client.ask('yank', { instances: [{ type: 'chardev', id: 'c' }] });
  await ended(second);
  const third = await peer.socket(2);
  await client.ask('chardev-remove', { id: 'c' });
  await ended(third);
  const missing = { ...data, addr: unixAddress(`${peer.path}-missing`) };
  t.strictSame(await addSocketChardev(client, 'm', missing), {}, 'nobody need be there yet');
  t.match(await filename(client, 'm'), /^disconnected:/);
});

void t.test('options that do not go together', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  const refused: JsonObject[] = [
    { server: false, wait: false },
    { server: false, websocket: true },
    { server: false, reconnect: 1, 'reconnect-ms': 1 },
    { server: false, 'tls-creds': 'x' },
    { server: false, 'tls-authz': 'x' },
    { server: true, reconnect: 0 },
  ];
  for (const options of refused) {
    const data = { addr: unixAddress(peer.path), ...options };
    const outcome = await client.outcome('chardev-add', { id: 'x', backend: { type: 'socket', data } });
    t.equal(outcome, 'GenericError', JSON.stringify(options));
  }
  t.equal(peer.sockets.length, 0);
});

void t.test('a chardev that is changed has its new backend', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  await client.ask('chardev-add', { id: 'c', backend: { type: 'null', data: {} } });
  const data = { addr: unixAddress(peer.path), server: false };
  await client.ask('chardev-change', { id: 'c', backend: { type: 'socket', data } });
  t.strictSame(await instances(client), [{ type: 'chardev', id: 'c' }]);
  await client.ask('chardev-change', { id: 'c', backend: { type: 'null', data: {} } });
  await ended(await peer.socket());
  t.equal(await filename(client, 'c'), 'null');
});

void t.test('ring buffers keep the end of what is written', async (t) => {
  const client = await freshClient(t);
  const ringbuf = (id: string, size: Json): Promise<string> =>
    client.outcome('chardev-add', { id, backend: { type: 'ringbuf', data: { size } } });
  for (const size of [15, -1, -2, 2n ** 62n + 1n]) t.equal(await ringbuf('r', size), 'GenericError');
  for (const [id, size] of Object.entries({ r: 4, huge: 2n ** 62n })) t.equal(await ringbuf(id, size), 'ok');
  const write = (data: string, format = 'utf8'): Promise<string> =>
    client.outcome('ringbuf-write', { device: 'r', data, format });
  const read = (size: Json, format = 'utf8'): Promise<Json> =>
    client.ask('ringbuf-read', { device: 'r', size, format });
  t.equal(await write('abcdef'), 'ok');
  t.equal(await read(3), 'cde');
  t.equal(await read(3), 'f');
  t.equal(await read(2n ** 62n), '');
  t.equal(await write('AQID', 'base64'), 'ok');
  t.equal(await read(9, 'base64'), 'AQID');
  t.equal(await write('*', 'base64'), 'GenericError');
  await t.rejects(read(0));
  await t.rejects(read(-1));
  await client.ask('chardev-add', { id: 'n', backend: { type: 'null', data: {} } });
  for (const device of ['n', 'missing']) {
    t.equal(await client.outcome('ringbuf-read', { device, size: 1 }), 'GenericError');
    t.equal(await client.outcome('ringbuf-write', { device, data: '' }), 'GenericError');
  }
});
