/**
 * What the fake does at every point where a server can be wrong. The reference behaviour is right; a fault replaces
 * some of these functions and leaves the rest.
 */
import { checkArguments, type ValueProblem } from '../judge/index.js';
import {
  isObject,
  member,
  qemuDialect,
  writeJson,
  type Dialect,
  type Json,
  type JsonError,
  type JsonObject,
} from '../json/index.js';
import type { Command, Schema } from '../qapi/index.js';
import type { RunState } from './models/run-state.js';
import type { YankRegistry } from './models/yank.js';
import { CommandError, failure, outcomeMembers, type CommandOutcome } from './outcome.js';

/** The machine as a behaviour sees it. */
export interface MachineState {
  readonly schema: Schema;
  readonly version: JsonObject;
  readonly capabilities: readonly string[];
  /** The schema as query-qmp-schema has to return it. */
  readonly introspection: Json;
  readonly sessions: ReadonlySet<SessionState>;
  readonly runState: RunState;
  readonly yank: YankRegistry;
  execute(command: Command, args: JsonObject): Json | Promise<Json>;
  emit(event: string, data?: JsonObject): void;
  /** Ends the machine after the reply in hand. */
  quit(): void;
  /** Ends the machine at once, with no reply and a bad exit status. */
  crash(): void;
  afterReply(): void;
}

/** A connection as a behaviour sees it. */
export interface SessionState {
  readonly machine: MachineState;
  /** Counts the connections of a server, from 0. */
  readonly number: number;
  negotiated: boolean;
  oob: boolean;
  /** In-band requests that wait for their turn. */
  readonly waiting: number;
  /** Where a fault may remember something of this connection. */
  readonly memory: Map<string, Json>;
  /** Ends the connection. */
  disconnect(): void;
}

/** A request whose form is right. */
export interface Call {
  readonly name: string;
  /** The request is to be executed out of band. */
  readonly oob: boolean;
  readonly request: JsonObject;
  readonly session: SessionState;
}

export interface Behaviour {
  /** The dialect in which requests are read. */
  readonly dialect: Dialect;
  /** Requests of one session that may wait with `oob` enabled; the next one stops the reading. */
  readonly queueLength: number;
  /** A client that has ended its side is answered and then disconnected. */
  readonly endsHalfClosed: boolean;
  /** Half a request of a client that has gone is what the next one begins with. */
  readonly keepsParser: boolean;
  /** What is sent to a client that has just connected. */
  readonly greet: (session: SessionState) => Json[];
  /** Changes the bytes that come in; a new one for each connection. */
  readonly input: () => (bytes: Uint8Array) => Uint8Array;
  /** A message as bytes. */
  readonly encode: (message: Json) => Uint8Array;
  /** The replies to what is no JSON value. */
  readonly parseError: (error: JsonError, session: SessionState) => Json[];
  /** The requests that a value makes. */
  readonly requests: (value: Json, session: SessionState) => Json[];
  /** Is the request executed at once, past those that wait? */
  readonly overtakes: (request: Json, session: SessionState) => boolean;
  /** Does a session take further requests while one waits or runs? */
  readonly readsAhead: (session: SessionState) => boolean;
  /** What is wrong with the request as such, before its command is looked at. */
  readonly envelopeProblem: (request: JsonObject, session: SessionState) => string | undefined;
  /** The command of that name, or why there is none for this session. */
  readonly findCommand: (call: Call) => Command | CommandOutcome;
  /** Why the command cannot be executed out of band. */
  readonly oobProblem: (command: Command) => CommandOutcome | undefined;
  readonly argumentProblems: (command: Command, args: Json | undefined, call: Call) => ValueProblem[];
  /** How a request with malformed arguments fails. */
  readonly refuseArguments: (command: Command, problem: ValueProblem) => CommandOutcome;
  /** Leaves negotiation mode, or says why not. */
  readonly negotiate: (args: JsonObject, session: SessionState) => CommandOutcome;
  /** Executes a command whose arguments have been checked. */
  readonly execute: (
    command: Command,
    args: JsonObject,
    call: Call,
  ) => CommandOutcome | Promise<CommandOutcome>;
  /** The messages that answer a request. */
  readonly reply: (request: Json, outcome: CommandOutcome, session: SessionState) => Json[];
  /** The bytes before the messages that answer a request. */
  readonly leadIn: (request: Json, outcome: CommandOutcome, session: SessionState) => Uint8Array;
  /** The messages that announce an event. */
  readonly event: (name: string, data: JsonObject | undefined, at: Date) => Json[];
  /** Is an event sent to this session? */
  readonly hearsEvents: (session: SessionState) => boolean;
  /** Is a reply sent to this session, which may not be the one that asked? */
  readonly hearsReply: (session: SessionState, asker: SessionState) => boolean;
  /** The value that query-qmp-schema returns. */
  readonly introspect: (machine: MachineState) => Json;
}

