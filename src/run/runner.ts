/**
 * Runs rules against a target. The runner alone makes statuses, counts and time limits; rules only observe.
 */
import type { JudgeContext } from '../judge/index.js';
import type { Schema } from '../qapi/index.js';
import { showExit, TargetError, type Message } from '../qmp/index.js';
import { Campaign } from '../campaign/index.js';
import { caseSource, type CaseSource } from '../cases/index.js';
import { NO_CONTEXT, NO_INFO, discover, type TargetInfo } from '../discovery/index.js';
import {
  healthProblem,
  cleanUp,
  Abandoned,
  StepRecorder,
  type Evidence,
  StepExecutor,
} from '../exchange/index.js';
import { CoverageCounter, RuleRecord, NO_CASES, type OptionsReport, type Stop } from '../result/index.js';
import {
  judgeContext,
  unmetRequirement,
  type PlannedRule,
  NotApplicable,
  Probe,
  type Cleanup,
  isCaseRule,
  isSurvivalRule,
  isWatchRule,
  type CaseRule,
  type CheckRule,
  type Rule,
} from '../rules/index.js';
import { makePrivateFolder, removePrivateFolder, type Target, type TargetSource } from '../target/index.js';
import { watchMessage, type Watch } from './watchers.js';

export interface RunnerOptions {
  readonly source: TargetSource;
  readonly rules: readonly PlannedRule[];
  /** A schema that was given by file, with its conditions applied when symbols were. */
  readonly fileSchema?: Schema | undefined;
  readonly options: OptionsReport;
  readonly onDiscovered: (info: TargetInfo) => void;
  readonly onRuleStarted: (record: RuleRecord) => void;
  readonly onProgress: (record: RuleRecord) => void;
  readonly onRuleFinished: (record: RuleRecord) => Promise<void>;
  /** Does what was recorded count as a failure of the rule, as far as --max-failures goes? */
  readonly countsAsFailed: (record: RuleRecord) => Promise<boolean>;
  /** Ends the run early; what has been measured stays. */
  readonly signal?: AbortSignal | undefined;
}

/** What the runner leaves behind: the records of all rules, in their order, and what was learned on the way. */
export interface Outcome {
  readonly records: readonly RuleRecord[];
  readonly info: TargetInfo;
  readonly coverage: CoverageCounter;
  /** What there is of generated requests; undefined when nothing is known of the arguments of commands. */
  readonly generated:
    { readonly source: CaseSource; readonly passedOver: Campaign['passedOver'] } | undefined;
  readonly stopped: Stop | undefined;
  /** Why there is no target, or none any more. */
  readonly lost: string | undefined;
  /** What a spawned target that ended by itself left behind. */
  readonly exit: { readonly status: string; readonly output: string } | undefined;
}

/**
 * Checks every rule, one after the other.
 *
 * @returns the outcome; a target that cannot be reached or is lost in mid-run is one, and no exception
 */
export async function runRules(options: RunnerOptions): Promise<Outcome> {
  const run = new Run(options);
  await run.toTheEnd();
  return run.outcome;
}

/** A rule whose turn comes, and what is known of it. */
interface Turn {
  readonly record: RuleRecord;
  readonly rule: CheckRule | CaseRule;
}

/** How often progress within a rule is told, in cases. */
const PROGRESS_EVERY = 256;

