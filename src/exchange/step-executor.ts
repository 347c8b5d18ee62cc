/**
 * Does steps, one at a time, and judges each: holds the connections and peers of one conversation with a target.
 *
 * The runner's checks and `qmpspec replay` both come through here, so a replay does what the run did. What goes wrong
 * with the target is part of the outcome of a step, and no exception.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import {
  judgeReplies,
  reply,
  type Expectation,
  type Finding,
  type JudgeContext,
  type Outcome,
} from '../judge/index.js';
import { parseEscapedBytes, type Json } from '../json/index.js';
import {
  Connection,
  Deadline,
  requestText,
  showExit,
  synchronise,
  syncProblem,
  TargetError,
  type Incoming,
  type Loss,
  type Message,
  type Request,
} from '../qmp/index.js';
import type { Target } from '../target/index.js';
import type { Case } from './case.js';
import { gather, judgeEvents, lostBy } from './gather.js';
import { History } from './history.js';
import { RecentMessages, MessageLog } from './message-log.js';
import { Peer } from './peer.js';
import type { Patience } from './patience.js';
import type { Step } from './step.js';

/** What an exchange brought. */
export interface Observed {
  readonly replies: readonly Json[];
  readonly events: readonly Json[];
  /** Everything that came; the middle left out when it is much. */
  readonly log: MessageLog;
  /** What the replies take in memory, in bytes. */
  readonly footprint: number;
}

export interface StepOutcome {
  readonly findings: readonly Finding[];
  readonly observed: Observed;
  /** Why nothing more can be learned in this conversation; the target may be gone. */
  readonly lost?: Loss['kind'] | 'refused';
}

export interface ExecutorOptions {
  readonly target: Target;
  /** The private folder for sockets of peers. */
  readonly folder: string;
  readonly patience: Patience;
  readonly context: JudgeContext;
  /** What came last from the target, in whatever conversation: this one adds to it. */
  readonly targetMessages?: RecentMessages;
  /** Is told of every message that comes in, with how many came before it on its connection. */
  readonly onMessage: (message: Message, index: number) => void;
  readonly onClose?: () => void;
}

/** Stands for the folder of the moment in saved steps. */
export const FOLDER_MARK = '{dir}';

export const NOTHING: Observed = { replies: [], events: [], log: new MessageLog(), footprint: 0 };

/** Work that is no step, such as sending cases. */
export interface InProgress {
  /** The steps that would show the same. */
  readonly steps: () => readonly Step[];
  readonly case: () => Case | undefined;
}

interface OpenConnection {
  readonly connection: Connection;
  messages: number;
}

export class StepExecutor {
  readonly #options: ExecutorOptions;
  readonly #connections = new Map<string, OpenConnection>();
  readonly #peers = new Map<string, Peer>();
  readonly #history = new History();
  readonly #recentMessages = new RecentMessages();
  #closed = false;
  #inProgress: InProgress | undefined;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /** The steps done so far, oldest first; of a long history some are forgotten. */
  get steps(): readonly Step[] {
    return this.#history.steps;
  }

  /** What a replay has to do to see again what has just come in. */
  get currentSteps(): readonly Step[] {
    return this.#inProgress?.steps() ?? this.steps;
  }

  /** The case whose reply is due next; undefined while no cases are sent. */
  get currentCase(): Case | undefined {
    return this.#inProgress?.case();
  }

  /** By what replies are judged. */
  get context(): JudgeContext {
    return this.#options.context;
  }

  /** Does something that is no step, such as sending cases; `now` says all the time what it is at. */
  async during<T>(now: InProgress, work: () => Promise<T>): Promise<T> {
    this.#inProgress = now;
    try {
      return await work();
    } finally {
      this.#inProgress = undefined;
    }
  }

