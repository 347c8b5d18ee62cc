/**
 * What the tests of this layer share: servers that say what a test wants said.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { Connection, type Endpoint, type Incoming } from '../../src/qmp/index.js';
import { scratchFolder } from '../scratch-folder.js';

/** Long enough that only a test that is about to fail waits for it, in milliseconds. */
export const PATIENCE = 20_000;

/** Listens on a Unix socket until the test ends; every client is given to `onClient`. */
export async function listenOnUnix(t: Test, onClient: (socket: Socket) => void): Promise<Endpoint> {
  const path = join(scratchFolder(t), 'server');
  await listen(t, onClient, { path });
  return { kind: 'unix', path };
}

/** Listens on a free port of this machine until the test ends; every client is given to `onClient`. */
export async function listenOnTcp(
  t: Test,
  onClient: (socket: Socket) => void,
): Promise<Endpoint & { readonly kind: 'tcp' }> {
  const server = await listen(t, onClient, { host: '127.0.0.1', port: 0 });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return { kind: 'tcp', host: '127.0.0.1', port: address.port };
}

async function listen(
  t: Test,
  onClient: (socket: Socket) => void,
  address: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<Server> {
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    clients.add(socket);
    socket.on('error', () => undefined);
    onClient(socket);
  });
  await new Promise<void>((resolve) => server.listen(address, resolve));
  t.teardown(async () => {
    for (const client of clients) client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return server;
}

/** A connection that is closed when the test ends. */
export async function connectTo(
  t: Test,
  endpoint: Endpoint,
  limits?: Parameters<typeof Connection.open>[1]['limits'],
): Promise<Connection> {
  const connection = await Connection.open(endpoint, {
    timeoutMs: PATIENCE,
    ...(limits === undefined ? {} : { limits }),
  });
  t.teardown(() => connection.close());
  return connection;
}

/** Connects to a server that says one thing and stays. */
export async function hear(t: Test, ...said: readonly (string | Uint8Array)[]): Promise<Connection> {
  const endpoint = await listenOnUnix(t, (socket) => {
    for (const part of said) socket.write(part);
  });
  return connectTo(t, endpoint);
}

/** The next things that come in, as words: the text of a message, the code of an error, or the kind. */
export async function receiveWords(connection: Connection, count: number): Promise<string[]> {
  const words: string[] = [];
  while (words.length < count) words.push(word(await connection.receive(PATIENCE)));
  return words;
}

/** What came in, as a word. */
export function word(incoming: Incoming): string {
  switch (incoming.kind) {
    case 'message':
      return Buffer.from(incoming.message.raw).toString('latin1');
    case 'garbage':
      return incoming.error.code;
    case 'closed':
    case 'timeout':
      return incoming.kind;
  }
}
