/**
 * Servers that are started: when one is ready.
 */
import t from 'tap';
import { spawnSource } from '../../src/run/index.js';
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
