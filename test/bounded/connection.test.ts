/**
 * Connections that are sent more than they need.
 */
import t from 'tap';
import { listenOnUnix } from '../qmp/support.js';
import { again, bounded, joined, numbered, press, startVictim, told } from './peak.js';

const MIB = 2 ** 20;
const SCRIPT = './connection-victim.js';
/** More than the limit, were it kept. */
const endless = 192 * MIB;
const PATIENCE = 60_000;

function pathOf(endpoint: Awaited<ReturnType<typeof listenOnUnix>>): string {
  if (endpoint.kind !== 'unix') throw new Error('not a Unix socket');
  return endpoint.path;
}

/** Floods that a connection which nobody reads from is sent, four times over. */
const floods: Record<string, () => Iterable<Uint8Array>> = {
  'large events': () => again(`{"event":"${'E'.repeat(MIB - 16)}"}\r\n`, endless),
  'tiny messages': () => again('{}', endless),
  'tiny messages with much between them': () =>
    again(`{"event":"EEEEEEEEEEEEEEEEEEEE"}${' '.repeat(60_000)}`, endless),
  'lines that are no JSON': () => again('x\n', endless),
  'large messages of many values': () => again(`[${'[0],'.repeat(300_000)}0]\n`, endless),
  'a message that never ends': () => joined('{"a":"', again('a', endless)),
};

for (const [what, flood] of Object.entries(floods)) {
  void t.test(`idle: ${what}`, async (t) => {
    const pressed: Promise<number>[] = [];
    const endpoint = await listenOnUnix(t, (socket) => {
      pressed.push(press(socket, flood()));
      if (pressed.length === 4) void Promise.all(pressed).then(() => victim.send('enough'));
    });
    const victim = startVictim(t, SCRIPT, 'idle', pathOf(endpoint));
    bounded(t, await told(victim), what);
  });
}

/** A message a little over the limit of memory, made of `made`; `each` is what one of them is reckoned at. */
function over(
  open: string,
  made: (index: number) => string,
  each: number,
  close: string,
): Iterable<Uint8Array> {
  let bytes = 0;
  for (let index = 0; index < (72 * MIB) / each; index += 1) bytes += made(index).length;
  return joined(open, numbered(made, bytes + 2 * MIB), close);
}

/** Messages that are strings for the most part; what has to come of each. */
const long: Record<string, { sent: () => Iterable<Uint8Array>; becomes: string }> = {
  'the longest honest reply': {
    sent: () => joined('{"return":{"count":50331648,"buf-b64":"', again('A', 64 * MIB), '","eof":false}}\n'),
    becomes: `reply of ${64 * MIB + 54}`,
  },
  'a text that is too long': {
    sent: () => joined('{"return":"', again('A', 66 * MIB), '"}\n'),
    becomes: 'message-bytes-limit',
  },
  'a long text with an escape': {
    sent: () => joined('{"return":"\\n', again('A', 32 * MIB), '"}\n'),
    becomes: `reply of ${32 * MIB + 15}`,
  },
  'a long text of two bytes a character': {
    sent: () => joined('{"return":"\\u0100', again('A', 40 * MIB), '"}\n'),
    becomes: 'memory-limit',
  },
  'a number of very many digits': {
    sent: () => joined(again('9', 64 * MIB), '\n'),
    becomes: 'memory-limit',
  },
};

for (const [what, { sent, becomes }] of Object.entries(long)) {
  void t.test(`received: ${what}`, async (t) => {
    const endpoint = await listenOnUnix(t, (socket) => {
      void press(socket, joined(sent(), sent(), '{"event":1}\n'), PATIENCE).then(() => socket.end());
    });
    const result = await told(startVictim(t, SCRIPT, 'receive', pathOf(endpoint)));
    t.strictSame(result.words, [becomes, becomes, 'event of 11', 'closed']);
    bounded(t, result, what);
  });
}

