/**
 * Steps, one kind after the other, against servers that do what a test tells them.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  anyError,
  emptyReturn,
  genericError,
  parseErrors,
  reply,
  success,
  type Expectation,
} from '../../src/judge/index.js';
import { escapeBytes } from '../../src/json/index.js';
import { NOTHING, Patience, StepExecutor, type StepOutcome } from '../../src/exchange/index.js';
import { makePrivateFolder, removePrivateFolder, type Target } from '../../src/target/index.js';

const GREETING = '{"QMP":{"version":{},"capabilities":[]}}\r\n';

interface Scene {
  readonly executor: StepExecutor;
  readonly folder: string;
  /** What the executor has told of: the kinds of the messages, with their places. */
  readonly seen: string[];
}

/** A executor before a server that greets, and then does something with what it receives. */
async function scene(
  t: Test,
  onData: (client: Socket, text: string) => void,
  options: {
    readonly greeting?: string;
    readonly timeoutMs?: number;
    readonly target?: Partial<Target>;
  } = {},
): Promise<Scene> {
  const { greeting = GREETING, timeoutMs = 300, target = {} } = options;
  const folder = await makePrivateFolder();
  const path = join(folder, 'server');
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.on('data', (bytes: Buffer) => {
      onData(client, bytes.toString('latin1'));
    });
    client.write(greeting);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const seen: string[] = [];
  const executor = new StepExecutor({
    target: {
      protocol: 'qmp',
      monitors: [{ kind: 'unix', path }],
      sharesFiles: true,
      stop: () => Promise.resolve(),
      ...target,
    },
    folder,
    patience: new Patience(timeoutMs),
    context: { schema: undefined, judgeReturn: () => [] },
    onMessage: ({ kind }, index) => seen.push(`${index} ${kind}`),
  });
  t.teardown(async () => {
    await executor.close();
    server.close();
    for (const client of clients) client.destroy();
    await removePrivateFolder(folder);
  });
  return { executor, folder, seen };
}

/** What follows when something is sent on a fresh connection and the server answers with this text. */
async function answered(
  t: Test,
  answer: string,
  expect: Expectation,
  after: (client: Socket) => void = () => undefined,
): Promise<StepOutcome> {
  const { executor } = await scene(t, (client) => {
    client.write(answer);
    after(client);
  });
  await executor.do({ do: 'connect', conn: 'c', monitor: 0 });
  return executor.do({ do: 'exchange', conn: 'c', send: ['x'], expect });
}

function kinds({ findings }: StepOutcome): string[] {
  return findings.map(({ kind }) => kind);
}

const connecting = { do: 'connect', conn: 'c', monitor: 0 } as const;

void t.test('connecting takes the greeting', async (t) => {
  const { executor, seen } = await scene(t, () => undefined);
  const { observed, findings, lost } = await executor.do(connecting);
  t.equal(lost, undefined);
  t.same(findings, []);
  t.equal(observed.replies.length, 1);
  t.equal(observed.log.text(), GREETING.trimEnd());
  t.same(
    (await executor.do({ ...connecting, conn: 'd', monitor: 1 })).findings,
    [],
    'one address may serve many',
  );
  t.same(seen, ['0 greeting', '0 greeting']);
});

void t.test('connecting passes over events, and takes any other message for the greeting', async (t) => {
  const early = await scene(t, () => undefined, { greeting: `{"event":"STOP"}\r\n${GREETING}` });
  const { observed, findings } = await early.executor.do(connecting);
  t.same(findings, []);
  t.equal(observed.replies.length, 1);
  t.equal(observed.log.text(), `{"event":"STOP"}\n${GREETING.trimEnd()}`);
  t.same(early.seen, ['0 event', '1 greeting']);
  const odd = await scene(t, () => undefined, { greeting: '{"hello":1}' });
  t.match((await odd.executor.do(connecting)).observed.replies, [{ hello: 1 }]);
});

void t.test('connecting to what does not greet', async (t) => {
  const cases: [string, string, string, RegExp][] = [
    ['', 'timeout', 'no-reply', /^no answer within 300 ms, while waiting for the greeting$/],
    ['{"event":"STOP"}', 'timeout', 'no-reply', /while waiting for the greeting$/],
    ['SSH-2.0-OpenSSH\r\n', 'garbage', 'invalid-json', /^the server sent what is no JSON: ./],
  ];
  for (const [greeting, lost, kind, message] of cases) {
    const { executor } = await scene(t, () => undefined, { greeting });
    const outcome = await executor.do(connecting);
    t.equal(outcome.lost, lost);
    t.match(outcome.findings, [{ kind, message }]);
  }
  const { executor } = await scene(t, () => undefined, {
    target: { monitors: [{ kind: 'unix', path: '/nonexistent' }] },
  });
  t.match(await executor.do(connecting), {
    lost: 'refused',
    findings: [{ kind: 'connection-refused', message: /there is no such socket/ }],
  });
});

