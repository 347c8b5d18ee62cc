/**
 * Many requests on one connection, several of them in flight. What holds is only counted and forgotten, so memory
 * does not grow with the number of cases; what does not hold is recorded with the one request that shows it.
 */
import { describeExpectation, judgeReply, type Finding, type ReplyPattern } from '../judge/index.js';
import { isObject, jsonEqual, member, escapeBytes, type Json } from '../json/index.js';
import { Deadline, requestText, type Incoming, type Loss, type Message } from '../qmp/index.js';
import { eventName } from '../result/index.js';
import type { Case } from './case.js';
import { FOLDER_MARK, lostBy } from './step-executor.js';
import { Abandoned, type StepRecorder } from './step-recorder.js';
import type { Step } from './step.js';

export interface PipelineOptions {
  readonly script: StepRecorder;
  readonly conn: string;
  /** The steps that bring a fresh connection to where this one is. */
  readonly setting: readonly Step[];
  readonly nextId: () => number;
  /** A command that always succeeds and changes nothing. */
  readonly ping: string;
  /** The private folder, for which a mark stands in requests. */
  readonly folder: string;
  /** Whoever sends cases to several targets finds out by itself which of the unanswered ones did it. */
  readonly onLoss?: 'record' | 'throw';
  /** Is told of every case when it is sent. */
  readonly onSent?: (sent: Case) => void;
  /** Is told of every failed case. */
  readonly onFailure?: (failed: Case, finding: Finding) => void;
}

/** The connection was lost; which of the unanswered cases did it nobody has said yet. */
export class PipelineLost extends Error {
  override readonly name = 'PipelineLost';
  readonly incoming: Loss;
  readonly unanswered: readonly Case[];
  /** Taken, and not sent any more. */
  readonly unsent: readonly Case[];

  constructor(incoming: Loss, unanswered: readonly Case[], unsent: readonly Case[]) {
    super('the connection was lost');
    this.incoming = incoming;
    this.unanswered = unanswered;
    this.unsent = unsent;
  }
}

/** A request that was sent. What follows from these two is made anew when it is needed: hundreds of them are kept. */
interface Pending {
  readonly origin: Case;
  readonly id: Json;
}

/** In flight at most: enough that a server which is held up for some milliseconds does not hold us up. */
const DEPTH = 128;
/** Sent at once. */
const BATCH = DEPTH / 2;
const MAX_SHOWN = 4096;
const SENTINEL = '~qmpspec';

/**
 * Sends the cases in their order and judges the replies, which must come in the same order.
 *
 * @throws Abandoned when the connection is lost; PipelineLost when asked for
 */