  /** Does one step. */
  async do(step: Step): Promise<StepOutcome> {
    // Once closed, it opens no new connection.
    if (this.#closed) return { findings: [], observed: NOTHING, lost: 'closed' };
    this.#history.add(step);
    switch (step.do) {
      case 'connect':
        return this.#connect(step.conn, step.monitor);
      case 'exchange':
        return this.#exchange(
          step.conn,
          step.send.map((text) => this.#bytes(text)),
          step.expect,
        );
      case 'poll':
        return this.#poll(step.conn, step.request, step.oneOf);
      case 'close':
        await this.#connections.get(step.conn)?.connection.close();
        this.#connections.delete(step.conn);
        return passed();
      case 'end-sending':
        this.connection(step.conn).endSending();
        return passed();
      case 'listen':
        this.#peers.set(step.peer, await Peer.listen(join(this.#options.folder, step.peer), step.serve));
        return passed();
      case 'await-socket':
        return this.#awaitSocket(step.peer);
      case 'dial':
        return this.#dial(step.peer);
      case 'await-connected':
        return this.#peerFinding(step.peer, (peer) => this.#awaited((limitMs) => peer.connected(limitMs)), {
          kind: 'peer-not-connected',
          message: `the target did not connect to the socket of '${step.peer}'`,
        });
      case 'await-ended':
        return this.#peerFinding(step.peer, (peer) => this.#awaited((limitMs) => peer.ended(limitMs)), {
          kind: 'peer-not-ended',
          message: `the target did not end its connection with '${step.peer}'`,
        });
      case 'still-connected':
        return this.#peerFinding(step.peer, (peer) => peer.stands(), {
          kind: 'peer-ended',
          message: `the target ended its connection with '${step.peer}'`,
        });
      case 'hang-up':
        this.#peers.get(step.peer)?.close();
        return passed();
      case 'await-exit':
        return this.#awaitExit(step.status);
    }
  }

  /**
   * How long the next thing may take.
   *
   * @param mostMs no longer than this, in milliseconds
   */
  deadline(mostMs = Infinity): Deadline {
    return new Deadline(Math.min(this.#options.patience.limitMs, mostMs));
  }

  /** Notes that what was waited for did not come, though other things did; returns that as a loss. */
  noteSilence(deadline: Deadline): Loss {
    this.#options.patience.silent(deadline.lengthMs);
    return TIMEOUT;
  }

  /** A connection that a step has opened. */
  connection(name: string): Connection {
    return this.#open(name).connection;
  }

  /** The last that came in, on whatever connection, one line each: what a target said before it went away. */
  get recentMessages(): readonly string[] {
    return this.#recentMessages.lines;
  }

  /** The same of all conversations with the target. */
  get targetMessages(): readonly string[] {
    return this.#options.targetMessages?.lines ?? this.recentMessages;
  }

  /**
   * Takes the next thing from a connection and shows it to the observer. Events do not make the wait longer.
   *
   * @returns what came; that nothing did is noted, so that waiting stays within bounds
   */
  async receive(name: string, deadline: Deadline): Promise<Incoming> {
    const { patience } = this.#options;
    const started = performance.now();
    const incoming =
      this.poll(name) ?? this.#shown(this.#open(name), await this.connection(name).receive(deadline.left));
    const isEvent = incoming.kind === 'message' && incoming.message.kind === 'event';
    if (incoming.kind === 'timeout' || (isEvent && deadline.spent())) return this.noteSilence(deadline);
    patience.answered(performance.now() - started);
    return incoming;
  }

  /** The same, without waiting: undefined when nothing has come. */
  poll(name: string): Incoming | undefined {
    const open = this.#open(name);
    const incoming = open.connection.poll();
    return incoming === undefined ? undefined : this.#shown(open, incoming);
  }

  /** Closes everything, for good. Steps in progress end as if the target had gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#options.onClose?.();
    for (const peer of this.#peers.values()) peer.close();
    // The next check may use the same names.
    await Promise.all(
      [...this.#peers.keys()].map((name) => rm(join(this.#options.folder, name), { force: true })),
    );
    await Promise.all([...this.#connections.values()].map(({ connection }) => connection.close()));
  }

  #shown(open: OpenConnection, incoming: Incoming): Incoming {
    this.#recentMessages.add(incoming);
    this.#options.targetMessages?.add(incoming);
    if (incoming.kind === 'message') {
      this.#options.onMessage(incoming.message, open.messages);
      open.messages += 1;
    }
    return incoming;
  }

  async #connect(name: string, monitor: number): Promise<StepOutcome> {
    // A server that serves several clients on one address has it listed once.
    const { monitors } = this.#options.target;
    const endpoint = monitors[monitor] ?? monitors[0];
    if (endpoint === undefined) throw new RangeError('the target has no monitor');
    const deadline = this.deadline();
    const log = new MessageLog();
    let connection: Connection;
    try {
      connection = await Connection.open(endpoint, { timeoutMs: deadline.lengthMs });
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      if (deadline.left <= 0) this.#options.patience.silent(deadline.lengthMs);
      return refused(error.message);
    }
    this.#connections.set(name, { connection, messages: 0 });
    if (this.#closed) await connection.close();
    if (this.#options.target.protocol === 'qga') return this.#synchronise(name, deadline, log);
    for (;;) {
      const incoming = await this.receive(name, deadline);
      log.add(incoming);
      if (incoming.kind !== 'message') {
        const { findings, lost } = lostBy(incoming, deadline.lengthMs, 'the greeting');
        return { findings, lost, observed: { ...NOTHING, log } };
      }
      // An event comes too early here; but whatever is wrong with it, it is not the greeting.
      const { kind, value } = incoming.message;
      if (kind !== 'event') return { findings: [], observed: { ...NOTHING, replies: [value], log } };
    }
  }

  /** Synchronises with a guest agent, which sends no greeting. */
  async #synchronise(name: string, deadline: Deadline, log: MessageLog): Promise<StepOutcome> {
    const link = {
      send: (data: Uint8Array) => {
        this.connection(name).send(data);
      },
      receive: async () => {
        const incoming = await this.receive(name, deadline);
        log.add(incoming);
        return incoming;
      },
    };
    const result = await synchronise(link, deadline);
    const replies = result.greeting === undefined ? [] : [result.greeting];
    const observed = { ...NOTHING, replies, log };
    if (result.kind === 'done') return { findings: [], observed };
    const message = syncProblem(result, deadline.lengthMs);
    const lost = result.kind === 'refused' ? 'garbage' : result.kind;
    return { findings: [{ kind: 'not-synchronised', message }], observed, lost };
  }

  /** Sends bytes and judges what comes until the exchange is over (see {@link Expectation}). */
  async #exchange(name: string, send: readonly Uint8Array[], expect: Expectation): Promise<StepOutcome> {
    const { connection } = this.#open(name);
    for (const [index, bytes] of send.entries()) {
      // Separate writes stay separate only when the loop turns between them.
      if (index > 0) await nextTurn();
      await connection.drained(this.deadline().left);
      connection.send(bytes);
    }
    const gathered = await gather(expect, {
      deadline: () => this.deadline(),
      receive: (deadline) => this.receive(name, deadline),
    });
    const { replies, events, log, footprint, loss } = gathered;
    const findings = judgeReplies(replies, expect, this.#options.context);
    const observed = { replies, events, log, footprint };
    if (loss === undefined) {
      return { findings: [...findings, ...judgeEvents(events, expect)], observed };
    }
    // What did not come is said once.
    const others = findings.filter(({ kind }) => kind !== 'reply-missing');
    return { findings: [loss.finding, ...others], observed, lost: loss.kind };
  }

  async #poll(name: string, request: Request, oneOf: readonly Outcome[]): Promise<StepOutcome> {
    const deadline = this.deadline();
    for (let id = 1; ; id += 1) {
      const text = requestText(request, `p${id}`);
      const outcome = await this.#exchange(name, [Buffer.from(text)], {
        replies: [reply(`p${id}`, ...oneOf)],
      });
      if (outcome.lost !== undefined || outcome.findings.length === 0) return outcome;
      if (deadline.left <= 0) {
        this.#options.patience.silent(deadline.lengthMs);
        return outcome;
      }
      await sleep(POLL_MS);
    }
  }

  async #awaitSocket(name: string): Promise<StepOutcome> {
    const path = join(this.#options.folder, name);
    const listens = await this.#awaited(async (limitMs) => {
      const until = performance.now() + limitMs;
      while (!existsSync(path)) {
        if (performance.now() > until) return false;
        await sleep(POLL_MS);
      }
      return true;
    });
    return listens ? passed() : failed(notListening(name, 'there is no such socket'));
  }

  /** Waits for something as long as for a reply, and notes when it did not come. */
  async #awaited(comes: (limitMs: number) => Promise<boolean>): Promise<boolean> {
    const { patience } = this.#options;
    const { limitMs } = patience;
    const came = await comes(limitMs);
    if (!came) patience.silent(limitMs);
    return came;
  }

  async #dial(name: string): Promise<StepOutcome> {
    try {
      this.#peers.set(
        name,
        await Peer.dial(join(this.#options.folder, name), this.#options.patience.limitMs),
      );
      return passed();
    } catch (error) {
      return failed(notListening(name, error instanceof Error ? error.message : String(error)));
    }
  }

  async #peerFinding(
    name: string,
    holds: (peer: Peer) => Promise<boolean>,
    finding: Finding,
  ): Promise<StepOutcome> {
    const peer = this.#peers.get(name);
    if (peer === undefined) throw new RangeError(`no step made the peer '${name}'`);
    return (await holds(peer)) ? passed() : failed(finding);
  }

  async #awaitExit(status: number): Promise<StepOutcome> {
    const exit = await this.#options.target.waitForExit?.(this.#options.patience.limitMs);
    if (exit?.code === status) return passed();
    return failed({
      kind: 'wrong-exit',
      message: exit === undefined ? 'the target did not end' : `the target ended, ${showExit(exit)}`,
    });
  }

  #bytes(text: string): Uint8Array {
    return parseEscapedBytes(text.replaceAll(FOLDER_MARK, this.#options.folder));
  }

  #open(name: string): OpenConnection {
    const open = this.#connections.get(name);
    if (open === undefined) throw new RangeError(`no step opened the connection '${name}'`);
    return open;
  }
}

const POLL_MS = 20;
const TIMEOUT = { kind: 'timeout' } as const;

/** The target takes no connection. */
export function refused(message: string): StepOutcome {
  return { findings: [{ kind: 'connection-refused', message }], observed: NOTHING, lost: 'refused' };
}

function passed(): StepOutcome {
  return { findings: [], observed: NOTHING };
}

function notListening(name: string, reason: string): Finding {
  return { kind: 'peer-refused', message: `the target does not listen for '${name}': ${reason}` };
}

function failed(finding: Finding): StepOutcome {
  return { findings: [finding], observed: NOTHING };
}
