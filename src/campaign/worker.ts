/**
 * Sends cases to one target at a time. A target of ours that is lost over a case is a finding; a new one takes its place,
 * and the case is not sent again.
 */
import type { Finding } from '../judge/index.js';
import { showExit, type Message } from '../qmp/index.js';
import {
  CONNECTION_LOSSES,
  CRASH_MS,
  exitFailure,
  failureOf,
  lossFailure,
  TargetSession,
  type Case,
  type CaseConnection,
  type CaseSink,
  type ConnectionLost,
  type Evidence,
  type FindingSink,
  type Observer,
  type SendResult,
  type StepExecutor,
  type TargetFailure,
} from '../exchange/index.js';
import { failureKey, judgeMessage, watchEvidence } from '../rules/index.js';
import type { CampaignOptions, CaseRecord } from './campaign.js';
import type { CaseQueue } from './case-queue.js';
import type { CrashIsolator } from './crash-isolator.js';
import { reportCrash, reportEnd, type CrashReport, type Isolation } from './crash-report.js';
import { minimizeFailure, type Failed, type Found } from './failure-minimizer.js';
import type { KnownCrashes } from './known-crashes.js';
import { RingBuffer } from './ring-buffer.js';
import { RECONNECT, type Sent } from './sent.js';
import { SentJournal } from './sent-journal.js';

/** How the sending of the cases of a rule ended. */
export type SendEnd =
  | { readonly is: 'sent' }
  /** The target is lost for good, or has been lost so often that there is no point in going on. */
  | { readonly is: 'gave-up' }
  /** No target can be had. */
  | { readonly is: 'no-target'; readonly problem: string };

type Loss = SendResult & { readonly lost: object };

/** What the workers of a campaign have in common. */
export interface WorkerOptions extends CampaignOptions {
  readonly crashes: KnownCrashes;
  readonly isolator: CrashIsolator;
  /** Tells the workers apart. */
  readonly name: string;
}

/** How long a target may take to end when it was told to, on a busy machine, in milliseconds. */
const END_MS = 10_000;
/** Cases. Memory that was used after it was freed may take hundreds of requests to show. */
const RECENT = 1024;
/** Failures of one rule that are made smaller; a rule does not report more. */
const MOST_MINIMIZED = 50;
/** Why the trigger is not known when the target is not ours. */
const NOT_TRIED = '; there is no fresh target to try it on';
const NOT_ALONE = '; none of them alone did it again';

