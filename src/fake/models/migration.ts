/**
 * Migration (qapi/migration.json): capabilities, parameters, and the source's side of a migration over a socket. A
 * destination that never answers keeps it active, with return-path on; it can be yanked and cancelled.
 */
import type { Socket } from 'node:net';
import { isObject, member, type Json, type JsonObject } from '../../json/index.js';
import type { Handler, Machine, Model } from '../machine.js';
import { CommandError } from '../outcome.js';
import { linkAddress, object, openLink, text, type LinkAddress } from './links.js';
import { defaultParameters, parameterProblem } from './migration-parameters.js';
import type { YankInstance } from './yank.js';

type Status = 'none' | 'setup' | 'active' | 'completed' | 'failed' | 'cancelling' | 'cancelled';

export class Migration implements Model {
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly #machine: Machine;
  readonly #capabilities: Map<string, boolean>;
  readonly #parameters = new Map<string, Json>(Object.entries(defaultParameters));
  readonly #instance: YankInstance;
  #status: Status = 'none';
  #error: string | undefined;
  #socket: Socket | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
    const capability = machine.schema.types.get('MigrationCapability');
    const names = capability?.kind === 'enum' ? capability.values.map(({ name }) => name) : [];
    this.#capabilities = new Map(names.map((name) => [name, false]));
    this.#instance = {
      key: { type: 'migration' },
      yank: () => {
        this.#end('failed', 'Broken pipe');
      },
    };
    this.handlers = {
      'query-migrate': () => this.#report(),
      'query-migrate-capabilities': () =>
        [...this.#capabilities].map(([name, state]): Json => ({ capability: name, state })),
      'migrate-set-capabilities': ({ capabilities }) =>
        this.#setCapabilities(Array.isArray(capabilities) ? capabilities : []),
      'query-migrate-parameters': () => Object.fromEntries(this.#parameters),
      'migrate-set-parameters': (args) => this.#setParameters(args),
      migrate: (args) => this.#start(args),
      migrate_cancel: () => this.#cancel(),
      'migrate-incoming': () => refuse('this machine was not started to wait for a migration'),
      'migrate-pause': () => refuse('there is no postcopy migration to pause'),
      'migrate-recover': () => refuse('there is no paused postcopy migration'),
      'migrate-continue': () => refuse('no migration waits to be continued'),
      'migrate-start-postcopy': () => refuse('postcopy-ram is not enabled'),
      'x-colo-lost-heartbeat': () => refuse('this machine is not in COLO mode'),
      'query-colo-status': () => ({ mode: 'none', 'last-mode': 'none', reason: 'none' }),
    };
  }

  close(): void {
    this.#socket?.destroy();
  }

  get #underWay(): boolean {
    return this.#status === 'setup' || this.#status === 'active';
  }

  #report(): Json {
    if (this.#status === 'none') return {};
    return this.#error === undefined
      ? { status: this.#status }
      : { status: this.#status, 'error-desc': this.#error };
  }

  #setCapabilities(list: readonly Json[]): Json {
    if (this.#underWay) return refuse('a migration is under way');
    for (const entry of list) {
      if (isObject(entry)) this.#capabilities.set(text(entry.capability), entry.state === true);
    }
    return {};
  }

  #setParameters(args: JsonObject): Json {
    for (const [name, value] of Object.entries(args)) {
      const problem = parameterProblem(name, value);
      if (problem !== undefined) return refuse(problem);
    }
    for (const [name, value] of Object.entries(args)) {
      // A negative number for a 64-bit unsigned type counts from the top.
      const negative = (typeof value === 'number' || typeof value === 'bigint') && value < 0;
      this.#parameters.set(name, negative ? BigInt.asUintN(64, BigInt(value)) : (value ?? ''));
    }
    return {};
  }

  async #start(args: JsonObject): Promise<Json> {
    if (args.resume === true) return refuse('no migration is paused');
    if (this.#underWay) return refuse('a migration is under way');
    const address = destination(args);
    this.#error = undefined;
    this.#change('setup');
    this.#machine.yank.register(this.#instance);
    try {
      this.#send(await openLink(address));
    } catch (error) {
      this.#end('failed', error instanceof Error ? error.message : String(error));
    }
    return {};
  }

  /** There is a connection to the destination. */
  #send(socket: Socket): void {
    if (!this.#underWay) {
      // It was yanked while the connection was being made.
      socket.destroy();
      return;
    }
    this.#socket = socket;
    this.#change('active');
    socket.on('close', () => {
      // By now another migration may be under way.
      if (this.#socket === socket) this.#end('failed', 'Connection reset by peer');
    });
    // An empty machine has moved at once, unless the destination has to say that it has arrived.
    if (this.#capabilities.get('return-path') !== true) {
      this.#end('completed');
      this.#machine.runState.moveAway();
    }
  }

  #cancel(): Json {
    if (this.#underWay) {
      this.#change('cancelling');
      this.#end('cancelled');
    }
    return {};
  }

  #end(status: Status, error?: string): void {
    if (!this.#underWay && this.#status !== 'cancelling') return;
    this.#error = error;
    this.#machine.yank.unregister(this.#instance);
    this.#change(status);
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #change(status: Status): void {
    this.#status = status;
    if (this.#capabilities.get('events') === true) this.#machine.emit('MIGRATION', { status });
  }
}

function refuse(reason: string): never {
  throw new CommandError(reason);
}

/** Where a migration goes; programs are never run, files and descriptors never used. */
function destination(args: JsonObject): LinkAddress {
  const { uri, channels } = args;
  if ((uri === undefined) === (channels === undefined)) return refuse("give either 'uri' or 'channels'");
  if (typeof uri === 'string') {
    if (uri.startsWith('unix:')) return linkAddress({ type: 'unix', path: uri.slice('unix:'.length) });
    const [, host, port] = /^tcp:([^:]*):(\d+)$/.exec(uri) ?? [];
    if (host !== undefined && port !== undefined) {
      return linkAddress({ type: 'inet', host: host === '' ? 'localhost' : host, port });
    }
    return refuse('the uri does not lead to a socket');
  }
  const list = Array.isArray(channels) ? channels : [];
  const [first] = list;
  if (list.length !== 1 || first === undefined) return refuse('exactly one channel is needed');
  return linkAddress(member(object(first), 'addr'));
}
