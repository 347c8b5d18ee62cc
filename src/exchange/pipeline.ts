/**
 * Sends many requests on one connection, several of them in flight, and judges the replies. A case that passes is only
 * counted and forgotten, so memory does not grow with the number of cases; one that fails is recorded with the one
 * request that shows it.
 */
import { describeExpectation, judgeReply, type Finding, type ReplyPattern } from '../judge/index.js';
import { escapeBytes, isObject, jsonEqual, member, type Json } from '../json/index.js';
import { eventName, requestText, showMessage, type Loss, type Message } from '../qmp/index.js';
import type { Case } from './case.js';
import type { Evidence, Observer } from './evidence.js';
import { FOLDER_MARK, type StepExecutor } from './step-executor.js';
import type { Step } from './step.js';

/** Is told of what becomes of cases. */
export interface CaseSink {
  /** Cases were sent, in this text; a mark stands in it for the private folder. */
  readonly onSent?: (sent: readonly Case[], text: string) => void;
  /** A case was answered, well or not. */
  readonly onAnswered: (answered: Case) => void;
  readonly onFinding: (finding: Finding, evidence: Evidence, failed: Case) => void;
}

export interface PipelineOptions {
  readonly executor: StepExecutor;
  readonly conn: string;
  /** The steps that bring a fresh connection to where this one is. */
  readonly prologue: readonly Step[];
  readonly nextId: () => number;
  /** A command that always succeeds and changes nothing. */
  readonly ping: string;
  /** The private folder, for which a mark stands in requests. */
  readonly folder: string;
  readonly sink: CaseSink;
  readonly observer: Observer;
  /** A reply may not take longer, in milliseconds, whatever else is allowed. */
  readonly mostMs?: number;
}

/** What became of cases that were sent: all are answered, or the connection was lost before. */
export type SendResult =
  | { readonly lost: undefined }
  | {
      readonly lost: Loss;
      /** How long the next reply was waited for, in milliseconds. */
      readonly waitedMs: number;
      /** Sent, in their order; the first one's reply was due. */
      readonly unanswered: readonly Case[];
      /** Taken, and not sent any more. */
      readonly unsent: readonly Case[];
      /** What shows the same as the unanswered ones did. */
      readonly evidence: Pick<Evidence, 'request' | 'expected' | 'steps'>;
    };

/** A request that was sent. What follows from these two is made anew when it is needed: hundreds of them are kept. */
interface Pending {
  readonly origin: Case;
  readonly id: Json;
}

/** In flight at most: enough that a server which is held up for some milliseconds does not hold us up. */
const DEPTH = 128;
/** Sent at once. */
const BATCH = DEPTH / 2;
/** While so many bytes wait for the server to read them, it is sent no more. */
const MAX_UNSENT = 1024 * 1024;
const MAX_SHOWN = 4096;
const SENTINEL = '~qmpspec';

/** Sends the cases in their order and judges the replies, which must come in the same order. */
export function pipeline(options: PipelineOptions, cases: Iterable<Case>): Promise<SendResult> {
  return new Pipeline(options, cases).run();
}

class Pipeline {
  readonly #options: PipelineOptions;
  readonly #cases: Iterator<Case>;
  #more = true;
  /** Made while the server is busy with those before them, and not sent yet. */
  #ready: Pending[] = [];
  #inFlight: Pending[] = [];
  /** Lately answered. */
  readonly #answered: Pending[] = [];
  /** Passed over by the reply to a later request. */
  readonly #passedOver: Pending[] = [];

  constructor(options: PipelineOptions, cases: Iterable<Case>) {
    this.#options = options;
    this.#cases = cases[Symbol.iterator]();
  }

