/**
 * One connection to a server: bytes out, messages in, a deadline on everything.
 */
import { connect as connectSocket, type Socket } from 'node:net';
import { JsonReader, type JsonError, type Limits, type ReaderItem } from '../json/index.js';
import { showEndpoint, type Endpoint } from './endpoint.js';
import { messageKind, type Message } from './message.js';
import { SharedMemory, type Share } from './shared-memory.js';

/**
 * The server cannot be reached, or never said what a QMP server says.
 *
 * @public
 */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}

/** What {@link Connection.receive} saw next. */
export type Incoming =
  | { readonly kind: 'message'; readonly message: Message }
  /** Bytes that are no JSON value; the reader has found its way back to the next line. */
  | { readonly kind: 'garbage'; readonly error: JsonError; readonly raw: Uint8Array }
  /** The connection is over. */
  | { readonly kind: 'closed'; readonly reason: string }
  /** Nothing came in time. */
  | { readonly kind: 'timeout' };

/** What came in was no message. */
export type Loss = Exclude<Incoming, { readonly kind: 'message' }>;

/** Why no message came, in words. */
export function lossMessage(incoming: Loss, timeoutMs: number, waitedFor: string): string {
  switch (incoming.kind) {
    case 'timeout':
      return `no answer within ${timeoutMs} ms, while waiting for ${waitedFor}`;
    case 'closed':
      return `the connection ended while waiting for ${waitedFor}: ${incoming.reason}`;
    case 'garbage':
      return `the server sent what is no JSON: ${incoming.error.message}`;
  }
}

/** All sockets read into it: what comes in is read at once, so one is enough, and making one for each read is slow. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);
/** Beyond this many messages waiting to be received, or so many bytes, the socket is not read from. */
const QUEUE_LIMIT = 2048;
const QUEUE_BYTES = 4 * 2 ** 20;
/** What a message takes beside its value and its bytes. */
const MESSAGE_BYTES = 512;
/** A server that leaves more than this unread is sent no more. */
export const MAX_UNSENT = 16 * 2 ** 20;

/** All connections of the process. */
const memory = new SharedMemory({ each: 2 * QUEUE_BYTES, together: 8 * QUEUE_BYTES });

export interface ConnectionOptions {
  /** How long connecting may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly limits?: Partial<Limits>;
  /** Ends the connection, or the attempt at one. */
  readonly signal?: AbortSignal | undefined;
}

export class Connection {
  readonly #socket: Socket;
  readonly #reader: JsonReader;
  readonly #share: Share;
  readonly #queue: Incoming[] = [];
  /** What each in the queue takes, in bytes. */
  readonly #sizes: number[] = [];
  #queuedBytes = 0;
  #head = 0;
  /** Where the last item ended in the stream. */
  #itemEnd = 0;
  #waiting: ((incoming: Incoming) => void) | undefined;
  #stopWaiting: () => void = () => undefined;
  #error: Error | undefined;
  #ended = false;
  #paused = false;

