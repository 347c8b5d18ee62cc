/**
 * What a check works with: connections to the target, and peers for the target to talk to.
 */
import { reply, returnsJudged, success, type Outcome } from '../judge/index.js';
import { escapeBytes, type Json } from '../json/index.js';
import { requestText } from '../qmp/index.js';
import type { CaseSource } from '../cases/index.js';
import type { TargetInfo } from '../discovery/index.js';
import { type StepRecorder, type PeerKind, type Step, CheckConnection } from '../exchange/index.js';

/** Ends a check that turns out not to apply. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** A command to execute on a fresh connection, or a socket to connect to; what comes of it is not judged. */
export type Cleanup = { readonly execute: string; readonly arguments?: Json } | { readonly dial: string };

export interface ProbeOptions {
  readonly script: StepRecorder;
  readonly info: TargetInfo;
  readonly folder: string;
  readonly seed: number;
  readonly runs: number;
  readonly cases?: CaseSource | undefined;
}

export class Probe {
  /** What is known of the target. */
  readonly info: TargetInfo;
  /** The seed of the run: whatever a check makes up follows from it. */
  readonly seed: number;
  /** How many random cases a check that makes some up should try. */
  readonly runs: number;
  /** Generated arguments; undefined when nothing is known of the arguments of commands. */
  readonly cases: CaseSource | undefined;
  /** The private folder in which peers listen; the target sees the same path. */
  readonly folder: string;
  readonly #script: StepRecorder;
  readonly #wires: CheckConnection[] = [];
  readonly #undo: Cleanup[] = [];

  constructor(options: ProbeOptions) {
    this.info = options.info;
    this.seed = options.seed;
    this.runs = options.runs;
    this.cases = options.cases;
    this.folder = options.folder;
    this.#script = options.script;
  }

  /**
   * Connects and takes the greeting; the connection is in negotiation mode. With a guest agent, which has neither, it
   * is synchronised.
   */
  async connect(options: { readonly monitor?: number } = {}): Promise<CheckConnection> {
    const { monitor = 0 } = options;
    const name = `c${this.#wires.length}`;
    const { observed } = await this.#script.do(
      { do: 'connect', conn: name, monitor },
      '(connecting)',
      this.info.protocol === 'qga' ? 'the reply to guest-sync-delimited' : 'a greeting',
    );
    const wire = new CheckConnection({
      script: this.#script,
      name,
      greeting: observed.replies[0] ?? null,
      ping: this.info.ping,
      folder: this.folder,
    });
    this.#wires.push(wire);
    return wire;
  }

  /** Connects and negotiates, with `oob` enabled when asked for; ready for commands, whatever the protocol. */
  async negotiated(
    options: { readonly oob?: boolean; readonly monitor?: number } = {},
  ): Promise<CheckConnection> {
    const wire = await this.connect(options);
    if (this.info.protocol === 'qmp') await wire.negotiate(options.oob === true ? ['oob'] : undefined);
    return wire;
  }

  /**
   * Judges what the discover got from query-qmp-schema, by the rule itself. It is not asked for again: nothing is larger,
   * and bytes are time.
   */
  judgeIntrospection(rule: string): void {
    const { introspection } = this.info;
    if (introspection === undefined)
      throw new RangeError('a rule that judges the introspection has to need it');
    const ask = (execute: string, id: number, outcome: Outcome): Step => ({
      do: 'exchange',
      conn: 'c0',
      send: [escapeBytes(Buffer.from(requestText({ execute, id })))],
      expect: { replies: [reply(id, outcome)] },
    });
    const steps: Step[] = [
      { do: 'connect', conn: 'c0', monitor: 0 },
      ask('qmp_capabilities', 1, success),
      ask('query-qmp-schema', 2, returnsJudged(rule)),
    ];
    this.#script.judgeSeen(introspection.value, returnsJudged(rule), steps);
  }

  /** Listens for the target to connect, on the Unix socket `name` in the private folder. */
  async listen(name: string, serve: PeerKind = 'silence'): Promise<void> {
    await this.#script.do({ do: 'listen', peer: name, serve }, '', '');
  }

  /** Waits until the target listens on the Unix socket `name` in the private folder. */
  async awaitSocket(name: string): Promise<void> {
    await this.#script.do({ do: 'await-socket', peer: name }, '', 'the target listens there');
  }

  /** Connects to the Unix socket `name` in the private folder, on which the target listens. */
  async dial(name: string): Promise<void> {
    await this.#script.do(
      { do: 'dial', peer: name },
      `(connecting to '${name}')`,
      'the target listens there',
    );
  }

  /** Requires that the target has connected to a peer. */
  async requireConnected(name: string): Promise<void> {
    await this.#script.do({ do: 'await-connected', peer: name }, '', `the target connects to '${name}'`);
  }

  /** Requires that the target has ended its connection with a peer. */
  async requireEnded(name: string): Promise<void> {
    await this.#script.do({ do: 'await-ended', peer: name }, '', `the connection with '${name}' ends`);
  }

  /** Requires that the target's connection with a peer still stands. */
  async requireStanding(name: string): Promise<void> {
    await this.#script.do({ do: 'still-connected', peer: name }, '', `the connection with '${name}' stands`);
  }

  /** Closes our end of a connection with the target. */
  async hangUp(name: string): Promise<void> {
    await this.#script.do({ do: 'hang-up', peer: name }, '', '');
  }

  /** Requires that the target, which must be our own, ends with an exit status. */
  async requireExit(status: number): Promise<void> {
    await this.#script.do({ do: 'await-exit', status }, '', `the target ends with exit status ${status}`);
  }

  /**
   * What brings the target back to where it was, should the check not get to its own end: otherwise one failure would
   * make others of checks that are innocent.
   */
  onAbort(cleanups: Cleanup): void {
    this.#undo.push(cleanups);
  }

  /** What to undo, the last thing first. */
  get cleanups(): readonly Cleanup[] {
    return [...this.#undo].reverse();
  }

  /** Ends the check as not applicable to this target. */
  skip(reason: string): never {
    throw new NotApplicable(reason);
  }

  /** Proves on every connection still open that the server is alive and has nothing more to say. */
  async settle(): Promise<void> {
    for (const wire of this.#wires) if (wire.open) await wire.settle();
  }
}
