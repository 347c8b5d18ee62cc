/**
 * Runs rules against a target. The runner alone makes statuses, counts and time limits; rules only observe.
 */
import type { JudgeContext } from '../judge/index.js';
import type { Schema } from '../qapi/index.js';
import { showExit } from '../qmp/index.js';
import { Campaign } from '../campaign/index.js';
import { caseSource, type CaseSource } from '../cases/index.js';
import { discover, NO_INFO, type TargetInfo, type Unusable } from '../discovery/index.js';
import {
  Patience,
  TargetSession,
  type Cleanup,
  type Evidence,
  type Observer,
  type SessionOptions,
} from '../exchange/index.js';
import { CoverageCounter, NO_CASES, RuleRecord, type OptionsReport, type Stop } from '../result/index.js';
import {
  isCaseRule,
  isSurvivalRule,
  isWatchRule,
  judgeContext,
  Probe,
  unmetRequirement,
  type CaseRule,
  type CheckRule,
  type PlannedRule,
  type Rule,
  type Watch,
} from '../rules/index.js';
import { makePrivateFolder, removePrivateFolder, type TargetSource } from '../target/index.js';
import { Ending } from './ending.js';
import { countingObserver, watchingObserver } from './observers.js';

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
  /** Whether what was recorded counts as a failure of the rule, as far as --max-failures goes. */
  readonly countsAsFailed: (record: RuleRecord) => Promise<boolean>;
  /** Goes on where every exchange fails in the same way: each rule shall say so by itself. */
  readonly thorough?: boolean | undefined;
  /** Ends the run early; what has been measured stays. */
  readonly signal?: AbortSignal | undefined;
}

/** What the runner leaves behind: the records of all rules, in their order, and what was learned on the way. */
export interface RunnerOutcome {
  readonly records: readonly RuleRecord[];
  readonly info: TargetInfo;
  readonly coverage: CoverageCounter;
  /** What there is of generated requests; undefined when nothing is known of the arguments of commands. */
  readonly generated: { readonly source: CaseSource; readonly skipped: Campaign['skipped'] } | undefined;
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
export async function runRules(options: RunnerOptions): Promise<RunnerOutcome> {
  const folder = await makePrivateFolder();
  try {
    return await new Runner(options, folder).run();
  } finally {
    await removePrivateFolder(folder);
  }
}

/** A rule that is checked in the order of the schedule, and its record. */
interface ScheduledRule {
  readonly record: RuleRecord;
  readonly rule: CheckRule | CaseRule;
}

/** So few rules are all checked, whatever the exchanges are like. */
const FEW_RULES = 8;
/** How often progress within a rule is told, in cases. */
const PROGRESS_EVERY = 256;
/** Writing a core dump takes its time. */
const CRASH_MS = 1000;

class Runner {
  readonly #options: RunnerOptions;
  readonly #folder: string;
  readonly #patience: Patience;
  readonly #session: SessionOptions;
  readonly #records: RuleRecord[];
  readonly #schedule: ScheduledRule[] = [];
  readonly #watches: Watch<RuleRecord>[] = [];
  readonly #coverage = new CoverageCounter();
  readonly #reported = new Set<RuleRecord>();
  /** The record of the rule that targets survive their cases, when it was selected. */
  readonly #survival: RuleRecord | undefined;
  #info = NO_INFO;
  #context: JudgeContext = { schema: undefined, judgeReturn: () => [] };
  #exit: RunnerOutcome['exit'];
  /** The sessions that are open at the moment. */
  readonly #sessions = new Set<TargetSession>();
  #campaign: Campaign | undefined;
  /** Undefined when nothing is known of the arguments of commands. */
  #cases: CaseSource | undefined;
  #current: RuleRecord | undefined;
  #casesTold = 0;
  readonly #ending: Ending;
  readonly #counting: Observer;
  readonly #watching: Observer;