  run(): Promise<SendResult> {
    const now = {
      steps: () => stepsFor(this.#options, this.#inFlight.slice(0, 1)),
      case: () => this.#inFlight[0]?.origin,
    };
    return this.#options.executor.during(now, () => this.#run());
  }

  async #run(): Promise<SendResult> {
    const { conn, executor, mostMs } = this.#options;
    let deadline = executor.deadline(mostMs);
    for (;;) {
      this.#send();
      if (this.#inFlight.length === 0) return { lost: undefined };
      const incoming = executor.poll(conn) ?? (await executor.receive(conn, deadline));
      if (incoming.kind !== 'message') return this.#loss(incoming, deadline.lengthMs);
      if (incoming.message.kind === 'event') {
        this.#noteEvent(incoming.message);
        if (deadline.spent()) return this.#loss(executor.noteSilence(deadline), deadline.lengthMs);
      } else if (this.#take(incoming.message)) deadline = executor.deadline(mostMs);
      else if (deadline.spent()) return this.#loss(executor.noteSilence(deadline), deadline.lengthMs);
    }
  }

  #send(): void {
    this.#makeReady();
    const { conn, executor, folder, sink } = this.#options;
    const connection = executor.connection(conn);
    if (
      this.#ready.length > 0 &&
      this.#inFlight.length <= DEPTH - BATCH &&
      (this.#inFlight.length === 0 || connection.unsent < MAX_UNSENT)
    ) {
      const text = this.#ready.map(textOf).join('');
      connection.send(text.includes(FOLDER_MARK) ? text.replaceAll(FOLDER_MARK, folder) : text);
      sink.onSent?.(
        this.#ready.map(({ origin }) => origin),
        text,
      );
      this.#inFlight.push(...this.#ready);
      this.#ready = [];
      // The server is busy now.
      this.#makeReady();
    }
  }

  #makeReady(): void {
    while (this.#more && this.#ready.length < BATCH) {
      const next = this.#cases.next();
      if (next.done === true) this.#more = false;
      else {
        const { id } = next.value.request;
        this.#ready.push({ origin: next.value, id: id === undefined ? this.#options.nextId() : id });
      }
    }
  }

  /** Judges a reply; false when it answers nothing that waits. */
  #take(message: Message): boolean {
    const [head] = this.#inFlight;
    if (head === undefined) return false;
    const { context } = this.#options.executor;
    const findings = judgeReply(message.value, patternOf(head), context);
    if (findings.length === 0) {
      this.#answer(head, message);
      return true;
    }
    const response = showMessage(message, MAX_SHOWN);
    const owner = this.#inFlight.findIndex((pending) => belongsTo(message, pending));
    if (owner < 0 && this.#isStray(message, response)) return false;
    if (owner > 0) this.#passOver(owner, response);
    const answered = this.#inFlight[0] ?? head;
    for (const finding of judgeReply(message.value, patternOf(answered), context)) {
      record(this.#options, [answered], finding, response);
    }
    this.#answer(answered, message);
    return true;
  }

  /** Tells the observer of an event, and as a guess at the request that brought it the one that is answered next. */
  #noteEvent(message: Message): void {
    const about = this.#inFlight[0]?.origin.about;
    const name = eventName(message.value);
    if (about !== undefined && name !== undefined) this.#options.observer.onCaseEvent(about, name);
  }

  #answer(head: Pending, { value }: Message): void {
    const { sink, observer } = this.#options;
    const { origin } = head;
    if (origin.isCleanup !== true) {
      sink.onAnswered(origin);
      observer.onAnswer(origin.request, value, origin.about);
    }
    this.#inFlight.shift();
    remember(this.#answered, head);
  }

  /** A reply that belongs to a later request means that those before it were not answered in their turn. */
  #passOver(owner: number, response: string): void {
    const skipped = this.#inFlight.slice(0, owner);
    const finding: Finding = { kind: 'no-reply', message: 'the request was not answered in its turn' };
    for (const [index, pending] of skipped.entries()) {
      this.#options.sink.onAnswered(pending.origin);
      record(this.#options, this.#inFlight.slice(index, owner + 1), finding, response);
      remember(this.#passedOver, pending);
    }
    this.#inFlight = this.#inFlight.slice(owner);
  }

  /** Whether a reply comes late, or once too often, and leaves the request that waits unanswered; records the latter. */
  #isStray(message: Message, response: string): boolean {
    const late = this.#passedOver.findIndex((pending) => belongsTo(message, pending));
    if (late >= 0) {
      // That it did not come in its turn has been said.
      this.#answered.push(...this.#passedOver.splice(late, 1));
      return true;
    }
    const twice = this.#answered.findLast((pending) => belongsTo(message, pending));
    if (twice === undefined) return false;
    record(
      this.#options,
      [twice],
      { kind: 'extra-reply', message: 'a reply came that no request asked for' },
      response,
    );
    return true;
  }

  #loss(lost: Loss, waitedMs: number): SendResult {
    const [first] = this.#inFlight;
    return {
      lost,
      waitedMs,
      unanswered: this.#inFlight.map(({ origin }) => origin),
      unsent: this.#ready.map(({ origin }) => origin),
      // Which of the requests did it is not known; all of them are saved.
      evidence: {
        request: first === undefined ? '' : requestOf(first),
        expected: first === undefined ? '' : describeExpectation({ replies: [patternOf(first)] }),
        steps: stepsFor(this.#options, [
          ...(first === undefined ? [] : causeOf(first.origin)),
          ...this.#inFlight,
        ]),
      },
    };
  }
}

/** Adds to a list of bounded length: a reply that comes later than that is as good as one with a wrong id. */
function remember(list: Pending[], pending: Pending): void {
  list.push(pending);
  if (list.length > DEPTH) list.shift();
}

function textOf({ origin, id }: Pending): string {
  return requestText(origin.request, id);
}

function patternOf({ origin, id }: Pending): ReplyPattern {
  return { oneOf: origin.oneOf, id: { is: id } };
}

function belongsTo(message: Message, pending: Pending): boolean {
  const id = isObject(message.value) ? member(message.value, 'id') : undefined;
  return id !== undefined && jsonEqual(id, pending.id);
}

/** @param window the requests that show it, the one that it is about first */
function record(
  options: PipelineOptions,
  window: readonly Pending[],
  finding: Finding,
  response: string,
): void {
  const [about] = window;
  if (about === undefined) return;
  const { origin } = about;
  const evidence = {
    request: requestOf(about),
    response,
    expected: describeExpectation({ replies: [patternOf(about)] }),
    steps: stepsFor(options, [...causeOf(origin), ...window]),
  };
  options.sink.onFinding(attributed(finding, origin), evidence, origin);
}

/** A request as it is shown: behind the one that it is about. */
function requestOf(pending: Pending): string {
  return escapeBytes(Buffer.from([...causeOf(pending.origin), pending].map(textOf).join('')));
}

function causeOf({ follows }: Case): Pending[] {
  return follows === undefined ? [] : [{ origin: follows, id: BEFORE }];
}

/** The id of a request that is only shown. */
const BEFORE = '~before';

/** Adds the command, the path and the name of a case to a finding. */
export function attributed(finding: Finding, { about }: Case): Finding {
  if (about === undefined) return finding;
  const { command, path, name } = about;
  return { command, path, ...finding, message: `${finding.message} (${name})` };
}

/** The steps that show what these requests did in the pipeline; the last request tells when all replies have come. */
function stepsFor({ conn, prologue, ping }: PipelineOptions, window: readonly Pending[]): Step[] {
  const requests = [...window.map(textOf), requestText({ execute: ping, id: SENTINEL })];
  const expect = { replies: window.map(patternOf), sentinel: SENTINEL };
  return [...prologue, { do: 'exchange', conn, send: [escapeBytes(Buffer.from(requests.join('')))], expect }];
}