export class Worker {
  readonly #options: WorkerOptions;
  readonly #recent: RingBuffer<Sent>;
  readonly #journal: SentJournal;
  #session: TargetSession | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { owned } = options.source;
    // Only for a target of ours there is a fresh one on which all that came before can be tried.
    this.#recent = new RingBuffer(owned ? RECENT : 1);
    this.#journal = new SentJournal(options.session.folder, options.name);
    if (!owned) this.#session = options.shared;
  }

  /** Sends the cases of a rule. */
  async send(record: CaseRecord, queue: CaseQueue): Promise<SendEnd> {
    const job = new Job(this.#options, record, queue);
    for (;;) {
      if (this.#interrupted()) return SENT;
      const session =
        this.#session ?? (await TargetSession.start(this.#options.source, this.#options.session));
      if ('problem' in session) return { is: 'no-target', problem: session.problem };
      this.#session = session;
      const end = await this.#serve(session, job);
      if (this.#interrupted()) return SENT;
      if (end !== undefined) return end;
    }
  }

  /** Ends whatever is in progress, as if the target had gone. */
  interrupt(): void {
    this.#session?.interrupt();
  }

  /** Ends the target if it is ours; one that has ended before is reported as lost. */
  async close(): Promise<void> {
    const { source, survival } = this.#options;
    const session = this.#session;
    if (!source.owned || session === undefined) return;
    const { target } = session;
    const exit = target.exit?.();
    if (exit !== undefined && survival !== undefined) {
      const failure = exitFailure(exit, target.output?.() ?? '');
      add(survival, reportEnd(this.#recent.list, failure, session.recentMessages));
    }
    await session.stop();
  }

  #interrupted(): boolean {
    return this.#options.session.signal?.aborted === true;
  }

  /**
   * Sends what it can on one connection.
   *
   * @returns undefined when there is more to be sent, on another connection
   */
  async #serve(session: TargetSession, job: Job): Promise<SendEnd | undefined> {
    const connection = await this.#connect(session, job);
    if ('lost' in connection) return this.#afterEnd(session, job, connection);
    if (this.#recent.list.length > 0) {
      this.#recent.add(RECONNECT);
      if (this.#options.source.owned) this.#journal.add(`"${RECONNECT}"\n`);
    }
    try {
      const lost = await this.#sendAll(connection, job);
      if (this.#interrupted()) return SENT;
      if (lost !== undefined)
        return 'unanswered' in lost
          ? await this.#afterLoss(session, job, lost)
          : await this.#afterEnd(session, job, lost);
    } finally {
      await connection.close();
    }
    const ending = job.queue.takeEnding();
    return ending === undefined ? SENT : this.#sendEnding(session, job, ending);
  }

  async #sendAll(connection: CaseConnection, job: Job): Promise<Loss | ConnectionLost | undefined> {
    const { crashes } = this.#options;
    job.doing = 'sending';
    for (let next = job.suspects.shift(); next !== undefined; next = job.suspects.shift()) {
      if (next.isCleanup !== true && crashes.skips(next)) continue;
      const result = await connection.send([next], job.cases);
      if (result.lost !== undefined) return result;
    }
    job.reportUnexplained();
    const result = await connection.send(job.queue, {
      ...job.cases,
      onSent: (sent, text) => {
        for (const one of sent) this.#recent.add(one);
        if (this.#options.source.owned) this.#journal.add(text);
      },
    });
    if (result.lost !== undefined) return result;
    job.doing = 'settling';
    const unsettled = await connection.settle();
    if (unsettled !== undefined) return unsettled;
    return this.#minimizeAll(connection, job);
  }

  /** Looks for smaller cases that show the same failures. */
  async #minimizeAll(connection: CaseConnection, job: Job): Promise<Loss | ConnectionLost | undefined> {
    const { crashes, session } = this.#options;
    const failures = job.takeFailures();
    for (const failed of failures) {
      const lost = await minimizeFailure(
        failed,
        (cases) => job.attempt(() => connection.send(cases, job.attempted)),
        crashes,
        session.signal,
      );
      if (lost !== undefined) return lost;
    }
    return failures.length === 0 ? undefined : connection.settle();
  }

  /** Connects for the cases of a rule. */
  #connect(session: TargetSession, { observer, sink }: Job): Promise<CaseConnection | ConnectionLost> {
    const { context, info } = this.#options;
    return session.connect({ context, ping: info.ping, observer, sink });
  }

  /** Sends a request that may end the target, and reports a target that ends badly. */
  async #sendEnding(session: TargetSession, job: Job, ending: Case): Promise<SendEnd | undefined> {
    const connection = await this.#connect(session, job);
    if ('lost' in connection) return this.#afterEnd(session, job, connection);
    job.doing = 'sending';
    const result = await connection.send([ending], job.cases);
    await connection.close();
    if (this.#interrupted()) return SENT;
    if (result.lost !== undefined) return this.#afterLoss(session, job, result);
    const { target } = session;
    const exit = await target.waitForExit?.(END_MS);
    if (exit === undefined) return undefined;
    if (exit.code !== 0) {
      const output = target.output?.() ?? '';
      const failure: TargetFailure = { kind: 'exited', words: `ended badly (${showExit(exit)})`, output };
      this.#report(job, { trigger: ending, before: [] }, failure, []);
    }
    await this.#replace(session);
    return undefined;
  }

  /** Reports how a target was lost over a case, and over which. Lets another take its place when it is ours. */
  async #afterLoss(session: TargetSession, job: Job, loss: Loss): Promise<SendEnd | undefined> {
    const { source, crashes, isolator } = this.#options;
    const { unanswered, unsent, lost, waitedMs } = loss;
    if (unanswered.length === 0) return { is: 'gave-up' };
    const recent = this.#recent.list;
    const said = session.recentMessages;
    const failure = await failureOf(session.target, lost, waitedMs);
    if (this.#interrupted()) return SENT;
    if (!source.owned) {
      const end = await this.#afterLossOfTheirs(session, job, unanswered, failure);
      job.queue.putBack(unsent);
      return end;
    }
    this.#session = undefined;
    await session.stop();
    const scene = { unanswered, recent, everything: () => this.#everything(recent) };
    const isolated = await isolator.isolate(scene, failure);
    const isNew = !crashes.hasSignature(failure);
    const isolation = isNew ? await isolator.shrink(isolated, failure) : isolated;
    this.#forget();
    if (this.#interrupted()) return SENT;
    this.#report(job, isolation, failure, said);
    crashes.add(isolated.trigger, failure);
    crashes.addRequest(isolation.trigger);
    if (crashes.tooMany) return { is: 'gave-up' };
    job.queue.putBack([...unanswered.filter((open) => open !== isolated.trigger), ...unsent]);
    return undefined;
  }

  /** All that the target was sent; its end are the cases themselves, where the journal has only their requests. */
  async #everything(recent: readonly Sent[]): Promise<readonly Sent[] | undefined> {
    const all = await this.#journal.all();
    return all && [...all.slice(0, Math.max(0, all.length - recent.length)), ...recent];
  }

  /** Has the cases sent again one by one when a target that is not ours lives on, so that the trigger becomes known. */
  async #afterLossOfTheirs(
    session: TargetSession,
    job: Job,
    unanswered: readonly Case[],
    failure: TargetFailure,
  ): Promise<SendEnd | undefined> {
    const { crashes } = this.#options;
    const [suspect, ...behind] = unanswered as readonly [Case, ...Case[]];
    const said = session.recentMessages;
    const problem = await session.healthProblem();
    if (this.#interrupted()) return SENT;
    if (problem !== undefined || behind.length === 0) {
      const doubt = problem === undefined ? {} : { doubt: NOT_TRIED };
      this.#report(job, { trigger: suspect, ...doubt, before: [], behind }, failure, said);
      crashes.add(suspect, failure);
      job.dropUnexplained();
    } else {
      job.suspect([suspect, ...behind], () => {
        this.#report(job, { trigger: suspect, doubt: NOT_ALONE, before: [], behind }, failure, said);
      });
      crashes.addUnexplained();
    }
    return problem !== undefined || crashes.tooMany ? { is: 'gave-up' } : undefined;
  }

  /**
   * Reports that a target was lost while no case was waited for: between two rules, or before its greeting. Lets another
   * take its place when it is ours.
   */
  async #afterEnd(session: TargetSession, job: Job, { lost }: ConnectionLost): Promise<SendEnd | undefined> {
    if (this.#interrupted()) return SENT;
    // Of a target that is not ours the loss has been recorded as it was seen.
    if (!this.#options.source.owned) return { is: 'gave-up' };
    const { target } = session;
    const exit = await target.waitForExit?.(CRASH_MS);
    const output = target.output?.() ?? '';
    const failure = exit === undefined ? lossFailure(lost, output) : exitFailure(exit, output);
    const { crashes, survival } = this.#options;
    add(survival ?? job.record.sink, reportEnd(this.#recent.list, failure, session.recentMessages));
    const gotNothing = this.#recent.list.length === 0;
    await this.#replace(session);
    crashes.addUnexplained();
    return gotNothing || crashes.tooMany ? { is: 'gave-up' } : undefined;
  }

  async #replace(session: TargetSession): Promise<void> {
    this.#session = undefined;
    this.#forget();
    await session.stop();
  }

  #forget(): void {
    this.#recent.clear();
    this.#journal.clear();
  }

  #report(job: Job, isolation: Isolation, failure: TargetFailure, said: readonly string[]): void {
    add(this.#options.survival ?? job.record.sink, reportCrash(isolation, failure, said));
  }
}

const SENT: SendEnd = { is: 'sent' };

function add(sink: FindingSink, { finding, evidence }: CrashReport): void {
  sink.addFinding(finding, evidence);
}

/** The cases of one rule on their way through one worker, and what is found meanwhile. */
class Job {
  readonly record: CaseRecord;
  readonly queue: CaseQueue;
  /** To be sent one by one: a target that is not ours was lost over one of them. */
  suspects: Case[] = [];
  /** Only when cases are sent is anything counted. */
  doing: 'connecting' | 'sending' | 'settling' = 'connecting';
  readonly #options: WorkerOptions;
  readonly #failures = new Map<string, Failed>();
  readonly #seen = new Set<string>();
  /** What the current try has found; undefined while cases are sent for the first time. */
  #found: Map<string, { readonly finding: Finding; readonly evidence: Evidence }> | undefined;
  #unexplained: (() => void) | undefined;

  constructor(options: WorkerOptions, record: CaseRecord, queue: CaseQueue) {
    this.#options = options;
    this.record = record;
    this.queue = queue;
  }

  /** Takes what connecting and settling find. */
  readonly sink: FindingSink = {
    addCase: () => undefined,
    addFinding: (finding, evidence) => {
      // That a target of ours has gone is said with more than this.
      if (this.#options.source.owned && CONNECTION_LOSSES.has(finding.kind)) return;
      this.record.sink.addFinding(finding, evidence);
    },
  };

  /** Takes what becomes of cases. */
  readonly cases: CaseSink = {
    onAnswered: () => {
      this.record.sink.addCase();
      this.#options.survival?.addCase();
    },
    onFinding: (finding, evidence, failed) => {
      const { rule, sink } = this.record;
      sink.addFinding(finding, evidence);
      this.#note({ key: failureKey(rule, finding), failed, sink });
    },
  };

  /** The same while a failure is made smaller: nothing is counted. */
  readonly attempted: CaseSink = {
    onAnswered: () => undefined,
    onFinding: (finding, evidence) => {
      this.#found?.set(failureKey(this.record.rule, finding), { finding, evidence });
    },
  };

  /** Looks at all that is said. */
  readonly observer: Observer = {
    onMessage: (message, index, executor) => {
      if (this.#found === undefined) this.#options.observer.onMessage(message, index, executor);
      this.#watch(message, index, executor);
    },
    onAnswer: (request, reply, about) => {
      if (this.#found === undefined) this.#options.observer.onAnswer(request, reply, about);
    },
    onCaseEvent: (about, name) => {
      if (this.#found === undefined) this.#options.observer.onCaseEvent(about, name);
    },
  };

  /** Sends something without counting anything, and says all that it found. */
  async attempt(
    send: () => Promise<SendResult>,
  ): Promise<{ readonly found: Found; readonly result: SendResult }> {
    const found = new Map<string, { readonly finding: Finding; readonly evidence: Evidence }>();
    this.#found = found;
    try {
      return { found, result: await send() };
    } finally {
      this.#found = undefined;
    }
  }

  /** The failures to be made smaller; each is handed out once. */
  takeFailures(): Failed[] {
    const failures = [...this.#failures.values()];
    this.#failures.clear();
    return failures;
  }

  /** Cases are to be sent one by one; `report` says that the target was lost, should none of them do it again. */
  suspect(cases: Case[], report: () => void): void {
    this.suspects = cases;
    this.#unexplained = report;
  }

  reportUnexplained(): void {
    this.#unexplained?.();
    this.#unexplained = undefined;
  }

  dropUnexplained(): void {
    this.#unexplained = undefined;
  }

  #watch(message: Message, index: number, executor: StepExecutor): void {
    const { watches, info } = this.#options;
    judgeMessage(watches, info, message, index, ({ rule, sink }, findings) => {
      const found = this.#found;
      if (found === undefined) sink.addCase();
      if (findings.length === 0) return;
      const evidence = watchEvidence(rule, message, executor);
      for (const finding of findings) {
        const key = failureKey(rule.id, finding);
        if (found !== undefined) found.set(key, { finding, evidence });
        else {
          sink.addFinding(finding, evidence);
          const failed = executor.currentCase;
          if (failed !== undefined) this.#note({ key, failed, sink });
        }
      }
    });
  }

  #note(failed: Failed): void {
    if (this.#seen.has(failed.key) || this.#seen.size >= MOST_MINIMIZED) return;
    if (failed.failed.variable === undefined) return;
    this.#seen.add(failed.key);
    this.#failures.set(failed.key, failed);
  }
}
