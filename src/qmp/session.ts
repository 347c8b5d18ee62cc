/**
 * A client's conversation with a server: greeting, negotiation, commands in band and out of band, events.
 *
 * For code that uses a server. Rules about the protocol itself talk over a bare {@link Connection}.
 */
import { isObject, jsonEqual, member, type Json } from '../json/index.js';
import { Connection, lossMessage, TargetError, type ConnectionOptions, type Incoming } from './connection.js';
import { Deadline } from './deadline.js';
import type { Endpoint } from './endpoint.js';
import { errorClass, requestText, type Message, type Request } from './message.js';
import { synchronise, syncProblem, type Protocol } from './sync.js';

/** How a command ended. */
export type Reply =
  | { readonly return: Json }
  /** `class` is empty when the server gave none that is a string. */
  | { readonly error: { readonly class: string; readonly message: Json } };

interface Pending {
  readonly id: Json;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: TargetError) => void;
}

export interface SessionOptions extends ConnectionOptions {
  /** QMP when left out. */
  readonly protocol?: Protocol;
}

/** How many events are kept until they are taken, and how many bytes of them; the oldest are forgotten. */
const MAX_EVENTS = 1024;
const MAX_EVENT_BYTES = 4 * 2 ** 20;

export class Session {
  readonly #connection: Connection;
  readonly #timeoutMs: number;
  readonly #pending: Pending[] = [];
  #events: { readonly value: Json; readonly footprint: number }[] = [];
  #eventBytes = 0;
  #greeting: Json = null;
  readonly #protocol: Protocol;
  #nextId = 1;
  #listening = false;

  private constructor(connection: Connection, { timeoutMs, protocol = 'qmp' }: SessionOptions) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
    this.#protocol = protocol;
  }

  /**
   * Connects and takes the greeting; a guest agent greets nobody and is synchronised instead.
   *
   * @throws TargetError when nobody listens there, or what is there does not greet, or cannot be synchronised
   */
  static async open(endpoint: Endpoint, options: SessionOptions): Promise<Session> {
    const connection = await Connection.open(endpoint, options);
    const session = new Session(connection, options);
    try {
      await session.#begin();
    } catch (error) {
      await connection.close();
      throw error;
    }
    return session;
  }

  /** The first message of the server that is no event; null of a guest agent. */
  get greeting(): Json {
    return this.#greeting;
  }

  /** Leaves negotiation mode; `enable` names the capabilities to enable. There is nothing to do with a guest agent. */
  negotiate(enable?: readonly string[]): Promise<Reply> {
    if (this.#protocol === 'qga') return Promise.resolve({ return: {} });
    return this.execute('qmp_capabilities', enable === undefined ? undefined : { enable: [...enable] });
  }

  /**
   * Executes a command. Several may be in progress at the same time; each gets its own reply.
   *
   * @throws TargetError when the reply does not come in time or the connection is lost
   */
  execute(command: string, args?: Json): Promise<Reply> {
    return this.#send({ execute: command, ...(args === undefined ? {} : { arguments: args }) });
  }

  /** The same, out of band; the capability `oob` must have been enabled. */
  executeOob(command: string, args?: Json): Promise<Reply> {
    return this.#send({ 'exec-oob': command, ...(args === undefined ? {} : { arguments: args }) });
  }

  /** The events that have come since the last call, the oldest first. */
  takeEvents(): Json[] {
    // While a call waits for a reply whatever comes in is already taken care of.
    for (let next = this.#idle(); next?.kind === 'message'; next = this.#idle()) this.#take(next.message);
    const events = this.#events.map(({ value }) => value);
    this.#events = [];
    this.#eventBytes = 0;
    return events;
  }

  /** Ends the connection; calls that still wait for a reply fail. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  async #begin(): Promise<void> {
    const deadline = new Deadline(this.#timeoutMs);
    if (this.#protocol === 'qmp') {
      this.#greeting = await this.#next('the greeting', deadline);
      return;
    }
    const connection = this.#connection;
    const link = {
      send: (data: Uint8Array) => {
        connection.send(data);
      },
      receive: ({ left }: Deadline) => connection.receive(left),
    };
    const result = await synchronise(link, deadline);
    if (result.kind !== 'done') throw new TargetError(syncProblem(result, this.#timeoutMs));
  }

  #idle(): Incoming | undefined {
    return this.#listening ? undefined : this.#connection.poll();
  }

  #send(request: Request): Promise<Reply> {
    const id = this.#nextId++;
    const reply = new Promise<Reply>((resolve, reject) => {
      this.#pending.push({ id, resolve, reject });
    });
    this.#connection.send(requestText(request, id));
    if (!this.#listening) void this.#listen();
    return reply;
  }

  /** Takes what comes in while a call waits for a reply. */
  async #listen(): Promise<void> {
    this.#listening = true;
    try {
      let deadline = new Deadline(this.#timeoutMs);
      while (this.#pending.length > 0) {
        // Replies to nothing that was asked are no progress.
        if (this.#settle(await this.#next('a reply', deadline))) deadline = new Deadline(this.#timeoutMs);
        else this.#check(deadline, 'a reply');
      }
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      for (const { reject } of this.#pending.splice(0)) reject(error);
    } finally {
      this.#listening = false;
    }
  }

  /** The next message that is no event. */
  async #next(waitedFor: string, deadline: Deadline): Promise<Json> {
    for (;;) {
      const incoming = await this.#connection.receive(deadline.left);
      if (incoming.kind !== 'message')
        throw new TargetError(lossMessage(incoming, this.#timeoutMs, waitedFor));
      if (!this.#take(incoming.message)) return incoming.message.value;
      this.#check(deadline, waitedFor);
    }
  }

  /** @throws TargetError when messages that no call waits for have used up the time */
  #check(deadline: Deadline, waitedFor: string): void {
    if (deadline.spent()) throw new TargetError(lossMessage({ kind: 'timeout' }, this.#timeoutMs, waitedFor));
  }

  /** Keeps an event for {@link takeEvents}; tells whether the message was one. */
  #take({ kind, value, footprint }: Message): boolean {
    if (kind !== 'event') return false;
    this.#events.push({ value, footprint });
    this.#eventBytes += footprint;
    // One that is larger than all may be is forgotten with the others: no call waits for it.
    while (this.#events.length > MAX_EVENTS || this.#eventBytes > MAX_EVENT_BYTES) {
      this.#eventBytes -= this.#events.shift()?.footprint ?? 0;
    }
    return true;
  }

  /** Gives a reply to the request that it belongs to; a reply without an id belongs to the oldest. */
  #settle(value: Json): boolean {
    const id = isObject(value) ? member(value, 'id') : undefined;
    const index = id === undefined ? 0 : this.#pending.findIndex((pending) => jsonEqual(pending.id, id));
    const [owner] = index < 0 ? [] : this.#pending.splice(index, 1);
    const returned = isObject(value) ? member(value, 'return') : undefined;
    owner?.resolve(
      returned === undefined
        ? { error: { class: errorClass(value) ?? '', message: value } }
        : { return: returned },
    );
    return owner !== undefined;
  }
}
