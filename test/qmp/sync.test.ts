/**
 * How a client and a guest agent find each other, whatever has been left on the line.
 */
import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import {
  Deadline,
  isSyncId,
  Session,
  syncProblem,
  synchronise,
  type Incoming,
  type Synchronisation,
} from '../../src/qmp/index.js';
import { connectTo, listenOnUnix, PATIENCE } from './support.js';

/** What a client asked, with the number and the id of its synchronisation. */
interface Asked {
  readonly text: string;
  readonly number: number;
  readonly id: string;
}

/** Synchronises with a server that answers what it is sent by what `answer` sends. */
async function meet(
  t: Test,
  answer: (asked: Asked, socket: Socket) => void,
  { greeting = '', timeoutMs = PATIENCE } = {},
): Promise<{ readonly result: Synchronisation; readonly asked: Asked; readonly left: Incoming | undefined }> {
  let asked: Asked | undefined;
  const endpoint = await listenOnUnix(t, (socket) => {
    socket.write(greeting);
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      const [, number = '', id = ''] = /"id":(\d+).*"id":"([^"]+)"/.exec(text) ?? [];
      asked = { text, number: Number(number), id };
      answer(asked, socket);
    });
  });
  const connection = await connectTo(t, endpoint);
  const link = {
    send: (data: Uint8Array) => {
      connection.send(data);
    },
    receive: ({ left }: Deadline) => connection.receive(left),
  };
  const result = await synchronise(link, new Deadline(timeoutMs));
  if (asked === undefined) throw new Error('the client asked nothing');
  return { result, asked, left: connection.poll() };
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

void t.test('the client resets the parser and sends a number that is never the same', async (t) => {
  const numbers = new Set<number>();
  for (let round = 0; round < 3; round += 1) {
    const { result, asked } = await meet(t, ({ number, id }, socket) => {
      socket.write(bytes(`\xff{"return":${number},"id":"${id}"}\n`));
    });
    t.strictSame(result, { kind: 'done', greeting: undefined });
    t.match(asked.text, /^\xff\{"execute":"guest-sync-delimited","arguments":\{"id":\d+\},"id":"[^"]+"\}\n$/);
    t.ok(isSyncId(asked.id));
    numbers.add(asked.number);
  }
  t.equal(numbers.size, 3);
  t.notOk(
    [undefined, null, 1, '~1', 'sync'].some((id) => isSyncId(id)),
    'other ids are not of this kind',
  );
});

const ERROR = '{"error":{"class":"GenericError","desc":""}}\n';

for (const [name, rubbish] of [
  ['an error for what was left in the parser', `${ERROR}${ERROR}`],
  ['half a reply of an earlier client', '{"return":{"version":"7.2'],
  ['half a string of one', `${ERROR}{"return":"abc`],
  ['what is no JSON at all', '}}} no JSON\n<html>\n'],
  ['the late reply to an earlier synchronisation', '\xff{"return":0,"id":"~sync0"}\n'],
  ['a number of somebody else', '{"return":123456789}\n{"return":"1"}\n{"return":[1]}\n'],
] as const) {
  void t.test(`dropped: ${name}`, async (t) => {
    const { result, left } = await meet(t, ({ number, id }, socket) => {
      socket.write(bytes(`${rubbish}\xff{"return":${number},"id":"${id}"}\n${ERROR}`));
    });
    t.equal(result.kind, 'done');
    t.match(left, { kind: 'message', message: { kind: 'reply' } }, 'what comes behind it is kept');
  });
}

void t.test('an agent that neither delimits nor gives ids back is found all the same', async (t) => {
  const { result } = await meet(t, ({ number }, socket) => {
    socket.write(`{"return":${number}}\n`);
  });
  t.equal(result.kind, 'done');
});

void t.test('a server that is no guest agent', async (t) => {
  const greeting = '{"QMP":{}}\r\n';
  const monitor = await meet(
    t,
    ({ id }, socket) => {
      socket.write(`${ERROR}{"id":"${id}","error":{"class":"CommandNotFound","desc":""}}\n`);
    },
    { greeting },
  );
  t.match(monitor.result, { kind: 'refused', greeting: { QMP: {} } });
  const gone = await meet(t, (_, socket) => socket.end());
  t.match(gone.result, { kind: 'closed', greeting: undefined });
  const silent = await meet(t, () => undefined, { timeoutMs: 50 });
  t.match(silent.result, { kind: 'timeout' });
  const problems = [monitor, gone, silent].map(({ result }) =>
    result.kind === 'done' ? '' : syncProblem(result, 50),
  );
  t.match(problems, [/refuses guest-sync-delimited/, /the connection ended/, /within 50 ms/]);
});

void t.test('a flood does not stretch the time limit', async (t) => {
  const { result } = await meet(
    t,
    (_, socket) => {
      const pour = (): void => {
        if (!socket.destroyed) socket.write(ERROR.repeat(500), () => setImmediate(pour));
      };
      pour();
    },
    { timeoutMs: 50 },
  );
  t.equal(result.kind, 'timeout');
});

void t.test('a session with a guest agent', async (t) => {
  const requests: string[] = [];
  const endpoint = await listenOnUnix(t, (socket) => {
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      requests.push(text);
      const [, number] = /^\xff.*"arguments":\{"id":(\d+)/.exec(text) ?? [];
      if (number === undefined) socket.write('{"return":{"a":1},"id":1}\n');
      else socket.write(bytes(`${ERROR}\xff{"return":${number}}\n`));
    });
  });
  const session = await Session.open(endpoint, { timeoutMs: PATIENCE, protocol: 'qga' });
  t.teardown(() => session.close());
  t.equal(session.greeting, null);
  t.strictSame(await session.negotiate(), { return: {} });
  t.match(await session.execute('guest-ping'), { return: { a: 1 } });
  t.match(
    requests,
    [/guest-sync-delimited/, /^\{"execute":"guest-ping","id":1\}\n$/],
    'nothing is negotiated',
  );
});

void t.test('a session with what is no guest agent', async (t) => {
  const endpoint = await listenOnUnix(t, () => undefined);
  await t.rejects(Session.open(endpoint, { timeoutMs: 50, protocol: 'qga' }), {
    name: 'TargetError',
    message: 'no answer to guest-sync-delimited within 50 ms',
  });
});
