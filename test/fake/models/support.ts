/**
 * What the tests of the models share: the other ends of the connections that a machine makes and takes.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Json, JsonObject } from '../../../src/json/index.js';
import { scratchFolder } from '../../scratch-folder.js';
import { Client, startFake } from '../support.js';

/** A client of a fresh fake, negotiated and with out-of-band execution. */
export async function freshClient(t: Test): Promise<Client> {
  const server = await startFake(t);
  return Client.negotiated(t, server.endpoint, 'oob');
}

/** A listener to which a machine may connect. */
export class Listener {
  readonly path: string;
  /** Every connection there has been. */
  readonly sockets: Socket[] = [];
  #arrived: () => void = () => undefined;

  private constructor(path: string) {
    this.path = path;
  }

  static async start(t: Test): Promise<Listener> {
    const listener = new Listener(join(scratchFolder(t), 'peer'));
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      listener.sockets.push(socket);
      listener.#arrived();
    });
    server.listen(listener.path);
    await once(server, 'listening');
    t.teardown(() => {
      for (const socket of listener.sockets) socket.destroy();
      server.close();
    });
    return listener;
  }

  /** The connection of this number, when it has been made. */
  async socket(index = 0): Promise<Socket> {
    for (;;) {
      const socket = this.sockets[index];
      if (socket !== undefined) return socket;
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}

/** Connects to a socket on which a machine listens. */
export async function dial(t: Test, path: string): Promise<Socket> {
  const socket = connect(path);
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Resolves when the other side has ended a connection. */
export async function ended(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.readableEnded) await once(socket, 'end');
}

export const unixAddress = (path: string): JsonObject => ({ type: 'unix', data: { path } });

/** Adds a socket chardev. */
export function addSocketChardev(client: Client, id: string, data: JsonObject): Promise<Json> {
  return client.ask('chardev-add', { id, backend: { type: 'socket', data } });
}

/** The instances that can be yanked, without the monitor's own. */
export async function instances(client: Client): Promise<Json[]> {
  const listed = await client.ask('query-yank');
  if (!Array.isArray(listed)) throw new Error('query-yank returned no array');
  return listed.filter((instance) => (instance as JsonObject).id !== 'compat_monitor0');
}