void t.test('an exchange sends its parts one by one, with the folder in its place', async (t) => {
  const received: string[] = [];
  const { executor, folder } = await scene(t, (client, text) => {
    received.push(text);
    if (received.join('').endsWith('!')) client.write('{"return":{},"id":1}\r\n');
  });
  await executor.do(connecting);
  const outcome = await executor.do({
    do: 'exchange',
    conn: 'c',
    send: ['one', '', '{dir}/two', '\\xff\\\\!'],
    expect: { replies: [reply(1, emptyReturn)] },
  });
  t.same(kinds(outcome), []);
  t.equal(received.join(''), `one${folder}/two\xff\\!`);
  t.ok(received.length > 1, 'not in one piece');
});

void t.test('replies are judged in their order', async (t) => {
  const two: Expectation = { replies: [reply(1, success), reply(2, genericError)] };
  const good = '{"return":{},"id":1}\r\n';
  const bad = '{"error":{"class":"GenericError","desc":""},"id":2}\r\n';
  t.same(kinds(await answered(t, good + bad, two)), []);
  t.same(kinds(await answered(t, `${good}{"event":"A"}\r\n${bad}`, two)), [], 'events may come in between');
  t.not(kinds(await answered(t, bad + good, two)).length, 0);
  t.same(kinds(await answered(t, bad + good, { ...two, anyOrder: true })), []);
  t.same(kinds(await answered(t, good + good, { ...two, anyOrder: true })), ['id-differs', 'accepted']);
  const missing = await answered(t, good, two);
  t.equal(missing.lost, 'timeout');
  t.same(kinds(missing), ['no-reply'], 'what did not come is said once');
});

void t.test('a sentinel ends an exchange that may have any number of replies', async (t) => {
  const expect: Expectation = { replies: [parseErrors(0, 2)], sentinel: '~1' };
  const end = '{"return":{},"id":"~1"}\r\n';
  const error = '{"error":{"class":"GenericError","desc":""}}\r\n';
  t.same(kinds(await answered(t, end, expect)), []);
  t.same(kinds(await answered(t, error + error + end, expect)), []);
  t.same(kinds(await answered(t, error + error + error + end, expect)), ['extra-reply']);
  t.same(kinds(await answered(t, `{"return":{}}\r\n${end}`, expect)), ['accepted']);
  const none = await answered(t, error, expect);
  t.equal(none.lost, 'timeout');
  const flood = await answered(t, error.repeat(100), expect);
  t.equal(flood.lost, 'garbage');
  t.ok(kinds(flood).includes('flood'));
  t.equal(flood.observed.replies.length, 35, 'no more than there is to learn');
});

void t.test('events are required, counted, and forbidden', async (t) => {
  const answer = '{"return":{},"id":1}\r\n';
  const event = (name: string): string => `{"event":"${name}"}\r\n`;
  const wants: Expectation = { replies: [reply(1, success)], events: ['A', 'B'] };
  t.same(
    kinds(await answered(t, event('B') + answer + event('A'), wants)),
    [],
    'in any order, also after the reply',
  );
  t.same(kinds(await answered(t, event('A') + answer, wants)), ['event-missing']);
  const lacking = await answered(t, answer, wants);
  t.same(
    lacking.findings.map(({ message }) => message),
    ['the event A did not come', 'the event B did not come'],
  );
  t.equal(lacking.lost, undefined, 'the connection is still good');
  t.same(kinds(await answered(t, event('A') + event('A') + event('B') + answer, wants)), ['event-repeated']);
  const twice = { ...wants, events: ['A', 'A'] };
  t.same(kinds(await answered(t, event('A') + event('A') + answer, twice)), []);
  t.same(kinds(await answered(t, event('A') + answer, twice)), ['event-missing']);
  t.same(
    kinds(await answered(t, event('C') + event('A') + event('B') + answer, wants)),
    [],
    'others may come',
  );
  const shuns = { replies: [reply(1, success)], noEvents: ['A'] };
  t.same(kinds(await answered(t, event('B') + answer, shuns)), []);
  t.same(kinds(await answered(t, event('A') + answer, shuns)), ['unexpected-event']);
  const silence = { replies: [reply(1, success)], noEvents: ['*'] };
  t.same(kinds(await answered(t, event('B') + event('A') + answer, silence)), [
    'unexpected-event',
    'unexpected-event',
  ]);
  t.same(
    kinds(await answered(t, `{"event":7}\r\n${answer}`, silence)),
    ['unexpected-event'],
    'nameless ones too',
  );
});

