/**
 * One of the two servers, with peers that it may connect to, and a conversation with it.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { isObject, jsonEqual, member, type Json, type JsonObject } from '../../../src/json/index.js';
import { requestText } from '../../../src/qmp/index.js';
import { serveNbd } from '../../../src/exchange/nbd-server.js';
import type { Target, TargetSource } from '../../../src/target/index.js';
import { Client } from '../../fake/support.js';
import { bytes } from '../../json/support.js';
import { must } from '../../qapi/support.js';
import { scratchFolder } from '../../scratch-folder.js';
import { answer, happening, view } from './view.js';

/** A command to execute; with `until`, again and again, until members of its return have these values. */
export interface Call {
  readonly command: string;
  readonly arguments: JsonObject;
  readonly until?: JsonObject;
}

/**
 * Bytes to send (each character is one), or a call. In both `{dir}` stands for a folder where `peer` takes every
 * connection, `nbd` is an NBD server, and nothing else is.
 */
export type Step = string | Call;

/** What a server said to a step. */
export interface Said {
  /** One for each message: `ok` or the class of the error, the id if any, and of a call's return what is compared. */
  readonly replies: Json[];
  /** What a call returned, if it did. */
  readonly returned?: Json | undefined;
}

/** A server that runs until the test ends. */
export class Side {
  readonly #target: Target;
  readonly #folder: string;

  private constructor(target: Target, folder: string) {
    this.#target = target;
    this.#folder = folder;
  }

  static async start(t: Test, source: TargetSource): Promise<Side> {
    const folder = scratchFolder(t);
    await listen(t, join(folder, 'peer'), (socket) => socket.resume());
    await listen(t, join(folder, 'nbd'), serveNbd);
    const target = await source.start();
    t.teardown(() => target.stop());
    return new Side(target, folder);
  }

  async talk(t: Test): Promise<Conversation> {
    return new Conversation(await Client.connect(t, must(this.#target.monitors[0])), this.#folder);
  }
}

export class Conversation {
  /** What has happened so far, as {@link happening}s. */
  readonly events: string[] = [];
  readonly #client: Client;
  readonly #folder: string;

  constructor(client: Client, folder: string) {
    this.#client = client;
    this.#folder = folder;
  }

  async take(step: Step): Promise<Said> {
    if (typeof step === 'string') return { replies: (await this.#exchange(step)).map(answer) };
    const request = requestText({ execute: step.command, arguments: step.arguments, id: 'call' });
    for (;;) {
      const replies = await this.#exchange(request);
      const returned = member(must(replies[0]), 'return');
      if (step.until !== undefined && !shows(returned, step.until)) continue;
      const seen = returned === undefined ? [] : [view(step.command, returned)];
      return { replies: [...replies.map(answer), ...seen], returned };
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** The replies to bytes; events among them are noted. */
  async #exchange(data: string): Promise<JsonObject[]> {
    const messages = await this.#client.messages(bytes(data.replaceAll('{dir}', this.#folder)));
    return messages.filter((message) => {
      const event = happening(message);
      if (event !== undefined) this.events.push(event);
      return !Object.hasOwn(message, 'event');
    });
  }
}

async function listen(t: Test, path: string, serve: (socket: Socket) => void): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server.listen(path), 'listening');
}

function shows(value: Json | undefined, wanted: JsonObject): boolean {
  return (
    isObject(value) && Object.entries(wanted).every(([name, one]) => jsonEqual(value[name] ?? null, one))
  );
}
