/**
 * The client that others use.
 */
import t, { type Test } from 'tap';
import {
  CommandError,
  InputError,
  QmpClient,
  TargetError,
  type ConnectOptions,
} from '../../src/library/index.js';
import { startFake, type FakeOptions } from '../../src/library/fake.js';
import { listenOnUnix, PATIENCE } from '../qmp/support.js';

async function connected(t: Test, options: FakeOptions = {}, how: ConnectOptions = {}): Promise<QmpClient> {
  const fake = await startFake(options);
  t.teardown(() => fake.close());
  const { protocol } = options;
  const client = await QmpClient.connect(fake.address, { timeoutMs: PATIENCE, protocol, ...how });
  t.teardown(() => client.close());
  return client;
}

void t.test('commands in band and out of band', async (t) => {
  const client = await connected(t);
  t.match(client.greeting, { QMP: { capabilities: ['oob'] } });
  const [status, version] = await Promise.all([
    client.execute('query-status'),
    client.execute('query-version'),
  ]);
  t.match(status, { running: true });
  t.match(version, { qemu: { major: 10 } });
  // The client has enabled what the server offers.
  t.match(await client.executeOob('migrate-pause').catch((error: unknown) => error), {
    name: 'CommandError',
  });
});

void t.test('without the capability nothing is done out of band', async (t) => {
  const client = await connected(t, {}, { capabilities: [] });
  await t.rejects(client.executeOob('query-status'), CommandError);
});

void t.test('a command that is refused', async (t) => {
  const client = await connected(t);
  const error: unknown = await client.execute('no-such-command').catch((error: unknown) => error);
  t.ok(error instanceof CommandError);
  t.match(error, {
    name: 'CommandError',
    command: 'no-such-command',
    errorClass: 'CommandNotFound',
    message: /^no-such-command: .* \(CommandNotFound\)$/,
    reply: { error: { class: 'CommandNotFound' } },
  });
  t.match(await client.execute('query-status'), { running: true }, 'and the client goes on');
});

void t.test('events, each once, in one loop or several', async (t) => {
  const client = await connected(t);
  await client.execute('stop');
  await client.execute('cont');
  const names: string[] = [];
  for await (const event of client.events()) {
    t.match(event, { data: {}, message: { timestamp: {} } });
    names.push(event.name);
    break;
  }
  for await (const event of client.events({ signal: AbortSignal.timeout(PATIENCE) })) {
    names.push(event.name);
    if (names.length === 2) setImmediate(() => void client.execute('stop'));
    if (names.length === 3) void client.close();
  }
  t.same(names, ['STOP', 'RESUME', 'STOP']);
  t.equal(client.eventsForgotten, 0);
  t.same(await client.events().next(), { done: true, value: undefined });
});

void t.test('a wait for events that is given up', async (t) => {
  const client = await connected(t);
  const abort = new AbortController();
  const next = client.events({ signal: abort.signal }).next();
  abort.abort(new Error('enough'));
  await t.rejects(next, { message: 'enough' });
  await t.rejects(client.events({ signal: abort.signal }).next(), { message: 'enough' });
  // What comes now is not lost to the one who gave up.
  const event = client.events().next();
  await client.execute('stop');
  t.match(await event, { value: { name: 'STOP' } });
});

void t.test('events that nobody reads are forgotten, the oldest first', async (t) => {
  const endpoint = await listenOnUnix(t, (socket) => {
    socket.write('{"QMP":{"version":{},"capabilities":[]}}\r\n');
    socket.on('data', () => {
      for (let count = 0; count < 2000; count += 1) socket.write(`{"event":"E","data":${count}}\r\n`);
      socket.write('{"return":{},"id":1}\r\n');
    });
  });
  const client = await QmpClient.connect(endpoint, { timeoutMs: PATIENCE });
  t.equal(client.eventsForgotten, 2000 - 1024);
  t.match(await client.events().next(), { value: { data: 2000 - 1024 } });
  await client.close();
});

void t.test('64-bit integers lose nothing', async (t) => {
  let received = '';
  const endpoint = await listenOnUnix(t, (socket) => {
    socket.write('{"QMP":{"version":{},"capabilities":[]}}\r\n');
    socket.on('data', (bytes) => {
      received += bytes.toString();
      if (!received.includes('"id":2')) socket.write('{"return":{},"id":1}\r\n');
      else socket.write('{"return":18446744073709551615,"id":2}\r\n');
    });
  });
  const client = await QmpClient.connect(endpoint, { timeoutMs: PATIENCE });
  t.equal(await client.execute('a', { size: 9223372036854775807n }), 18446744073709551615n);
  t.match(received, '"arguments":{"size":9223372036854775807}');
  await client.close();
});

void t.test('a guest agent', async (t) => {
  const client = await connected(t, { protocol: 'qga' });
  t.equal(client.greeting, null);
  t.same(await client.execute('guest-ping'), {});
});

void t.test('what cannot be connected to', async (t) => {
  await t.rejects(QmpClient.connect('nowhere'), InputError);
  await t.rejects(QmpClient.connect('unix:/nowhere/qmp'), TargetError);
  const endpoint = await listenOnUnix(t, (socket) => {
    socket.write('{"QMP":{"version":{},"capabilities":[]}}\r\n');
    socket.on('data', () => socket.write('{"error":{"class":"GenericError","desc":"no\\n"},"id":1}\r\n'));
  });
  await t.rejects(QmpClient.connect(endpoint), {
    name: 'CommandError',
    desc: 'no\n',
    message: 'qmp_capabilities: no\\n (GenericError)',
  });
});

void t.test('a server that leaves ends the waiting, and the client says so from then on', async (t) => {
  const client = await connected(t);
  const loop = client.events().next();
  const quitting = client.execute('quit').catch((error: unknown) => error);
  await quitting;
  t.match(await loop, { value: { name: 'SHUTDOWN' } });
  for await (const event of client.events()) t.fail(event.name);
  await t.rejects(client.execute('query-status'), TargetError);
});
