/**
 * The server itself: where it listens, and how it ends.
 */
import { statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { FakeServer } from '../../src/fake/index.js';
import { InputError } from '../../src/input-error.js';
import type { Endpoint } from '../../src/qmp/index.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { scratchFolder } from '../scratch-folder.js';
import { Client, startFake, until } from './support.js';

const schema = referenceSchema();

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

function newFile(folder: string, name: string): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  return path;
}

void t.test('its Unix socket is for this user only', async (t) => {
  const usual = modeOf(newFile(scratchFolder(t), 'before'));
  const server = await startFake(t);
  if (server.endpoint.kind !== 'unix') throw new Error(server.endpoint.kind);
  t.equal(modeOf(server.endpoint.path), 0o600);
  t.equal(modeOf(newFile(scratchFolder(t), 'after')), usual, 'other files are made as before');
});

void t.test('over TCP it listens on this machine only', async (t) => {
  const server = await startFake(t, { listen: { kind: 'tcp', host: '127.0.0.1', port: 0 } });
  t.match(server.endpoint, { kind: 'tcp', host: '127.0.0.1' });
  t.ok(server.endpoint.kind === 'tcp' && server.endpoint.port > 0, 'at the port that it was given');
  const client = await Client.negotiated(t, server.endpoint);
  t.strictSame(await client.exchange(''), []);
  for (const host of [
    '0.0.0.0',
    '::',
    'example.org',
    '10.0.0.1',
    '127.0.0.1.example.org',
    '::ffff:10.0.0.1',
  ]) {
    await t.rejects(FakeServer.start({ schema, listen: { kind: 'tcp', host, port: 0 } }), {
      name: 'Error',
      message: `the fake listens on this machine only, not on ${host}; use 127.0.0.1`,
    });
  }
});

void t.test('where it cannot listen, the message says why', async (t) => {
  const folder = scratchFolder(t);
  const file = newFile(folder, 'file');
  const usual = modeOf(file);
  const endpoints: Endpoint[] = [
    { kind: 'unix', path: file },
    { kind: 'unix', path: join(folder, 'missing', 'qmp') },
    { kind: 'tcp', host: '127.0.0.1', port: 65536 },
  ];
  for (const listen of endpoints) {
    const refused = FakeServer.start({ schema, listen });
    await t.rejects(refused, InputError);
    await t.rejects(refused, { message: /^the fake cannot listen on (unix|tcp):/ });
  }
  t.equal(modeOf(newFile(folder, 'after')), usual, 'other files are made as before');
});

void t.test('closing ends all connections', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint);
  await server.close();
  t.strictSame(await client.wordsToTheEnd(), []);
  await t.rejects(Client.connect(t, server.endpoint), { name: 'TargetError' });
  await server.close();
});

/** A client that reads nothing. */
async function deafClient(path: string): Promise<Socket> {
  const socket = connect(path);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket.pause();
}

void t.test('a client that reads nothing cannot keep it from closing', async (t) => {
  const server = await startFake(t);
  if (server.endpoint.kind !== 'unix') throw new Error(server.endpoint.kind);
  const client = await deafClient(server.endpoint.path);
  t.teardown(() => client.destroy());
  client.write('{"execute":"qmp_capabilities"}');
  client.write('{"execute":"query-qmp-schema"}'.repeat(20));
  const other = await Client.negotiated(t, server.endpoint);
  t.strictSame(await other.exchange(''), []);
  await server.close();
  t.pass('it has closed');
});

void t.test('a client that reads nothing is not answered without end', async (t) => {
  const server = await startFake(t);
  if (server.endpoint.kind !== 'unix') throw new Error(server.endpoint.kind);
  const client = await deafClient(server.endpoint.path);
  t.teardown(() => client.destroy());
  const COUNT = 400;
  client.write('{"execute":"qmp_capabilities"}');
  for (let count = 0; count < COUNT; count += 1) {
    client.write(`{"execute":"query-name","id":"${'x'.repeat(60_000)}"}`);
  }
  // Requests are taken until as many answers wait as may.
  let before = -1;
  for (let still = 0; still < 10 && client.writableLength > 0; before = client.writableLength) {
    still = client.writableLength === before ? still + 1 : 0;
    await sleep(20);
  }
  t.ok(client.writableLength > 0, `${client.writableLength} bytes of requests have not been taken`);
  const other = await Client.negotiated(t, server.endpoint);
  t.strictSame(await other.exchange(''), [], 'others are served');

  // When it reads at last, all answers come.
  let lines = 0;
  client.on('data', (chunk: Buffer) => {
    lines += chunk.toString('latin1').split('\n').length - 1;
  });
  client.resume();
  await until(() => lines === COUNT + 2);
  t.equal(lines, COUNT + 2);
});

void t.test(
  'told to quit it sends what is left to say, ends all connections, and tells its owner once',
  async (t) => {
    let quits = 0;
    const server = await startFake(t, {
      onQuit: () => {
        quits += 1;
      },
    });
    const client = await Client.negotiated(t, server.endpoint, 'oob');
    const other = await Client.negotiated(t, server.endpoint);
    const fresh = await Client.connect(t, server.endpoint);
    client.send('{"execute":"quit","id":1}{"exec-oob":"query-yank","id":2}{"execute":"query-name","id":3}');
    t.strictSame((await client.wordsToTheEnd()).sort(), ['SHUTDOWN', 'ok 1']);
    t.strictSame(await other.wordsToTheEnd(), ['SHUTDOWN']);
    t.strictSame(await fresh.wordsToTheEnd(), []);
    await until(() => quits > 0);
    await server.close();
    t.equal(quits, 1);
  },
);
