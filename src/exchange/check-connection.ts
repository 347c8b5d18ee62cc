/**
 * One connection to the target, as a check sees it.
 */
import {
  describeExpectation,
  success,
  type Expectation,
  type Outcome,
  type ReplyPattern,
} from '../judge/index.js';
import { isObject, member, escapeBytes, type Json } from '../json/index.js';
import { requestText, type Request } from '../qmp/index.js';
import type { Case } from './case.js';
import { pipeline, type PipelineOptions } from './pipeline.js';
import { FOLDER_MARK, type Observed } from './step-executor.js';
import type { StepRecorder } from './step-recorder.js';
import type { Step } from './step.js';

/** Text is sent as UTF-8, bytes as they are; the parts of a list are sent as separate writes. */
export type Data = string | Uint8Array | readonly (string | Uint8Array)[];

export interface CheckConnectionOptions {
  readonly script: StepRecorder;
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
  readonly #setting: Step[];
  #nextId = 1;
  #nextSentinel = 1;
  #open = true;

  constructor(options: CheckConnectionOptions) {
    this.#options = options;
    this.greeting = options.greeting;
    this.#setting = options.script.executor.steps.slice(-1);
  }

  get open(): boolean {
    return this.#open;
  }

  /** Leaves negotiation mode; `enable` names the capabilities to enable. */
  async negotiate(enable?: readonly string[]): Promise<void> {
    const args = enable === undefined ? {} : { arguments: { enable: [...enable] } };
    await this.ask({ execute: 'qmp_capabilities', ...args }, success);
    this.#setting.push(...this.#options.script.executor.steps.slice(-1));
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
    this.#options.script.coverage.addRequest(request, returned !== undefined);
    return returned;
  }

  /** Sends a request again and again until one of the outcomes holds; requires that it does within the time limit. */
  async until(request: Request, ...oneOf: Outcome[]): Promise<void> {
    const step: Step = { do: 'poll', conn: this.#options.name, request, oneOf };
    const expected = describeExpectation({ replies: [{ oneOf, id: 'any' }] });
    await this.#options.script.do(step, requestText(request), `before long, ${expected}`);
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
    return (await this.#options.script.do(step, send.join(''), expected)).observed;
  }

  /**
   * Sends something, then a harmless request, and judges everything that comes before the reply to that: for what
   * may be answered by any number of messages, or by none.
   */
  async feed(data: Data, ...replies: ReplyPattern[]): Promise<Observed> {
    return this.#untilSentinel(data, { replies });
  }

  /** Requires that events come, or stay away: proves it with a harmless request. */
  async requireEvents(wanted: Pick<Expectation, 'events' | 'noEvents'>): Promise<Observed> {
    return this.#untilSentinel('', { replies: [], ...wanted });
  }

  /** Proves that the server is alive and has nothing more to say. */
  async settle(): Promise<void> {
    await this.feed('');
  }

  /**
   * Sends many requests, several of them in flight, and judges each reply. What holds is only counted.
   *
   * @throws Abandoned when the connection is lost; PipelineLost when asked for
   */
  async pipeline(
    cases: Iterable<Case>,
    options: Pick<PipelineOptions, 'onLoss' | 'onSent' | 'onFailure'> = {},
  ): Promise<void> {
    const { script, name, ping, folder } = this.#options;
    const nextId = (): number => this.#nextId++;
    await pipeline({ script, conn: name, setting: this.#setting, nextId, ping, folder, ...options }, cases);
  }

  /** Ends our side only; the server may still answer what it was asked. */
  async endSending(): Promise<void> {
    await this.#options.script.do({ do: 'end-sending', conn: this.#options.name }, '', '');
  }

  async close(): Promise<void> {
    this.#open = false;
    await this.#options.script.do({ do: 'close', conn: this.#options.name }, '', '');
  }

  async #untilSentinel(data: Data, expect: Expectation): Promise<Observed> {
    const parts = typeof data === 'string' || data instanceof Uint8Array ? [data] : data;
    const sentinel = `~${this.#nextSentinel++}`;
    const request = requestText({ execute: this.#options.ping, id: sentinel });
    return this.exchange([...parts.filter((part) => part.length > 0), request], { ...expect, sentinel });
  }
}