void t.test(
  'received, one after the other: messages whose values take far more than their bytes',
  async (t) => {
    const sent = (): Iterable<Uint8Array> =>
      joined(
        over('[', () => '[0],', 240, '0]\n'),
        over('[', (index) => `"${index}",`, 58, '0]\n'),
        over('{', (index) => `"${index}k":0,`, 400, '"a":0}\n'),
        over('[', () => '{"1022":0},', 400, '0]\n'),
        over('[', (index) => `{"a${index}":0},`, 200, '0]\n'),
        over('[', () => '1e1,', 99, '0]\n'),
        over('{', () => '"a":[0],', 260, '"a":0}\n'),
      );
    const endpoint = await listenOnUnix(t, (socket) => {
      void press(socket, joined(sent(), '{"event":1}\n'), PATIENCE).then(() => socket.end());
    });
    const result = await told(startVictim(t, SCRIPT, 'receive', pathOf(endpoint)));
    const refused = Array.from({ length: 7 }, () => 'memory-limit');
    t.strictSame(result.words, [...refused, 'event of 11', 'closed']);
    bounded(t, result, 'values');
  },
);

void t.test('received: the state of ten thousand drives', async (t) => {
  const node = (index: number): string => {
    const name = String(index).padStart(6, '0');
    const rates = [
      'iops',
      'iops_rd',
      'iops_wr',
      'bps',
      'bps_rd',
      'bps_wr',
      'iops_max',
      'bps_max',
      'group_max',
    ]
      .map((rate) => `"${rate}": 0, `)
      .join('');
    const file = `"/var/lib/libvirt/images/drive-${name}.qcow2"`;
    return (
      `{"node-name": "libvirt-${name}-format", "file": ${file}, "ro": false, "drv": "qcow2", "encrypted": false, ` +
      `${rates}"backing_file_depth": 0, "detect_zeroes": "off", "write_threshold": 0, "active": true, ` +
      `"cache": {"no-flush": false, "direct": true, "writeback": true}, "children": [{"node-name": ` +
      `"libvirt-${name}-storage", "child": "file"}], "dirty-bitmaps": [], "image": {"virtual-size": 107374182400, ` +
      `"filename": ${file}, "cluster-size": 65536, "format": "qcow2", "actual-size": 4294967296, ` +
      `"format-specific": {"type": "qcow2", "data": {"compat": "1.1", "compression-type": "zlib", ` +
      `"lazy-refcounts": false, "refcount-bits": 16, "corrupt": false, "extended-l2": false}}, "dirty-flag": false}},`
    );
  };
  const nodes = Array.from({ length: 10_000 }, (_, index) => node(index))
    .join('')
    .slice(0, -1);
  const endpoint = await listenOnUnix(t, (socket) => {
    socket.end(`{"return": [${nodes}], "id": 1}\r\n`);
  });
  const result = await told(startVictim(t, SCRIPT, 'receive', pathOf(endpoint)));
  t.strictSame(result.words, [`reply of ${nodes.length + 23}`, 'closed']);
  bounded(t, result, 'drives');
});

void t.test('many connections are sent a large message each, at the same time', async (t) => {
  const sent = (): Iterable<Uint8Array> => joined('{"return":"', again('A', 16 * MIB), '"}\n');
  const endpoint = await listenOnUnix(t, (socket) => {
    void press(socket, sent(), PATIENCE).then(() => socket.end());
  });
  const result = await told(startVictim(t, SCRIPT, 'many', pathOf(endpoint)));
  t.strictSame(result.words, Array.from({ length: 8 }, () => [`reply of ${16 * MIB + 13}`, 'closed']).flat());
  bounded(t, result, 'many connections');
});

void t.test('a server that does not read is sent no more', async (t) => {
  const endpoint = await listenOnUnix(t, () => undefined);
  const result = await told(startVictim(t, SCRIPT, 'send', pathOf(endpoint)));
  t.match(result.words, [/^the server does not read: \d+ bytes wait to be sent to it$/]);
  bounded(t, result, 'unread');
});

void t.test('a session forgets events that nobody takes', async (t) => {
  const endpoint = await listenOnUnix(t, (socket) => {
    socket.write('{"QMP":{}}\n');
    void press(socket, again(`{"event":"E","data":"${'E'.repeat(100_000)}"}\n`, 400 * MIB), PATIENCE).then(
      () => socket.end(),
    );
  });
  const result = await told(startVictim(t, SCRIPT, 'session', pathOf(endpoint)));
  t.match(result.words, [/the connection ended/, /^\d+$/]);
  bounded(t, result, 'events');
});
