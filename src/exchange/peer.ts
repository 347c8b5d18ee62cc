/**
 * The other end of a connection that the target makes or takes: a socket chardev's client or server, an NBD server,
 * a migration's destination.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { serveNbd } from './nbd-server.js';
import type { PeerKind } from './step.js';

const POLL_MS = 20;

export class Peer {
  #server: Server | undefined;
  #socket: Socket | undefined;
  #ended = false;
  readonly #connected: Promise<void>;
  #onConnected: () => void = () => undefined;
  readonly #over: Promise<void>;
  #onOver: () => void = () => undefined;

  private constructor() {
    this.#connected = new Promise((resolve) => {
      this.#onConnected = resolve;
    });
    this.#over = new Promise((resolve) => {
      this.#onOver = resolve;
    });
  }

  /** Listens on a Unix socket and serves the first client. */
  static listen(path: string, serve: PeerKind): Promise<Peer> {
    const peer = new Peer();
    return new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        server.close();
        // Others may have connected before it was closed.
        if (peer.#socket !== undefined) {
          socket.destroy();
          return;
        }
        if (serve === 'nbd') serveNbd(socket);
        peer.#adopt(socket);
      });
      peer.#server = server;
      server.once('error', reject);
      server.listen(path, () => {
        resolve(peer);
      });
    });
  }

  /**
   * Connects to a Unix socket on which the target listens.
   *
   * @param timeoutMs how long the target may take until it listens, in milliseconds
   * @throws Error what the system says when it does not
   */
  static async dial(path: string, timeoutMs: number): Promise<Peer> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      try {
        const peer = new Peer();
        peer.#adopt(await connected(path));
        return peer;
      } catch (error) {
        // The socket is there a moment before its owner listens.
        if (performance.now() > deadline) throw error;
        await sleep(POLL_MS);
      }
    }
  }

  /** True when a client has connected, or does within `timeoutMs`. */
  connected(timeoutMs: number): Promise<boolean> {
    return within(this.#connected, timeoutMs);
  }

  /** True when the other side has ended the connection, or does within `timeoutMs`. */
  ended(timeoutMs: number): Promise<boolean> {
    return within(this.#over, timeoutMs);
  }

  /**
   * False when the other side ended the connection before it sent the last message that we have read from it, on
   * whatever connection.
   *
   * Both ends of a Unix socket are in one kernel, and what close or shutdown does to the other end it has done when it
   * returns; so once a message that was sent after it has been read, the end can be read too. It is when the event
   * loop has polled anew. The first turn may be the rest of the one that brought the message; the poll of the second
   * comes after it.
   *
   * This says nothing of an end that the other side has only decided on, or left to another thread or process which
   * has not come to it yet; nor of one behind more unread bytes than one poll takes in (2 MiB; a Unix socket holds
   * less).
   */
  async stands(): Promise<boolean> {
    if (this.#socket === undefined) return false;
    await nextTurn();
    await nextTurn();
    return !this.#ended;
  }

  close(): void {
    this.#server?.close();
    this.#socket?.destroy();
  }

  #adopt(socket: Socket): void {
    this.#socket = socket;
    const over = (): void => {
      this.#ended = true;
      this.#onOver();
    };
    socket.on('error', over);
    socket.on('close', over);
    socket.on('end', over);
    // Without reading, the end of the stream would never show.
    socket.resume();
    this.#onConnected();
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

async function within(event: Promise<void>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  const result = await Promise.race([event.then(() => true), late]);
  clearTimeout(timer);
  return result;
}
