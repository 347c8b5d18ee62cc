/**
 * A check's own history: does steps on a stage, writes them down, and hands every finding on with the steps that led
 * to it, so that a failure can be replayed.
 */
import type { Finding, JudgeContext } from '../judge/index.js';
import type { CoverageCounter } from './coverage.js';
import type { Stage, StepOutcome } from './stage.js';
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

export interface ScriptOptions {
  readonly stage: Stage;
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

export class Script {
  readonly stage: Stage;
  readonly sink: FindingSink;
  readonly context: JudgeContext;
  readonly coverage: CoverageCounter;
  #lastRequest = '(connecting)';

  constructor(options: ScriptOptions) {
    this.stage = options.stage;
    this.sink = options.sink;
    this.context = options.context;
    this.coverage = options.coverage;
  }

  /**
   * Does a step. What it finds is recorded as seen on `request` against `expected`, both for people.
   *
   * @throws Abandoned when the connection or the target is lost
   */
  async do(step: Step, request: string, expected: string): Promise<StepOutcome> {
    if (step.do === 'exchange' && request !== '') this.#lastRequest = request;
    const outcome = await this.stage.do(step);
    if (CASES.has(step.do)) this.sink.addCase();
    const response = outcome.lost === undefined ? outcome.observed.text : this.stage.lastWords.join('\n');
    for (const finding of outcome.findings) {
      this.sink.addFinding(finding, {
        // What follows without a request of its own follows from the last one.
        request: request === '' ? this.#lastRequest : request,
        response,
        expected,
        steps: [...this.stage.steps],
      });
    }
    if (outcome.lost !== undefined) throw new Abandoned();
    return outcome;
  }
}
