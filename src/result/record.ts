/**
 * What is known about one rule while a run goes on: how many cases held, and in which ways others did not. The same
 * way seen again is only counted; of its examples the one with the shortest request is kept.
 */
import type { Finding } from '../judge/index.js';
import type { Evidence, FindingSink } from '../exchange/index.js';
import type { PlannedRule } from '../rules/index.js';

export interface RecordedFailure {
  readonly key: string;
  /** The finding of the example that is kept. */
  finding: Finding;
  evidence: Evidence;
  count: number;
}

export type RecordState =
  | { readonly is: 'waiting' | 'running' | 'checked' | 'abandoned' }
  | { readonly is: 'skipped' | 'not-run'; readonly reason: string }
  | { readonly is: 'errored'; readonly error: unknown };

/** A broken server can be wrong in more ways than anybody reads; that it has gone is said in any case. */
const MAX_FAILURES = 50;

export class RuleRecord implements FindingSink {
  readonly planned: PlannedRule;
  cases = 0;
  /** In milliseconds. */
  durationMs = 0;
  readonly #failures = new Map<string, RecordedFailure>();
  #lastEvidence: Evidence | undefined;
  #state: RecordState = { is: 'waiting' };
  #sealed = false;

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

  /** The check came to its end, and all that it looked at held. */
  get passed(): boolean {
    return this.#state.is === 'checked' && !this.failed;
  }

  begin(): void {
    this.#state = { is: 'running' };
  }

  finish(): void {
    if (this.#sealed) return;
    if (this.cases > 0 || this.failed) this.#state = { is: 'checked' };
    else this.fail(new Error('the check ended without having judged anything'));
  }

  /** The connection or the target was lost; the finding that says so has been added. */
  abandon(): void {
    if (!this.#sealed) this.#state = { is: 'abandoned' };
  }

  skip(reason: string): void {
    if (!this.#sealed) this.#state = { is: 'skipped', reason };
  }

  /** The rule's turn never came, or was cut short. */
  markNotRun(reason: string): void {
    this.#state = { is: 'not-run', reason };
  }

  /** The check itself failed. */
  fail(error: unknown): void {
    if (!this.#sealed) this.#state = { is: 'errored', error };
  }

  /** From now on nothing is added: what comes is not the target's doing. */
  freeze(): void {
    this.#sealed = true;
  }

  get failures(): readonly RecordedFailure[] {
    return [...this.#failures.values()];
  }

  get failed(): boolean {
    return this.#failures.size > 0;
  }

  /** What the last finding was seen on. */
  get lastEvidence(): Evidence | undefined {
    return this.#lastEvidence;
  }

  /** There is no target that the rule could speak of: what was seen says nothing. */
  forget(): void {
    this.#failures.clear();
    this.cases = 0;
  }

  addCase(): void {
    this.cases += 1;
  }

  addFinding(finding: Finding, evidence: Evidence): void {
    if (this.#sealed) return;
    this.#lastEvidence = evidence;
    const key = this.#keyOf(finding);
    const known = this.#failures.get(key);
    if (known !== undefined) {
      known.count += 1;
      preferShorter(known, finding, evidence);
    } else if (this.#failures.size < MAX_FAILURES || finding.kind === 'target-lost') {
      this.#failures.set(key, { key, finding, evidence, count: 1 });
    }
  }
  /** Another example of what may have been found already: nothing is counted. */
  addExample(finding: Finding, evidence: Evidence): void {
    const known = this.#failures.get(this.#keyOf(finding));
    if (known !== undefined && !this.#sealed) preferShorter(known, finding, evidence);
  }

  #keyOf({ command = '', path = '', kind }: Finding): string {
    // Positions in lists differ from one run to the next and say nothing of the fault.
    return [this.planned.rule.id, command, path.replaceAll(/\[\d+\]/g, '[]'), kind].join('|');
  }
}

function preferShorter(known: RecordedFailure, finding: Finding, evidence: Evidence): void {
  if (evidence.request.length >= known.evidence.request.length) return;
  known.finding = finding;
  known.evidence = evidence;
}
