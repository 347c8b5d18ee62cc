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
import { isObject, jsonEqual, member, parseShown, showBytes, type Json } from '../json/index.js';
import {
  Connection,
  requestText,
  showExit,
  type Incoming,
  type Message,
  type Request,
} from '../qmp/index.js';
import { Peer } from './peer.js';
import type { Step } from './step.js';
import type { Target } from './target.js';

/** What an exchange brought. */
export interface Observed {
  readonly replies: readonly Json[];
  readonly events: readonly Json[];
  /** Everything that came, as text, one message a line; the middle left out when it is much. */
  readonly text: string;
}

export interface StepOutcome {
  readonly findings: readonly Finding[];
  readonly observed: Observed;
  /** Why nothing more can be learned on this stage; the target may be gone. */
  readonly lost?: 'timeout' | 'closed' | 'garbage';
}

export interface StageOptions {
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
const NOTHING: Observed = { replies: [], events: [], text: '' };

interface OpenConnection {
  readonly connection: Connection;
  messages: number;
}

export class Stage {
  readonly #options: StageOptions;
  readonly #connections = new Map<string, OpenConnection>();
  readonly #peers = new Map<string, Peer>();
  readonly #recent: Uint8Array[] = [];

  constructor(options: StageOptions) {
    this.#options = options;
  }

