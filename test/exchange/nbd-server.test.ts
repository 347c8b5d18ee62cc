/**
 * The small NBD server, spoken to byte by byte.
 */
import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { serveNbd } from '../../src/exchange/nbd-server.js';
import { makePrivateFolder, removePrivateFolder } from '../../src/target/index.js';

class Client {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  ended = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.ended = true;
    });
    socket.on('end', () => {
      this.ended = true;
    });
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next bytes; fewer when the server has ended the connection before. */
  async take(length: number): Promise<Buffer> {
    while (this.#received.length < length && !this.ended)
      await Promise.race([once(this.#socket, 'data'), once(this.#socket, 'close')]);
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }
}

async function client(t: Test): Promise<Client> {
  const folder = await makePrivateFolder();
  const path = join(folder, 'nbd');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    serveNbd(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const socket = connect({ path });
  t.teardown(async () => {
    socket.destroy();
    server.close();
    await removePrivateFolder(folder);
  });
  return new Client(socket);
}

function option(number: number, data = ''): Buffer {
  const head = Buffer.alloc(16);
  head.write('IHAVEOPT', 'latin1');
  head.writeUInt32BE(number, 8);
  head.writeUInt32BE(data.length, 12);
  return Buffer.concat([head, Buffer.from(data)]);
}

function request(type: number, handle: string, length: number): Buffer {
  const head = Buffer.alloc(28);
  head.writeUInt32BE(0x25609513, 0);
  head.writeUInt16BE(type, 6);
  head.write(handle, 8, 'latin1');
  head.writeUInt32BE(length, 24);
  return head;
}

const GO = 7;
const SIZE = '0000000000100000';

void t.test('a handshake and a dialogue', async (t) => {
  const nbd = await client(t);
  t.equal((await nbd.take(18)).toString('latin1'), 'NBDMAGICIHAVEOPT\0\x03');
  nbd.send(Buffer.from([0, 0, 0, 3]));
  // Cut anywhere: an unknown option, byte by byte.
  for (const byte of option(8)) nbd.send(Buffer.from([byte]));
  t.equal((await nbd.take(20)).toString('hex'), '0003e889045565a9000000088000000100000000', 'unsupported');
  nbd.send(option(GO, '\0\0\0\x01e\0\0'));
  t.equal((await nbd.take(20)).toString('hex'), '0003e889045565a900000007000000030000000c', 'information');
  t.equal((await nbd.take(12)).toString('hex'), `0000${SIZE}0005`);
  t.equal((await nbd.take(20)).toString('hex'), '0003e889045565a9000000070000000100000000', 'acknowledged');
  nbd.send(Buffer.concat([request(0, 'reading.', 512), request(1, 'writing.', 4), Buffer.from('data')]));
  t.equal((await nbd.take(16)).toString('latin1', 8), 'reading.');
  t.ok((await nbd.take(512)).equals(Buffer.alloc(512)));
  t.equal((await nbd.take(16)).toString('latin1', 8), 'writing.');
  nbd.send(request(3, 'flushing', 0));
  t.equal((await nbd.take(16)).toString('latin1', 8), 'flushing');
  nbd.send(request(2, 'leaving.', 0));
  t.equal((await nbd.take(1)).length, 0, 'it hangs up');
});

void t.test('the old way to choose an export', async (t) => {
  const nbd = await client(t);
  await nbd.take(18);
  nbd.send(Buffer.concat([Buffer.from([0, 0, 0, 3]), option(1, 'e')]));
  t.equal((await nbd.take(10)).toString('hex'), `${SIZE}0005`);
  nbd.send(request(0, 'reading.', 4));
  t.equal((await nbd.take(20)).toString('hex', 16), '00000000');
});

void t.test('a client that breaks the protocol is disconnected', async (t) => {
  const flags = Buffer.from([0, 0, 0, 3]);
  const huge = option(GO);
  huge.writeUInt32BE(0xffffffff, 12);
  const broken: Record<string, Buffer> = {
    'no option': Buffer.concat([flags, Buffer.alloc(16, 'x')]),
    'an option without end': Buffer.concat([flags, huge]),
    'no request': Buffer.concat([flags, option(1, 'e'), Buffer.alloc(28, 'x')]),
    'a farewell': Buffer.concat([flags, option(2)]),
  };
  for (const [what, bytes] of Object.entries(broken)) {
    const nbd = await client(t);
    await nbd.take(18);
    nbd.send(bytes);
    await nbd.take(1000);
    t.ok(nbd.ended, what);
  }
});
