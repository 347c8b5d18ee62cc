/**
 * A connection that is ready for commands, and on which cases are sent.
 */
import type { Finding } from '../judge/index.js';
import { requestText, type Protocol } from '../qmp/index.js';
import type { Case } from './case.js';
import type { FindingSink, Observer } from './evidence.js';
import { pipeline, type CaseSink, type SendResult } from './pipeline.js';
import type { StepExecutor, StepOutcome } from './step-executor.js';
import { StepRecorder } from './step-recorder.js';
import { negotiationStep, type Step } from './step.js';

export interface CaseConnectionOptions {
  readonly executor: StepExecutor;
  readonly protocol: Protocol;
  /** A command that always succeeds and changes nothing. */
  readonly ping: string;
  /** The private folder, for which a mark stands in requests. */
  readonly folder: string;
  readonly observer: Observer;
  /** Takes what connecting, negotiating and settling find. */
  readonly sink: FindingSink;
}

/** The finding with which a connection was lost, or could not be had. */
export interface ConnectionLost {
  readonly lost: Finding;
}

const CONN = 'c0';

export class CaseConnection {
  readonly #options: CaseConnectionOptions;
  readonly #recorder: StepRecorder;
  readonly #prologue: readonly Step[];
  #nextId: number;
  #settled = 0;

  private constructor(options: CaseConnectionOptions, recorder: StepRecorder, prologue: readonly Step[]) {
    this.#options = options;
    this.#recorder = recorder;
    this.#prologue = prologue;
    this.#nextId = prologue.length;
  }

  /** Connects and negotiates; a guest agent is synchronised. */
  static async open(options: CaseConnectionOptions): Promise<CaseConnection | ConnectionLost> {
    const { executor, protocol, sink } = options;
    const recorder = new StepRecorder(executor, sink);
    const prologue: Step[] = [{ do: 'connect', conn: CONN, monitor: 0 }];
    const expected = protocol === 'qga' ? 'the reply to guest-sync-delimited' : 'a greeting';
    const connected = await recorder.connect(CONN, 0, expected);
    if (connected.lost !== undefined) return lostOf(connected);
    if (protocol === 'qmp') {
      const step = negotiationStep(CONN, 1);
      const negotiated = await recorder.do(step, step.send.join(''), 'a success with id 1');
      if (negotiated.lost !== undefined) return lostOf(negotiated);
      prologue.push(step);
    }
    return new CaseConnection(options, recorder, prologue);
  }

  /**
   * Sends cases, several of them in flight, and judges each reply. A case that passes is only counted.
   *
   * @param mostMs a reply may not take longer, in milliseconds, whatever else is allowed
   */
  send(cases: Iterable<Case>, sink: CaseSink, mostMs?: number): Promise<SendResult> {
    const { executor, ping, folder, observer } = this.#options;
    const options = {
      executor,
      conn: CONN,
      prologue: this.#prologue,
      nextId: () => this.#nextId++,
      ping,
      folder,
      sink,
      observer,
      ...(mostMs === undefined ? {} : { mostMs }),
    };
    return pipeline(options, cases);
  }

  /** Proves that the server is alive and has nothing more to say. */
  async settle(): Promise<ConnectionLost | undefined> {
    this.#settled += 1;
    const sentinel = `~${this.#settled}`;
    const send = [requestText({ execute: this.#options.ping, id: sentinel }).replace(/\n$/, '\\x0a')];
    const step: Step = { do: 'exchange', conn: CONN, send, expect: { replies: [], sentinel } };
    const outcome = await this.#recorder.do(step, send.join(''), 'no reply');
    return outcome.lost === undefined ? undefined : lostOf(outcome);
  }

  /** Ends the connection, and all else of its conversation. */
  close(): Promise<void> {
    return this.#options.executor.close();
  }
}

function lostOf({ findings: [finding], lost }: StepOutcome): ConnectionLost {
  return { lost: finding ?? { kind: 'connection-lost', message: `the connection was lost (${lost ?? ''})` } };
}
