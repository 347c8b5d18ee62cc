/**
 * Connections that are sent more than they need.
 */
import t from 'tap';
import { listenOnUnix } from '../qmp/support.js';
import { again, bounded, joined, numbered, press, startVictim, told } from './peak.js';

const MIB = 2 ** 20;
const SCRIPT = './connection-victim.js';
const endless = 1024 * MIB;

function pathOf(endpoint: Awaited<ReturnType<typeof listenOnUnix>>): string {
  if (endpoint.kind !== 'unix') throw new Error('not a Unix socket');
  return endpoint.path;
}

/** Floods that a connection which nobody reads from is sent, eight times over. */
const floods: Record<string, () => Iterable<Uint8Array>> = {
  'large events': () => again(`{"event":"${'E'.repeat(MIB - 16)}"}\r\n`, endless),
  'tiny messages': () => again('{}', endless),
  'tiny messages with much between them': () => again(`{"event":"EEEEEEEEEEEEEEEEEEEE"}${' '.repeat(60_000)}`, endless),
  'lines that are no JSON': () => again('x\n', endless),
  'large messages of many values': () => again(`[${'[0],'.repeat(300_000)}0]\n`, endless),
  'a message that never ends': () => joined('{"a":"', again('a', endless)),
};

for (const [what, flood] of Object.entries(floods)) {
  void t.test(`idle: ${what}`, async (t) => {
    const pressed: Promise<number>[] = [];
    const endpoint = await listenOnUnix(t, (socket) => {
      pressed.push(press(socket, flood()));
      if (pressed.length === 8) void Promise.all(pressed).then(() => victim.send('enough'));
    });
    const victim = startVictim(t, SCRIPT, 'idle', pathOf(endpoint));
    bounded(t, await told(victim), what);
  });
}

/** Single messages, each with what has to come of it. */
const messages: Record<string, { sent: () => Iterable<Uint8Array>; becomes: string[] }> = {
  'the longest honest reply': {
    sent: () => joined('{"return":{"count":50331648,"buf-b64":"', again('A', 64 * MIB), '","eof":false}}\n'),
    becomes: [`reply of ${64 * MIB + 53}`],
  },
  'a text that is too long': {
    sent: () => joined('{"return":"', again('A', 80 * MIB), '"}\n'),
    becomes: ['message-bytes-limit'],
  },
  'a long text with an escape in it': {
    sent: () => joined('{"return":"\\n', again('A', 64 * MIB), '"}\n'),
    becomes: [`reply of ${64 * MIB + 15}`],
  },
  'a long text of two bytes a character': {
    sent: () => joined('{"return":"\\u0100', again('A', 60 * MIB), '"}\n'),
    becomes: ['memory-limit'],
  },
  'a list of numbers': { sent: () => joined('[', again('0,', 60 * MIB), '0]\n'), becomes: ['memory-limit'] },
  'a list of lists': { sent: () => joined('[', again('[0],', 60 * MIB), '0]\n'), becomes: ['memory-limit'] },
  'a list of short texts': {
    sent: () => joined('[', numbered((index) => `"${index}",`, 40 * MIB), '0]\n'),
    becomes: ['memory-limit'],
  },
  'a list of doubles': { sent: () => joined('[', again('1e1,', 60 * MIB), '0]\n'), becomes: ['memory-limit'] },
  'a list of texts with escapes': {
    sent: () => joined('[', again('"\\u0100\\u0100",', 60 * MIB), '0]\n'),
    becomes: ['memory-limit'],
  },
  'an object of very many members': {
    sent: () => joined('{', numbered((index) => `"${index}k":0,`, 40 * MIB), '"a":0}\n'),
    becomes: ['memory-limit'],
  },
  'an object of indexes': {
    sent: () => joined('{', numbered((index) => `"${index * 900}":0,`, 40 * MIB), '"a":0}\n'),
    becomes: ['memory-limit'],
  },
  'objects of one index each': {
    sent: () => joined('[', again('{"1022":0},', 60 * MIB), '0]\n'),
    becomes: ['memory-limit'],
  },
  'objects that are all different': {
    sent: () => joined('[', numbered((index) => `{"a${index}":0},`, 40 * MIB), '0]\n'),
    becomes: ['memory-limit'],
  },
  'one member again and again': {
    sent: () => joined('{', again('"a":[0],', 60 * MIB), '"a":0}\n'),
    becomes: ['memory-limit'],
  },
  'lists in lists': {
    sent: () => joined('[', again(`${'['.repeat(1000)}${']'.repeat(1000)},`, 60 * MIB), '0]\n'),
    becomes: ['memory-limit'],
  },
  'a number of very many digits': { sent: () => joined(again('9', 64 * MIB), '\n'), becomes: ['other of 67108864'] },
  'a keyword without end': { sent: () => joined(again('a', 64 * MIB), '\n'), becomes: ['bad-keyword'] },
};

for (const [what, { sent, becomes }] of Object.entries(messages)) {
  void t.test(`received: ${what}`, async (t) => {
    const endpoint = await listenOnUnix(t, (socket) => {
      void press(socket, joined(sent(), sent(), sent(), '{"event":1}\n'), 10_000).then(() => socket.end());
    });
    const result = await told(startVictim(t, SCRIPT, 'receive', pathOf(endpoint)));
    t.strictSame(result.words, [...becomes, ...becomes, ...becomes, 'event of 11', 'closed']);
    bounded(t, result, what);
  });
}

void t.test('many connections are sent a large message each, at the same time', async (t) => {
  const sent = (): Iterable<Uint8Array> => joined('{"return":"', again('A', 24 * MIB), '"}\n');
  const endpoint = await listenOnUnix(t, (socket) => {
    void press(socket, sent(), 10_000).then(() => socket.end());
  });
  const result = await told(startVictim(t, SCRIPT, 'many', pathOf(endpoint)));
  t.strictSame(result.words, Array.from({ length: 8 }, () => [`reply of ${24 * MIB + 13}`, 'closed']).flat());
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
    void press(socket, again(`{"event":"E","data":"${'E'.repeat(100_000)}"}\n`, 400 * MIB), 10_000).then(() =>
      socket.end(),
    );
  });
  const result = await told(startVictim(t, SCRIPT, 'session', pathOf(endpoint)));
  t.match(result.words, [/the connection ended/, /^\d+$/]);
  bounded(t, result, 'events');
});
