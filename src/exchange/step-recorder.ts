/**
 * Does steps and hands every finding on with the steps that led to it, so that a failure can be replayed.
 */
import {
  describeExpectation,
  judgeReplies,
  showJson,
  type Expectation,
  type Outcome,
} from '../judge/index.js';
import { jsonObject, type Json } from '../json/index.js';
import type { FindingSink } from './evidence.js';
import type { StepExecutor, StepOutcome } from './step-executor.js';
import type { Step } from './step.js';

/** The steps in which something is judged. */
const JUDGED: ReadonlySet<Step['do']> = new Set([
  'connect',
  'exchange',
  'poll',
  'await-ended',
  'still-connected',
  'await-exit',
]);

const CONNECTING = '(connecting)';

export class StepRecorder {
  readonly executor: StepExecutor;
  readonly #sink: FindingSink;
  #lastRequest = CONNECTING;

  constructor(executor: StepExecutor, sink: FindingSink) {
    this.executor = executor;
    this.#sink = sink;
  }

  /**
   * Does a step. What it finds is recorded as seen on `request` against `expected`, both for people.
   *
   * @param request empty: what follows without a request of its own follows from the last one
   */
  async do(step: Step, request: string, expected: string | (() => string)): Promise<StepOutcome> {
    if (step.do === 'exchange' && request !== '') this.#lastRequest = request;
    const outcome = await this.executor.do(step);
    if (JUDGED.has(step.do) && outcome.lost !== 'refused') this.#sink.addCase();
    for (const finding of outcome.findings) {
      this.#sink.addFinding(finding, {
        request: request === '' ? this.#lastRequest : request,
        response: this.#response(outcome),
        expected: typeof expected === 'string' ? expected : expected(),
        steps: [...this.executor.steps],
      });
    }
    return outcome;
  }

  #response({ lost, observed }: StepOutcome): string {
    if (lost === undefined) return observed.log.text();
    // A connection that was never made has brought nothing; the others may tell why.
    const { recentMessages, targetMessages } = this.executor;
    return (lost === 'refused' ? targetMessages : recentMessages).join('\n');
  }

  /** Connects and takes the greeting, or synchronises with a guest agent. */
  connect(conn: string, monitor: number, expected: string): Promise<StepOutcome> {
    return this.do({ do: 'connect', conn, monitor }, CONNECTING, expected);
  }

  /**
   * Judges a returned value that was seen before.
   *
   * @param steps what brings it again; the last one sends the request
   */
  judgeSeen(returned: Json, outcome: Outcome, steps: readonly Step[]): void {
    this.#sink.addCase();
    const expect: Expectation = { replies: [{ oneOf: [outcome], id: 'any' }] };
    const findings = judgeReplies([jsonObject([['return', returned]])], expect, this.executor.context);
    const last = steps.at(-1);
    for (const finding of findings) {
      this.#sink.addFinding(finding, {
        request: last?.do === 'exchange' ? last.send.join('') : '',
        response: showJson(returned),
        expected: describeExpectation(expect),
        steps,
      });
    }
  }
}
