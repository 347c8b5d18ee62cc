/**
 * Runs rules against a target. The runner alone makes statuses, counts and time limits; rules only observe.
 */
import { anyError, success, type Expectation, type Finding, type JudgeContext } from '../judge/index.js';
import { showBytes } from '../json/index.js';
import type { Schema } from '../qapi/index.js';
import { requestText, showExit, TargetError, type Message } from '../qmp/index.js';
import { judgeContext } from './context.js';
import { CoverageCounter } from './coverage.js';
import { makePrivateFolder, removePrivateFolder } from './folder.js';
import { unmetNeed, type PlannedRule } from './plan.js';
import { NotApplicable, Probe, type Undo } from './probe.js';
import { RuleRecord } from './record.js';
import type { OptionsReport, Stop } from './result.js';
import { isWatchRule, type CheckRule, type WatchRule } from './rule.js';
import { Abandoned, Script } from './script.js';
import { Stage } from './stage.js';
import { NO_CONTEXT, NO_FACTS, survey, type TargetFacts } from './survey.js';
import type { Target, TargetSource } from './target.js';

export interface RunnerOptions {
  readonly source: TargetSource;
  readonly rules: readonly PlannedRule[];
  /** A schema that was given by file, with its conditions applied when symbols were. */
  readonly fileSchema?: Schema | undefined;
  readonly options: OptionsReport;
  readonly onSurveyed: (facts: TargetFacts) => void;
  readonly onRuleStarted: (record: RuleRecord) => void;
  readonly onProgress: (record: RuleRecord) => void;
  readonly onRuleFinished: (record: RuleRecord) => Promise<void>;
  /** Ends the run early; what has been measured stays. */
  readonly signal?: AbortSignal | undefined;
}

/** What the runner leaves behind: the records of all rules, in their order, and what was learned on the way. */
export interface Outcome {
  readonly records: readonly RuleRecord[];
  readonly facts: TargetFacts;
  readonly coverage: CoverageCounter;
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

interface CheckRecord {
  readonly record: RuleRecord;
  readonly rule: CheckRule;
}

/** How often progress within a rule is told, in cases. */
const PROGRESS_EVERY = 256;

class Run {
  readonly #options: RunnerOptions;
  readonly #records: RuleRecord[];
  readonly #checks: CheckRecord[] = [];
  readonly #watches: { readonly record: RuleRecord; readonly rule: WatchRule }[] = [];
  readonly #coverage = new CoverageCounter();
  readonly #reported = new Set<RuleRecord>();
  #facts = NO_FACTS;
  #context: JudgeContext = NO_CONTEXT;
  #stopped: Stop | undefined;
  #lost: string | undefined;
  #exit: Outcome['exit'];
  /** For sockets of peers. */
  #folder = '';
  /** The script that is being played; what is watched belongs to it. */
  #script: Script | undefined;
  #stage: Stage | undefined;
  #current: RuleRecord | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#records = options.rules.map((planned) => new RuleRecord(planned));
    for (const record of this.#records) {
      const { rule } = record.planned;
      if (isWatchRule(rule)) this.#watches.push({ record, rule });
      else this.#checks.push({ record, rule });
    }
  }

  get outcome(): Outcome {
    return {
      records: this.#records,
      facts: this.#facts,
      coverage: this.#coverage,
      stopped: this.#stopped,
      lost: this.#lost,
      exit: this.#exit,
    };
  }

