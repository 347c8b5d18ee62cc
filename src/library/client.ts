/**
 * A client for code that uses a server, rather than to judge it.
 */
import { isObject, jsonObject, member, type Json, type JsonObject } from '../json/index.js';
import { shownLine } from '../text.js';
import { eventName, Session, type Endpoint, type Protocol, type Reply } from '../qmp/index.js';
import { DEFAULT_TIMEOUT_MS } from './defaults.js';
import { endpointOf } from './endpoint-of.js';

/**
 * A command was answered with an error.
 *
 * @public
 */
export class CommandError extends Error {
  /** By which it is told from other errors, also those of another copy of the package. */
  override readonly name = 'CommandError';
  /** The command. */
  readonly command: string;
  /** The class of the error, such as `GenericError`; empty when the server gave none. */
  readonly errorClass: string;
  /** What the server says for people; not to be relied on by programs, and not to be trusted. */
  readonly desc: string;
  /** The whole reply. */
  readonly reply: Json;

  /**
   * @param command the command
   * @param errorClass the class of the error
   * @param reply the whole reply
   */
  constructor(command: string, errorClass: string, reply: Json) {
    const error = isObject(reply) ? member(reply, 'error') : undefined;
    const text = isObject(error) ? member(error, 'desc') : undefined;
    const desc = typeof text === 'string' ? text : '';
    super(shownLine(`${command}: ${desc}${errorClass === '' ? '' : ` (${errorClass})`}`));
    this.command = command;
    this.errorClass = errorClass;
    this.desc = desc;
    this.reply = reply;
  }
}

/**
 * An event.
 *
 * @public
 */
export interface QmpEvent {
  /** Which event, such as `STOP`. */
  readonly name: string;
  /** What it says; an empty object when the event has no data. */
  readonly data: Json;
  /** All of it as it came, with the time stamp. */
  readonly message: Json;
}

/**
 * How to connect. Everything may be left out.
 *
 * @public
 */
export interface ConnectOptions {
  /** What is there: `qmp`, a monitor, or `qga`, a guest agent. Default: `qmp`. */
  readonly protocol?: Protocol | undefined;
  /** How long connecting and any one reply may take, in milliseconds. Default: 5000. */
  readonly timeoutMs?: number | undefined;
  /** The capabilities to enable. Default: `oob` where the server offers it. */
  readonly capabilities?: readonly string[] | undefined;
  /** Ends the attempt to connect, and later the connection. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A connection to a QMP server or a guest agent, ready for commands.
 *
 * It keeps the process alive until it is closed, by either side.
 *
 * @public
 */
export class QmpClient {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Connects, and leaves negotiation mode; with a guest agent, synchronises.
   *
   * @param address `unix:PATH`, `tcp:HOST:PORT`, or the same as an endpoint
   * @throws {@link InputError} when the address makes no sense
   * @throws {@link TargetError} when nobody listens there, or what does is no such server
   * @throws {@link CommandError} when the server refuses to negotiate
   */
  static async connect(address: string | Endpoint, options: ConnectOptions = {}): Promise<QmpClient> {
    const { protocol = 'qmp', timeoutMs = DEFAULT_TIMEOUT_MS, capabilities, signal } = options;
    const session = await Session.open(endpointOf(address), { protocol, timeoutMs, signal });
    try {
      const reply = await session.negotiate(capabilities ?? wanted(session.greeting));
      returned('qmp_capabilities', reply);
    } catch (error) {
      await session.close();
      throw error;
    }
    return new QmpClient(session);
  }

  /** What the server said first, with its version and capabilities; null of a guest agent, which greets nobody. */
  get greeting(): Json {
    return this.#session.greeting;
  }

  /**
   * Executes a command. Several may be under way at the same time; each gets its own reply.
   *
   * @param args the arguments; 64-bit integers as `bigint`
   * @returns what the command returns; integers beyond 2^53 are of type `bigint`
   * @throws {@link CommandError} when the server answers with an error
   * @throws {@link TargetError} when the reply does not come in time, or the connection is lost
   */
  async execute(command: string, args?: JsonObject): Promise<Json> {
    return returned(command, await this.#session.execute(command, args));
  }

  /**
   * Executes a command out of band: the server does not wait for those before it. The capability `oob` must have been
   * enabled.
   *
   * @param args the arguments; 64-bit integers as `bigint`
   * @throws {@link CommandError} when the server answers with an error
   * @throws {@link TargetError} when the reply does not come in time, or the connection is lost
   */
  async executeOob(command: string, args?: JsonObject): Promise<Json> {
    return returned(command, await this.#session.executeOob(command, args));
  }

  /**
   * The events since the connection was made, each once, and those that come, until the connection is over. To leave
   * the loop and begin another loses nothing in between.
   *
   * Events wait for a reader, but no more than 1024 of them and 4 MiB: then the oldest are forgotten, see
   * {@link QmpClient.eventsForgotten}.
   *
   * @param options `signal` ends the wait for the next event, by throwing its reason
   */
  async *events(options: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<QmpEvent, void> {
    for (;;) {
      const message = await this.#session.nextEvent(options.signal);
      if (message === undefined) return;
      yield {
        name: eventName(message) ?? '',
        data: (isObject(message) ? member(message, 'data') : undefined) ?? jsonObject(),
        message,
      };
    }
  }

  /** How many events were forgotten because they were not read. */
  get eventsForgotten(): number {
    return this.#session.eventsForgotten;
  }

  /** Ends the connection; calls that still wait for a reply fail. */
  close(): Promise<void> {
    return this.#session.close();
  }
}

/** To enable `oob` changes nothing for callers that do not use it. */
function wanted(greeting: Json): readonly string[] | undefined {
  const qmp = isObject(greeting) ? member(greeting, 'QMP') : undefined;
  const offered = isObject(qmp) ? member(qmp, 'capabilities') : undefined;
  return Array.isArray(offered) && offered.includes('oob') ? ['oob'] : undefined;
}

/** @throws CommandError when the reply is an error */
function returned(command: string, reply: Reply): Json {
  if ('return' in reply) return reply.return;
  throw new CommandError(command, reply.error.class, reply.error.message);
}