class Run {
  readonly #options: RunnerOptions;
  readonly #records: RuleRecord[];
  readonly #turns: Turn[] = [];
  readonly #watches: Watch[] = [];
  readonly #coverage = new CoverageCounter();
  readonly #reported = new Set<RuleRecord>();
  #info = NO_INFO;
  #context: JudgeContext = NO_CONTEXT;
  #stopped: Stop | undefined;
  #lost: string | undefined;
  #exit: Outcome['exit'];
  /** For sockets of peers. */
  #folder = '';
  /** Where the steps of the moment are done. */
  #stage: StepExecutor | undefined;
  /** The record of the rule that targets survive their cases, when it was selected. */
  #survival: RuleRecord | undefined;
  #campaign: Campaign | undefined;
  /** Undefined when nothing is known of the arguments of commands. */
  #cases: CaseSource | undefined;
  #current: RuleRecord | undefined;
  /** The last that the target has said, on whatever stage. */
  #lastWords: readonly string[] = [];
  #casesTold = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#records = options.rules.map((planned) => new RuleRecord(planned));
    for (const record of this.#records) {
      const { rule } = record.planned;
      if (isWatchRule(rule)) this.#watches.push({ record, rule });
      else if (isSurvivalRule(rule)) this.#survival = record;
      else this.#turns.push({ record, rule });
    }
  }

  get outcome(): Outcome {
    return {
      records: this.#records,
      info: this.#info,
      coverage: this.#coverage,
      generated: this.#cases && { source: this.#cases, passedOver: this.#campaign?.passedOver ?? new Map() },
      stopped: this.#stopped,
      lost: this.#lost,
      exit: this.#exit,
    };
  }

  async toTheEnd(): Promise<void> {
    const { signal } = this.#options;
    const onAbort = (): void => {
      // Whatever a check sees from here on is our own doing.
      this.#current?.freeze();
      this.#survival?.freeze();
      for (const { record } of this.#watches) record.freeze();
      void this.#stage?.close();
      this.#campaign?.interrupt();
    };
    signal?.addEventListener('abort', onAbort);
    let target: Target | undefined;
    this.#folder = await makePrivateFolder();
    try {
      target = await this.#options.source.start();
      // Who interrupts while the target starts waits for nothing more.
      if (!this.#interrupted()) {
        await this.#discover(target);
        await this.#checkAll(target);
      }
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      if (!this.#interrupted()) {
        this.#lost = error.message;
        this.#stop('unreachable');
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      await this.#campaign?.close();
      if (target !== undefined) {
        // A process that has crashed may still be about to end.
        const exit = await target.waitForExit?.(this.#stopped === 'target-lost' ? CRASH_MS : 0);
        if (exit !== undefined) this.#exit = { status: showExit(exit), output: target.output?.() ?? '' };
        await target.stop();
      }
      await removePrivateFolder(this.#folder);
    }
    if (this.#interrupted()) this.#stop('interrupted');
    await this.#finishRest();
  }

  async #discover(target: Target): Promise<void> {
    const { source, fileSchema, options } = this.#options;
    const countMonitors = this.#turns.some(({ rule }) => (rule.needs.monitors ?? 1) > 1);
    await this.#onStage(target, async (stage) => {
      this.#info = await discover({
        target,
        stage,
        fileSchema,
        source,
        timeoutMs: options.timeoutMs,
        countMonitors,
      });
    });
    this.#context = judgeContext(
      this.#options.rules.map(({ rule }) => rule),
      this.#info,
    );
    this.#cases = caseSource(this.#info, options);
    this.#options.onDiscovered(this.#info);
  }

  async #checkAll(target: Target): Promise<void> {
    const { options } = this.#options;
    for (let round = 1; round <= options.repeat; round += 1) {
      for (const check of this.#turns) {
        if (this.#stopped !== undefined || this.#interrupted()) return;
        // Our own failure does not go away by trying again.
        if (!check.record.errored) await this.#check(check, target);
        if (round === options.repeat && check.record.finished) await this.#report(check.record);
        if (await this.#enoughFailures()) this.#stop('max-failures');
      }
    }
  }

  async #enoughFailures(): Promise<boolean> {
    const { maxFailures } = this.#options.options;
    if (maxFailures === undefined) return false;
    const failed = await Promise.all(
      this.#records.filter((record) => record.failed).map((record) => this.#options.countsAsFailed(record)),
    );
    return failed.filter(Boolean).length >= maxFailures;
  }

  async #check({ record, rule }: Turn, shared: Target): Promise<void> {
    const unmet = this.#unmetNeed(rule);
    if (unmet !== undefined) {
      record.skip(unmet);
      return;
    }
    this.#options.onRuleStarted(record);
    const started = performance.now();
    this.#current = record;
    this.#casesTold = record.cases;
    try {
      if (isCaseRule(rule)) await this.#sendCases(rule, record, shared);
      else if (rule.needs.ownTarget === true) await this.#checkOnOwn(rule, record);
      else await this.#checkOnShared(rule, record, shared);
    } finally {
      this.#current = undefined;
      record.durationMs += performance.now() - started;
    }
  }

  #unmetNeed(rule: Rule): string | undefined {
    return unmetRequirement(rule, this.#info, this.#options.options.profile);
  }

  /** Sends the cases of a rule; whatever ends that becomes part of the record. */
  async #sendCases(rule: CaseRule, record: RuleRecord, shared: Target): Promise<void> {
    const source = this.#cases;
    if (source === undefined) {
      record.skip('there is no schema to make arguments from');
      return;
    }
    record.begin();
    const campaign = (this.#campaign ??= this.#newCampaign(shared));
    const before = passedOver(campaign);
    try {
      await campaign.send(record, rule.cases(source));
      if (record.cases > 0 || record.failed) record.finish();
      else if (passedOver(campaign) > before)
        record.markNotRun('the target has died of requests like all of its');
      else record.skip(NO_CASES);
    } catch (error) {
      if (error instanceof Abandoned) {
        record.abandon();
        await this.#lookAfter(shared, this.#survival ?? record, this.#lastWords);
      } else if (error instanceof TargetError) {
        this.#lost = error.message;
        record.abandon();
        this.#stop('target-lost');
      } else record.fail(error);
      // Who was given up without a finding has shown nothing.
      if (record.abandoned && !record.failed)
        record.markNotRun(
          this.#stopped === undefined ? 'the target died too often' : stopReason(this.#stopped, this.#lost),
        );
    }
  }

  #newCampaign(shared: Target): Campaign {
    const { source, options, signal } = this.#options;
    return new Campaign({
      source,
      shared,
      lanes: options.jobs,
      folder: this.#folder,
      info: this.#info,
      timeoutMs: options.timeoutMs,
      context: this.#context,
      coverage: this.#coverage,
      onMessage: (message, index, stage) => {
        this.#watch(message, index, stage);
      },
      survival: this.#survival,
      signal,
    });
  }

  async #checkOnOwn(rule: CheckRule, record: RuleRecord): Promise<void> {
    let own: Target;
    try {
      own = await this.#options.source.start();
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      // Not the target's fault: two of them may want the same port, or the same image.
      record.skip(`no second target could be had: ${error.message}`);
      return;
    }
    try {
      if (this.#interrupted()) return;
      await this.#onStage(own, (stage) => this.#play(record, rule, stage));
    } finally {
      await own.stop();
    }
  }

  async #checkOnShared(rule: CheckRule, record: RuleRecord, target: Target): Promise<void> {
    const undo = await this.#onStage(target, (stage) => this.#play(record, rule, stage));
    const said = this.#lastWords;
    if (!record.passed) await cleanUp(target, undo, this.#folder, this.#options.options.timeoutMs);
    if (record.abandoned) await this.#lookAfter(target, record, said);
  }

  /** Plays a rule's check; whatever ends it becomes part of the record. */
  async #play(record: RuleRecord, rule: CheckRule, stage: StepExecutor): Promise<readonly Cleanup[]> {
    const { seed, runs } = this.#options.options;
    const script = new StepRecorder({
      executor: stage,
      sink: record,
      context: this.#context,
      coverage: this.#coverage,
    });
    const probe = new Probe({
      script,
      info: this.#info,
      folder: this.#folder,
      seed,
      runs,
      cases: this.#cases,
    });
    record.begin();
    try {
      await rule.check(probe);
      // A check that has already failed may have left anything on its connections.
      if (!record.failed) await probe.settle();
      record.finish();
    } catch (error) {
      if (error instanceof NotApplicable) record.skip(error.message);
      else if (error instanceof Abandoned) record.abandon();
      else if (error instanceof TargetError) {
        const said = [...this.#lastWords, ...stage.recentMessages].slice(-LAST_WORDS);
        record.addFinding(
          { kind: 'connection-refused', message: error.message },
          {
            request: '(connecting)',
            response: said.join('\n'),
            expected: 'a connection',
            steps: [...stage.steps],
          },
        );
        record.abandon();
      } else record.fail(error);
    }
    return probe.cleanups;
  }

  async #onStage<T>(target: Target, play: (stage: StepExecutor) => Promise<T>): Promise<T> {
    const stage: StepExecutor = new StepExecutor({
      target,
      folder: this.#folder,
      timeoutMs: this.#options.options.timeoutMs,
      context: this.#context,
      onMessage: (message, index) => {
        this.#watch(message, index, stage);
      },
    });
    this.#stage = stage;
    try {
      return await play(stage);
    } finally {
      this.#stage = undefined;
      this.#lastWords = [...this.#lastWords, ...stage.recentMessages].slice(-LAST_WORDS);
      await stage.close();
    }
  }

  #watch(message: Message, index: number, stage: StepExecutor): void {
    this.#coverage.addMessage(message);
    this.#tellProgress();
    const { protocol } = this.#options.source;
    watchMessage(this.#watches, { protocol, info: this.#info }, message, index, stage);
  }

  #tellProgress(): void {
    const current = this.#current;
    if (current === undefined || current.cases < this.#casesTold + PROGRESS_EVERY) return;
    this.#casesTold = current.cases;
    this.#options.onProgress(current);
  }

  /**
   * After a check was given up: is the target still there? If not, that is the finding, and the run is over.
   *
   * @param said the last that it said while it was checked, or before
   */
  async #lookAfter(target: Target, record: RuleRecord, said: readonly string[]): Promise<void> {
    if (this.#interrupted()) return;
    const { options, signal } = this.#options;
    const reason = await healthProblem(target, options.timeoutMs, signal);
    // An interruption also ends the connections on which we look.
    if (reason === undefined || this.#interrupted()) return;
    const { request, expected, steps } = record.lastEvidence ?? NO_EVIDENCE;
    record.addFinding(
      { kind: 'target-lost', message: `the target went away: ${reason}` },
      { request, expected, steps, response: said.join('\n') },
    );
    this.#lost = reason;
    this.#stop('target-lost');
  }

  async #finishRest(): Promise<void> {
    const why = stopReason(this.#stopped, this.#lost);
    for (const { record } of this.#turns) {
      if (!record.finished) record.markNotRun(why);
      await this.#report(record);
    }
    if (this.#survival !== undefined) {
      this.#finishSurvival(this.#survival, why);
      await this.#report(this.#survival);
    }
    for (const { record, rule } of this.#watches) {
      if (this.#stopped === 'unreachable') record.forget();
      if (!record.errored) {
        if (this.#stopped !== undefined && !record.failed) record.markNotRun(why);
        else if (record.cases === 0) record.skip(this.#unmetNeed(rule) ?? 'no message of the kind came in');
        else record.finish();
      }
      await this.#report(record);
    }
  }

  /** What the cases of all other rules have shown. */
  #finishSurvival(record: RuleRecord, why: string): void {
    const { rule } = record.planned;
    const unmet = unmetRequirement(rule, this.#info, this.#options.options.profile);
    if (this.#stopped !== undefined && !record.failed) record.markNotRun(why);
    else if (unmet !== undefined) record.skip(unmet);
    else if (record.cases === 0 && !record.failed) record.skip('no generated request was sent');
    else record.finish();
  }

  /** Hands a record on, once. */
  async #report(record: RuleRecord): Promise<void> {
    if (this.#reported.has(record)) return;
    this.#reported.add(record);
    await this.#options.onRuleFinished(record);
  }

  #interrupted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  #stop(reason: Stop): void {
    this.#stopped ??= reason;
  }
}

function passedOver(campaign: Campaign): number {
  return [...campaign.passedOver.values()].reduce((sum, count) => sum + count, 0);
}

const NO_EVIDENCE: Evidence = {
  request: '(connecting)',
  response: '',
  expected: 'the target stays',
  steps: [],
};
/** Messages. */
const LAST_WORDS = 8;
/** Writing a core dump takes its time. */
const CRASH_MS = 1000;

function stopReason(stopped: Stop | undefined, lost: string | undefined): string {
  switch (stopped) {
    case 'unreachable':
      return `the target cannot be tested: ${lost ?? 'unknown'}`;
    case 'target-lost':
      return `the target went away before: ${lost ?? 'unknown'}`;
    case 'max-failures':
      return 'the run ended at --max-failures';
    case 'interrupted':
    case undefined:
      return 'the run was interrupted';
  }
}
