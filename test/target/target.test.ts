/**
 * Servers that are started: when one is ready.
 */
import t from 'tap';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { spawnSource } from '../../src/target/index.js';
import { Session } from '../../src/qmp/index.js';

/** A server that sends its first clients away, and greets the others. */
const SERVER = `
  let clients = 0;
  require('node:net').createServer((socket) => {
    socket.on('error', () => undefined);
    if (++clients <= 3) socket.destroy();
    else socket.write('{"QMP":{}}\\r\\n');
  }).listen(process.argv[1]);
`;

void t.test('a server that sends its first clients away is not ready yet', async (t) => {
  const source = spawnSource([process.execPath, '-e', SERVER, '{socket}'], 'node {socket}');
  const target = await source.start();
  t.teardown(() => target.stop());
  const [monitor] = target.monitors;
  if (monitor === undefined) throw new Error('it has a monitor');
  const session = await Session.open(monitor, { timeoutMs: 20_000 });
  t.match(session.greeting, { QMP: {} });
  await session.close();
});

/** A guest agent that serves one client at a time, and says on stderr where its folder is. */
const AGENT = `
  process.stderr.write(process.argv[2]);
  const server = require('node:net').createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const [, number] = /"id":([0-9]+)/.exec(String(data)) ?? [];
      socket.write('{"return":' + number + '}\\n');
    });
  }).listen(process.argv[1]);
  server.maxConnections = 1;
`;

void t.test(
  'a guest agent sends a new client nothing, and is ready; it has a folder to itself',
  async (t) => {
    const words = [process.execPath, '-e', AGENT, '{socket}', '{dir}/state'];
    const source = spawnSource(words, 'node {socket} {dir}/state', 'qga');
    t.strictSame(source.arguments, ['--spawn', 'node {socket} {dir}/state', '--protocol', 'qga']);
    const target = await source.start();
    t.teardown(() => target.stop());
    const [monitor] = target.monitors;
    if (monitor?.kind !== 'unix') throw new Error('it has a socket');
    const session = await Session.open(monitor, { timeoutMs: 20_000, protocol: target.protocol });
    await session.close();
    const folder = dirname(monitor.path);
    t.equal(target.output?.(), `${folder}/state`);
    await target.stop();
    t.throws(() => readdirSync(folder), { code: 'ENOENT' }, 'the folder goes with it');
  },
);
