/**
 * From bytes to replies: the order of the checks, negotiation, ids, out-of-band execution, recovery.
 */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { bytes } from '../json/support.js';
import { scratchFolder } from '../scratch-folder.js';
import { Client, startFake, until } from './support.js';

/** Input and the words for what it gives. */
type Row = readonly [input: string, ...words: string[]];

const OK = '{"execute":"query-name"}';

async function checkRows(t: Test, client: Client, rows: readonly Row[]): Promise<void> {
  for (const [input, ...words] of rows) {
    t.strictSame(await client.exchange(bytes(`${input}\n`)), words, JSON.stringify(input));
  }
}

void t.test('the greeting', async (t) => {
  const server = await startFake(t);
  const client = await Client.connect(t, server.endpoint);
  t.match(client.greeting, {
    QMP: {
      version: { qemu: { major: 10, minor: 0, micro: 0 }, package: /^qmpspec \d/ },
      capabilities: ['oob'],
    },
  });
  await client.ask('qmp_capabilities');
  t.strictSame(
    await client.ask('query-version'),
    (client.greeting as { QMP: { version: object } }).QMP.version,
  );
});

void t.test('before negotiation', async (t) => {
  const server = await startFake(t);
  const client = await Client.connect(t, server.endpoint);
  await checkRows(t, client, [
    // Syntax first, then the members of the request, then the command.
    ['{"execute":}', 'GenericError'],
    ['[]', 'GenericError'],
    ['{"execute":1,"id":4}', 'GenericError 4'],
    ['{"execute":"nope","arguments":[],"id":5}', 'GenericError 5'],
    ['{"execute":"query-version","id":1}', 'CommandNotFound 1'],
    ['{"execute":"query-version","arguments":{"x":1}}', 'CommandNotFound'],
    ['{"execute":"nope"}', 'CommandNotFound'],
    ['{"exec-oob":"qmp_capabilities","id":7}', 'GenericError 7'],
    ['{"exec-oob":"nope"}', 'GenericError'],
    // Refused negotiation changes nothing, and can be tried again.
    ['{"execute":"qmp_capabilities","arguments":{"enable":["nope"]}}', 'GenericError'],
    ['{"execute":"qmp_capabilities","arguments":{"enable":["oob","nope"]}}', 'GenericError'],
    ['{"execute":"qmp_capabilities","arguments":{"enable":["OOB"]}}', 'GenericError'],
    ['{"execute":"qmp_capabilities","arguments":{"enable":"oob"}}', 'GenericError'],
    ['{"execute":"qmp_capabilities","arguments":{"enable":null}}', 'GenericError'],
    ['{"execute":"qmp_capabilities","arguments":{"enable":[null]}}', 'GenericError'],
    ['{"execute":"qmp_capabilities","arguments":{"x":1}}', 'GenericError'],
    ['{"execute":"query-version"}', 'CommandNotFound'],
    ['{"execute":"qmp_capabilities","arguments":{"enable":["oob","oob"]},"id":"x"}', 'ok "x"'],
    ['{"exec-oob":"query-yank","id":1}', 'ok 1'],
    ['{"execute":"qmp_capabilities"}', 'CommandNotFound'],
    ['{"execute":"qmp_capabilities","arguments":{"enable":["oob"]}}', 'CommandNotFound'],
    // Arguments are looked at before the command is executed.
    ['{"execute":"qmp_capabilities","arguments":{"enable":["nope"]}}', 'GenericError'],
    ['{"execute":"qmp_capabilities","arguments":{"enable":1}}', 'GenericError'],
    ['{"exec-oob":"qmp_capabilities"}', 'GenericError'],
  ]);
  for (const enable of ['', ',"arguments":{}', ',"arguments":{"enable":[]}']) {
    const other = await Client.connect(t, server.endpoint);
    await checkRows(t, other, [
      [`{"execute":"qmp_capabilities"${enable}}`, 'ok'],
      [OK, 'ok'],
      ['{"exec-oob":"query-yank"}', 'GenericError'],
    ]);
  }
});