void t.test('the end of a connection is required, or too early', async (t) => {
  const answer = '{"return":{},"id":1}\r\n';
  const closing: Expectation = { replies: [reply(1, success)], close: true };
  const end = (client: Socket): void => {
    client.end();
  };
  t.same(kinds(await answered(t, answer, closing, end)), []);
  const open = await answered(t, answer, closing);
  t.match(open.findings, [{ kind: 'no-reply', message: /while waiting for the end of the connection$/ }]);
  t.equal(open.lost, 'timeout');
  t.same(kinds(await answered(t, '', closing, end)), ['reply-missing'], 'the reply is due all the same');
  const early = await answered(t, '', { replies: [reply(1, success)] }, end);
  t.same(kinds(early), ['connection-lost']);
  t.equal(early.lost, 'closed');
  t.equal(early.observed.log.text(), '(end of the connection)');
  const broken = await answered(t, '{"return":{}, "id', { replies: [reply(1, success)] }, end);
  t.same(kinds(broken), ['invalid-json'], 'half a message is no JSON');
});

void t.test('what is no JSON ends an exchange', async (t) => {
  const outcome = await answered(t, '{"return":{},"id":1}\r\n{"oops":}\r\n', {
    replies: [reply(1, anyError), reply(2, success)],
  });
  t.same(kinds(outcome), ['invalid-json', 'accepted'], 'what came before is judged');
  t.equal(outcome.lost, 'garbage');
  t.equal(outcome.observed.log.text(), '{"return":{},"id":1}\n{"oops":}');
});

