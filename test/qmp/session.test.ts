/**
 * Sessions: who gets which reply, what becomes of events, and that nothing lasts for ever.
 */
import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import { Session } from '../../src/qmp/index.js';
import { listenOnUnix, PATIENCE } from './support.js';

const GREETING = '{"QMP":{"version":{},"capabilities":["oob"]}}\r\n';

/** A session with a server that answers the requests it gets, one line each, by what `answer` sends. */
async function openTo(
  t: Test,
  answer: (request: string, socket: Socket) => void,
  { timeoutMs = PATIENCE, greeting = GREETING }: { timeoutMs?: number; greeting?: string } = {},
): Promise<Session> {
  const endpoint = await listenOnUnix(t, (socket) => {
    socket.write(greeting);
    let text = '';
    socket.on('data', (chunk) => {
      const lines = (text + chunk.toString()).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) answer(line, socket);
    });
  });
  const session = await Session.open(endpoint, { timeoutMs });
  t.teardown(() => session.close());
  return session;
}

void t.test('sends what it is told, and gives what comes back', async (t) => {
  const requests: string[] = [];
  const session = await openTo(t, (request, socket) => {
    requests.push(request);
    socket.write(
      `{"return":${requests.length === 3 ? '18446744073709551615' : '{}'},"id":${requests.length}}\r\n`,
    );
  });
  t.match(session.greeting, { QMP: { capabilities: ['oob'] } });
  t.match(await session.negotiate(['oob']), { return: {} });
  t.match(await session.negotiate(), { return: {} });
  t.match(await session.execute('query-yank', { a: [1] }), { return: 18446744073709551615n });
  t.match(await session.executeOob('yank'), { return: {} });
  t.same(requests, [
    '{"execute":"qmp_capabilities","arguments":{"enable":["oob"]},"id":1}',
    '{"execute":"qmp_capabilities","id":2}',
    '{"execute":"query-yank","arguments":{"a":[1]},"id":3}',
    '{"exec-oob":"yank","id":4}',
  ]);
});

void t.test('each of several requests gets its own reply, in whatever order they come', async (t) => {
  let count = 0;
  const session = await openTo(t, (_request, socket) => {
    count += 1;
    if (count < 3) return;
    socket.write('{"return":"third","id":3}{"return":"stray","id":"x"}{"event":"STOP"}');
    socket.write('{"error":{"class":"CommandNotFound","desc":"no"},"id":1}{"error":{},"return2":1}');
  });
  const replies = [session.execute('a'), session.execute('b'), session.execute('c')];
  t.match(await Promise.all(replies), [
    { error: { class: 'CommandNotFound' } },
    // One without an id belongs to the request that has waited longest.
    { error: { class: '' } },
    { return: 'third' },
  ]);
  t.match(session.takeEvents(), [{ event: 'STOP' }]);
  t.same(session.takeEvents(), []);
});

void t.test('events are kept, also when nobody waits, but not for ever', async (t) => {
  let server: Socket | undefined;
  const session = await openTo(
    t,
    (_request, socket) => {
      for (let index = 0; index < 2000; index += 1) socket.write(`{"event":"E","data":${index}}`);
      socket.write('{"return":1}');
      server = socket;
    },
    { greeting: `{"event":"EARLY"}${GREETING}` },
  );
  t.match(session.greeting, { QMP: {} });
  t.match(session.takeEvents(), [{ event: 'EARLY' }]);
  await session.execute('a');
  const events = session.takeEvents();
  t.equal(events.length, 1024);
  t.match(events.at(-1), { data: 1999 });
  server?.write('{"event":"LAST"}');
  let later = session.takeEvents();
  while (later.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    later = session.takeEvents();
  }
  t.match(later, [{ event: 'LAST' }]);
});

const losses: Readonly<Record<string, readonly [(socket: Socket) => unknown, RegExp]>> = {
  'says nothing': [() => undefined, /^no answer within 200 ms, while waiting for a reply$/],
  leaves: [(socket) => socket.destroy(), /^the connection ended while waiting for a reply/],
  'sends garbage': [(socket) => socket.write('garbage\n'), /^the server sent what is no JSON/],
  'sends events without end': [flood('{"event":"E"}\n'), /^no answer within 200 ms/],
  'answers others without end': [flood('{"return":1,"id":"x"}\n'), /^no answer within 200 ms/],
};

function flood(text: string): (socket: Socket) => void {
  return function more(socket) {
    if (socket.destroyed) return;
    if (socket.write(text.repeat(1000))) setImmediate(more, socket);
    else socket.once('drain', more.bind(undefined, socket));
  };
}

for (const [what, [act, message]] of Object.entries(losses)) {
  void t.test(`a server that ${what}`, async (t) => {
    const session = await openTo(
      t,
      (_request, socket) => {
        act(socket);
      },
      { timeoutMs: 200 },
    );
    const [first, second] = [session.execute('a'), session.execute('b')];
    await t.rejects(first, { name: 'TargetError', message });
    await t.rejects(second, { name: 'TargetError', message });
  });
}

void t.test('a stranger is none to talk to', async (t) => {
  const silent = await listenOnUnix(t, () => undefined);
  await t.rejects(Session.open(silent, { timeoutMs: 50 }), {
    name: 'TargetError',
    message: /waiting for the greeting/,
  });
  const interrupt = new AbortController();
  const opening = Session.open(silent, { timeoutMs: PATIENCE, signal: interrupt.signal });
  interrupt.abort();
  await t.rejects(opening, { name: 'TargetError', message: /interrupted/ });
  await t.rejects(Session.open(silent, { timeoutMs: PATIENCE, signal: interrupt.signal }), {
    message: /interrupted/,
  });
});

void t.test('closing ends the wait', async (t) => {
  const session = await openTo(t, () => undefined);
  const reply = session.execute('a');
  const rejected = t.rejects(reply, { name: 'TargetError', message: /ended/ });
  await session.close();
  await rejected;
});
