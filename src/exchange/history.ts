/**
 * Keeps the steps that an executor has done, which a replay does again. A long history forgets what matters least, so
 * that it stays short and still begins where a replay has to.
 */
import type { Step } from './step.js';

/** Enough to see a failure again. */
const MAX_STEPS = 200;
/** Of the text that they send, in characters. */
const MAX_SIZE = 4 * 2 ** 20;
/** The first steps connect and negotiate, without which a replay shows nothing. */
const KEPT_STEPS = 12;

export class History {
  #steps: Step[] = [];
  #size = 0;

  /** Oldest first. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  add(step: Step): void {
    this.#steps.push(step);
    this.#size += sizeOf(step);
    while (this.#steps.length > MAX_STEPS || this.#size > MAX_SIZE) {
      const before = this.#steps.length;
      if (!this.#forgetClosed()) this.#forgetExchange();
      if (this.#steps.length === before) return;
      this.#size = this.#steps.reduce((sum, each) => sum + sizeOf(each), 0);
    }
  }

  /** Forgets all that was done on the connection that was closed first; false when none was. */
  #forgetClosed(): boolean {
    const closed = this.#steps.find((step) => step.do === 'close');
    if (closed === undefined) return false;
    this.#steps = this.#steps.filter((step) => !('conn' in step) || step.conn !== closed.conn);
    return true;
  }

  /** Forgets the oldest exchange that is not the first on its connection: without negotiation a replay shows nothing. */
  #forgetExchange(): void {
    const begun = new Set<string>();
    const oldest = this.#steps.findIndex((step, index) => {
      if (step.do !== 'exchange') return false;
      if (index >= KEPT_STEPS && begun.has(step.conn)) return true;
      begun.add(step.conn);
      return false;
    });
    if (oldest >= 0) this.#steps.splice(oldest, 1);
  }
}

function sizeOf(step: Step): number {
  return step.do === 'exchange' ? step.send.reduce((sum, text) => sum + text.length, 0) : 0;
}