void t.test('requests', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint);
  await checkRows(t, client, [
    ['{}', 'GenericError'],
    ['{"id":1}', 'GenericError 1'],
    ['{"arguments":{}}', 'GenericError'],
    ...['null', '1', 'true', '{}', '[]', '["query-name"]'].map((value): Row => [
      `{"execute":${value},"id":1}`,
      'GenericError 1',
    ]),
    ...['null', '[]', '""', '0', 'true'].map((value): Row => [
      `{"execute":"query-name","arguments":${value},"id":1}`,
      'GenericError 1',
    ]),
    ['{"execute":"query-name","arguments":{},"id":1}', 'ok 1'],
    ['{"id":1,"arguments":{},"execute":"query-name"}', 'ok 1'],
    ['{"execute":"device_del"}', 'GenericError'],
    ['{"execute":"device_del","arguments":{}}', 'GenericError'],
    ['{"execute":"device_del","arguments":{"id":"x"}}', 'DeviceNotFound'],
    ['{"execute":"device_del","arguments":{"id":""}}', 'GenericError'],
    ['{"execute":"eject","arguments":{"id":"x"}}', 'DeviceNotFound'],
    ['{"execute":"eject","arguments":{"id":"x","device":"y"}}', 'GenericError'],
    ['{"execute":"eject"}', 'GenericError'],
    ['{"execute":"qom-list","arguments":{"path":"/x"}}', 'DeviceNotFound'],
    ['{"execute":"qom-list","arguments":{"path":""}}', 'GenericError'],
    ...['foo', '__x', 'control', 'Execute', 'ID', '', '__proto__', 'exec-oob'].map((name): Row => [
      `{"execute":"query-name","${name}":1,"id":2}`,
      'GenericError 2',
    ]),
    ['{"Execute":"query-name"}', 'GenericError'],
    ...[
      'nope',
      '',
      'Query-Name',
      ' query-name',
      'query_name',
      'query-name\\u0000',
      '\\u00e9',
      '__proto__',
    ].map((name): Row => [`{"execute":"${name}","id":3}`, 'CommandNotFound 3']),
    ['{"execute":"constructor"}', 'CommandNotFound'],
    // One mistake hides another: the request, then the command, then its arguments.
    ['{"execute":"nope","x":1}', 'GenericError'],
    ['{"execute":"nope","arguments":1}', 'GenericError'],
    ['{"execute":"nope","arguments":{"x":1}}', 'CommandNotFound'],
    ['{"exec-oob":"nope"}', 'GenericError'],
    ['{"execute":"query-name","arguments":{"x":1}}', 'GenericError'],
    ['{"execute":"device_del","arguments":{"id":1}}', 'GenericError'],
    ['{"execute":"device_del","arguments":{"id":"x","y":1}}', 'GenericError'],
  ]);
});

void t.test('a command that is refused has no effect', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint);
  t.strictSame(await client.exchange('{"execute":"stop","arguments":{"x":1}}'), ['GenericError']);
  t.match(await client.ask('query-status'), { running: true });
});

void t.test('out of band', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint, 'oob');
  await checkRows(t, client, [
    ['{"exec-oob":"query-yank","id":1}', 'ok 1'],
    ['{"exec-oob":"query-yank"}', 'ok'],
    ['{"execute":"query-yank"}', 'ok'],
    ['{"exec-oob":"query-status","id":9}', 'GenericError 9'],
    ['{"exec-oob":"query-status","arguments":{"x":1},"id":9}', 'GenericError 9'],
    ['{"exec-oob":"nope","id":1}', 'CommandNotFound 1'],
    ['{"exec-oob":1,"id":2}', 'GenericError 2'],
    ['{"exec-oob":"yank","arguments":{"instances":1}}', 'GenericError'],
    ['{"exec-oob":"yank","arguments":{"instances":[{"type":"migration"}]}}', 'DeviceNotFound'],
    ['{"execute":"query-yank","exec-oob":"query-yank","id":3}', 'GenericError 3'],
    ['{"exec-oob":"query-yank","execute":"query-yank","id":3}', 'GenericError 3'],
  ]);
});

