/**
 * Many requests on one connection, several of them in flight. What holds is only counted and forgotten, so memory
 * does not grow with the number of cases; what does not hold is recorded with the one request that shows it.
 */
import {
  describeExpectation,
  judgeReply,
  type Expectation,
  type Finding,
  type Outcome,
  type ReplyPattern,
} from '../judge/index.js';
import { isObject, jsonEqual, member, showBytes, type Json } from '../json/index.js';
import { requestText, type Message, type Request } from '../qmp/index.js';
import { Abandoned, type Script } from './script.js';
import { lostBy } from './stage.js';
import type { Step } from './step.js';

/** A request of a pipeline and what may follow it; a request without an id gets one. */
export interface Case {
  readonly request: Request;
  readonly oneOf: readonly Outcome[];
}

export interface PipelineOptions {
  readonly script: Script;
  readonly conn: string;
  /** The steps that bring a fresh connection to where this one is. */
  readonly setting: readonly Step[];
  readonly nextId: () => number;
}

interface Pending {
  readonly request: Request;
  readonly text: string;
  readonly id: Json;
  readonly pattern: ReplyPattern;
}

/** More requests in flight gain nothing. */
const DEPTH = 64;
const MAX_SHOWN = 4096;

/**
 * Sends the cases in their order and judges the replies, which must come in the same order.
 *
 * @throws Abandoned when the connection is lost
 */
export async function pipeline(options: PipelineOptions, cases: Iterable<Case>): Promise<void> {
  const { script, conn } = options;
  const { stage, sink, context } = script;
  const source = cases[Symbol.iterator]();
  let inFlight: Pending[] = [];
  let more = true;
  for (;;) {
    if (more && inFlight.length <= DEPTH / 2) {
      const batch: string[] = [];
      while (more && inFlight.length < DEPTH) {
        const next = source.next();
        if (next.done === true) more = false;
        else {
          const pending = prepare(next.value, options.nextId);
          inFlight.push(pending);
          batch.push(pending.text);
        }
      }
      stage.connection(conn).send(batch.join(''));
    }
    const head = inFlight[0];
    if (head === undefined) return;
    const incoming = stage.poll(conn) ?? (await stage.receive(conn, stage.timeoutMs));
    if (incoming.kind !== 'message') {
      const { findings } = lostBy(incoming, stage.timeoutMs, 'a reply');
      for (const finding of findings) record(options, head, finding, stage.recentText());
      throw new Abandoned();
    }
    const { message } = incoming;
    if (message.kind === 'event') continue;
    sink.addCase();
    let answered = head;
    let findings = judgeReply(message.value, head.pattern, context);
    if (findings.length > 0) {
      // A reply that belongs to a later request means that those before it got none.
      const owner = inFlight.findIndex((pending) => belongsTo(message, pending));
      for (const skipped of inFlight.slice(0, Math.max(0, owner))) {
        record(
          options,
          skipped,
          { kind: 'no-reply', message: 'the request was not answered in its turn' },
          '',
        );
      }
      inFlight = inFlight.slice(Math.max(0, owner));
      answered = inFlight[0] ?? head;
      findings = judgeReply(message.value, answered.pattern, context);
    }
    for (const finding of findings) record(options, answered, finding, showBytes(message.raw, MAX_SHOWN));
    script.coverage.addRequest(
      answered.request,
      isObject(message.value) && Object.hasOwn(message.value, 'return'),
    );
    inFlight.shift();
  }
}

function prepare(next: Case, nextId: () => number): Pending {
  const id = next.request.id === undefined ? nextId() : next.request.id;
  return {
    request: next.request,
    text: requestText({ ...next.request, id }),
    id,
    pattern: { oneOf: next.oneOf, id: { is: id } },
  };
}

function belongsTo(message: Message, pending: Pending): boolean {
  const id = isObject(message.value) ? member(message.value, 'id') : undefined;
  return id !== undefined && jsonEqual(id, pending.id);
}

function record(options: PipelineOptions, pending: Pending, finding: Finding, response: string): void {
  const expect: Expectation = { replies: [pending.pattern] };
  const request = showBytes(Buffer.from(pending.text));
  options.script.sink.addFinding(finding, {
    request,
    response,
    expected: describeExpectation(expect),
    steps: [...options.setting, { do: 'exchange', conn: options.conn, send: [request], expect }],
  });
}
