/**
 * The machine behind the monitors: its state, made of models, and the one queue in which in-band requests of all
 * sessions take turns.
 */
import { isObject, JsonReader, type Json, type JsonObject } from '../json/index.js';
import { introspect, type Command, type Schema } from '../qapi/index.js';
import type { Behaviour, MachineState, SessionState } from './behaviour.js';
import { fit } from './fit.js';
import type { Handler, Model } from './model.js';
import { absentDevices } from './models/absent.js';
import { BlockNodes } from './models/block.js';
import { Chardevs } from './models/chardev.js';
import { control } from './models/control.js';
import { guestAgent } from './models/guest-agent.js';
import { Migration } from './models/migration.js';
import { Objects } from './models/objects.js';
import { RunState } from './models/run-state.js';
import { YankRegistry } from './models/yank.js';
import { Synthesizer } from './synthesize.js';

/** A request that waits for its turn. */
export interface QueuedRequest {
  /** Executes and answers; the promise, when there is one, resolves when the next one may run. */
  run(): Promise<void> | undefined;
  /** The client does not wait for the answer any more. */
  cancelled(): boolean;
}

export interface MachineOptions {
  readonly schema: Schema;
  /** What query-qmp-schema returns; when left out, what follows from the schema. */
  readonly introspection?: Json;
  readonly seed: number;
  readonly behaviour: Behaviour;
  readonly version: JsonObject;
  /** Called when the machine ends, with its exit status: told to quit, it has sent its last messages. */
  readonly onQuit: (status: number) => void;
}

/** A session as the machine sees it. */
export interface Listener extends SessionState {
  send(messages: readonly Json[], asked?: boolean): void;
}

/** The exit status of a shell whose program has aborted. */
const CRASHED = 134;

export class Machine implements MachineState {
  readonly schema: Schema;
  readonly behaviour: Behaviour;
  readonly version: JsonObject;
  readonly capabilities: readonly string[] = ['oob'];
  readonly introspection: Json;
  /** What sessions read with when they hand their parser on. */
  readonly reader: JsonReader;
  readonly sessions = new Set<Listener>();
  readonly runState: RunState;
  readonly yank: YankRegistry;
  readonly chardevs: Chardevs;
  readonly blockNodes: BlockNodes;
  readonly migration: Migration;
  readonly #handlers = new Map<string, Handler>();
  readonly #models: readonly Model[];
  readonly #synthesizer: Synthesizer;
  readonly #onQuit: (status: number) => void;
  #queue: QueuedRequest[] = [];
  #busy = false;
  #quitting: 'no' | 'after-reply' | 'done' = 'no';

  constructor(options: MachineOptions) {
    this.schema = options.schema;
    this.behaviour = options.behaviour;
    this.version = options.version;
    this.introspection = options.introspection ?? introspect(options.schema);
    this.reader = new JsonReader({ dialect: options.behaviour.dialect });
    this.#onQuit = options.onQuit;
    this.#synthesizer = new Synthesizer(options.seed);
    const emit = this.#announce.bind(this);
    this.runState = new RunState(emit);
    this.yank = new YankRegistry();
    this.chardevs = new Chardevs(this.yank);
    this.blockNodes = new BlockNodes(this.yank);
    this.migration = new Migration({ schema: this.schema, runState: this.runState, yank: this.yank, emit });
    this.#models = [
      control({
        schema: this.schema,
        version: this.version,
        introspect: () => this.behaviour.introspect(this),
        quit: () => {
          this.runState.shutdown();
          this.quit();
        },
      }),
      this.runState,
      this.yank,
      this.chardevs,
      this.blockNodes,
      this.migration,
      new Objects(),
      absentDevices,
      guestAgent(this.schema),
    ];
    for (const model of this.#models) {
      for (const [name, handler] of Object.entries(model.handlers)) this.#handlers.set(name, handler);
    }
  }

  /** Executes a command; one without a model returns a made-up value of its return type. */
  execute(command: Command, args: JsonObject): Json | Promise<Json> {
    const value = this.#handlers.get(command.name)?.(args);
    return value instanceof Promise
      ? value.then((late) => this.#fitting(command, late))
      : this.#fitting(command, value);
  }

  #fitting(command: Command, value: Json | undefined): Json {
    // This follows from the schema; whatever a fault has made of it has to be seen.
    if (command.name === 'query-qmp-schema' && value !== undefined) return value;
    if (command.returns === undefined) return {};
    return (
      (value === undefined ? undefined : fit(command.returns, value)) ?? this.#synthesizer.valueFor(command)
    );
  }

  /** Sends an event of a model, if the schema has it. */
  #announce(name: string, data?: JsonObject): void {
    const event = this.schema.events.get(name);
    if (event === undefined) return;
    const fitting = event.data === undefined ? undefined : fit(event.data, data ?? {});
    this.emit(name, fitting !== undefined && isObject(fitting) ? fitting : undefined);
  }

  join(session: Listener): void {
    this.sessions.add(session);
  }

  leave(session: Listener): void {
    this.sessions.delete(session);
    // What no client waits for any more is not kept until the command in hand is done, which may be never.
    this.#queue = this.#queue.filter((request) => !request.cancelled());
  }

  /** Puts a request at the end of the queue. */
  enqueue(request: QueuedRequest): void {
    this.#queue.push(request);
    this.#work();
  }

  /** Sends an event to every session that hears events. */
  emit(name: string, data?: JsonObject): void {
    const messages = this.behaviour.event(name, data, new Date());
    for (const session of this.sessions) if (this.behaviour.hearsEvents(session)) session.send(messages);
  }

  /** Ends the machine when the command in hand has been answered. */
  quit(): void {
    this.#quitting = 'after-reply';
  }

  /** A reply has been sent; the one to quit ends the machine. */
  afterReply(): void {
    if (this.#quitting !== 'after-reply') return;
    this.#quitting = 'done';
    this.#onQuit(0);
  }

  crash(): void {
    this.#quitting = 'done';
    for (const session of this.sessions) session.disconnect();
    this.#onQuit(CRASHED);
  }

  close(): void {
    this.#queue = [];
    for (const model of this.#models) model.close?.();
  }

  #work(): void {
    while (!this.#busy && this.#quitting === 'no') {
      const next = this.#queue.shift();
      if (next === undefined) return;
      if (next.cancelled()) continue;
      this.#busy = true;
      const running = next.run();
      if (running === undefined) this.#busy = false;
      else {
        void running.finally(() => {
          this.#busy = false;
          this.#work();
        });
      }
    }
  }
}