void t.test('ids', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint);
  const ids = [
    'null',
    'false',
    '0',
    '-1',
    '""',
    '"a\\u0000b"',
    '"\\u00e9\\u20ac\\ud83d\\ude00"',
    '[]',
    '{}',
    '[[1],{"a":null}]',
    '{"z":1,"a":[{"b":null}],"__proto__":true}',
    '18446744073709551615',
    '-9223372036854775808',
    '0.5',
    `"${'x'.repeat(5000)}"`,
  ];
  for (const id of ids) {
    t.strictSame(await client.exchange(`{"execute":"query-name","id":${id}}\n`), [`ok ${id}`]);
    t.strictSame(await client.exchange(`{"execute":1,"id":${id}}\n`), [`GenericError ${id}`]);
  }
  await checkRows(t, client, [
    ['{"id":5,"execute":}', 'GenericError'],
    ['{"execute":"query-name","id":1,"id":2}', 'GenericError'],
    ['{"execute":"query-name","id":7}{"execute":"query-name","id":7}', 'ok 7', 'ok 7'],
    ['[{"execute":"query-name","id":7}]', 'GenericError'],
  ]);
});

void t.test('framing and recovery', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint);
  await checkRows(t, client, [
    [`${OK}${OK}`, 'ok', 'ok'],
    [`${OK},${OK}`, 'ok', 'GenericError', 'ok'],
    ['{ \n"execute"\t:\r"query-name" \n}', 'ok'],
    [`\xef\xbb\xbf${OK}`, 'GenericError', 'ok'],
    [`/* x */${OK}`, 'GenericError', 'ok'],
    [`42${OK}`, 'GenericError', 'ok'],
    ["{'execute':'query-name','id':'a\"b'}", 'ok "a\\"b"'],
    ['{"\\u0065xecute":"query\\u002dname"}', 'ok'],
    [`{]\n${OK}`, 'GenericError', 'ok'],
    [`{"execute":"query-name"\x01${OK}`, 'GenericError', 'ok'],
    [`{"execute":"query-na\xff${OK}`, 'GenericError', 'ok'],
    [`{"execute":"\\\xff${OK}`, 'GenericError', 'ok'],
    [`\x01\x01${OK}`, 'GenericError', 'GenericError', 'ok'],
    [`{:${OK}}`, 'GenericError'],
    [`[1 ${OK}]`, 'GenericError'],
    ['{"execute":"query-name","id":"\\q"}', 'GenericError'],
    ['{"execute":"query-name","id":"\xe9"}', 'GenericError'],
    ['{"execute":"query-name","id":"\\ud83d"}', 'GenericError'],
    [
      `{"execute":"query-name","id":${'['.repeat(1023)}${']'.repeat(1023)}}`,
      `ok ${'['.repeat(1023)}${']'.repeat(1023)}`,
    ],
    ['@ foo bar', 'GenericError'],
  ]);
  client.send('{"execute":"query-name"');
  t.strictSame(await client.exchange('\x01'), ['GenericError'], 'half a request gives nothing');
  client.send('{"execute":"query-na');
  client.send('me","id":1}');
  t.strictSame(await client.words(1), ['ok 1'], 'no line end is needed');
});

void t.test('too deep a nesting is refused, and the next request works', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint);
  for (const depth of [1024, 2000]) {
    const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const words = await client.exchange(`{"execute":"query-name","arguments":{"x":${nested}},"id":1}\x01`);
    t.ok(words.length > 0);
    t.ok(words.every((one) => one === 'GenericError'));
    t.strictSame(await client.exchange(OK), ['ok']);
  }
});

void t.test('every request has one reply, in its turn', async (t) => {
  const server = await startFake(t);
  for (const enable of [[], ['oob']]) {
    const client = await Client.negotiated(t, server.endpoint, ...enable);
    const ids = Array.from({ length: 1000 }, (_, index) => index);
    client.send(ids.map((id) => `{"execute":"query-name","id":${id}}`).join(''));
    const expected = ids.map((id) => `ok ${id}`);
    t.strictSame(await client.words(1000), expected);
    t.strictSame(await client.exchange(''), [], 'and no more');
  }
});

/** A command that waits until somebody connects to a socket. */
class Blocker {
  readonly text: string;
  readonly #path: string;
  readonly #t: Test;