export async function pipeline(options: PipelineOptions, cases: Iterable<Case>): Promise<void> {
  const { executor: stage } = options.script;
  try {
    await new Pipeline(options, cases).run();
  } finally {
    stage.inProgress = undefined;
  }
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
    options.script.executor.inProgress = () => stepsFor(options, this.#inFlight.slice(0, 1));
  }

  async run(): Promise<void> {
    const { conn, script } = this.#options;
    const { executor: stage } = script;
    let deadline = new Deadline(stage.timeoutMs);
    for (;;) {
      this.#send();
      if (this.#inFlight.length === 0) return;
      const incoming = stage.poll(conn) ?? (await stage.receive(conn, deadline));
      if (incoming.kind !== 'message') this.#lose(incoming);
      else if (incoming.message.kind === 'event') {
        this.#noteEvent(incoming.message);
        if (deadline.spent()) this.#lose({ kind: 'timeout' });
      } else if (this.#take(incoming.message)) deadline = new Deadline(stage.timeoutMs);
      else if (deadline.spent()) this.#lose({ kind: 'timeout' });
    }
  }

  #send(): void {
    this.#makeReady();
    if (this.#ready.length > 0 && this.#inFlight.length <= DEPTH - BATCH) {
      const text = this.#ready.map(textOf).join('');
      const { conn, script, folder, onSent } = this.#options;
      script.executor
        .connection(conn)
        .send(text.includes(FOLDER_MARK) ? text.replaceAll(FOLDER_MARK, folder) : text);
      for (const { origin } of this.#ready) onSent?.(origin);
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
    const { context } = this.#options.script;
    const findings = judgeReply(message.value, patternOf(head), context);
    if (findings.length === 0) {
      this.#answer(head, message);
      return true;
    }
    const response = escapeBytes(message.raw, MAX_SHOWN);
    const owner = this.#inFlight.findIndex((pending) => belongsTo(message, pending));
    if (owner < 0 && this.#isStray(message, response)) return false;
    if (owner > 0) this.#passOver(owner, response);
    const answered = this.#inFlight[0] ?? head;
    for (const finding of judgeReply(message.value, patternOf(answered), context)) {
      record(this.#options, [answered], finding, response);
      this.#options.onFailure?.(answered.origin, finding);
    }
    this.#answer(answered, message);
    return true;
  }

  /** Which request brought an event nobody can tell; the one that is about to be answered is a good guess. */
  #noteEvent(message: Message): void {
    const about = this.#inFlight[0]?.origin.about;
    const name = eventName(message);
    if (about !== undefined && name !== undefined)
      this.#options.script.coverage.arguments.addEvent(about, name);
  }

  #answer(head: Pending, { value }: Message): void {
    const { sink, coverage } = this.#options.script;
    if (head.origin.isCleanup !== true) {
      sink.addCase();
      const { request, about } = head.origin;
      coverage.addRequest(request, isObject(value) && Object.hasOwn(value, 'return'));
      if (about !== undefined) coverage.arguments.add(about, request, value);
    }
    this.#inFlight.shift();
    remember(this.#answered, head);
  }

  /** A reply that belongs to a later request means that those before it were not answered in their turn. */
  #passOver(owner: number, response: string): void {
    const skipped = this.#inFlight.slice(0, owner);
    const finding: Finding = { kind: 'no-reply', message: 'the request was not answered in its turn' };
    for (const [index, pending] of skipped.entries()) {
      this.#options.script.sink.addCase();
      record(this.#options, this.#inFlight.slice(index, owner + 1), finding, response);
      remember(this.#passedOver, pending);
    }
    this.#inFlight = this.#inFlight.slice(owner);
  }

  /** Is a reply one that comes late, or once too often? The request that waits is still to be answered then. */
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

  #lose(incoming: Exclude<Incoming, { readonly kind: 'message' }>): never {
    if (this.#options.onLoss === 'throw') {
      throw new PipelineLost(
        incoming,
        this.#inFlight.map(({ origin }) => origin),
        this.#ready.map(({ origin }) => origin),
      );
    }
    const { executor: stage } = this.#options.script;
    const { findings } = lostBy(incoming, stage.timeoutMs, 'a reply');
    // Which of the requests did it nobody knows; all of them are saved.
    for (const finding of findings)
      record(this.#options, this.#inFlight, finding, stage.recentMessages.join('\n'));
    throw new Abandoned();
  }
}

/** Some of a list are enough: a reply that comes later than that is as good as one with a wrong id. */
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
  const { follows: after } = about.origin;
  const cause = after === undefined ? [] : [{ origin: after, id: BEFORE }];
  options.script.sink.addFinding(attributed(finding, about.origin), {
    request: escapeBytes(Buffer.from([...cause, about].map(textOf).join(''))),
    response,
    expected: describeExpectation({ replies: [patternOf(about)] }),
    steps: stepsFor(options, [...cause, ...window]),
  });
}

/** The id of a request that is only shown. */
const BEFORE = '~before';

/** Says of which command and which place a finding is. */
function attributed(finding: Finding, { about }: Case): Finding {
  if (about === undefined) return finding;
  const { command, path, name } = about;
  return { command, path, ...finding, message: `${finding.message} (${name})` };
}

/** What shows the same as these requests did in the pipeline; the last request tells when all replies have come. */
function stepsFor({ conn, setting, ping }: PipelineOptions, window: readonly Pending[]): Step[] {
  const requests = [...window.map(textOf), requestText({ execute: ping, id: SENTINEL })];
  const expect = { replies: window.map(patternOf), sentinel: SENTINEL };
  return [...setting, { do: 'exchange', conn, send: [escapeBytes(Buffer.from(requests.join('')))], expect }];
}
