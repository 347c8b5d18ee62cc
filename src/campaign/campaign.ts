/**
 * Sends the cases of rules, over several targets when asked to.
 */
import type { JudgeContext } from '../judge/index.js';
import type { TargetInfo } from '../discovery/index.js';
import type { Case, Observer, SessionOptions, TargetSession } from '../exchange/index.js';
import type { Watch, WatchSink } from '../rules/index.js';
import type { TargetSource } from '../target/index.js';
import { CaseQueue } from './case-queue.js';
import { CrashIsolator } from './crash-isolator.js';
import type { ExampleSink } from './failure-minimizer.js';
import { KnownCrashes } from './known-crashes.js';
import { Worker, type SendEnd } from './worker.js';

export interface CampaignOptions {
  readonly source: TargetSource;
  readonly session: SessionOptions;
  /** The target that is there already; the only one, when it is not ours. */
  readonly shared: TargetSession;
  /** How many targets at the same time; one when they are not ours. */
  readonly workers: number;
  readonly info: TargetInfo;
  readonly context: JudgeContext;
  readonly observer: Observer;
  /** The rules that look at every message. */
  readonly watches: readonly Watch<WatchSink & ExampleSink>[];
  /** Takes what targets are lost over; without it the rule whose case it was has the finding. */
  readonly survival: ExampleSink | undefined;
}

/** The rule whose cases are sent, and the sink that takes its findings. */
export interface CaseRecord {
  /** The id. */
  readonly rule: string;
  readonly sink: ExampleSink;
}

export class Campaign {
  readonly #workers: readonly Worker[];
  readonly #crashes = new KnownCrashes();
  readonly #isolator: CrashIsolator;

  constructor(options: CampaignOptions) {
    const { source, session, context, info, workers } = options;
    this.#isolator = new CrashIsolator({ source, session, conversation: { context, ping: info.ping } });
    const shared = { ...options, crashes: this.#crashes, isolator: this.#isolator };
    // Cases change the state of a target; one of ours that others still need is left alone.
    this.#workers = Array.from(
      { length: source.owned ? workers : 1 },
      (_, index) => new Worker({ ...shared, name: `sent-${index}` }),
    );
  }

  /** How many cases were skipped because similar ones had ended a target, by command. */
  get skipped(): ReadonlyMap<string, number> {
    return this.#crashes.skipped;
  }

  /** Sends cases and judges the replies. */
  async send(record: CaseRecord, cases: Iterable<Case>): Promise<SendEnd> {
    if (this.#crashes.tooMany) return { is: 'gave-up' };
    const stream = cases[Symbol.iterator]();
    const ends = await Promise.allSettled(
      this.#workers.map((worker) => worker.send(record, new CaseQueue(stream, this.#crashes))),
    );
    // No worker may still be busy when the next rule begins; and no defect of ours may vanish.
    const defects = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    if (defects.length === 1) throw defects[0];
    if (defects.length > 1) throw new AggregateError(defects, 'several workers failed');
    const done = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    return (
      done.find(({ is }) => is === 'no-target') ?? done.find(({ is }) => is === 'gave-up') ?? { is: 'sent' }
    );
  }

  /** Ends whatever is in progress, as if the target had gone. */
  interrupt(): void {
    for (const worker of this.#workers) worker.interrupt();
    this.#isolator.interrupt();
  }

  /** Ends the targets that were started for the campaign. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }
}
