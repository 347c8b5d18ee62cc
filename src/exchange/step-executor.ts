/**
 * Where steps are done: holds the connections and peers of one check, does one step at a time, judges it.
 *
 * The runner's checks and `qmpspec replay` both come through here, so a replay does what the run did.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import {
  judgeReplies,
  reply,
  showJson,
  type Expectation,
  type Finding,
  type JudgeContext,
  type Outcome,
} from '../judge/index.js';
import { isObject, jsonEqual, member, parseEscapedBytes, type Json } from '../json/index.js';
import {
  Connection,
  Deadline,
  lossMessage,
  requestText,
  showExit,
  synchronise,
  syncProblem,
  type Incoming,
  type Loss,
  type Message,
  type Request,
} from '../qmp/index.js';
import type { Target } from '../target/index.js';
import { History } from './history.js';
import { RecentMessages, MessageLog } from './message-log.js';
import { Peer } from './peer.js';
import type { Step } from './step.js';

/** What an exchange brought. */
export interface Observed {
  readonly replies: readonly Json[];
  readonly events: readonly Json[];
  /** Everything that came; the middle left out when it is much. */
  readonly log: MessageLog;
}

export interface StepOutcome {
  readonly findings: readonly Finding[];
  readonly observed: Observed;
  /** Why nothing more can be learned on this stage; the target may be gone. */
  readonly lost?: Loss['kind'];
}

export interface ExecutorOptions {
  readonly target: Target;
  /** The private folder for sockets of peers. */
  readonly folder: string;
  /** How long one reply may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly context: JudgeContext;
  /** Is told of every message that comes in, with how many came before it on its connection. */
  readonly onMessage: (message: Message, index: number) => void;
}

/** Stands for the folder of the moment in saved steps. */
export const FOLDER_MARK = '{dir}';

/** A server may send more than is due; beyond this much there is nothing to learn from it. */
const EXTRA_REPLIES = 32;
export const NOTHING: Observed = { replies: [], events: [], log: new MessageLog() };

interface OpenConnection {
  readonly connection: Connection;
  messages: number;
}

export class StepExecutor {
  readonly #options: ExecutorOptions;
  readonly #connections = new Map<string, OpenConnection>();
  readonly #peers = new Map<string, Peer>();
  readonly #history = new History();
  readonly #lastWords = new RecentMessages();
  #closed = false;
  /** What is being done that is no step: the requests of a pipeline, as the step that would show the same. */
  inProgress: (() => readonly Step[]) | undefined;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /** The steps done so far, oldest first; of a long history some are forgotten. */
  get steps(): readonly Step[] {
    return this.#history.steps;
  }

  /** What a replay has to do to see again what has just come in. */
  get currentSteps(): readonly Step[] {
    return this.inProgress?.() ?? this.steps;
  }

