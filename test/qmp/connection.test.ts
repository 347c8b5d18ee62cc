/**
 * A connection: bytes out, messages in, whatever the server does.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { Connection, TargetError, type Endpoint } from '../../src/qmp/index.js';
import { scratchFolder } from '../scratch-folder.js';
import { bytes } from '../json/support.js';
import { connectTo, hear, listenOnTcp, listenOnUnix, PATIENCE, receiveWords, word } from './support.js';

/** Nothing else happens in this process meanwhile. */
function holdUp(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** A server whose client is at hand. */
async function withClient(
  t: Parameters<typeof listenOnUnix>[0],
): Promise<{ readonly client: Promise<Socket>; readonly endpoint: Endpoint }> {
  let arrived: (socket: Socket) => void = () => undefined;
  const client = new Promise<Socket>((resolve) => {
    arrived = resolve;
  });
  return { client, endpoint: await listenOnUnix(t, arrived) };
}

void t.test('messages are the same wherever the stream is cut', async (t) => {
  const stream = Buffer.from('{"QMP":{}}\r\n{"return":"\\u00e9"}{"event":"E"}\r\n [1]\r\n');
  const expected = ['{"QMP":{}}', '{"return":"\\u00e9"}', '{"event":"E"}', '[1]'];
  const whole = await hear(t, stream);
  t.strictSame(await receiveWords(whole, 4), expected, 'in one chunk');

  const endpoint = await listenOnUnix(t, (socket) => {
    void (async () => {
      for (const byte of stream) {
        socket.write(Uint8Array.of(byte));
        // A turn of the loop between the bytes keeps the chunks apart.
        await sleep(0);
      }
    })();
  });
  const bytewise = await connectTo(t, endpoint);
  t.strictSame(await receiveWords(bytewise, 4), expected, 'byte by byte');
});

void t.test('a message comes with its kind, its bytes, its separator and its violations', async (t) => {
  const connection = await hear(
    t,
    bytes('{"QMP":1}\r\n{"return":{},"return":"\xe9"}\n'),
    '\r\n {"event":""}\n',
  );
  const first = await connection.receive(PATIENCE);
  t.match(first, { kind: 'message', message: { kind: 'greeting', value: { QMP: 1 }, violations: [] } });
  const second = await connection.receive(PATIENCE);
  if (second.kind !== 'message') throw new Error(second.kind);
  t.equal(second.message.kind, 'reply');
  t.equal(Buffer.from(second.message.separator).toString(), '\r\n');
  t.strictSame(
    second.message.violations.map(({ code }) => code),
    ['duplicate-name', 'non-ascii', 'invalid-utf8'],
  );
  const third = await connection.receive(PATIENCE);
  if (third.kind !== 'message') throw new Error(third.kind);
  t.equal(Buffer.from(third.message.separator).toString(), '\n\r\n ');
});

void t.test('garbage is told, and what follows on the next line is read', async (t) => {
  const lines = ['QMP ready', '{"return":1}', '{"return":] {"return":0}', 'nul', '\xff{"return":2}'];
  const connection = await hear(t, bytes(lines.map((line) => `${line}\r\n`).join('')));
  const words = ['bad-byte', '{"return":1}', 'syntax', 'bad-keyword', '{"return":2}'];
  t.strictSame(await receiveWords(connection, 5), words);
});

void t.test('the bytes of garbage are shown', async (t) => {
  const connection = await hear(t, '@nonsense\n');
  const incoming = await connection.receive(PATIENCE);
  t.equal(incoming.kind === 'garbage' && Buffer.from(incoming.raw).toString(), '@');
});

void t.test('what came before the end is received before the end, and the end again and again', async (t) => {
  const endpoint = await listenOnUnix(t, (socket) => {
    socket.end('{"return":1}{"return":2}\r\n');
  });
  const connection = await connectTo(t, endpoint);
  t.strictSame(await receiveWords(connection, 4), ['{"return":1}', '{"return":2}', 'closed', 'closed']);
  t.match(connection.poll(), { kind: 'closed', reason: 'the server closed the connection' });
  t.equal((await connection.receive(PATIENCE)).kind, 'closed');
});

void t.test('the end is told to a receiver that waits for it', async (t) => {
  const { client, endpoint } = await withClient(t);
  const connection = await connectTo(t, endpoint);
  const receiving = connection.receive(PATIENCE);
  (await client).end();
  t.equal((await receiving).kind, 'closed');
  t.equal((await connection.receive(PATIENCE)).kind, 'closed');
});

void t.test('half a message before the end is garbage, a number is complete', async (t) => {
  const half = await listenOnUnix(t, (socket) => {
    socket.end('{"return":');
  });
  t.strictSame(await receiveWords(await connectTo(t, half), 2), ['unfinished', 'closed']);
  const number = await listenOnUnix(t, (socket) => {
    socket.end('42');
  });
  t.strictSame(await receiveWords(await connectTo(t, number), 2), ['42', 'closed']);
});

void t.test('a connection that is reset has its reason', async (t) => {
  let client: Socket | undefined;
  const endpoint = await listenOnTcp(t, (socket) => {
    client = socket;
    socket.write('{}');
  });
  const connection = await connectTo(t, endpoint);
  t.strictSame(await receiveWords(connection, 1), ['{}']);
  client?.resetAndDestroy();
  const incoming = await connection.receive(PATIENCE);
  t.match(incoming, { kind: 'closed', reason: /ECONNRESET/ });
});

void t.test('where nobody listens, the message says so', async (t) => {
  const folder = scratchFolder(t);
  const open = (endpoint: Endpoint): Promise<unknown> => Connection.open(endpoint, { timeoutMs: PATIENCE });

  const missing = join(folder, 'missing');
  await t.rejects(
    open({ kind: 'unix', path: missing }),
    new TargetError(`cannot connect to unix:${missing}: there is no such socket`),
  );

  const file = join(folder, 'file');
  writeFileSync(file, '');
  await t.rejects(
    open({ kind: 'unix', path: file }),
    new TargetError(`cannot connect to unix:${file}: nobody listens there`),
  );

  await t.rejects(open({ kind: 'unix', path: join(file, 'below') }), {
    name: 'TargetError',
    message: /^cannot connect to unix:.*: .*ENOTDIR/,
  });

  const server = createServer().listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await new Promise((resolve) => server.close(resolve));
  await t.rejects(
    open({ kind: 'tcp', host: '127.0.0.1', port }),
    new TargetError(`cannot connect to tcp:127.0.0.1:${port}: nobody listens there`),
  );
});

/** Listens with the shortest queue of connections, and takes none of them. */
const DEAF_SERVER = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer();
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

void t.test('a server that takes no connection is not waited for any longer', async (t) => {
  const worker = new Worker(DEAF_SERVER, { eval: true });
  t.teardown(() => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  const endpoint: Endpoint = { kind: 'tcp', host: '127.0.0.1', port };
  let refusal: unknown;
  for (let count = 0; refusal === undefined && count < 20; count += 1) {
    try {
      const connection = await Connection.open(endpoint, { timeoutMs: 100 });
      t.teardown(() => connection.close());
    } catch (error) {
      refusal = error;
    }
  }
  t.match(refusal, new TargetError(`no connection to tcp:127.0.0.1:${port} within 100 ms`));
});

void t.test('nothing in time is a timeout, and what comes later is not lost', async (t) => {
  const { client, endpoint } = await withClient(t);
  const connection = await connectTo(t, endpoint);
  t.strictSame(await connection.receive(1), { kind: 'timeout' });
  t.strictSame(await connection.receive(-1), { kind: 'timeout' });
  const socket = await client;
  const waiting = connection.receive(PATIENCE);
  socket.write('{"return":1}{"return":2}\n');
  t.equal(word(await waiting), '{"return":1}');
  t.equal(word(await connection.receive(0)), '{"return":2}');
  t.strictSame(await connection.receive(1), { kind: 'timeout' });
});

void t.test('a process that was held up reads what came in before it speaks of a timeout', async (t) => {
  const { client, endpoint } = await withClient(t);
  const connection = await connectTo(t, endpoint);
  const socket = await client;
  const waiting = connection.receive(10);
  socket.write('{"return":1}\n');
  holdUp(50);
  t.equal(word(await waiting), '{"return":1}');

  const opening = Connection.open(endpoint, { timeoutMs: 10 });
  holdUp(50);
  await t.resolves(opening.then((opened) => opened.close()));
});

void t.test('polling takes what is there, in order, and does not wait', async (t) => {
  const connection = await hear(t, '1 2 3 ');
  t.equal(connection.poll(), undefined);
  t.equal(word(await connection.receive(PATIENCE)), '1');
  t.strictSame(
    [connection.poll(), connection.poll()].map((incoming) => incoming && word(incoming)),
    ['2', '3'],
  );
  t.equal(connection.poll(), undefined);
});

void t.test('an endless message is cut off', async (t) => {
  const limits = { messageBytes: 1000 };
  const endpoint = await listenOnUnix(t, (socket) => {
    socket.write(`{"return":"${'x'.repeat(5000)}`);
    socket.write(`${'x'.repeat(5000)}"}\r\n{"return":2}\r\n`);
  });
  const connection = await connectTo(t, endpoint, limits);
  t.strictSame(await receiveWords(connection, 2), ['message-bytes-limit', '{"return":2}']);
});

void t.test('nesting without end is cut off', async (t) => {
  const connection = await hear(t, '['.repeat(100_000), '\r\n{"return":2}\r\n');
  t.strictSame(await receiveWords(connection, 2), ['nesting-limit', '{"return":2}']);
});

void t.test('a flood waits in the server, and all of it arrives', async (t) => {
  const COUNT = 200_000;
  const { client, endpoint } = await withClient(t);
  const connection = await connectTo(t, endpoint);
  const socket = await client;
  socket.write('[1]\n'.repeat(COUNT));
  t.equal(word(await connection.receive(PATIENCE)), '[1]');
  // The rest moves until every buffer on the way is full.
  let before = -1;
  for (let still = 0; still < 10 && socket.writableLength > 0; before = socket.writableLength) {
    still = socket.writableLength === before ? still + 1 : 0;
    await sleep(10);
  }
  t.ok(socket.writableLength > 0, `${socket.writableLength} bytes have not been taken`);

  let received = 1;
  while (connection.poll() !== undefined) received += 1;
  t.ok(received < COUNT / 10, `${received} messages were held`);
  // Always a little behind: taken one by one, while more come in.
  while (received < COUNT) {
    const incoming = connection.poll() ?? (await connection.receive(PATIENCE));
    if (incoming.kind !== 'message') {
      t.fail(word(incoming));
      break;
    }
    received += 1;
  }
  t.equal(received, COUNT);
  t.strictSame(await connection.receive(1), { kind: 'timeout' }, 'and no more');
});

void t.test('bytes go out as they are, text as UTF-8', async (t) => {
  const { client, endpoint } = await withClient(t);
  const connection = await connectTo(t, endpoint);
  connection.send('é');
  connection.send(Uint8Array.of(0, 0xff));
  connection.endSending();
  const chunks: Buffer[] = [];
  for await (const chunk of await client) chunks.push(chunk as Buffer);
  t.equal(Buffer.concat(chunks).toString('hex'), 'c3a900ff');
});

void t.test('a client that has ended its side still gets the answer', async (t) => {
  const endpoint = await listenOnUnix(t, (socket) => {
    socket.resume();
    socket.on('end', () => {
      socket.end('{"return":1}\n');
    });
  });
  const connection = await connectTo(t, endpoint);
  connection.endSending();
  t.strictSame(await receiveWords(connection, 2), ['{"return":1}', 'closed']);
});

void t.test('closing ends the connection at once, and sending on it does nothing', async (t) => {
  const { client, endpoint } = await withClient(t);
  const connection = await connectTo(t, endpoint);
  const socket = await client;
  const ended = once(socket.resume(), 'end');
  await connection.close();
  await ended;
  connection.send('{}');
  connection.endSending();
  await connection.close();
  t.equal((await connection.receive(PATIENCE)).kind, 'closed');
});
