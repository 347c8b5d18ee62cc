/**
 * Character devices: sockets that connect and listen, and those that only exist.
 */
import { existsSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import type { Json, JsonObject } from '../../../src/json/index.js';
import { scratchFolder } from '../../real/support.js';
import { until, word, type Client } from '../support.js';
import { addSocketChardev, dial, ended, freshClient, instances, Listener, unixAddress } from './support.js';

/** What query-chardev says of a device; undefined when it is not listed. */
async function chardev(client: Client, label: string): Promise<JsonObject | undefined> {
  const list = (await client.ask('query-chardev')) as JsonObject[];
  return list.find((device) => device.label === label);
}

void t.test('the monitor has one', async (t) => {
  const client = await freshClient(t);
  t.match(await chardev(client, 'compat_monitor0'), { filename: /^unix:/, 'frontend-open': true });
  t.strictSame(await client.ask('query-yank'), [{ type: 'chardev', id: 'compat_monitor0' }]);
});

void t.test('a client connects, is listed, and disconnects when it is removed', async (t) => {
  const client = await freshClient(t);
  const peer = await Listener.start(t);
  const data = { addr: unixAddress(peer.path), server: false };
  t.strictSame(await addSocketChardev(client, 'c', data), {});
  const socket = await peer.socket();
  t.match(await chardev(client, 'c'), { filename: `unix:${peer.path}`, 'frontend-open': true });
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
  await until(async () => (await chardev(client, 'c'))?.['frontend-open'] === false);
  t.match(await chardev(client, 'c'), { filename: `disconnected:unix:${peer.path}` });
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
  await until(async () => (await chardev(client, 's'))?.['frontend-open'] === true);
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
  t.match(await chardev(client, 's'), { 'frontend-open': true });
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
    t.match(await chardev(client, 'c'), { filename: backend.type, 'frontend-open': true });
    t.strictSame(await instances(client), [], 'there is nothing to yank');
    await client.ask('chardev-remove', { id: 'c' });
  }
  for (const id of ['', '1', '-a', 'a b', 'é', 'a/b']) {
    t.equal(
      await client.outcome('chardev-add', { id, backend: { type: 'null', data: {} } }),
      'GenericError',
      id,
    );
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
  t.match(await chardev(client, 's'), { 'frontend-open': true });
});
