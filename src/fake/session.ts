/**
 * One connection: reads requests, queues them, answers. In-band requests of all sessions are executed one after the
 * other, out-of-band requests at once.
 */
import { isObject, JsonReader, member, type Json, type JsonError, type JsonObject } from '../json/index.js';
import type { Behaviour, Call, SessionState } from './behaviour.js';
import type { Machine } from './machine.js';
import { failure, type CommandOutcome } from './outcome.js';

const NO_BYTES = new Uint8Array(0);

/** The connection that a session talks over. */
export interface SessionLink {
  /** @param asked the bytes answer what this client has sent */
  send(bytes: Uint8Array, asked: boolean): void;
  /** Stops or resumes the flow of input. */
  setReading(reading: boolean): void;
  /**
   * May more be taken from the client? Not while it leaves too much unread, or all clients together are too much.
   *
   * @param held what the session holds of what came in, in bytes
   */
  mayTake(held: number): boolean;
  /** Everything that the client has sent has been answered. */
  onIdle(): void;
  disconnect(): void;
}

/** Something the client has sent: a request, or what is no JSON. */
type Received = ({ readonly request: Json } | { readonly error: JsonError }) & {
  /** In memory, in bytes. */
  readonly size: number;
};

/** So much is read at a time: what comes in may take fifty times its bytes. */
const PIECE = 8 * 1024;
/** What is read and waits takes so much beside its value. */
const RECEIVED_BYTES = 512;
/** A session that holds more than this of complete requests reads no further, in bytes. */
const MAX_WAITING = 2 ** 20;

export class Session implements SessionState {
  readonly machine: Machine;
  readonly number: number;
  readonly memory = new Map<string, Json>();
  negotiated = false;
  oob = false;
  readonly #behaviour: Behaviour;
  readonly #link: SessionLink;
  readonly #reader: JsonReader;
  readonly #input: (bytes: Uint8Array) => Uint8Array;
  /** Read, and not yet looked at: the session takes no more requests for the moment. */
  #unread: Received[] = [];
  /** Came in, and not read yet. */
  #bytes: Uint8Array = NO_BYTES;
  /** What is read and not answered, in bytes. */
  #size = 0;
  #waiting = 0;
  #running = false;
  #taking = false;
  #closed = false;

