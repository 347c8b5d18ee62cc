/**
 * The thread in which misbehaving servers run; see hostile.ts.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * What a server that has turned bad does.
 *
 * - `leaves`: ends all connections and stops listening
 * - `closes`: ends all connections, and each new one as soon as it is made
 * - `hangs`: takes connections, and neither reads nor writes
 * - `sulks`: falls silent on the connections that stand, and serves new ones
 * - `garbles`: sends bytes that are no JSON, for ever
 * - `drones`: sends a string that never ends, without a line end
 * - `babbles`: sends events for ever, and nothing else
 * - `chatters`: sends events between any two messages
 */
export type Vice = 'leaves' | 'closes' | 'hangs' | 'sulks' | 'garbles' | 'drones' | 'babbles' | 'chatters';

/** When a proxy turns bad: after so many messages of the server, or so many bytes of the client. */
export type Turn = { readonly vice: Vice } & ({ readonly messages: number } | { readonly bytes: number });

/** What a proxy has seen. */
export interface ProxyLog {
  /** What was received on each connection, in the order in which they were made. */
  readonly received: Uint8Array[];
  /** The last messages that were passed on before the turn, as text, oldest first. */
  readonly last: string[];
  turned: boolean;
}

/** What the thread is told to do. */
export interface Order {
  /** The path of the socket to listen on. */
  readonly listen: string;
  /** The path of the socket of the good server. */
  readonly upstream?: string;
  readonly turn?: Turn | undefined;
  readonly impostor?: Impostor;
}

const EVENT = Buffer.from('{"timestamp":{"seconds":1,"microseconds":2},"event":"RESUME"}\r\n');
const EVENTS = Buffer.concat(Array.from({ length: 1000 }, () => EVENT));
/** Never a line end, and no character that JSON has outside of strings. */
const GARBAGE = Buffer.from(Array.from({ length: 65_536 }, (_, index) => 0x80 + (index % 0x60)));
/** Each line is an error of its own. */
const GARBAGE_LINES = Buffer.from('\0\xfe}{:,,\x01]\n'.repeat(5000), 'latin1');
const DRONE = Buffer.alloc(65_536, 'a');
const KEPT = 8;
const CHATTER = 20;

