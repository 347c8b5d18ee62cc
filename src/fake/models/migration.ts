/**
 * Migration (qapi/migration.json): capabilities, parameters, and the source's side of a migration over a socket. A
 * destination that never answers keeps it waiting, with return-path on; it can be yanked and cancelled.
 */
import type { Socket } from 'node:net';
import { Double, isObject, member, type Json, type JsonObject } from '../../json/index.js';
import type { Emit, Handler, Model } from '../model.js';
import type { Schema } from '../../qapi/index.js';
import { CommandError } from '../outcome.js';
import { linkAddress, object, openLink, text } from './links.js';
import { capabilityProblem } from './migration-capabilities.js';
import { defaultParameters, parameterProblem } from './migration-parameters.js';
import type { RunState } from './run-state.js';
import type { YankInstance, YankRegistry } from './yank.js';

type Status = 'none' | 'setup' | 'active' | 'device' | 'completed' | 'failed' | 'cancelling' | 'cancelled';

export interface MigrationOptions {
  readonly schema: Schema;
  readonly runState: RunState;
  readonly yank: YankRegistry;
  readonly emit: Emit;
}

export class Migration implements Model {
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly #options: MigrationOptions;
  #capabilities: Map<string, boolean>;
  #parameters: ReadonlyMap<string, Json> = new Map<string, Json>(Object.entries(defaultParameters));
  readonly #instance: YankInstance;
  #status: Status = 'none';
  #error: string | undefined;
  #socket: Socket | undefined;

  constructor(options: MigrationOptions) {
    this.#options = options;
    const capability = options.schema.types.get('MigrationCapability');
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
      // In seconds; until QEMU 5.2.
      migrate_set_downtime: ({ value }) => {
        const seconds = value instanceof Double ? value.value : Number(value);
        if (seconds < 0 || seconds > 2000) return refuse('the downtime must be from 0 to 2000 seconds');
        return this.#setParameters({ 'downtime-limit': Math.round(seconds * 1000) });
      },
      migrate: (args) => this.#start(args),
      migrate_cancel: () => this.#cancel(),
      'migrate-incoming': () => refuse('this machine was not started to wait for a migration'),
      'migrate-pause': () => refuse('there is no postcopy migration to pause'),
      'migrate-recover': () => refuse('there is no paused postcopy migration'),
      'migrate-continue': ({ state }) =>
        state === this.#status ? {} : refuse(`the migration is in the state '${this.#status}'`),
      'migrate-start-postcopy': () => refuse('postcopy-ram is not enabled'),
      'x-colo-lost-heartbeat': () => refuse('this machine is not in COLO mode'),
      'query-colo-status': () => ({ mode: 'none', 'last-mode': 'none', reason: 'none' }),
    };
  }

  close(): void {
    this.#socket?.destroy();
  }

  get #inProgress(): boolean {
    return ['setup', 'active', 'device'].includes(this.#status);
  }

  #report(): Json {
    if (this.#status === 'none') return {};
    return this.#error === undefined
      ? { status: this.#status }
      : { status: this.#status, 'error-desc': this.#error };
  }

  #setCapabilities(list: readonly Json[]): Json {
    if (this.#inProgress) return refuse('a migration is under way');
    const wanted = new Map(this.#capabilities);
    for (const entry of list) {
      if (isObject(entry)) wanted.set(text(entry.capability), entry.state === true);
    }
    const problem = capabilityProblem((name) => wanted.get(name) === true);
    if (problem !== undefined) return refuse(problem);
    this.#capabilities = wanted;
    return {};
  }

  #setParameters(args: JsonObject): Json {
    const changed = new Map(this.#parameters);
    for (const [name, value] of Object.entries(args)) {
      // A negative number for a 64-bit unsigned type counts from the top.
      const negative = (typeof value === 'number' || typeof value === 'bigint') && value < 0;
      changed.set(name, negative ? BigInt.asUintN(64, BigInt(value)) : (value ?? ''));
    }
    const problem = parameterProblem(changed);
    if (problem !== undefined) return refuse(problem);
    this.#parameters = changed;
    return {};
  }

  async #start(args: JsonObject): Promise<Json> {
    if (args.resume === true) return refuse('no migration is paused');
    if (this.#inProgress) return refuse('a migration is under way');
    if (this.#options.runState.movedAway) return refuse('the machine has moved away already');
    const address = destination(args);
    this.#error = undefined;
    this.#change('setup');
    this.#options.yank.register(this.#instance);
    try {
      this.#send(await openLink(linkAddress(address)));
    } catch (error) {
      this.#end('failed', error instanceof Error ? error.message : String(error));
    }
    return {};
  }

  /** There is a connection to the destination. */
  #send(socket: Socket): void {
    if (!this.#inProgress) {
      // It was yanked while the connection was being made.
      socket.destroy();
      return;
    }
    this.#socket = socket;
    this.#tell('MIGRATION_PASS', { pass: 1 });
    this.#change('active');
    socket.on('close', () => {
      // By now another migration may be in progress.
      if (this.#socket === socket) this.#end('failed', 'Connection reset by peer');
    });
    // An empty machine has nothing to send while it runs.
    this.#options.runState.finishMigration();
    this.#change('device');
    this.#tell('MIGRATION_PASS', { pass: 2 });
    // It has moved at once, unless the destination has to say that it has arrived.
    if (this.#capabilities.get('return-path') !== true) this.#end('completed');
  }

  #cancel(): Json {
    if (this.#inProgress) {
      this.#change('cancelling');
      this.#options.runState.comeBack();
      this.#end('cancelled');
    }
    return {};
  }

  #end(status: Status, error?: string): void {
    if (!this.#inProgress && this.#status !== 'cancelling') return;
    this.#error = error;
    this.#options.yank.unregister(this.#instance);
    this.#change(status);
    if (status === 'completed') this.#options.runState.moveAway();
    else this.#options.runState.comeBack();
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #change(status: Status): void {
    this.#status = status;
    this.#tell('MIGRATION', { status });
  }

  #tell(event: string, data: JsonObject): void {
    if (this.#capabilities.get('events') === true) this.#options.emit(event, data);
  }
}

function refuse(reason: string): never {
  throw new CommandError(reason);
}

/**
 * The socket address of the destination, which may lead nowhere; programs are never run, files and descriptors never
 * used.
 */
function destination(args: JsonObject): Json {
  const { uri, channels } = args;
  if ((uri === undefined) === (channels === undefined)) return refuse("give either 'uri' or 'channels'");
  if (typeof uri === 'string') {
    const [, path] = /^unix:(.+)$/.exec(uri) ?? [];
    if (path !== undefined) return { type: 'unix', path };
    // Whether there is such a host and such a port shows on connecting.
    const [, v6, host, port] = /^tcp:(?:\[([^\]]*)\]|([^:]*)):([^,]+)(?:,.*)?$/.exec(uri) ?? [];
    if (port !== undefined) return { type: 'inet', host: v6 ?? host ?? '', port };
    return refuse('the uri does not lead to a socket');
  }
  const list = Array.isArray(channels) ? channels : [];
  const [first] = list;
  if (list.length !== 1 || first === undefined) return refuse('exactly one channel is needed');
  const address = object(member(object(first), 'addr'));
  return address.transport === 'socket' ? address : refuse('the channel is no socket');
}