  private constructor(socket: Socket, limits: Partial<Limits> | undefined) {
    this.#socket = socket;
    this.#reader = new JsonReader({ keepRaw: true, ...(limits === undefined ? {} : { limits }) });
    this.#share = memory.share(() => {
      this.#readOn();
    });
    socket.setNoDelay(true);
    socket.on('error', (error) => {
      this.#error = error;
    });
    // A half-closed peer cannot answer any more: its end is the end.
    socket.on('end', () => {
      this.#onEnd();
    });
    socket.on('close', () => {
      this.#onEnd();
    });
  }

  /**
   * Connects; does not wait for a greeting.
   *
   * @throws TargetError when nobody listens there, or not in time
   */
  static open(endpoint: Endpoint, options: ConnectionOptions): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const where = showEndpoint(endpoint);
      let connection: Connection | undefined;
      const socket = connectSocket({
        ...(endpoint.kind === 'unix'
          ? { path: endpoint.path }
          : { host: endpoint.host, port: endpoint.port }),
        onread: {
          buffer: READ_BUFFER,
          callback: (length) =>
            connection === undefined || connection.#onData(READ_BUFFER.subarray(0, length)),
        },
      });
      const { signal } = options;
      const end = (): void => {
        socket.destroy(new Error('interrupted'));
      };
      signal?.addEventListener('abort', end);
      socket.once('close', () => signal?.removeEventListener('abort', end));
      if (signal?.aborted === true) end();
      const fail = (message: string): void => {
        socket.destroy();
        reject(new TargetError(message));
      };
      const stopWaiting = startTimer(options.timeoutMs, () => {
        fail(`no connection to ${where} within ${options.timeoutMs} ms`);
      });
      socket.once('error', (error: NodeJS.ErrnoException) => {
        stopWaiting();
        fail(`cannot connect to ${where}: ${connectProblem(error)}`);
      });
      socket.once('connect', () => {
        stopWaiting();
        socket.removeAllListeners('error');
        connection = new Connection(socket, options.limits);
        resolve(connection);
      });
    });
  }

  /**
   * Sends bytes as they are; a string is sent as UTF-8. What cannot be sent shows as `closed` on receiving: also when
   * the server leaves more than {@link MAX_UNSENT} bytes unread.
   */
  send(data: Uint8Array | string): void {
    const { unsent } = this;
    if (!this.#socket.writable) return;
    if (unsent > MAX_UNSENT) {
      this.#socket.destroy(new Error(`the server does not read: ${unsent} bytes wait to be sent to it`));
      return;
    }
    this.#socket.write(data);
  }

  /** Bytes that wait in this process until the server reads. */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  /**
   * Waits until what was sent has left this process, at most `timeoutMs` milliseconds: to be asked before more is sent
   * to a client that may not read.
   *
   * @returns false when time was up
   */
  drained(timeoutMs: number): Promise<boolean> {
    const socket = this.#socket;
    if (!socket.writableNeedDrain || socket.destroyed) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (drained: boolean): void => {
        stopWaiting();
        socket.off('drain', onDrain);
        socket.off('close', onDrain);
        resolve(drained);
      };
      const onDrain = (): void => {
        done(true);
      };
      const stopWaiting = startTimer(timeoutMs, () => {
        done(false);
      });
      socket.on('drain', onDrain);
      socket.on('close', onDrain);
    });
  }

  /** Ends our side only; the server may still answer. */
  endSending(): void {
    this.#socket.end();
  }

  /** The next thing that has already come in, without waiting. */
  poll(): Incoming | undefined {
    const next = this.#queue[this.#head];
    if (next === undefined) return undefined;
    // The end stays in the queue: every later call gives it again.
    if (next.kind === 'closed') return next;
    this.#queuedBytes -= this.#sizes[this.#head] ?? 0;
    this.#head += 1;
    // A receiver that is always a little behind never empties the queue: what it has taken must go all the same.
    if (this.#head === this.#queue.length || this.#head === QUEUE_LIMIT) {
      this.#queue.splice(0, this.#head);
      this.#sizes.splice(0, this.#head);
      this.#head = 0;
    }
    // The rest of what a message took when it is taken is the receiver's.
    if (this.#queue.length === 0 && (this.#paused || this.#share.held > 0)) this.#readOn();
    return next;
  }

  /** Waits for the next thing to come in, at most `timeoutMs` milliseconds. One caller at a time. */
  receive(timeoutMs: number): Promise<Incoming> {
    const ready = this.poll();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#stopWaiting = startTimer(timeoutMs, () => {
        this.#waiting = undefined;
        resolve({ kind: 'timeout' });
      });
    });
  }

  /** Closes the connection and waits until it is closed. */
  close(): Promise<void> {
    this.#share.close();
    if (this.#socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#socket.once('close', () => {
        resolve();
      });
      this.#socket.destroy();
    });
  }

  /** Tells whether to go on reading. */
  #onData(chunk: Uint8Array): boolean {
    for (const item of this.#reader.push(chunk)) this.#take(item);
    this.#paused = !this.#mayRead();
    return !this.#paused;
  }

  #mayRead(): boolean {
    const hasRoom = this.#share.hold(this.#queuedBytes + this.#reader.held);
    return hasRoom && this.#queue.length - this.#head <= QUEUE_LIMIT && this.#queuedBytes <= QUEUE_BYTES;
  }

  #readOn(): void {
    if (!this.#mayRead() || !this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  #onEnd(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const item of this.#reader.end()) this.#take(item);
    const reason = this.#error === undefined ? 'the server closed the connection' : this.#error.message;
    this.#push({ kind: 'closed', reason }, 0);
    this.#share.hold(this.#queuedBytes);
  }

  #take(item: ReaderItem): void {
    const { end, raw } = item;
    const footprint = item.kind === 'value' ? item.footprint : 0;
    // A string may be a part of the text of its chunk, and hold what stands around it there.
    this.#push(incoming(item), MESSAGE_BYTES + footprint + raw.length + end - this.#itemEnd);
    this.#itemEnd = end;
  }

  #push(incoming: Incoming, size: number): void {
    const waiting = this.#waiting;
    // Kept also when handed over at once: a call after the end gives the end again.
    if (waiting === undefined || incoming.kind === 'closed') {
      this.#queue.push(incoming);
      this.#sizes.push(size);
      this.#queuedBytes += size;
    }
    if (waiting !== undefined) {
      this.#waiting = undefined;
      this.#stopWaiting();
      waiting(incoming);
    }
  }
}

function incoming(item: ReaderItem): Incoming {
  if (item.kind === 'error') return { kind: 'garbage', error: item.error, raw: item.raw };
  const { value, raw, separator, violations, footprint, start, end } = item;
  return {
    kind: 'message',
    message: {
      kind: messageKind(value),
      value,
      raw,
      length: end - start,
      footprint,
      separator,
      violations,
    },
  };
}

/**
 * Calls back when time is up. This process may have been held up for longer than that, so what came in by then is read
 * first.
 *
 * @returns stops the timer
 */
export function startTimer(milliseconds: number, onTimeUp: () => void): () => void {
  let lastCall: NodeJS.Immediate | undefined;
  const timer = setTimeout(
    () => {
      lastCall = setImmediate(onTimeUp);
    },
    Math.max(0, milliseconds),
  );
  return () => {
    clearTimeout(timer);
    clearImmediate(lastCall);
  };
}

function connectProblem(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return 'there is no such socket';
    case 'ECONNREFUSED':
      return 'nobody listens there';
    case 'EACCES':
      return 'permission denied';
    default:
      return error.message;
  }
}
