/**
 * What a check works with: connections to the target, and peers for the target to talk to.
 */
import { returnsJudged } from '../judge/index.js';
import type { CaseSource } from '../cases/index.js';
import type { TargetInfo } from '../discovery/index.js';
import {
  negotiationStep,
  requestStep,
  StepRecorder,
  type Cleanup,
  type FindingSink,
  type Observer,
  type PeerKind,
  type Step,
  type StepExecutor,
  type StepOutcome,
} from '../exchange/index.js';
import { CheckConnection } from './check-connection.js';
import { CheckControl, type CheckEnd } from './check-end.js';

export interface ProbeOptions {
  readonly executor: StepExecutor;
  readonly sink: FindingSink;
  readonly observer: Observer;
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
  readonly #options: ProbeOptions;
  readonly #recorder: StepRecorder;
  readonly #control = new CheckControl();
  readonly #connections: CheckConnection[] = [];
  readonly #cleanups: Cleanup[] = [];

  constructor(options: ProbeOptions) {
    this.info = options.info;
    this.seed = options.seed;
    this.runs = options.runs;
    this.cases = options.cases;
    this.folder = options.folder;
    this.#options = options;
    this.#recorder = new StepRecorder(options.executor, options.sink);
  }

  /**
   * Connects and takes the greeting; the connection is in negotiation mode. With a guest agent, which has neither, it
   * is synchronised.
   */
  async connect(options: { readonly monitor?: number } = {}): Promise<CheckConnection> {
    const { monitor = 0 } = options;
    const name = `c${this.#connections.length}`;
    const expected = this.info.protocol === 'qga' ? 'the reply to guest-sync-delimited' : 'a greeting';
    const { observed } = await this.#do({ do: 'connect', conn: name, monitor }, '(connecting)', expected);
    const { sink, observer } = this.#options;
    const connection = new CheckConnection({
      recorder: this.#recorder,
      control: this.#control,
      sink,
      observer,
      name,
      greeting: observed.replies[0] ?? null,
      ping: this.info.ping,
      folder: this.folder,
    });
    this.#connections.push(connection);
    return connection;
  }

  /** Connects and negotiates, with `oob` enabled when asked for; ready for commands, whatever the protocol. */
  async negotiated(
    options: { readonly oob?: boolean; readonly monitor?: number } = {},
  ): Promise<CheckConnection> {
    const connection = await this.connect(options);
    if (this.info.protocol === 'qmp') await connection.negotiate(options.oob === true ? ['oob'] : undefined);
    return connection;
  }

  /**
   * Judges what the discovery got from query-qmp-schema, by the rule itself. It is not asked for again, because no reply
   * is larger.
   */
  judgeIntrospection(rule: string): void {
    const { introspection } = this.info;
    if (introspection === undefined)
      throw new RangeError('a rule that judges the introspection has to need it');
    const steps: Step[] = [
      { do: 'connect', conn: 'c0', monitor: 0 },
      negotiationStep('c0', 1),
      requestStep('c0', { execute: 'query-qmp-schema', id: 2 }, [returnsJudged(rule)]),
    ];
    this.#recorder.judgeSeen(introspection.value, returnsJudged(rule), steps);
  }

  /** Listens for the target to connect, on the Unix socket `name` in the private folder. */
  async listen(name: string, serve: PeerKind = 'silence'): Promise<void> {
    await this.#do({ do: 'listen', peer: name, serve }, '', '');
  }

  /** Waits until the target listens on the Unix socket `name` in the private folder. */
  async awaitSocket(name: string): Promise<void> {
    await this.#do({ do: 'await-socket', peer: name }, '', 'the target listens there');
  }

  /** Connects to the Unix socket `name` in the private folder, on which the target listens. */
  async dial(name: string): Promise<void> {
    await this.#do({ do: 'dial', peer: name }, `(connecting to '${name}')`, 'the target listens there');
  }

  /** Requires that the target has connected to a peer. */
  async requireConnected(name: string): Promise<void> {
    await this.#do({ do: 'await-connected', peer: name }, '', `the target connects to '${name}'`);
  }

  /** Requires that the target has ended its connection with a peer. */
  async requireEnded(name: string): Promise<void> {
    await this.#do({ do: 'await-ended', peer: name }, '', `the connection with '${name}' ends`);
  }

  /** Requires that the target's connection with a peer still stands. */
  async requireStanding(name: string): Promise<void> {
    await this.#do({ do: 'still-connected', peer: name }, '', `the connection with '${name}' stands`);
  }

  /** Closes our end of a connection with the target. */
  async hangUp(name: string): Promise<void> {
    await this.#do({ do: 'hang-up', peer: name }, '', '');
  }

  /** Requires that the target, which must be our own, ends with an exit status. */
  async requireExit(status: number): Promise<void> {
    await this.#do({ do: 'await-exit', status }, '', `the target ends with exit status ${status}`);
  }

  /**
   * Adds a cleanup that is done should the check not get to its own end: otherwise one failure would cause others in
   * checks that follow.
   */
  onAbort(cleanup: Cleanup): void {
    this.#cleanups.push(cleanup);
  }

  /** What to clean up, the last thing first. */
  get cleanups(): readonly Cleanup[] {
    return this.#cleanups.toReversed();
  }

  /** Ends the check as not applicable to this target. */
  skip(reason: string): never {
    return this.#control.end({ is: 'not-applicable', reason });
  }

  /**
   * Performs a check, and returns how it ended.
   *
   * @param goesOn is asked at its end: a check that has already failed may have left anything on its connections
   */
  perform(check: (probe: Probe) => void | Promise<void>, goesOn: () => boolean): Promise<CheckEnd> {
    return this.#control.follow(async () => {
      await check(this);
      if (goesOn()) await this.#settle();
    });
  }

  /** Proves on every connection still open that the server is alive and has nothing more to say. */
  async #settle(): Promise<void> {
    for (const connection of this.#connections) if (connection.open) await connection.settle();
  }

  /** Does a step; a check goes no further when something is lost. */
  async #do(step: Step, request: string, expected: string): Promise<StepOutcome> {
    const outcome = await this.#recorder.do(step, request, expected);
    return outcome.lost === undefined ? outcome : this.#control.end({ is: 'lost' });
  }
}