/** What servers do that are bad from the start, with each connection. */
const impostors = {
  'never greets': () => undefined,
  'closes at once': (client: Socket) => {
    client.destroySoon();
  },
  'sends garbage': (client: Socket) => {
    pour(client, GARBAGE);
  },
  'sends lines of garbage': (client: Socket) => {
    pour(client, GARBAGE_LINES);
  },
  'serves the web': (client: Socket) => {
    client.on('data', () => client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
  },
  'serves the web and speaks first': (client: Socket) => {
    client.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  },
  'sends a line without end': (client: Socket) => {
    pour(client, DRONE);
  },
  'sends a string without end': (client: Socket) => {
    client.write('{"QMP": "');
    pour(client, DRONE);
  },
  'sends white space without end': (client: Socket) => {
    pour(client, Buffer.alloc(65_536, ' '));
  },
  'sends brackets without end': (client: Socket) => {
    pour(client, Buffer.alloc(65_536, '[],'));
  },
  'sends events without end': (client: Socket) => {
    pour(client, EVENTS);
  },
  'greets, and sends events without end': (client: Socket) => {
    client.write(
      '{"QMP":{"version":{"qemu":{"major":9,"minor":0,"micro":0},"package":""},"capabilities":[]}}\r\n',
    );
    pour(client, EVENTS);
  },
  'speaks JSON, but not QMP': (client: Socket) => {
    client.write('{"jsonrpc":"2.0","method":"hello"}\n');
  },
  'sends replies that nobody asked for': (client: Socket) => {
    pour(client, Buffer.from('{"return":{}}\r\n'.repeat(1000)));
  },
};

export type Impostor = keyof typeof impostors;

/** Writes the same bytes again and again, as fast as they are read. */
function pour(socket: Socket, chunk: Uint8Array): void {
  const more = (): void => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
}

function misbehave(client: Socket, vice: Exclude<Vice, 'chatters'>): void {
  switch (vice) {
    case 'leaves':
    case 'closes':
      client.destroySoon();
      break;
    case 'hangs':
    case 'sulks':
      client.pause();
      break;
    case 'garbles':
      pour(client, GARBAGE);
      break;
    case 'drones':
      client.write('{"return": "');
      pour(client, DRONE);
      break;
    case 'babbles':
      pour(client, EVENTS);
      break;
  }
}

class Proxy {
  readonly #upstream: string;
  readonly #turn: Turn | undefined;
  readonly #links = new Set<Link>();
  readonly #received: Buffer[][] = [];
  readonly #last: string[] = [];
  #turned = false;
  #messages = 0;
  #bytes = 0;
  #stopListening: () => void = () => undefined;

  constructor(upstream: string, turn: Turn | undefined) {
    this.#upstream = upstream;
    this.#turn = turn;
  }

  get log(): ProxyLog {
    const received = this.#received.map((chunks) => Buffer.concat(chunks));
    return { received, last: this.#last, turned: this.#turned };
  }

  serve(client: Socket, server: Server): void {
    this.#stopListening = () => server.close();
    const received: Buffer[] = [];
    this.#received.push(received);
    const link = new Link(client, this.#upstream, {
      onRequest: (bytes) => {
        received.push(bytes);
        this.#bytes += bytes.length;
        this.#turnWhenDue();
      },
      onMessage: (line) => {
        this.#last.push(line);
        if (this.#last.length > KEPT) this.#last.shift();
        this.#messages += 1;
        this.#turnWhenDue();
      },
      onEnd: () => {
        this.#links.delete(link);
      },
    });
    this.#links.add(link);
    if (this.#turned && this.#turn !== undefined && this.#turn.vice !== 'sulks') link.go(this.#turn.vice);
  }

  #turnWhenDue(): void {
    const turn = this.#turn;
    if (this.#turned || turn === undefined) return;
    this.#turned = 'bytes' in turn ? this.#bytes >= turn.bytes : this.#messages >= turn.messages;
    if (!this.#turned) return;
    if (turn.vice === 'leaves') this.#stopListening();
    for (const link of this.#links) link.go(turn.vice);
  }
}

interface LinkListener {
  onRequest(bytes: Buffer): void;
  /** Is told of each message after it was passed on. */
  onMessage(line: string): void;
  onEnd(): void;
}

/** One client's connection, and the one that serves it. */
class Link {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #listener: LinkListener;
  #vice: Vice | undefined;
  /** A message of which the end is still to come: cut only between messages, the last one that passes is whole. */
  #partial = '';

  constructor(client: Socket, path: string, listener: LinkListener) {
    this.#client = client;
    this.#upstream = connect({ path, allowHalfOpen: true });
    this.#listener = listener;
    client.on('data', (bytes: Buffer) => {
      if (this.#bad) return;
      this.#upstream.write(bytes);
      listener.onRequest(bytes);
    });
    client.on('end', () => this.#upstream.end());
    client.on('close', () => {
      this.#upstream.destroy();
      listener.onEnd();
    });
    this.#upstream.on('error', () => undefined);
    this.#upstream.on('data', (bytes: Buffer) => {
      this.#pass(bytes);
    });
    const over = (): void => {
      if (!this.#bad) client.destroySoon();
    };
    this.#upstream.on('end', over);
    this.#upstream.on('close', over);
  }

  go(vice: Vice): void {
    this.#vice = vice;
    if (vice !== 'chatters') misbehave(this.#client, vice);
  }

  get #bad(): boolean {
    return this.#vice !== undefined && this.#vice !== 'chatters';
  }

  #pass(bytes: Buffer): void {
    const lines = `${this.#partial}${bytes.toString('latin1')}`.split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) {
      if (this.#bad) return;
      this.#client.write(`${line}\n`, 'latin1');
      for (let count = 0; this.#vice === 'chatters' && count < CHATTER; count += 1) this.#client.write(EVENT);
      this.#listener.onMessage(line.trimEnd());
    }
  }
}

const { listen, upstream, turn, impostor } = workerData as Order;
const proxy = upstream === undefined ? undefined : new Proxy(upstream, turn);
const server = createServer({ allowHalfOpen: true }, (client) => {
  client.on('error', () => undefined);
  if (proxy !== undefined) proxy.serve(client, server);
  if (impostor !== undefined) {
    client.resume();
    impostors[impostor](client);
  }
});
server.listen(listen, () => parentPort?.postMessage('ready'));
parentPort?.once('message', () =>
  parentPort?.postMessage(proxy?.log ?? { received: [], last: [], turned: true }),
);
