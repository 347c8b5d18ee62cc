/**
 * The machine behind the monitors: its state, made of models, and the one queue in which in-band requests of all
 * sessions take turns.
 */
import type { Json, JsonObject } from '../json/index.js';
import { introspect, type Command, type Schema } from '../qapi/index.js';
import type { Behaviour } from './behaviour.js';
import { absentDevices } from './models/absent.js';
import { BlockNodes } from './models/block.js';
import { Chardevs } from './models/chardev.js';
import { control } from './models/control.js';
import { Migration } from './models/migration.js';
import { RunState } from './models/run-state.js';
import { YankRegistry } from './models/yank.js';
import type { Session } from './session.js';
import { Synthesizer } from './synthesize.js';

/** Executes a command with arguments that conform to the schema; throws CommandError to refuse. */
export type Handler = (args: JsonObject) => Json | Promise<Json>;

/** A part of the machine's state and the commands that act on it. */
export interface Model {
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Lets go of sockets and timers. */
  close?(): void;
}

/** A request that waits for its turn. */
export interface QueuedRequest {
  /** Executes and answers; the promise, when there is one, resolves when the next one may run. */
  run(): Promise<void> | undefined;
  /** Nobody waits for the answer any more. */
  cancelled(): boolean;
}

export interface MachineOptions {
  readonly schema: Schema;
  readonly seed: number;
  readonly behaviour: Behaviour;
  readonly version: JsonObject;
  /** Called when the machine has been told to quit and has said its last words. */
  readonly onQuit: () => void;
}

export class Machine {
  readonly schema: Schema;
  readonly behaviour: Behaviour;
  readonly version: JsonObject;
  readonly capabilities: readonly string[] = ['oob'];
  readonly introspection: Json;
  readonly sessions = new Set<Session>();
  readonly runState: RunState;
  readonly yank: YankRegistry;
  readonly chardevs: Chardevs;
  readonly blockNodes: BlockNodes;
  readonly migration: Migration;
  readonly #handlers = new Map<string, Handler>();
  readonly #models: readonly Model[];
  readonly #synthesizer: Synthesizer;
  readonly #onQuit: () => void;
  #queue: QueuedRequest[] = [];
  #busy = false;
  #quitting: 'no' | 'after-reply' | 'done' = 'no';

  constructor(options: MachineOptions) {
    this.schema = options.schema;
    this.behaviour = options.behaviour;
    this.version = options.version;
    this.introspection = introspect(options.schema);
    this.#onQuit = options.onQuit;
    this.#synthesizer = new Synthesizer(options.seed);
    this.runState = new RunState(this);
    this.yank = new YankRegistry();
    this.chardevs = new Chardevs(this);
    this.blockNodes = new BlockNodes(this);
    this.migration = new Migration(this);
    this.#models = [
      control(this),
      this.runState,
      this.yank,
      this.chardevs,
      this.blockNodes,
      this.migration,
      absentDevices,
    ];
    for (const model of this.#models) {
      for (const [name, handler] of Object.entries(model.handlers)) this.#handlers.set(name, handler);
    }
  }

  /** Executes a command; one without a model returns a made-up value of its return type. */
  execute(command: Command, args: JsonObject): Json | Promise<Json> {
    const handler = this.#handlers.get(command.name);
    return handler === undefined ? this.#synthesizer.valueFor(command) : handler(args);
  }

  join(session: Session): void {
    this.sessions.add(session);
  }

  leave(session: Session): void {
    this.sessions.delete(session);
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
    this.#onQuit();
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
