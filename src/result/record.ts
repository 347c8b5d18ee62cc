/**
 * Keeps what is known about one rule while a run goes on: how many cases were judged, and in which ways some failed.
 * The same way seen again is only counted; of its examples the one with the shortest request is kept.
 */
import type { Finding } from '../judge/index.js';
import type { Evidence, FindingSink } from '../exchange/index.js';
import { failureKey, type PlannedRule } from '../rules/index.js';

/** A finding and its evidence. */
export interface Example {
  readonly finding: Finding;
  readonly evidence: Evidence;
}

/** One way in which a rule failed. */
export interface RecordedFailure extends Example {
  readonly key: string;
  readonly count: number;
  /** Of a crash that several requests have shown one example of each, the shortest request first; else only one. */
  readonly examples: readonly Example[];
}

export type RecordState =
  | { readonly is: 'waiting' | 'running' | 'checked' | 'abandoned' }
  | { readonly is: 'skipped' | 'not-run'; readonly reason: string }
  | { readonly is: 'errored'; readonly error: unknown };

/** How many ways to fail are kept for a rule; that the target has gone is said in any case. */
const MAX_FAILURES = 50;
/** Requests that show one and the same crash: more than a run looks into. */
const MAX_EXAMPLES = 64;

export class RuleRecord implements FindingSink {
  readonly planned: PlannedRule;
  cases = 0;
  /** In milliseconds. */
  durationMs = 0;
  readonly #failures = new Map<string, Examples>();
  #lastEvidence: Evidence | undefined;
  #state: RecordState = { is: 'waiting' };
  #frozen = false;

  constructor(planned: PlannedRule) {
    this.planned = planned;
  }

  get state(): RecordState {
    return this.#state;
  }

  /** Nothing will be added. */
  get finished(): boolean {
    return this.#state.is !== 'waiting' && this.#state.is !== 'running';
  }

  get abandoned(): boolean {
    return this.#state.is === 'abandoned';
  }

  get errored(): boolean {
    return this.#state.is === 'errored';
  }

  /** The check came to its end, and all that it looked at passed. */
  get passed(): boolean {
    return this.#state.is === 'checked' && !this.failed;
  }

  begin(): void {
    this.#state = { is: 'running' };
  }

  finish(): void {
    if (this.#frozen) return;
    if (this.cases > 0 || this.failed) this.#state = { is: 'checked' };
    else this.fail(new Error('the check ended without having judged anything'));
  }

  /** Notes that the connection or the target was lost; the finding that says so has been added. */
  abandon(): void {
    if (!this.#frozen) this.#state = { is: 'abandoned' };
  }

  skip(reason: string): void {
    if (!this.#frozen) this.#state = { is: 'skipped', reason };
  }

  /** Notes that the rule was not checked, or not to its end, and why. */
  markNotRun(reason: string): void {
    this.#state = { is: 'not-run', reason };
  }

  /** Notes that the check itself failed, which is a defect of ours. */
  fail(error: unknown): void {
    // What fails because its connections were taken away has no defect of its own.
    if (!this.#frozen) this.#state = { is: 'errored', error };
  }

  /** Adds nothing from now on, because what comes is not the target's doing. */
  freeze(): void {
    this.#frozen = true;
  }

  get failures(): readonly RecordedFailure[] {
    return [...this.#failures].map(([key, { count, sorted }]) => {
      const [first] = sorted as [Example, ...Example[]];
      return { ...first, key, count, examples: sorted };
    });
  }

  get failed(): boolean {
    return this.#failures.size > 0;
  }

  /** The evidence of the last finding. */
  get lastEvidence(): Evidence | undefined {
    return this.#lastEvidence;
  }

  /** Drops what was said beforehand: the rule is checked as any other. */
  reset(): void {
    this.forget();
    this.#state = { is: 'waiting' };
  }

  /** Drops all that was recorded: there is no target that the rule could speak of. */
  forget(): void {
    this.#failures.clear();
    this.cases = 0;
  }

  addCase(): void {
    this.cases += 1;
  }

  addFinding(finding: Finding, evidence: Evidence): void {
    if (this.#frozen) return;
    this.#lastEvidence = evidence;
    const key = failureKey(this.planned.rule.id, finding);
    const known = this.#failures.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.add({ finding, evidence });
    } else if (this.#failures.size < MAX_FAILURES || finding.kind === 'target-lost') {
      this.#failures.set(key, new Examples({ finding, evidence }));
    }
  }

  /** Another example of what may have been found already: nothing is counted. */
  addExample(finding: Finding, evidence: Evidence): void {
    if (!this.#frozen)
      this.#failures.get(failureKey(this.planned.rule.id, finding))?.add({ finding, evidence });
  }
}

/** Of each place that has shown a failure the example with the shortest request. */
class Examples {
  count = 1;
  readonly #byPlace = new Map<string, Example>();

  constructor(first: Example) {
    this.add(first);
  }

  add(example: Example): void {
    const { command = '', path = '', signature } = example.finding;
    // Without a signature it is one place already, and paths differ by positions in lists.
    const place = signature === undefined ? '' : `${command} ${path}`;
    const known = this.#byPlace.get(place);
    if (known === undefined ? this.#byPlace.size < MAX_EXAMPLES : isShorter(example, known))
      this.#byPlace.set(place, example);
  }

  /** The shortest request first. */
  get sorted(): readonly Example[] {
    return [...this.#byPlace.values()].sort((a, b) => a.evidence.request.length - b.evidence.request.length);
  }
}

function isShorter(example: Example, than: Example): boolean {
  return example.evidence.request.length < than.evidence.request.length;
}