  constructor(t: Test, id = 'slow') {
    this.#t = t;
    this.#path = join(scratchFolder(t), 'blocker');
    const addr = `{"type":"unix","data":{"path":"${this.#path}"}}`;
    this.text = `{"execute":"chardev-add","arguments":{"id":"b","backend":{"type":"socket","data":{"addr":${addr},"wait":true}}},"id":"${id}"}`;
  }

  /** Waits until the command is being executed. */
  async running(): Promise<void> {
    await until(() => existsSync(this.#path));
  }

  release(): void {
    const socket = connect(this.#path);
    this.#t.teardown(() => socket.destroy());
  }
}

const requests = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `{"execute":"query-name","id":${from + index}}`).join(
    '',
  );
const oks = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `ok ${from + index}`);
const OOB = '{"exec-oob":"query-yank","id":"o"}';

void t.test('an out-of-band request overtakes up to eight in-band ones', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint, 'oob');
  const blocker = new Blocker(t);
  client.send(blocker.text);
  await blocker.running();
  client.send(`${requests(1, 7)}${OOB}`);
  t.strictSame(await client.words(1), ['ok "o"']);
  blocker.release();
  t.strictSame(await client.words(8), ['ok "slow"', ...oks(1, 7)]);
  t.strictSame(await client.exchange(''), []);
});

void t.test('with nine in-band requests in flight nothing more is read, and nothing is lost', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint, 'oob');
  const other = await Client.negotiated(t, server.endpoint, 'oob');
  const blocker = new Blocker(t);
  client.send(blocker.text);
  await blocker.running();
  client.send(`${requests(1, 8)}${OOB}${requests(9, 20)}`);
  // The reply on the other connection shows that there was time for one on this.
  other.send('{"exec-oob":"query-yank","id":"other"}');
  t.strictSame(await other.words(1), ['ok "other"']);
  client.send('{"exec-oob":"query-yank","id":"late"}');
  blocker.release();
  const words = await client.words(23);
  t.equal(words[0], 'ok "slow"', 'no out-of-band reply came before');
  t.strictSame(
    words.filter((one) => /\d/.test(one)),
    oks(1, 20),
  );
  t.strictSame(words.filter((one) => !/\d/.test(one)).sort(), ['ok "late"', 'ok "o"', 'ok "slow"']);
});

void t.test('while a command runs, errors are answered in the band that they came in', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint, 'oob');
  const blocker = new Blocker(t);
  client.send(blocker.text);
  await blocker.running();
  const inBand = [
    '{"id":"e1"}',
    '{]',
    '{"execute":"x","exec-oob":"y","id":"e2"}',
    '{"execute":"x","id":"e3"}',
    '[]',
  ];
  const outOfBand = [
    '{"exec-oob":1,"id":"o1"}',
    '{"exec-oob":"x","id":"o2"}',
    '{"exec-oob":"stop","id":"o3"}',
  ];
  client.send(inBand.join('\n'));
  client.send(`${outOfBand.join('\n')}{"exec-oob":"yank","arguments":{},"id":"o4"}`);
  t.strictSame(await client.words(4), [
    'GenericError "o1"',
    'CommandNotFound "o2"',
    'GenericError "o3"',
    'GenericError "o4"',
  ]);
  blocker.release();
  t.strictSame(await client.words(6), [
    'ok "slow"',
    'GenericError "e1"',
    'GenericError',
    'GenericError "e2"',
    'CommandNotFound "e3"',
    'GenericError',
  ]);
});

void t.test('without the capability requests wait for their turn', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint);
  const blocker = new Blocker(t);
  client.send(blocker.text);
  await blocker.running();
  client.send(`${requests(1, 12)}${OOB}`);
  blocker.release();
  t.strictSame(await client.words(14), ['ok "slow"', ...oks(1, 12), 'GenericError "o"']);
});

void t.test('in-band commands of all connections take turns, out-of-band ones do not wait', async (t) => {
  const server = await startFake(t);
  const a = await Client.negotiated(t, server.endpoint);
  const b = await Client.negotiated(t, server.endpoint, 'oob');
  const blocker = new Blocker(t);
  a.send(blocker.text);
  await blocker.running();
  b.send(`{"execute":"query-name","id":1}${OOB}`);
  t.strictSame(await b.words(1), ['ok "o"']);
  blocker.release();
  t.strictSame(await a.words(1), ['ok "slow"']);
  t.strictSame(await b.words(1), ['ok 1']);
});

