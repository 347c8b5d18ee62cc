/**
 * A client's conversation with a server: greeting, negotiation, commands in band and out of band, events.
 *
 * For code that uses a server. Rules about the protocol itself talk over a bare {@link Connection}.
 */
import { isObject, jsonEqual, member, type Json } from '../json/index.js';
import {
  Connection,
  lossMessage,
  startTimer,
  TargetError,
  type ConnectionOptions,
  type Loss,
} from './connection.js';
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
/** The longest that timers know, in milliseconds. */
const FOREVER = 2 ** 31 - 1;

export class Session {
  readonly #connection: Connection;
  readonly #timeoutMs: number;
  readonly #pending: Pending[] = [];
  #stopTimer: () => void = () => undefined;
  #events: { readonly value: Json; readonly footprint: number }[] = [];
  #eventBytes = 0;
  #eventsForgotten = 0;
  /** Calls that wait for the next event, the oldest first. */
  readonly #eventWaiters = new Set<(event: Json | undefined) => void>();
  #greeting: Json = null;
  readonly #protocol: Protocol;
  #nextId = 1;
  /** Why nothing will come any more. */
  #over: Loss | undefined;

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
    void session.#listen();
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

  /** The events that have come and were not taken yet, the oldest first. */
  takeEvents(): Json[] {
    const events = this.#events.map(({ value }) => value);
    this.#events = [];
    this.#eventBytes = 0;
    return events;
  }

  /**
   * Takes the oldest event that was not taken yet, or waits for the next one.
   *
   * @returns undefined when the connection is over
   * @throws the reason of the signal, when it is aborted before there is an event
   */
  nextEvent(signal?: AbortSignal): Promise<Json | undefined> {
    const first = this.#events.shift();
    if (first !== undefined) {
      this.#eventBytes -= first.footprint;
      return Promise.resolve(first.value);
    }
    if (this.#over !== undefined) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const done = (event: Json | undefined): void => {
        signal?.removeEventListener('abort', abort);
        this.#eventWaiters.delete(done);
        resolve(event);
      };
      const abort = (): void => {
        this.#eventWaiters.delete(done);
        reject(signal?.reason as Error);
      };
      if (signal?.aborted === true) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      this.#eventWaiters.add(done);
    });
  }

  /** How many events were forgotten because they were not taken. */
  get eventsForgotten(): number {
    return this.#eventsForgotten;
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

  #send(request: Request): Promise<Reply> {
    if (this.#over !== undefined) return Promise.reject(this.#lost(this.#over, 'a reply'));
    const id = this.#nextId++;
    const text = requestText(request, id);
    const reply = new Promise<Reply>((resolve, reject) => {
      this.#pending.push({ id, resolve, reject });
    });
    this.#connection.send(text);
    if (this.#pending.length === 1) this.#startTimer();
    return reply;
  }

  /** Takes what comes in until the connection is over. */
  async #listen(): Promise<void> {
    while (this.#over === undefined) {
      const incoming = await this.#connection.receive(FOREVER);
      if (incoming.kind === 'message') {
        // Replies to nothing that was asked are no progress.
        if (!this.#take(incoming.message) && this.#settle(incoming.message.value)) this.#startTimer();
      } else if (incoming.kind !== 'timeout') {
        if (incoming.kind === 'closed') this.#over = incoming;
        this.#rejectAll(incoming);
      }
    }
    for (const done of this.#eventWaiters) done(undefined);
  }

  /** From now on, a reply has to come in time, if any is due. */
  #startTimer(): void {
    this.#stopTimer();
    if (this.#pending.length === 0) return;
    this.#stopTimer = startTimer(this.#timeoutMs, () => {
      this.#rejectAll({ kind: 'timeout' });
    });
  }

  #rejectAll(loss: Loss): void {
    this.#stopTimer();
    for (const { reject } of this.#pending.splice(0)) reject(this.#lost(loss, 'a reply'));
  }

  #lost(loss: Loss, waitedFor: string): TargetError {
    return new TargetError(lossMessage(loss, this.#timeoutMs, waitedFor));
  }

  /** The next message that is no event. */
  async #next(waitedFor: string, deadline: Deadline): Promise<Json> {
    for (;;) {
      const incoming = await this.#connection.receive(deadline.left);
      if (incoming.kind !== 'message') throw this.#lost(incoming, waitedFor);
      if (!this.#take(incoming.message)) return incoming.message.value;
      if (deadline.spent()) throw this.#lost({ kind: 'timeout' }, waitedFor);
    }
  }

  /** Gives an event to the call that waits for it, or keeps it; tells whether the message was one. */
  #take({ kind, value, footprint }: Message): boolean {
    if (kind !== 'event') return false;
    const [waiter] = this.#eventWaiters;
    if (waiter !== undefined) {
      waiter(value);
      return true;
    }
    this.#events.push({ value, footprint });
    this.#eventBytes += footprint;
    // One that is larger than all may be is forgotten with the others: no call waits for it.
    while (this.#events.length > MAX_EVENTS || this.#eventBytes > MAX_EVENT_BYTES) {
      this.#eventBytes -= this.#events.shift()?.footprint ?? 0;
      this.#eventsForgotten += 1;
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