  /**
   * Does one step.
   *
   * @throws TargetError when the step needs a connection and the target takes none
   */
  async do(step: Step): Promise<StepOutcome> {
    switch (step.do) {
      case 'connect':
        return this.#connect(step.conn, step.monitor);
      case 'exchange':
        return this.exchange(
          step.conn,
          step.send.map((text) => this.#bytes(text)),
          step.expect,
        );
      case 'poll':
        return this.#poll(step.conn, step.request, step.oneOf);
      case 'close':
        await this.#connections.get(step.conn)?.connection.close();
        this.#connections.delete(step.conn);
        return held();
      case 'end-sending':
        this.connection(step.conn).endSending();
        return held();
      case 'listen':
        this.#peers.set(step.peer, await Peer.listen(join(this.#options.folder, step.peer), step.serve));
        return held();
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
        return held();
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

  /** The last messages that came in, on whatever connection: what a target said before it went away. */
  recentText(): string {
    return this.#recent.map((raw) => showBytes(raw, MAX_LINE)).join('\n');
  }

  /** Takes the next thing from a connection and shows it to whoever watches. */
  async receive(name: string, timeoutMs: number): Promise<Incoming> {
    return this.poll(name) ?? this.#shown(this.#open(name), await this.connection(name).receive(timeoutMs));
  }

  /** The same, without waiting: undefined when nothing has come. */
  poll(name: string): Incoming | undefined {
    const open = this.#open(name);
    const incoming = open.connection.poll();
    return incoming === undefined ? undefined : this.#shown(open, incoming);
  }

  /** Sends bytes and judges what comes until the exchange is over (see {@link Expectation}). */
  async exchange(name: string, send: readonly Uint8Array[], expect: Expectation): Promise<StepOutcome> {
    const { connection } = this.#open(name);
    for (const [index, bytes] of send.entries()) {
      // Separate writes stay separate only when the loop turns between them.
      if (index > 0) await nextTurn();
      connection.send(bytes);
    }
    const log = new Log();
    const gathered: { replies: Json[]; events: Json[] } = { replies: [], events: [] };
    const lost = await this.#gather(name, expect, gathered, log);
    const observed = { ...gathered, text: log.text() };
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

  /** Closes everything; the stage is not used again. */
  async close(): Promise<void> {
    for (const peer of this.#peers.values()) peer.close();
    // The next check may use the same names.
    await Promise.all(
      [...this.#peers.keys()].map((name) => rm(join(this.#options.folder, name), { force: true })),
    );
    await Promise.all([...this.#connections.values()].map(({ connection }) => connection.close()));
    this.#connections.clear();
  }

  #shown(open: OpenConnection, incoming: Incoming): Incoming {
    if (incoming.kind === 'message') {
      this.#options.onMessage(incoming.message, open.messages);
      open.messages += 1;
      this.#recent.push(incoming.message.raw);
      if (this.#recent.length > RECENT) this.#recent.shift();
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
    const log = new Log();
    const incoming = await this.receive(name, timeoutMs);
    log.add(incoming);
    const observed: Observed = { ...NOTHING, text: log.text() };
    if (incoming.kind !== 'message') {
      const { findings, lost } = lostBy(incoming, timeoutMs, 'the greeting');
      return { findings, lost, observed };
    }
    return { findings: [], observed: { ...observed, replies: [incoming.message.value] } };
  }

  async #poll(name: string, request: Request, oneOf: readonly Outcome[]): Promise<StepOutcome> {
    const deadline = performance.now() + this.#options.timeoutMs;
    for (let id = 1; ; id += 1) {
      const text = requestText({ ...request, id: `p${id}` });
      const outcome = await this.exchange(name, [Buffer.from(text)], {
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
    log: Log,
  ): Promise<{ finding: Finding; why: 'timeout' | 'closed' | 'garbage' } | undefined> {
    const { timeoutMs } = this.#options;
    const most = expect.replies.reduce((sum, pattern) => sum + (pattern.times?.max ?? 1), 0);
    let deadline = performance.now() + timeoutMs;
    let over = expect.sentinel === undefined ? gathered.replies.length >= most : false;
    for (;;) {
      if (over && expect.close !== true && missingEvents(gathered.events, expect).length === 0)
        return undefined;
      const incoming = await this.receive(name, deadline - performance.now());
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
      deadline = performance.now() + timeoutMs;
    }
  }

  async #awaitSocket(name: string): Promise<StepOutcome> {
    const path = join(this.#options.folder, name);
    const deadline = performance.now() + this.#options.timeoutMs;
    while (!existsSync(path)) {
      if (performance.now() > deadline) return broken(notListening(name, 'there is no such socket'));
      await sleep(POLL_MS);
    }
    return held();
  }

  async #dial(name: string): Promise<StepOutcome> {
    // The socket is there a moment before its owner listens.
    const deadline = performance.now() + this.#options.timeoutMs;
    for (;;) {
      try {
        this.#peers.set(name, await Peer.dial(join(this.#options.folder, name)));
        return held();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (performance.now() > deadline) return broken(notListening(name, reason));
        await sleep(POLL_MS);
      }
    }
  }

  async #peerFinding(
    name: string,
    holds: (peer: Peer) => Promise<boolean>,
    finding: Finding,
  ): Promise<StepOutcome> {
    const peer = this.#peers.get(name);
    if (peer === undefined) throw new RangeError(`no step made the peer '${name}'`);
    return (await holds(peer)) ? held() : broken(finding);
  }

  async #awaitExit(status: number): Promise<StepOutcome> {
    const exit = await this.#options.target.waitForExit?.(this.#options.timeoutMs);
    if (exit?.code === status) return held();
    return broken({
      kind: 'wrong-exit',
      message: exit === undefined ? 'the target did not end' : `the target ended with ${showExit(exit)}`,
    });
  }

  #bytes(text: string): Uint8Array {
    return parseShown(text.replaceAll(FOLDER_MARK, this.#options.folder));
  }

  #open(name: string): OpenConnection {
    const open = this.#connections.get(name);
    if (open === undefined) throw new RangeError(`no step opened the connection '${name}'`);
    return open;
  }
}

const POLL_MS = 20;
const MAX_EVENTS = 1024;
const RECENT = 8;

function held(): StepOutcome {
  return { findings: [], observed: NOTHING };
}

function notListening(name: string, reason: string): Finding {
  return { kind: 'peer-refused', message: `the target does not listen for '${name}': ${reason}` };
}

function broken(finding: Finding): StepOutcome {
  return { findings: [finding], observed: NOTHING };
}

/** What it means that no message came. */
export function lostBy(
  incoming: Exclude<Incoming, { readonly kind: 'message' }>,
  timeoutMs: number,
  waitedFor: string,
): { readonly findings: readonly [Finding]; readonly lost: 'timeout' | 'closed' | 'garbage' } {
  switch (incoming.kind) {
    case 'timeout': {
      const message = `no answer within ${timeoutMs} ms, while waiting for ${waitedFor}`;
      return { findings: [{ kind: 'no-reply', message }], lost: 'timeout' };
    }
    case 'closed': {
      const message = `the connection ended while waiting for ${waitedFor}: ${incoming.reason}`;
      return { findings: [{ kind: 'connection-lost', message }], lost: 'closed' };
    }
    case 'garbage': {
      const message = `the server sent what is no JSON: ${incoming.error.message}`;
      return { findings: [{ kind: 'invalid-json', message }], lost: 'garbage' };
    }
  }
}

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

/** The messages of an exchange as text: the first and the last of them, each cut to a bearable length. */
class Log {
  static readonly #kept = 12;
  readonly #first: string[] = [];
  #last: string[] = [];
  #leftOut = 0;

  add(incoming: Incoming): void {
    const line = logLine(incoming);
    if (line === undefined) return;
    if (this.#first.length < Log.#kept) this.#first.push(line);
    else {
      this.#last.push(line);
      if (this.#last.length > Log.#kept) {
        this.#last.shift();
        this.#leftOut += 1;
      }
    }
  }

  text(): string {
    const gap = this.#leftOut === 0 ? [] : [`… ${this.#leftOut} messages left out …`];
    return [...this.#first, ...gap, ...this.#last].join('\n');
  }
}

const MAX_LINE = 4096;

function logLine(incoming: Incoming): string | undefined {
  switch (incoming.kind) {
    case 'message':
      return showBytes(incoming.message.raw, MAX_LINE);
    case 'garbage':
      return showBytes(incoming.raw, MAX_LINE);
    case 'closed':
      return '(end of the connection)';
    case 'timeout':
      return undefined;
  }
}