  async toTheEnd(): Promise<void> {
    const { signal } = this.#options;
    const onAbort = (): void => {
      // Whatever a check sees from here on is our own doing.
      this.#current?.seal();
      for (const { record } of this.#watches) record.seal();
      void this.#stage?.close();
    };
    signal?.addEventListener('abort', onAbort);
    let target: Target | undefined;
    this.#folder = await makePrivateFolder();
    try {
      target = await this.#options.source.start();
      await this.#survey(target);
      await this.#checkAll(target);
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      this.#lost = error.message;
      this.#stop('unreachable');
    } finally {
      signal?.removeEventListener('abort', onAbort);
      if (target !== undefined) {
        const exit = target.exit?.();
        if (exit !== undefined) this.#exit = { status: showExit(exit), output: target.output?.() ?? '' };
        await target.stop();
      }
      await removePrivateFolder(this.#folder);
    }
    if (signal?.aborted === true) this.#stop('interrupted');
    await this.#finishRest();
  }

  async #survey(target: Target): Promise<void> {
    const { source, fileSchema, options } = this.#options;
    const countMonitors = this.#checks.some(({ rule }) => (rule.needs.monitors ?? 1) > 1);
    await this.#onStage(target, async (stage) => {
      this.#facts = await survey({
        target,
        stage,
        fileSchema,
        owned: source.owned,
        timeoutMs: options.timeoutMs,
        countMonitors,
      });
    });
    this.#context = judgeContext(
      this.#options.rules.map(({ rule }) => rule),
      this.#facts,
    );
    this.#options.onSurveyed(this.#facts);
  }

  async #checkAll(target: Target): Promise<void> {
    const { options } = this.#options;
    for (let round = 1; round <= options.repeat; round += 1) {
      for (const check of this.#checks) {
        if (this.#stopped !== undefined || this.#options.signal?.aborted === true) return;
        await this.#check(check, target);
        if (round === options.repeat && check.record.finished) await this.#report(check.record);
        if (this.#records.filter(({ failed }) => failed).length >= (options.maxFailures ?? Infinity)) {
          this.#stop('max-failures');
        }
      }
    }
  }

  async #check({ record, rule }: CheckRecord, shared: Target): Promise<void> {
    const unmet = unmetNeed(rule, this.#facts, this.#options.options.profile);
    if (unmet !== undefined) {
      record.skip(unmet);
      return;
    }
    this.#options.onRuleStarted(record);
    const started = performance.now();
    this.#current = record;
    const own = rule.needs.ownTarget === true ? await this.#options.source.start() : undefined;
    const target = own ?? shared;
    try {
      const undo = await this.#onStage(target, (stage) => this.#play(record, rule, stage));
      if (record.failed && undo.length > 0) await this.#onStage(target, (stage) => takeBack(stage, undo));
    } finally {
      this.#current = undefined;
      await own?.stop();
      record.durationMs += performance.now() - started;
    }
    if (record.abandoned && own === undefined) await this.#lookAfter(shared, record);
  }

  /** Plays a rule's check; whatever ends it becomes part of the record. */
  async #play(record: RuleRecord, rule: CheckRule, stage: Stage): Promise<readonly Undo[]> {
    const { seed, runs } = this.#options.options;
    const script = new Script({ stage, sink: record, context: this.#context, coverage: this.#coverage });
    const probe = new Probe({ script, facts: this.#facts, folder: this.#folder, seed, runs });
    this.#script = script;
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
        record.addFinding(
          { kind: 'connection-refused', message: error.message },
          { request: '(connecting)', response: '', expected: 'a connection', steps: [...script.steps] },
        );
        record.abandon();
      } else record.fail(error);
    } finally {
      this.#script = undefined;
    }
    return probe.undo;
  }

  async #onStage<T>(target: Target, play: (stage: Stage) => Promise<T>): Promise<T> {
    const stage = new Stage({
      target,
      folder: this.#folder,
      timeoutMs: this.#options.options.timeoutMs,
      context: this.#context,
      onMessage: (message, index) => {
        this.#watch(message, index);
      },
    });
    this.#stage = stage;
    try {
      return await play(stage);
    } finally {
      this.#stage = undefined;
      await stage.close();
    }
  }

  #watch(message: Message, index: number): void {
    this.#coverage.addMessage(message);
    const current = this.#current;
    if (current !== undefined && current.cases % PROGRESS_EVERY === 0) this.#options.onProgress(current);
    for (const { record, rule } of this.#watches) {
      const findings = rule.watch(message, { index, target: this.#facts });
      if (findings === undefined) continue;
      record.addCase();
      for (const finding of findings) {
        const steps = [...(this.#script?.steps ?? [])];
        const last = steps.findLast((step) => step.do === 'exchange');
        record.addFinding(finding, {
          request: last?.send.join('') ?? '(connecting)',
          response: showBytes(message.raw, MAX_SHOWN),
          expected: rule.title,
          steps,
        });
      }
    }
  }

  /** After a check was given up: is the target still there? If not, that is the finding, and the run is over. */
  async #lookAfter(target: Target, record: RuleRecord): Promise<void> {
    if (this.#options.signal?.aborted === true) return;
    const reason = await this.#ailment(target);
    if (reason === undefined) return;
    const last = record.failures.at(-1);
    const finding: Finding = { kind: 'target-lost', message: `the target went away: ${reason}` };
    record.addFinding(
      finding,
      last?.evidence ?? { request: '(connecting)', response: '', expected: 'the target stays up', steps: [] },
    );
    this.#lost = reason;
    this.#stop('target-lost');
  }

  /** Why the target serves no more; undefined when it does. */
  async #ailment(target: Target): Promise<string | undefined> {
    const exit = await target.waitForExit?.(EXIT_GRACE_MS);
    if (exit !== undefined) return `it ended, ${showExit(exit)}`;
    let reason: string | undefined;
    try {
      await this.#onStage(target, async (stage) => {
        const ping = requestText({ execute: 'qmp_capabilities', id: 1 });
        const { findings: greeting } = await stage.do({ do: 'connect', conn: 'c', monitor: 0 });
        const { lost, findings } = await stage.exchange('c', [Buffer.from(ping)], {
          replies: [{ oneOf: [], id: 'any' }],
        });
        if (lost !== undefined || greeting.length > 0) reason = [...greeting, ...findings][0]?.message;
      });
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      reason = error.message;
    }
    return reason;
  }

  async #finishRest(): Promise<void> {
    const why = stopReason(this.#stopped, this.#lost);
    for (const { record } of this.#checks) {
      if (!record.finished) record.giveUp(why);
      await this.#report(record);
    }
    for (const { record } of this.#watches) {
      if (this.#stopped === 'unreachable') record.giveUp(why);
      else if (record.cases === 0) record.skip('no message of the kind came in');
      else if (this.#stopped === undefined || record.failed) record.finish();
      else record.giveUp(why);
      await this.#report(record);
    }
  }

  /** Hands a record on, once. */
  async #report(record: RuleRecord): Promise<void> {
    if (this.#reported.has(record)) return;
    this.#reported.add(record);
    await this.#options.onRuleFinished(record);
  }

  #stop(reason: Stop): void {
    this.#stopped ??= reason;
  }
}

/** Undoes what a check that was given up has left behind, as far as the target lets us. */
async function takeBack(stage: Stage, undo: readonly Undo[]): Promise<void> {
  const anything: Expectation = { replies: [{ oneOf: [success, anyError], id: 'any' }] };
  try {
    for (const step of undo) if ('dial' in step) await stage.do({ do: 'dial', peer: step.dial });
    await stage.do({ do: 'connect', conn: 'undo', monitor: 0 });
    const requests = undo.flatMap((step) => ('request' in step ? [step.request] : []));
    for (const request of [{ execute: 'qmp_capabilities' }, ...requests]) {
      const { lost } = await stage.exchange(
        'undo',
        [Buffer.from(requestText({ ...request, id: 1 }))],
        anything,
      );
      if (lost !== undefined) return;
    }
  } catch (error) {
    // A target that takes no connection is looked after next.
    if (!(error instanceof TargetError)) throw error;
  }
}

const MAX_SHOWN = 4096;
/** A process that has just crashed may not have been reaped yet. */
const EXIT_GRACE_MS = 100;

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
