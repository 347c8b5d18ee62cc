/**
 * The reference server: listens, and gives every connection a session; one machine stands behind them all.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { InputError } from '../input-error.js';
import type { Json, JsonObject } from '../json/index.js';
import { packageVersion } from '../package.js';
import { SharedMemory, showEndpoint, type Endpoint, type Protocol } from '../qmp/index.js';
import type { Schema } from '../qapi/index.js';
import { agentBehaviour } from './agent-behaviour.js';
import { referenceBehaviour, type Behaviour } from './behaviour.js';
import type { Fault } from './fault.js';
import { isLoopback, listenPrivately } from './listen.js';
import { Machine } from './machine.js';
import { Session } from './session.js';

export interface FakeOptions {
  /** What the server is: a monitor when left out, or a guest agent. */
  readonly protocol?: Protocol;
  /** What the server offers; conditions that shall not hold have been applied. */
  readonly schema: Schema;
  /** What query-qmp-schema returns; when left out, what follows from the schema. */
  readonly introspection?: Json;
  /** A Unix socket (made with mode 0600), or an address of this machine; port 0 takes a free one. */
  readonly listen: Endpoint;
  /** What makes up the values of commands without a model. */
  readonly seed?: number;
  readonly faults?: readonly Fault[];
  /** Called when the server has ended: told to quit, or by a fault. */
  readonly onQuit?: (status: number) => void;
}

/** The release whose behaviour the fake shows. */
const QEMU_VERSION = { major: 10, minor: 0, micro: 0 };
/** How long a client may take to read the last messages, in milliseconds. */
const LAST_WORDS_MS = 1000;
/** A client that leaves more than this unread gets no answers until it has read, in bytes. */
const MAX_UNREAD = 2 ** 20;
/** A client that leaves more events than this unread is disconnected: they do not wait for it to read. */
const MAX_UNREAD_EVENTS = 2 ** 20;
/** More clients than this at a time are turned away. */
const MAX_CLIENTS = 128;

export class FakeServer {
  /** Where the server listens. */
  readonly endpoint: Endpoint;
  readonly #server: Server;
  readonly #machine: Machine;
  readonly #sockets = new Set<Socket>();
  /** What clients have sent and left unread: requests that are not answered, replies that are not read. */
  readonly #memory = new SharedMemory({ each: 2 ** 20, together: 64 * 2 ** 20 });

  private constructor(server: Server, machine: Machine, endpoint: Endpoint) {
    this.#server = server;
    this.#machine = machine;
    this.endpoint = endpoint;
  }

  /**
   * Starts a server.
   *
   * @throws InputError when it cannot listen there, or must not
   */
  static async start(options: FakeOptions): Promise<FakeServer> {
    const { protocol = 'qmp', listen, schema, introspection, seed = 1, faults = [] } = options;
    if (listen.kind === 'tcp' && !isLoopback(listen.host)) {
      throw new InputError(`the fake listens on this machine only, not on ${listen.host}; use 127.0.0.1`);
    }
    const server = createServer({ allowHalfOpen: true });
    server.maxConnections = MAX_CLIENTS;
    const machine = new Machine({
      schema,
      ...(introspection === undefined ? {} : { introspection }),
      seed,
      behaviour: behaviourWith(protocol === 'qga' ? agentBehaviour : referenceBehaviour, faults),
      version: versionInfo(),
      onQuit: (status) => {
        void fake.close().then(() => options.onQuit?.(status));
      },
    });
    await startListening(server, listen);
    const fake = new FakeServer(server, machine, boundTo(server, listen));
    machine.chardevs.addMonitor('compat_monitor0', `${showEndpoint(fake.endpoint)},server=on`, () => {
      for (const socket of fake.#sockets) socket.destroy();
    });
    let connections = 0;
    server.on('connection', (socket) => {
      fake.#serve(socket, connections++);
    });
    return fake;
  }

  /** Ends all connections and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    // What has been written still goes out: the last messages of a server that quits.
    for (const socket of this.#sockets) socket.destroySoon();
    this.#machine.close();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, LAST_WORDS_MS);
    await closed;
    clearTimeout(timer);
  }

  #serve(socket: Socket, number: number): void {
    const { endsHalfClosed } = this.#machine.behaviour;
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    let unreadEvents = 0;
    const share = this.#memory.share(() => {
      session.goOn();
    });
    const session = new Session(number, this.#machine, {
      send: (bytes, asked) => {
        if (!socket.writable) return;
        if (!asked) {
          unreadEvents = socket.writableLength === 0 ? bytes.length : unreadEvents + bytes.length;
          if (unreadEvents > MAX_UNREAD_EVENTS) {
            socket.destroy();
            return;
          }
        }
        // What is sent in one turn of the loop goes out in one piece.
        socket.cork();
        socket.write(bytes);
        process.nextTick(() => {
          socket.uncork();
        });
      },
      setReading: (reading) => {
        if (reading && socket.isPaused()) socket.resume();
        else if (!reading && !socket.isPaused()) socket.pause();
      },
      mayTake: (held) => {
        const unread = socket.writableLength;
        // A session that has the turn has it for one large request; its reply has to be read before there is another.
        return share.hold(held + unread) && unread <= MAX_UNREAD;
      },
      onIdle: () => {
        // A client that has ended its side gets its answers first.
        if (socket.readableEnded && endsHalfClosed) socket.end();
      },
      disconnect: () => {
        socket.destroy();
      },
    });
    socket.on('data', (bytes) => {
      session.receive(bytes);
    });
    socket.on('drain', () => {
      session.goOn();
    });
    socket.on('end', () => {
      if (session.idle && endsHalfClosed) socket.end();
    });
    // An error ends the connection; there is nobody to tell.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      session.close();
      share.close();
    });
  }
}

function behaviourWith(clean: Behaviour, faults: readonly Fault[]): Behaviour {
  return faults.reduce<Behaviour>(
    (behaviour, fault) => ({ ...behaviour, ...fault.change(behaviour) }),
    clean,
  );
}

function versionInfo(): JsonObject {
  return { qemu: { ...QEMU_VERSION }, package: `qmpspec ${packageVersion()}` };
}

async function startListening(server: Server, endpoint: Endpoint): Promise<void> {
  const address =
    endpoint.kind === 'unix' ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port };
  try {
    await listenPrivately(server, address);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`the fake cannot listen on ${showEndpoint(endpoint)}: ${reason}`);
  }
}

function boundTo(server: Server, endpoint: Endpoint): Endpoint {
  const address = server.address();
  if (endpoint.kind === 'unix' || address === null || typeof address === 'string') return endpoint;
  return { ...endpoint, port: address.port };
}
