/**
 * A connection to a server that sends more than anybody needs.
 *
 *     connection-victim.js idle|receive|many|send|session {socket}
 */
import { once } from 'node:events';
import { Connection, Session, TargetError } from '../../src/qmp/index.js';
import { tell } from './peak.js';

const PATIENCE = 60_000;

const [, , what = '', ...paths] = process.argv;
const endpoints = paths.map((path) => ({ kind: 'unix', path }) as const);
const [endpoint = { kind: 'unix', path: '' } as const] = endpoints;
const open = (): Promise<Connection> => Connection.open(endpoint, { timeoutMs: PATIENCE });

/** Takes everything until the end; holds the last message, as the code that judges it does. */
async function receiveAll(connection: Connection): Promise<string[]> {
  const words: string[] = [];
  for (;;) {
    const incoming = await connection.receive(PATIENCE);
    if (incoming.kind === 'message') words.push(`${incoming.message.kind} of ${incoming.message.length}`);
    else words.push(incoming.kind === 'garbage' ? incoming.error.code : incoming.kind);
    if (incoming.kind === 'closed' || incoming.kind === 'timeout') return words;
  }
}

switch (what) {
  case 'idle': {
    const connections = await Promise.all(Array.from({ length: 4 }, open));
    await once(process, 'message');
    tell(String(connections.length));
    break;
  }
  case 'receive':
    tell(...(await receiveAll(await open())));
    break;
  case 'many': {
    const connections = await Promise.all(Array.from({ length: 8 }, open));
    tell(...(await Promise.all(connections.map(receiveAll))).flat());
    break;
  }
  case 'send': {
    const connection = await open();
    const text = Buffer.alloc(2 ** 20, ' ');
    for (let count = 0; count < 1024; count += 1) connection.send(text);
    const last = await connection.receive(PATIENCE);
    tell(last.kind === 'closed' ? last.reason : last.kind);
    break;
  }
  case 'session': {
    const session = await Session.open(endpoint, { timeoutMs: PATIENCE });
    const replied = await session.execute('query-version').catch((error: unknown) => {
      if (error instanceof TargetError) return error;
      throw error;
    });
    tell(replied instanceof Error ? replied.message : 'replied', String(session.takeEvents().length));
    break;
  }
}
