/**
 * One connection to the target, as a check sees it.
 */
import {
  describeExpectation,
  success,
  type Expectation,
  type Finding,
  type Outcome,
  type ReplyPattern,
} from '../judge/index.js';
import { escapeBytes, isObject, member, type Json } from '../json/index.js';
import { requestText, type Request } from '../qmp/index.js';
import {
  attributed,
  FOLDER_MARK,
  lostBy,
  pipeline,
  type Case,
  type FindingSink,
  type Observed,
  type Observer,
  type Step,
  type StepOutcome,
  type StepRecorder,
} from '../exchange/index.js';
import type { CheckControl } from './check-end.js';

/** Text is sent as UTF-8, bytes as they are; the parts of a list are sent as separate writes. */
export type Data = string | Uint8Array | readonly (string | Uint8Array)[];

export interface CheckConnectionOptions {
  readonly recorder: StepRecorder;
  readonly control: CheckControl;
  readonly sink: FindingSink;
  readonly observer: Observer;
  readonly name: string;
  readonly greeting: Json;
  /** A command that always succeeds and changes nothing. */
  readonly ping: string;
  readonly folder: string;
}

export class CheckConnection {
  /** The greeting as it came. */
  readonly greeting: Json;
  readonly #options: CheckConnectionOptions;
  /** The steps that bring a fresh connection to where this one is. */
  readonly #prologue: Step[];
  #nextId = 1;
  #nextSentinel = 1;
  #open = true;

  constructor(options: CheckConnectionOptions) {
    this.#options = options;
    this.greeting = options.greeting;
    this.#prologue = options.recorder.executor.steps.slice(-1);
  }

  get open(): boolean {
    return this.#open;
  }

  /** Leaves negotiation mode; `enable` names the capabilities to enable. */
  async negotiate(enable?: readonly string[]): Promise<void> {
    const args = enable === undefined ? {} : { arguments: { enable: [...enable] } };
    await this.ask({ execute: 'qmp_capabilities', ...args }, success);
    this.#prologue.push(...this.#options.recorder.executor.steps.slice(-1));
  }

  /**
   * Sends one request and requires one reply with its id. A request without an id gets one.
   *
   * @returns the value that the command returned; undefined when it was an error
   */
  async ask(request: Request, ...oneOf: Outcome[]): Promise<Json | undefined> {
    const id = request.id === undefined ? this.#nextId++ : request.id;
    const { replies } = await this.exchange(requestText(request, id), {
      replies: [{ oneOf, id: { is: id } }],
    });
    const [first] = replies;
    const returned = first !== undefined && isObject(first) ? member(first, 'return') : undefined;
    if (first !== undefined) this.#options.observer.onAnswer(request, first);
    return returned;
  }

  /** Sends a request again and again until the reply matches one of the outcomes, which it must within the time limit. */
  async until(request: Request, ...oneOf: Outcome[]): Promise<void> {
    const step: Step = { do: 'poll', conn: this.#options.name, request, oneOf };
    const expected = describeExpectation({ replies: [{ oneOf, id: 'any' }] });
    await this.#do(step, requestText(request), `before long, ${expected}`);
  }

  /** Sends a line of text as it is, and requires these replies in this order. */
  async line(text: string, ...replies: ReplyPattern[]): Promise<Observed> {
    return this.exchange(`${text}\n`, { replies });
  }

  /** Sends something and judges what follows. */
  async exchange(data: Data, expect: Expectation): Promise<Observed> {
    const parts = typeof data === 'string' || data instanceof Uint8Array ? [data] : data;
    const send = parts.map((part) =>
      escapeBytes(typeof part === 'string' ? Buffer.from(part) : part).replaceAll(
        this.#options.folder,
        FOLDER_MARK,
      ),
    );
    const step: Step = { do: 'exchange', conn: this.#options.name, send, expect };
    const expected = (): string => describeExpectation(expect);
    return (await this.#do(step, send.join(''), expected)).observed;
  }

  /**
   * Sends something, then a query that changes nothing, and judges everything that comes before the reply to that: for
   * what may be answered by any number of messages, or by none.
   */
  async feed(data: Data, ...replies: ReplyPattern[]): Promise<Observed> {
    return this.#untilSentinel(data, { replies });
  }

  /** Requires that events come, or stay away: proves it with a query that changes nothing. */
  async requireEvents(wanted: Pick<Expectation, 'events' | 'noEvents'>): Promise<Observed> {
    return this.#untilSentinel('', { replies: [], ...wanted });
  }

  /** Proves that the server is alive and has nothing more to say. */
  async settle(): Promise<void> {
    await this.feed('');
  }

  /** Sends many requests, several of them in flight, and judges each reply. A case that passes is only counted. */
  async pipeline(cases: Iterable<Case>): Promise<void> {
    const { recorder, control, sink, observer, name, ping, folder } = this.#options;
    const result = await pipeline(
      {
        executor: recorder.executor,
        conn: name,
        prologue: this.#prologue,
        nextId: () => this.#nextId++,
        ping,
        folder,
        sink: {
          onAnswered: () => {
            sink.addCase();
          },
          onFinding: (finding: Finding, evidence) => {
            sink.addFinding(finding, evidence);
          },
        },
        observer,
      },
      cases,
    );
    if (result.lost === undefined) return;
    const { lost, waitedMs, evidence, unanswered } = result;
    const response = recorder.executor.recentMessages.join('\n');
    const [first] = unanswered;
    for (const finding of lostBy(lost, waitedMs, 'a reply').findings) {
      const about = first === undefined ? finding : attributed(finding, first);
      sink.addFinding(about, { ...evidence, response });
    }
    control.end({ is: 'lost' });
  }

  /** Ends our side only; the server may still answer what it was asked. */
  async endSending(): Promise<void> {
    await this.#do({ do: 'end-sending', conn: this.#options.name }, '', '');
  }

  async close(): Promise<void> {
    this.#open = false;
    await this.#do({ do: 'close', conn: this.#options.name }, '', '');
  }

  async #untilSentinel(data: Data, expect: Expectation): Promise<Observed> {
    const parts = typeof data === 'string' || data instanceof Uint8Array ? [data] : data;
    const sentinel = `~${this.#nextSentinel++}`;
    const request = requestText({ execute: this.#options.ping, id: sentinel });
    return this.exchange([...parts.filter((part) => part.length > 0), request], { ...expect, sentinel });
  }

  /** Does a step; a check goes no further on a connection that is lost. */
  async #do(step: Step, request: string, expected: string | (() => string)): Promise<StepOutcome> {
    const { recorder, control } = this.#options;
    const outcome = await recorder.do(step, request, expected);
    return outcome.lost === undefined ? outcome : control.end({ is: 'lost' });
  }
}