  constructor(options: RunnerOptions, folder: string) {
    const { signal } = options;
    this.#options = options;
    this.#folder = folder;
    const { thorough = false } = options;
    this.#patience = new Patience(options.options.timeoutMs, ...(thorough ? [Infinity] : []));
    this.#session = { folder, patience: this.#patience, ...(signal === undefined ? {} : { signal }) };
    this.#records = options.rules.map((planned) => new RuleRecord(planned));
    let survival: RuleRecord | undefined;
    for (const record of this.#records) {
      const { rule } = record.planned;
      if (isWatchRule(rule)) this.#watches.push({ sink: record, rule });
      else if (isSurvivalRule(rule)) survival = record;
      else this.#schedule.push({ record, rule });
    }
    this.#survival = survival;
    this.#ending = new Ending(this.#patience);
    this.#counting = countingObserver(this.#coverage, () => {
      this.#tellProgress();
    });
    this.#watching = watchingObserver(this.#counting, this.#watches, () => this.#infoSoFar());
  }

  async run(): Promise<RunnerOutcome> {
    const { signal } = this.#options;
    const onAbort = (): void => {
      // Whatever a check sees from here on is our own doing.
      this.#current?.freeze();
      this.#survival?.freeze();
      for (const { sink } of this.#watches) sink.freeze();
      for (const session of this.#sessions) session.interrupt();
      this.#campaign?.interrupt();
    };
    signal?.addEventListener('abort', onAbort);
    try {
      await this.#withTarget(async (session) => {
        if (!(await this.#discover(session))) return;
        try {
          await this.#checkAll(session);
        } finally {
          await this.#campaign?.close();
        }
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
    if (this.#interrupted()) this.#ending.stop('interrupted');
    await this.#finishRest();
    return {
      records: this.#records,
      info: this.#info,
      coverage: this.#coverage,
      generated: this.#cases && { source: this.#cases, skipped: this.#campaign?.skipped ?? new Map() },
      stopped: this.#ending.stopped,
      lost: this.#ending.lost,
      exit: this.#exit,
    };
  }

  /** Starts the target that all rules share, and ends it. */
  async #withTarget(work: (session: TargetSession) => Promise<void>): Promise<void> {
    const session = await TargetSession.start(this.#options.source, this.#session);
    if ('problem' in session) {
      this.#unreachable(session.problem);
      return;
    }
    this.#sessions.add(session);
    try {
      // After an interruption while the target starts nothing more is done.
      if (!this.#interrupted()) await work(session);
    } finally {
      this.#sessions.delete(session);
      const { target } = session;
      // A process that has crashed may still be about to end.
      const exit = await target.waitForExit?.(this.#ending.stopped === 'target-lost' ? CRASH_MS : 0);
      if (exit !== undefined) this.#exit = { status: showExit(exit), output: target.output?.() ?? '' };
      await session.stop();
    }
  }

  #unreachable(problem: string): void {
    if (this.#interrupted()) return;
    this.#ending.stop('unreachable', problem);
  }

  /** Discovers the target. Returns whether rules can be checked on it. */
  async #discover(session: TargetSession): Promise<boolean> {
    const { source, fileSchema, options, thorough = false } = this.#options;
    const countMonitors = this.#schedule.some(({ rule }) => (rule.needs.monitors ?? 1) > 1);
    const observer = this.#watching;
    const discovered = await discover({ session, source, fileSchema, countMonitors, observer });
    if ('problem' in discovered) {
      this.#unreachable(discovered.problem);
      return false;
    }
    if (this.#interrupted()) return false;
    this.#info = discovered.info;
    this.#context = judgeContext(
      this.#options.rules.map(({ rule }) => rule),
      this.#info,
    );
    this.#cases = caseSource(this.#info, options);
    this.#options.onDiscovered(this.#info);
    const { unusable } = discovered;
    return unusable === undefined || thorough || !(await this.#saysUnusable(unusable));
  }

  /**
   * Says once what is wrong with every exchange, so that not every rule says it again.
   *
   * @returns false when the rules had better be checked all the same: few of them were asked for, or it is waived
   */
  async #saysUnusable({ finding, evidence }: Unusable): Promise<boolean> {
    const { kind, message } = finding;
    const checks = this.#schedule.map(({ record }) => record);
    const applicable = checks.filter(({ planned: { rule } }) => this.#unmetRequirement(rule) === undefined);
    const [first = checks[0]] = applicable;
    const record =
      this.#records.find(({ planned: { rule } }) => rule.everyExchange?.includes(kind) === true) ?? first;
    if (record === undefined || applicable.length <= FEW_RULES) return false;
    const isSilent = kind === 'no-reply' || kind === 'connection-lost';
    record.begin();
    record.addCase();
    record.addFinding(
      isSilent
        ? { kind: 'target-lost', message: `the target went away: ${message}` }
        : { ...finding, message: `in every exchange: ${message}` },
      evidence,
    );
    record.finish();
    if (!(await this.#options.countsAsFailed(record))) {
      record.reset();
      return false;
    }
    this.#ending.stop(isSilent ? 'target-lost' : 'unusable', `${message} (${record.planned.rule.id})`);
    await this.#report(record);
    return true;
  }

  async #checkAll(session: TargetSession): Promise<void> {
    const { options } = this.#options;
    for (let round = 1; round <= options.repeat; round += 1) {
      for (const scheduled of this.#schedule) {
        if (this.#ending.stopped !== undefined || this.#interrupted()) return;
        // Our own failure does not go away by trying again.
        if (!scheduled.record.errored) await this.#check(scheduled, session);
        if (round === options.repeat && scheduled.record.finished) await this.#report(scheduled.record);
        if (await this.#enoughFailures()) this.#ending.stop('max-failures');
        if (!this.#interrupted()) this.#ending.stopWaiting(scheduled.record.planned.rule.id);
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

  async #check({ record, rule }: ScheduledRule, shared: TargetSession): Promise<void> {
    const unmet = this.#unmetRequirement(rule);
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

  #unmetRequirement(rule: Rule): string | undefined {
    return unmetRequirement(rule, this.#info, this.#options.options.profile);
  }

  /** Sends the cases of a rule, and notes in the record how that ended. */
  async #sendCases(rule: CaseRule, record: RuleRecord, shared: TargetSession): Promise<void> {
    const source = this.#cases;
    if (source === undefined) {
      record.skip('there is no schema to make arguments from');
      return;
    }
    record.begin();
    const campaign = (this.#campaign ??= this.#newCampaign(shared));
    const before = skippedBy(campaign);
    let end: Awaited<ReturnType<Campaign['send']>>;
    try {
      end = await campaign.send({ rule: rule.id, sink: record }, rule.cases(source));
    } catch (error) {
      record.fail(error);
      return;
    }
    if (end.is === 'sent') {
      if (record.cases > 0 || record.failed) record.finish();
      else if (skippedBy(campaign) > before)
        record.markNotRun('the target has died of requests like all of its');
      else record.skip(NO_CASES);
      return;
    }
    record.abandon();
    if (end.is === 'gave-up') await this.#lookAfter(shared, this.#survival ?? record);
    else this.#ending.stop('target-lost', end.problem);
    // A rule that ended early without a finding was not checked.
    if (record.abandoned && !record.failed) {
      const why = this.#ending.stopped === undefined ? 'the target died too often' : this.#ending.reason;
      record.markNotRun(why);
    }
  }

  #newCampaign(shared: TargetSession): Campaign {
    const { source, options } = this.#options;
    return new Campaign({
      source,
      shared,
      session: this.#session,
      workers: options.jobs,
      info: this.#info,
      context: this.#context,
      observer: this.#counting,
      watches: this.#watches,
      survival: this.#survival,
    });
  }

  async #checkOnOwn(rule: CheckRule, record: RuleRecord): Promise<void> {
    const own = await TargetSession.start(this.#options.source, this.#session);
    if ('problem' in own) {
      // Not the target's fault: two of them may want the same port, or the same image.
      record.skip(`no second target could be had: ${own.problem}`);
      return;
    }
    this.#sessions.add(own);
    try {
      if (!this.#interrupted()) await this.#perform(record, rule, own);
    } finally {
      this.#sessions.delete(own);
      await own.stop();
    }
  }

  async #checkOnShared(rule: CheckRule, record: RuleRecord, session: TargetSession): Promise<void> {
    const cleanups = await this.#perform(record, rule, session);
    if (!record.passed) await session.cleanUp(cleanups);
    if (record.abandoned) await this.#lookAfter(session, record);
  }

  /** Performs the check of a rule, and notes in the record how it ended. Returns its cleanups. */
  async #perform(record: RuleRecord, rule: CheckRule, session: TargetSession): Promise<readonly Cleanup[]> {
    const { seed, runs } = this.#options.options;
    const observer = this.#watching;
    const executor = session.beginConversation({ context: this.#context, observer });
    const probe = new Probe({
      executor,
      sink: record,
      observer,
      info: this.#info,
      folder: this.#folder,
      seed,
      runs,
      cases: this.#cases,
    });
    record.begin();
    try {
      const end = await probe.perform(rule.check, () => !record.failed);
      switch (end.is) {
        case 'completed':
          record.finish();
          break;
        case 'lost':
          record.abandon();
          break;
        case 'not-applicable':
          record.skip(end.reason);
          break;
        case 'defect':
          record.fail(end.error);
      }
    } finally {
      await executor.close();
    }
    return probe.cleanups;
  }

  #infoSoFar(): TargetInfo {
    const { protocol } = this.#options.source;
    return this.#info.protocol === protocol ? this.#info : { ...this.#info, protocol };
  }

  #tellProgress(): void {
    const current = this.#current;
    if (current === undefined || current.cases < this.#casesTold + PROGRESS_EVERY) return;
    this.#casesTold = current.cases;
    this.#options.onProgress(current);
  }

  /** Checks whether a target on which a check ended early still serves; if not, adds a finding and ends the run. */
  async #lookAfter(session: TargetSession, record: RuleRecord): Promise<void> {
    if (this.#interrupted()) return;
    const said = session.recentMessages;
    const problem = await session.healthProblem();
    // An interruption also ends the connections on which we look.
    if (problem === undefined || this.#interrupted()) return;
    const { request, expected, steps } = record.lastEvidence ?? NO_EVIDENCE;
    record.addFinding(
      { kind: 'target-lost', message: `the target went away: ${problem}` },
      { request, expected, steps, response: said.join('\n') },
    );
    this.#ending.stop('target-lost', problem);
  }

  async #finishRest(): Promise<void> {
    const why = this.#ending.reason;
    for (const { record } of this.#schedule) {
      if (!record.finished) record.markNotRun(why);
      await this.#report(record);
    }
    if (this.#survival !== undefined) {
      this.#finishSurvival(this.#survival, why);
      await this.#report(this.#survival);
    }
    for (const { sink: record, rule } of this.#watches) {
      if (this.#ending.stopped === 'unreachable') record.forget();
      if (!record.errored) {
        if (this.#ending.stopped !== undefined && !record.failed) record.markNotRun(why);
        else if (record.cases === 0)
          record.skip(this.#unmetRequirement(rule) ?? 'no message of the kind came in');
        else record.finish();
      }
      await this.#report(record);
    }
  }

  /** Finishes the survival rule by what the cases of all other rules have shown. */
  #finishSurvival(record: RuleRecord, why: string): void {
    const unmet = this.#unmetRequirement(record.planned.rule);
    if (this.#ending.stopped !== undefined && !record.failed) record.markNotRun(why);
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
}

function skippedBy(campaign: Campaign): number {
  return [...campaign.skipped.values()].reduce((sum, count) => sum + count, 0);
}

const NO_EVIDENCE: Evidence = {
  request: '(connecting)',
  response: '',
  expected: 'the target stays',
  steps: [],
};