void t.test('of much text the middle is left out', async (t) => {
  const { observed } = await answered(
    t,
    `${'{"event":"A"}\r\n'.repeat(500)}{"return":"${'x'.repeat(9000)}","id":1}\r\n`,
    {
      replies: [reply(1, success)],
    },
  );
  const lines = observed.log.text().split('\n');
  t.equal(lines.length, 25);
  t.equal(lines[12], '… 477 messages left out …');
  t.match(lines[24], /^\{"return":"x{4000,4090}\\\.\.\.\(\d+ more bytes\)$/);
});

void t.test('polling goes on until it holds, or the time is up', async (t) => {
  let asked = 0;
  const { executor } = await scene(t, (client, text) => {
    const id = /"id":"(p\d+)"/.exec(text)?.[1] ?? '';
    asked += 1;
    client.write(`{"return":${asked},"id":"${id}"}\r\n`);
  });
  await executor.do(connecting);
  const poll = (value: number) =>
    executor.do({ do: 'poll', conn: 'c', request: { execute: 'q' }, oneOf: [{ outcome: 'returns', value }] });
  t.same(kinds(await poll(4)), []);
  t.equal(asked, 4);
  t.same(kinds(await poll(-1)), ['wrong-return'], 'only the last answer counts');
  t.ok(asked > 5);
});

void t.test('the target connects to a peer, and ends the connection', async (t) => {
  const { executor, folder } = await scene(t, () => undefined);
  t.same(kinds(await executor.do({ do: 'listen', peer: 'p', serve: 'silence' })), []);
  t.same(kinds(await executor.do({ do: 'await-connected', peer: 'p' })), ['peer-not-connected']);
  t.same(kinds(await executor.do({ do: 'still-connected', peer: 'p' })), ['peer-ended'], 'nobody ever was');
  const visitor = connect({ path: join(folder, 'p') });
  visitor.on('error', () => undefined);
  t.same(kinds(await executor.do({ do: 'await-connected', peer: 'p' })), []);
  t.same(kinds(await executor.do({ do: 'still-connected', peer: 'p' })), []);
  t.same(kinds(await executor.do({ do: 'await-ended', peer: 'p' })), ['peer-not-ended']);
  visitor.end();
  t.same(kinds(await executor.do({ do: 'await-ended', peer: 'p' })), []);
  t.same(kinds(await executor.do({ do: 'still-connected', peer: 'p' })), ['peer-ended']);
});

void t.test('the target listens for a peer', async (t) => {
  const { executor, folder } = await scene(t, () => undefined);
  const path = join(folder, 'q');
  t.match((await executor.do({ do: 'await-socket', peer: 'q' })).findings, [
    { kind: 'peer-refused', message: "the target does not listen for 'q': there is no such socket" },
  ]);
  await writeFile(path, '');
  t.same(kinds(await executor.do({ do: 'await-socket', peer: 'q' })), []);
  t.match((await executor.do({ do: 'dial', peer: 'q' })).findings, [
    { kind: 'peer-refused', message: /ECONNREFUSED/ },
  ]);
  const host = createServer((visitor) => visitor.resume());
  const listening = join(folder, 'r');
  setTimeout(() => host.listen(listening), 60);
  t.teardown(() => host.close());
  t.same(kinds(await executor.do({ do: 'await-socket', peer: 'r' })), [], 'it may take a moment');
  t.same(kinds(await executor.do({ do: 'dial', peer: 'r' })), []);
  t.same(kinds(await executor.do({ do: 'still-connected', peer: 'r' })), []);
  const gone = new Promise((resolve) => {
    host.getConnections((_, count) => {
      t.equal(count, 1);
    });
    host.close(resolve);
  });
  await executor.do({ do: 'hang-up', peer: 'r' });
  await gone;
});

void t.test('the target ends, as it should or not', async (t) => {
  const ending = (code: number | null): Partial<Target> => ({
    waitForExit: () => Promise.resolve({ code, signal: code === null ? 'SIGSEGV' : null }),
  });
  const cases: [Partial<Target>, number, string | undefined][] = [
    [ending(0), 0, undefined],
    [ending(3), 3, undefined],
    [ending(1), 0, 'the target ended, exit status 1'],
    [ending(null), 0, 'the target ended, killed by SIGSEGV'],
    [{ waitForExit: () => Promise.resolve(undefined) }, 0, 'the target did not end'],
    [{}, 0, 'the target did not end'],
  ];
  for (const [target, status, message] of cases) {
    const { executor } = await scene(t, () => undefined, { target });
    const { findings } = await executor.do({ do: 'await-exit', status });
    t.same(findings, message === undefined ? [] : [{ kind: 'wrong-exit', message }]);
  }
});

void t.test('one side of a connection ends, or all of it', async (t) => {
  const { executor } = await scene(t, () => undefined);
  await executor.do(connecting);
  await executor.do({ do: 'end-sending', conn: 'c' });
  await executor.do({ do: 'close', conn: 'c' });
  await t.rejects(executor.do({ do: 'end-sending', conn: 'c' }), RangeError);
  await t.rejects(executor.do({ do: 'await-ended', peer: 'nobody' }), RangeError);
});

void t.test('a executor that is closed does nothing more, and leaves no sockets', async (t) => {
  const { executor, folder } = await scene(t, () => undefined, { timeoutMs: 60_000 });
  await executor.do(connecting);
  await executor.do({ do: 'listen', peer: 'p', serve: 'silence' });
  const waiting = executor.do({
    do: 'exchange',
    conn: 'c',
    send: [],
    expect: { replies: [reply(1, success)] },
  });
  await executor.close();
  t.equal((await waiting).lost, 'closed', 'a step that waits ends');
  t.notOk(existsSync(join(folder, 'p')));
  for (const step of [
    connecting,
    { do: 'end-sending', conn: 'c' },
    { do: 'listen', peer: 'x', serve: 'nbd' },
  ] as const)
    t.same(await executor.do(step), {
      findings: [],
      observed: NOTHING,
      lost: 'closed',
    });
});

void t.test('the recent messages are those of all connections', async (t) => {
  const { executor } = await scene(t, (client, text) => {
    client.write(`{"return":${text},"id":1}\r\n`);
  });
  for (const conn of ['a', 'b']) await executor.do({ ...connecting, conn });
  for (let count = 0; count < 8; count += 1) {
    const conn = count % 2 === 0 ? 'a' : 'b';
    await executor.do({
      do: 'exchange',
      conn,
      send: [String(count)],
      expect: { replies: [reply(1, success)] },
    });
  }
  t.same(
    executor.recentMessages,
    [0, 1, 2, 3, 4, 5, 6, 7].map((count) => `{"return":${count},"id":1}`),
  );
  await executor.do({
    do: 'exchange',
    conn: 'a',
    send: [escapeBytes(Buffer.from(`"${'y'.repeat(10_000)}"`))],
    expect: { replies: [reply(1, success)] },
  });
  t.match(executor.recentMessages.at(-1), /^\{"return":"y{4000,4090}\\\.\.\.\(\d+ more bytes\)$/);
});