const NO_BYTES = Buffer.alloc(0);

export const referenceBehaviour: Behaviour = {
  dialect: qemuDialect,
  queueLength: 8,
  endsHalfClosed: true,
  keepsParser: false,

  greet: ({ machine }) => [{ QMP: { version: machine.version, capabilities: [...machine.capabilities] } }],

  input: () => (bytes) => bytes,

  // In one piece: a reply may repeat an id of 60 MiB.
  encode: (message) => Buffer.from(`${writeJson(message)}\r\n`, 'latin1'),

  parseError: (error) => [{ error: { class: 'GenericError', desc: `JSON parse error: ${error.message}` } }],

  requests: (value) => [value],

  overtakes: (request, session) =>
    session.oob &&
    isObject(request) &&
    Object.hasOwn(request, 'exec-oob') &&
    !Object.hasOwn(request, 'execute'),

  readsAhead: (session) => session.oob,

  envelopeProblem(request, session) {
    let executes = 0;
    for (const [name, value] of Object.entries(request)) {
      if (name === 'execute' || (name === 'exec-oob' && session.oob)) {
        if (typeof value !== 'string') return `the member '${name}' must be a string`;
        executes += 1;
      } else if (name === 'arguments') {
        if (!isObject(value)) return "the member 'arguments' must be an object";
      } else if (name !== 'id') {
        return `the member '${name.slice(0, 80)}' is not expected here`;
      }
    }
    if (executes === 0) return "the member 'execute' is missing";
    return executes > 1 ? "the members 'execute' and 'exec-oob' exclude each other" : undefined;
  },

  findCommand({ name, session }) {
    if (!session.negotiated && name !== 'qmp_capabilities') {
      return failure("capabilities have to be negotiated first, with 'qmp_capabilities'", 'CommandNotFound');
    }
    const command = session.machine.schema.commands.get(name);
    return command ?? failure(`there is no command '${name.slice(0, 80)}'`, 'CommandNotFound');
  },

  oobProblem: ({ name, allowOob }) =>
    allowOob ? undefined : failure(`the command '${name}' cannot be executed out of band`),

  argumentProblems: (command, args) => checkArguments(command, args),

  refuseArguments: (_command, { path, message }) => failure(path === '' ? message : `${path}: ${message}`),

  negotiate(args, session) {
    if (session.negotiated) {
      return failure('capabilities have been negotiated already', 'CommandNotFound');
    }
    const enable = member(args, 'enable');
    const names = Array.isArray(enable) ? enable : [];
    const unknown = names.find(
      (name) => typeof name !== 'string' || !session.machine.capabilities.includes(name),
    );
    if (unknown !== undefined) return failure(`the capability ${writeJson(unknown)} is not available`);
    session.negotiated = true;
    session.oob = names.includes('oob');
    return { return: {} };
  },

  execute(command, args, { session }) {
    const failed = (error: unknown): CommandOutcome => {
      if (error instanceof CommandError) return failure(error.message, error.errorClass);
      throw error;
    };
    try {
      const value = session.machine.execute(command, args);
      if (value instanceof Promise)
        return value.then((result): CommandOutcome => ({ return: result }), failed);
      return { return: value };
    } catch (error) {
      return failed(error);
    }
  },

  reply(request, outcome) {
    const members = outcomeMembers(outcome);
    const id = isObject(request) ? member(request, 'id') : undefined;
    if (id !== undefined) members.id = id;
    return [members];
  },

  leadIn: () => NO_BYTES,

  event(name, data, at) {
    const milliseconds = at.getTime();
    const timestamp = {
      seconds: Math.floor(milliseconds / 1000),
      microseconds: (milliseconds % 1000) * 1000,
    };
    return [data === undefined ? { event: name, timestamp } : { event: name, data, timestamp }];
  },

  hearsEvents: (session) => session.negotiated,

  hearsReply: (session, asker) => session === asker,

  introspect: (machine) => machine.introspection,
};
