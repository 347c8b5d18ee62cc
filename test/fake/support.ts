/**
 * What the tests of the fake share: a fake over a real socket, and a client that speaks to it in words.
 */
import { join } from 'node:path';
import type { Test } from 'tap';
import { FakeServer, type FakeOptions } from '../../src/fake/index.js';
import {
  isObject,
  member,
  escapeBytes,
  writeJson,
  type Json,
  type JsonObject,
} from '../../src/json/index.js';
import { Connection, errorClass, requestText, type Endpoint, type Request } from '../../src/qmp/index.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { must } from '../qapi/support.js';
import { scratchFolder } from '../scratch-folder.js';

/** Long enough that only a test that is about to fail waits for it, in milliseconds. */
export const PATIENCE = 20_000;

/** A fake on a Unix socket, until the test ends. */
export async function startFake(t: Test, options: Partial<FakeOptions> = {}): Promise<FakeServer> {
  const server = await FakeServer.start({
    schema: referenceSchema(),
    listen: { kind: 'unix', path: join(scratchFolder(t), 'qmp') },
    ...options,
  });
  t.teardown(() => server.close());
  return server;
}

/** A client of a server, un-negotiated at first. */
export class Client {
  readonly greeting: Json;
  readonly #connection: Connection;
  #sentinels = 0;

  private constructor(connection: Connection, greeting: Json) {
    this.#connection = connection;
    this.greeting = ordinary(greeting);
  }

  static async connect(t: Test, endpoint: Endpoint): Promise<Client> {
    const connection = await Connection.open(endpoint, { timeoutMs: PATIENCE });
    t.teardown(() => connection.close());
    const incoming = await connection.receive(PATIENCE);
    if (incoming.kind !== 'message') throw new Error(`no greeting, but ${incoming.kind}`);
    return new Client(connection, incoming.message.value);
  }

  /** A client that has negotiated. */
  static async negotiated(t: Test, endpoint: Endpoint, ...enable: readonly string[]): Promise<Client> {
    const client = await Client.connect(t, endpoint);
    await client.ask('qmp_capabilities', { enable: [...enable] });
    return client;
  }

  send(data: string | Uint8Array): void {
    this.#connection.send(data);
  }

  endSending(): void {
    this.#connection.endSending();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** The next message, whatever it is; undefined when the connection has ended. */
  async next(): Promise<JsonObject | undefined> {
    const incoming = await this.#connection.receive(PATIENCE);
    if (incoming.kind === 'closed') return undefined;
    if (incoming.kind !== 'message') throw new Error(`no message, but ${incoming.kind}`);
    const { value, violations } = incoming.message;
    if (!isObject(value) || violations.length > 0)
      throw new Error(`no message should be like ${writeJson(value)}`);
    return value;
  }

  /** The next messages as {@link word}s. */
  async words(count: number): Promise<string[]> {
    const found: string[] = [];
    while (found.length < count) found.push(word(await this.next()));
    return found;
  }

  /** All messages up to the end of the connection. */
  async wordsToTheEnd(): Promise<string[]> {
    const found: string[] = [];
    for (;;) {
      const message = await this.next();
      if (message === undefined) return found;
      found.push(word(message));
    }
  }

  /** Sends something, and gives everything that comes before the reply to a request behind it, as {@link word}s. */
  async exchange(data: string | Uint8Array): Promise<string[]> {
    return (await this.messages(data)).map(word);
  }

  /** The same as whole messages. */
  async messages(data: string | Uint8Array): Promise<JsonObject[]> {
    const id = `~${this.#sentinels++}`;
    this.send(data);
    // There is no such command: it is refused whatever the state of the session.
    this.send(requestText({ execute: 'no-such-command', id }));
    const found: JsonObject[] = [];
    for (;;) {
      const message = await this.next();
      if (message === undefined) throw new Error(`no answer to ${escapeBytes(Buffer.from(data), 200)}`);
      if (member(message, 'id') === id) return found;
      found.push(message);
    }
  }

  /** Sends a request and gives its reply; events that come before it are passed over. */
  async request(request: Request): Promise<JsonObject> {
    this.send(requestText(request));
    for (;;) {
      const message = must(await this.next());
      if (!Object.hasOwn(message, 'event')) return message;
    }
  }

  /** What a command returns, made of ordinary objects; an error is thrown as it came. */
  async ask(execute: string, args?: JsonObject): Promise<Json> {
    const reply = await this.request(args === undefined ? { execute } : { execute, arguments: args });
    const value = member(reply, 'return');
    if (value === undefined) throw new Error(`${execute}: ${writeJson(reply)}`);
    return ordinary(value);
  }

  /** How a command ends, as a {@link word}. */
  async outcome(execute: string, args: JsonObject = {}): Promise<string> {
    return word(await this.request({ execute, arguments: args }));
  }
}

/**
 * A message as a word: `ok`, the class of an error, or the name of an event; behind it the id, if any, as JSON.
 * `end` for the end of the connection.
 */
export function word(message: JsonObject | undefined): string {
  if (message === undefined) return 'end';
  const event = member(message, 'event');
  const kind =
    typeof event === 'string' ? event : Object.hasOwn(message, 'return') ? 'ok' : errorClass(message);
  const id = member(message, 'id');
  return `${kind ?? '?'}${id === undefined ? '' : ` ${writeJson(id)}`}`;
}

/** The value with the prototypes that literals have, so that the two can be compared strictly. */
function ordinary(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordinary);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, ordinary(inner)]));
}

/** A value that must be a string. */
export function text(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error('something that must be a string is none');
  return value;
}

/** Waits until something holds that follows on its own before long. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 2));
}