void t.test('requests of a connection that is gone are forgotten', async (t) => {
  const server = await startFake(t, { listen: { kind: 'tcp', host: '127.0.0.1', port: 0 } });
  const stays = await Client.negotiated(t, server.endpoint, 'oob');
  if (server.endpoint.kind !== 'tcp') throw new Error(server.endpoint.kind);
  const gone = connect(server.endpoint.port, server.endpoint.host);
  const blocker = new Blocker(t);
  gone.write(`{"execute":"qmp_capabilities"}${blocker.text}{"execute":"stop"}`);
  await blocker.running();
  gone.resetAndDestroy();
  // The server has seen that when it answers this.
  stays.send(OOB);
  t.strictSame(await stays.words(1), ['ok "o"']);
  blocker.release();
  const running = await stays.request({ execute: 'query-status', id: 1 });
  t.match(running, { return: { running: true }, id: 1 }, 'and the reply to what was running is for nobody');
  t.strictSame(await stays.exchange(''), []);
});

void t.test('events go to every negotiated connection, replies to the one that asked', async (t) => {
  const server = await startFake(t);
  const a = await Client.negotiated(t, server.endpoint);
  const b = await Client.negotiated(t, server.endpoint);
  const fresh = await Client.connect(t, server.endpoint);
  a.send('{"execute":"stop","id":1}');
  t.strictSame((await a.words(2)).sort(), ['STOP', 'ok 1']);
  t.strictSame(await b.exchange(''), ['STOP']);
  t.strictSame(await fresh.exchange(''), []);
});

void t.test('the shape of an event', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint);
  const before = Math.floor(Date.now() / 1000);
  client.send('{"execute":"stop"}{"execute":"system_reset"}');
  const messages = [await client.next(), await client.next(), await client.next(), await client.next()];
  const events = messages.flatMap((message) =>
    message !== undefined && 'event' in message ? [message] : [],
  );
  t.strictSame(
    events.map((event) => Object.keys(event).sort()),
    [
      ['event', 'timestamp'],
      ['data', 'event', 'timestamp'],
    ],
  );
  for (const { timestamp } of events) {
    const { seconds, microseconds, ...rest } = timestamp as Record<string, number>;
    t.strictSame(rest, {});
    t.ok(Number.isInteger(seconds) && Number(seconds) >= before && Number(seconds) <= before + 3600);
    t.ok(Number.isInteger(microseconds) && Number(microseconds) >= 0 && Number(microseconds) <= 999_999);
  }
});

void t.test('a client that has ended its side is answered before the connection ends', async (t) => {
  const server = await startFake(t);
  for (const enable of [[], ['oob']]) {
    const client = await Client.negotiated(t, server.endpoint, ...enable);
    client.send(requests(1, 20));
    client.endSending();
    t.strictSame(await client.wordsToTheEnd(), oks(1, 20));
  }
  const waiting = await Client.negotiated(t, server.endpoint, 'oob');
  const blocker = new Blocker(t);
  waiting.send(`${blocker.text}${requests(1, 20)}`);
  waiting.endSending();
  await blocker.running();
  blocker.release();
  t.strictSame(await waiting.wordsToTheEnd(), ['ok "slow"', ...oks(1, 20)]);
  const silent = await Client.connect(t, server.endpoint);
  silent.endSending();
  t.strictSame(await silent.wordsToTheEnd(), []);
});

void t.test('a new connection knows nothing of an old one', async (t) => {
  const server = await startFake(t);
  const first = await Client.negotiated(t, server.endpoint, 'oob');
  first.send('{"execute":"query-na');
  await first.close();
  const second = await Client.connect(t, server.endpoint);
  await checkRows(t, second, [
    [OK, 'CommandNotFound'],
    ['{"execute":"qmp_capabilities"}', 'ok'],
    ['{"exec-oob":"query-yank"}', 'GenericError'],
  ]);
});