  constructor(number: number, machine: Machine, link: SessionLink) {
    this.number = number;
    this.machine = machine;
    this.#behaviour = machine.behaviour;
    this.#link = link;
    this.#reader = this.#behaviour.keepsParser
      ? machine.reader
      : new JsonReader({ dialect: this.#behaviour.dialect });
    this.#input = this.#behaviour.input();
    machine.join(this);
    this.send(this.#behaviour.greet(this));
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Nothing that the client has sent is left to do. */
  get idle(): boolean {
    return this.#bytes.length === 0 && this.#unread.length === 0 && this.#waiting === 0 && !this.#running;
  }

  /** Takes bytes from the client. */
  receive(bytes: Uint8Array): void {
    const more = this.#input(bytes);
    this.#bytes = this.#bytes.length === 0 ? more : Buffer.concat([this.#bytes, more]);
    this.#takeRequests();
  }

  /** Reads a piece of what came in; false when there is nothing to read. */
  #read(): boolean {
    if (this.#bytes.length === 0) return false;
    const piece = this.#bytes.subarray(0, PIECE);
    this.#bytes = this.#bytes.subarray(PIECE);
    if (this.#bytes.length === 0) this.#bytes = NO_BYTES;
    for (const item of this.#reader.push(piece)) {
      const size = RECEIVED_BYTES + (item.kind === 'error' ? 0 : item.footprint);
      this.#size += size;
      if (item.kind === 'error') this.#unread.push({ error: item.error, size });
      else this.#unread.push({ request: item.value, size });
    }
    return true;
  }

  /** The client has read what was sent to it. */
  goOn(): void {
    this.#takeRequests();
  }

  /** The client has gone: what it asked and has not been started is forgotten. */
  close(): void {
    this.#closed = true;
    this.#unread = [];
    this.#bytes = NO_BYTES;
    this.machine.leave(this);
  }

  /** @param asked the messages answer what this client has sent */
  send(messages: readonly Json[], asked = false): void {
    for (const message of messages) {
      if (this.#closed) return;
      this.#link.send(this.#behaviour.encode(message), asked);
    }
  }

  disconnect(): void {
    this.#link.disconnect();
  }

  #takeRequests(): void {
    // Executing a request may call back here; the outer call goes on with what is left.
    if (this.#taking) return;
    this.#taking = true;
    while (this.#mayTake()) {
      const received = this.#unread.shift();
      if (received === undefined) {
        if (!this.#read()) break;
      } else this.#takeUp(received);
    }
    this.#taking = false;
    this.#link.setReading(this.#mayTake());
    if (this.idle) this.#link.onIdle();
  }

  #takeUp(received: Received): void {
    if ('error' in received) {
      this.#enqueue(received);
      return;
    }
    const requests = this.#behaviour.requests(received.request, this);
    if (requests.length === 0) this.#size -= received.size;
    for (const [index, request] of requests.entries()) {
      // One message may be several requests of a server with a fault.
      const one = { request, size: index === 0 ? received.size : 0 };
      if (this.#behaviour.overtakes(request, this)) void this.#overtake(one);
      else this.#enqueue(one);
    }
  }

  async #overtake(received: Received): Promise<void> {
    const answered = this.#answer(received);
    if (answered !== undefined) await answered;
    this.#size -= received.size;
  }

  #mayTake(): boolean {
    if (!this.#link.mayTake(this.#size + this.#bytes.length + this.#reader.held)) return false;
    // What is complete is answered first; half a request, however large, has to be read on.
    if (this.#unread.length === 0 && this.#size > MAX_WAITING) return false;
    if (this.#behaviour.readsAhead(this)) return this.#waiting < this.#behaviour.queueLength;
    return this.#waiting === 0 && !this.#running;
  }

  #enqueue(received: Received): void {
    this.#waiting += 1;
    this.machine.enqueue({
      run: () => this.#runInBand(received),
      cancelled: () => this.#closed,
    });
  }

  #runInBand(received: Received): Promise<void> | undefined {
    this.#waiting -= 1;
    this.#running = true;
    const done = (): void => {
      this.#running = false;
      this.#size -= received.size;
      this.#takeRequests();
    };
    const answered = this.#answer(received);
    if (answered === undefined) {
      done();
      return undefined;
    }
    // A place in the queue is free as soon as this request is being executed.
    this.#takeRequests();
    return answered.then(done);
  }

  /** Answers what was received; at once, unless its execution takes time. */
  #answer(received: Received): Promise<void> | undefined {
    if ('error' in received) {
      this.send(this.#behaviour.parseError(received.error, this));
      return undefined;
    }
    const { request } = received;
    const outcome = this.#dispatch(request);
    if (!(outcome instanceof Promise)) {
      this.#reply(request, outcome);
      return undefined;
    }
    return outcome.then((settled) => {
      this.#reply(request, settled);
    });
  }

  #reply(request: Json, outcome: CommandOutcome): void {
    const messages = this.#behaviour.reply(request, outcome, this);
    const leadIn = this.#behaviour.leadIn(request, outcome, this);
    if (leadIn.length > 0 && !this.#closed) this.#link.send(leadIn, true);
    for (const session of this.machine.sessions) {
      if (this.#behaviour.hearsReply(session, this)) session.send(messages, session === this);
    }
    this.machine.afterReply();
  }

  /** The checks of a request in the order of a real QEMU, then its execution. */
  #dispatch(request: Json): CommandOutcome | Promise<CommandOutcome> {
    const behaviour = this.#behaviour;
    if (!isObject(request)) return failure('a request must be a JSON object');
    const problem = behaviour.envelopeProblem(request, this);
    if (problem !== undefined) return failure(problem);
    const oob = !Object.hasOwn(request, 'execute');
    const name = member(request, oob ? 'exec-oob' : 'execute');
    const call: Call = { name: typeof name === 'string' ? name : '', oob, request, session: this };
    const command = behaviour.findCommand(call);
    if (!('kind' in command)) return command;
    const oobProblem = oob ? behaviour.oobProblem(command) : undefined;
    if (oobProblem !== undefined) return oobProblem;
    const args = member(request, 'arguments');
    const [argumentProblem] = behaviour.argumentProblems(command, args, call);
    if (argumentProblem !== undefined) return behaviour.refuseArguments(command, argumentProblem);
    const checked: JsonObject = args !== undefined && isObject(args) ? args : {};
    if (command.name === 'qmp_capabilities') return behaviour.negotiate(checked, this);
    return behaviour.execute(command, checked, call);
  }
}
