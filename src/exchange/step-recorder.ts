/**
 * A check's own history: does steps on a stage, writes them down, and hands every finding on with the steps that led
 * to it, so that a failure can be replayed.
 */
import {
  describeExpectation,
  judgeReplies,
  showJson,
  type Expectation,
  type Finding,
  type JudgeContext,
  type Outcome,
} from '../judge/index.js';
import { jsonObject, type Json } from '../json/index.js';
import type { CoverageCounter } from '../result/index.js';
import type { StepExecutor, StepOutcome } from './step-executor.js';
import type { Step } from './step.js';

/** What a finding was seen on. */
export interface Evidence {
  readonly request: string;
  readonly response: string;
  readonly expected: string;
  readonly steps: readonly Step[];
}

/** Where findings go. */
export interface FindingSink {
  addCase(): void;
  addFinding(finding: Finding, evidence: Evidence): void;
}

export interface RecorderOptions {
  readonly executor: StepExecutor;
  readonly sink: FindingSink;
  readonly context: JudgeContext;
  readonly coverage: CoverageCounter;
}

/** Ends a check: nothing more can be learned from it. The finding that says why has been recorded. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';

  constructor() {
    super('the check was given up');
  }
}

/** The steps in which something is judged. */
const CASES: ReadonlySet<Step['do']> = new Set([
  'connect',
  'exchange',
  'poll',
  'await-ended',
  'still-connected',
  'await-exit',
]);

export class StepRecorder {
  readonly executor: StepExecutor;
  readonly sink: FindingSink;
  readonly context: JudgeContext;
  readonly coverage: CoverageCounter;
  #lastRequest = '(connecting)';

  constructor(options: RecorderOptions) {
    this.executor = options.executor;
    this.sink = options.sink;
    this.context = options.context;
    this.coverage = options.coverage;
  }

  /**
   * Does a step. What it finds is recorded as seen on `request` against `expected`, both for people.
   *
   * @throws Abandoned when the connection or the target is lost
   */
  async do(step: Step, request: string, expected: string | (() => string)): Promise<StepOutcome> {
    if (step.do === 'exchange' && request !== '') this.#lastRequest = request;
    const outcome = await this.executor.do(step);
    if (CASES.has(step.do)) this.sink.addCase();
    for (const finding of outcome.findings) {
      this.sink.addFinding(finding, {
        // What follows without a request of its own follows from the last one.
        request: request === '' ? this.#lastRequest : request,
        response:
          outcome.lost === undefined ? outcome.observed.log.text() : this.executor.recentMessages.join('\n'),
        expected: typeof expected === 'string' ? expected : expected(),
        steps: [...this.executor.steps],
      });
    }
    if (outcome.lost !== undefined) throw new Abandoned();
    return outcome;
  }

  /**
   * Judges a returned value that was seen before the check.
   *
   * @param steps what brings it again; the last one sends the request
   */
  judgeSeen(returned: Json, outcome: Outcome, steps: readonly Step[]): void {
    this.sink.addCase();
    const expect: Expectation = { replies: [{ oneOf: [outcome], id: 'any' }] };
    const findings = judgeReplies([jsonObject([['return', returned]])], expect, this.context);
    const last = steps.at(-1);
    for (const finding of findings) {
      this.sink.addFinding(finding, {
        request: last?.do === 'exchange' ? last.send.join('') : '',
        response: showJson(returned),
        expected: describeExpectation(expect),
        steps,
      });
    }
  }
}