  /**
   * Does one step.
   *
   * @throws TargetError when the step needs a connection and the target takes none
   */
  async do(step: Step): Promise<StepOutcome> {
    // Whoever closed the stage wants no more of it, and least of all a new connection.
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
        return this.#peerFinding(step.peer, (peer) => peer.connected(this.#options.timeoutMs), {
          kind: 'peer-not-connected',
          message: `the target did not connect to the socket of '${step.peer}'`,
        });
      case 'await-ended':
        return this.#peerFinding(step.peer, (peer) => peer.ended(this.#options.timeoutMs), {
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

  /** How long one reply may take, in milliseconds. */
  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  /** A connection that a step has opened. */
  connection(name: string): Connection {
    return this.#open(name).connection;
  }

  /** The last that came in, on whatever connection, one line each: what a target said before it went away. */
  get recentMessages(): readonly string[] {
    return this.#lastWords.lines;
  }

  /** Takes the next thing from a connection and shows it to whoever watches. Events do not make the wait longer. */
  async receive(name: string, deadline: Deadline): Promise<Incoming> {
    const incoming =
      this.poll(name) ?? this.#shown(this.#open(name), await this.connection(name).receive(deadline.left));
    const flood = incoming.kind === 'message' && incoming.message.kind === 'event' && deadline.spent();
    return flood ? { kind: 'timeout' } : incoming;
  }

  /** The same, without waiting: undefined when nothing has come. */
  poll(name: string): Incoming | undefined {
    const open = this.#open(name);
    const incoming = open.connection.poll();
    return incoming === undefined ? undefined : this.#shown(open, incoming);
  }

  /** Closes everything; the stage is not used again. Steps that are under way end as if the target had gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const peer of this.#peers.values()) peer.close();
    // The next check may use the same names.
    await Promise.all(
      [...this.#peers.keys()].map((name) => rm(join(this.#options.folder, name), { force: true })),
    );
    await Promise.all([...this.#connections.values()].map(({ connection }) => connection.close()));
    this.#connections.clear();
  }

  #shown(open: OpenConnection, incoming: Incoming): Incoming {
    this.#lastWords.add(incoming);
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
    const { timeoutMs } = this.#options;
    const connection = await Connection.open(endpoint, { timeoutMs });
    this.#connections.set(name, { connection, messages: 0 });
    if (this.#closed) await connection.close();
    const deadline = new Deadline(timeoutMs);
    const log = new MessageLog();
    if (this.#options.target.protocol === 'qga') return this.#synchronise(name, deadline, log);
    for (;;) {
      const incoming = await this.receive(name, deadline);
      log.add(incoming);
      if (incoming.kind !== 'message') {
        const { findings, lost } = lostBy(incoming, timeoutMs, 'the greeting');
        return { findings, lost, observed: { ...NOTHING, log } };
      }
      // An event comes too early here; but whatever is wrong with it, it is not the greeting.
      const { kind, value } = incoming.message;
      if (kind !== 'event') return { findings: [], observed: { ...NOTHING, replies: [value], log } };
    }
  }

  /** What a guest agent needs in place of a greeting. */
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
    const message = syncProblem(result, this.#options.timeoutMs);
    const lost = result.kind === 'refused' ? 'garbage' : result.kind;
    return { findings: [{ kind: 'not-synchronised', message }], observed, lost };
  }

  /** Sends bytes and judges what comes until the exchange is over (see {@link Expectation}). */
  async #exchange(name: string, send: readonly Uint8Array[], expect: Expectation): Promise<StepOutcome> {
    const { connection } = this.#open(name);
    for (const [index, bytes] of send.entries()) {
      // Separate writes stay separate only when the loop turns between them.
      if (index > 0) await nextTurn();
      connection.send(bytes);
    }
    const log = new MessageLog();
    const gathered: { replies: Json[]; events: Json[] } = { replies: [], events: [] };
    const lost = await this.#gather(name, expect, gathered, log);
    const observed = { replies: gathered.replies, events: gathered.events, log };
    if (lost !== undefined) {
      const findings = [
        lost.finding,
        ...judgeReplies(gathered.replies, expect, this.#options.context),
      ].filter(
        // What did not come is said once.
        (finding) => finding.kind !== 'reply-missing',
      );
      return { findings, observed, lost: lost.why };
    }
    return {
      findings: [
        ...judgeReplies(gathered.replies, expect, this.#options.context),
        ...judgeEvents(gathered.events, expect),
      ],
      observed,
    };
  }

  async #poll(name: string, request: Request, oneOf: readonly Outcome[]): Promise<StepOutcome> {
    const deadline = performance.now() + this.#options.timeoutMs;
    for (let id = 1; ; id += 1) {
      const text = requestText(request, `p${id}`);
      const outcome = await this.#exchange(name, [Buffer.from(text)], {
        replies: [reply(`p${id}`, ...oneOf)],
      });
      if (outcome.lost !== undefined || outcome.findings.length === 0 || performance.now() > deadline)
        return outcome;
      await sleep(POLL_MS);
    }
  }

  async #gather(
    name: string,
    expect: Expectation,
    gathered: { replies: Json[]; events: Json[] },
    log: MessageLog,
  ): Promise<{ finding: Finding; why: Loss['kind'] } | undefined> {
    const { timeoutMs } = this.#options;
    const most = expect.replies.reduce((sum, pattern) => sum + (pattern.times?.max ?? 1), 0);
    let deadline = new Deadline(timeoutMs);
    let over = expect.sentinel === undefined ? gathered.replies.length >= most : false;
    for (;;) {
      if (over && expect.close !== true && missingEvents(gathered.events, expect).length === 0)
        return undefined;
      const incoming = await this.receive(name, deadline);
      log.add(incoming);
      if (incoming.kind === 'closed' && expect.close === true) return undefined;
      if (incoming.kind === 'timeout' && over && expect.close !== true) return undefined;
      if (incoming.kind !== 'message') {
        const { findings, lost } = lostBy(
          incoming,
          timeoutMs,
          over ? 'the end of the connection' : 'a reply',
        );
        return { finding: findings[0], why: lost };
      }
      const { kind, value } = incoming.message;
      if (kind === 'event') {
        gathered.events.push(value);
        // A flood of events must not fill the memory; which of them came late no longer matters.
        if (gathered.events.length > MAX_EVENTS) gathered.events.splice(0, MAX_EVENTS / 2);
        continue;
      }
      const id = isObject(value) ? member(value, 'id') : undefined;
      if (expect.sentinel !== undefined && id !== undefined && jsonEqual(id, expect.sentinel)) over = true;
      else gathered.replies.push(value);
      if (expect.sentinel === undefined && gathered.replies.length >= most) over = true;
      if (gathered.replies.length > most + EXTRA_REPLIES) {
        return {
          finding: { kind: 'flood', message: 'the server sends far more replies than requests' },
          why: 'garbage',
        };
      }
      deadline = new Deadline(timeoutMs);
    }
  }

  async #awaitSocket(name: string): Promise<StepOutcome> {
    const path = join(this.#options.folder, name);
    const deadline = performance.now() + this.#options.timeoutMs;
    while (!existsSync(path)) {
      if (performance.now() > deadline) return failed(notListening(name, 'there is no such socket'));
      await sleep(POLL_MS);
    }
    return passed();
  }

  async #dial(name: string): Promise<StepOutcome> {
    try {
      this.#peers.set(name, await Peer.dial(join(this.#options.folder, name), this.#options.timeoutMs));
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
    const exit = await this.#options.target.waitForExit?.(this.#options.timeoutMs);
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
const MAX_EVENTS = 1024;

function passed(): StepOutcome {
  return { findings: [], observed: NOTHING };
}

function notListening(name: string, reason: string): Finding {
  return { kind: 'peer-refused', message: `the target does not listen for '${name}': ${reason}` };
}

function failed(finding: Finding): StepOutcome {
  return { findings: [finding], observed: NOTHING };
}

/** What it means that no message came. */
export function lostBy(
  incoming: Loss,
  timeoutMs: number,
  waitedFor: string,
): { readonly findings: readonly [Finding]; readonly lost: Loss['kind'] } {
  const message = lossMessage(incoming, timeoutMs, waitedFor);
  return { findings: [{ kind: LOSS_KINDS[incoming.kind], message }], lost: incoming.kind };
}

const LOSS_KINDS = { timeout: 'no-reply', closed: 'connection-lost', garbage: 'invalid-json' } as const;

function eventName(event: Json): string {
  const name = isObject(event) ? member(event, 'event') : undefined;
  return typeof name === 'string' ? name : '';
}

function missingEvents(events: readonly Json[], expect: Expectation): string[] {
  const seen = events.map(eventName);
  return (expect.events ?? []).filter((wanted) => {
    const index = seen.indexOf(wanted);
    if (index >= 0) seen.splice(index, 1);
    return index < 0;
  });
}

function judgeEvents(events: readonly Json[], expect: Expectation): Finding[] {
  const findings: Finding[] = missingEvents(events, expect).map((name) => ({
    kind: 'event-missing',
    message: `the event ${name} did not come`,
  }));
  const due = [...(expect.events ?? [])];
  for (const event of events) {
    const name = eventName(event);
    const index = due.indexOf(name);
    if (index >= 0) due.splice(index, 1);
    else if (expect.events?.includes(name) === true) {
      findings.push({ kind: 'event-repeated', message: `the event ${name} came once too often` });
    } else if (expect.noEvents?.includes('*') === true || expect.noEvents?.includes(name) === true) {
      findings.push({ kind: 'unexpected-event', message: `an event came: ${showJson(event)}` });
    }
  }
  return findings;
}
