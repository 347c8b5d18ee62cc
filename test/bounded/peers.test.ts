/**
 * The NBD peer and the fake, whose clients do not behave.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { scratchFolder } from '../scratch-folder.js';
import { again, bounded, joined, press, startVictim, told } from './peak.js';

const MIB = 2 ** 20;

/** Starts one of our servers, lets clients press as much as they can, and looks at what it took. */
async function suffer(
  t: Test,
  what: 'nbd' | 'fake',
  clients: number,
  flood: (client: number) => Iterable<Uint8Array>,
  reads = false,
): Promise<void> {
  const path = join(scratchFolder(t), 'it');
  const victim = startVictim(t, './peers-victim.js', what, path);
  await once(victim, 'message');
  const sockets: Socket[] = [];
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const socket = connect({ path });
      sockets.push(socket);
      socket.on('error', () => undefined);
      if (reads) socket.resume();
      else socket.pause();
      await press(socket, flood(client));
    }),
  );
  victim.send('enough');
  bounded(t, await told(victim), t.name);
}

const flags = Buffer.from([0, 0, 0, 3]);
function option(number: number, length: number): Buffer {
  const head = Buffer.alloc(16);
  head.write('IHAVEOPT', 'latin1');
  head.writeUInt32BE(number, 8);
  head.writeUInt32BE(length, 12);
  return head;
}
function request(type: number, length: number): Buffer {
  const head = Buffer.alloc(28);
  head.writeUInt32BE(0x25609513, 0);
  head.writeUInt16BE(type, 6);
  head.writeUInt32BE(length, 24);
  return head;
}
function* times(count: number, piece: Uint8Array): Generator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield piece;
}
const opened = [flags, option(1, 0)];

void t.test('NBD: very much is read, and the replies are not', (t) =>
  suffer(t, 'nbd', 1, () => joined(opened, times(20_000, request(0, 0xffffffff)))),
);
void t.test('NBD: options whose replies are not read', (t) =>
  suffer(t, 'nbd', 1, () =>
    joined([flags], times(64, Buffer.concat(Array.from({ length: 64 * 1024 }, () => option(6, 0))))),
  ),
);
void t.test('NBD: one write of 4 GiB after the other', (t) =>
  suffer(t, 'nbd', 1, () => joined(opened, [request(1, 0xffffffff)], again('x', 256 * MIB)), true),
);

const negotiate = '{"execute":"qmp_capabilities","arguments":{"enable":["oob"]}}\n';

void t.test('fake: large replies that nobody reads', (t) =>
  suffer(t, 'fake', 40, () => joined(negotiate, again('{"execute":"query-qmp-schema"}\n', 4 * MIB))),
);
void t.test('fake: out-of-band commands whose replies nobody reads', (t) =>
  suffer(t, 'fake', 8, () => joined(negotiate, again('{"exec-oob":"query-yank","id":"x"}\n', 64 * MIB))),
);
void t.test('fake: requests that never end', (t) =>
  suffer(t, 'fake', 16, () => joined('{"execute":"', again('x', 60 * MIB)), true),
);
void t.test('fake: requests of very many values', (t) =>
  suffer(t, 'fake', 16, () => joined('[', again('[0],', 16 * MIB)), true),
);
void t.test('fake: long ids, which replies repeat', (t) =>
  suffer(t, 'fake', 8, () =>
    joined(negotiate, '{"execute":"query-name","id":"', again('x', 60 * MIB), '"}\n'),
  ),
);
void t.test('fake: what is no JSON', (t) => suffer(t, 'fake', 8, () => again('] ', 64 * MIB)));
void t.test('fake: more clients than it takes', (t) =>
  suffer(t, 'fake', 300, () => joined('[', again('[0],', MIB)), true),
);
