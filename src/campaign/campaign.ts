/**
 * Sends the cases of rules, over several targets when asked to. A target of ours that dies or falls silent on a case is
 * a finding; a new one takes its place, and the case is not sent again.
 */
import type { Finding, JudgeContext } from '../judge/index.js';
import { escapeBytes } from '../json/index.js';
import { requestText, showExit, type Message } from '../qmp/index.js';
import type { TargetInfo } from '../discovery/index.js';
import {
  healthProblem,
  CRASH_MS,
  exitFailure,
  failureOf,
  isTargetFailure,
  lossFailure,
  CONNECTION_LOSSES,
  type TargetFailure,
  type Case,
  PipelineLost,
  Abandoned,
  StepRecorder,
  type FindingSink,
  StepExecutor,
  type Step,
  type CheckConnection,
} from '../exchange/index.js';
import type { CoverageCounter, RuleRecord } from '../result/index.js';
import { Probe } from '../rules/index.js';
import type { Target, TargetSource } from '../target/index.js';
import { CaseQueue } from './case-queue.js';
import { Inquest, type Verdict } from './crash-isolator.js';
import { KnownCrashes } from './known-crashes.js';
import { RingBuffer } from './ring-buffer.js';

export interface CampaignOptions {
  readonly source: TargetSource;
  /** The target that is there already; the only one, when it is not ours. */
  readonly shared: Target;
  /** How many targets at the same time; one when they are not ours. */
  readonly lanes: number;
  readonly folder: string;
  readonly info: TargetInfo;
  /** How long one reply may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly context: JudgeContext;
  readonly coverage: CoverageCounter;
  readonly onMessage: (message: Message, index: number, stage: StepExecutor) => void;
  /** The record of the rule that targets survive; without it the rule whose case it was has the finding. */
  readonly survival: RuleRecord | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A target and what is open on it. */
interface Lane {
  target: Target | undefined;
  stage: StepExecutor | undefined;
  /** What was handed to the target lately, the latest last: what it does may come of something before. */
  readonly recent: RingBuffer<Case>;
  doing: Doing;
  /** To be sent one by one: a target that is not ours was lost over one of them. */
  suspects: Case[];
  /** Says that the target was lost, should none of the suspects do it again. */
  suspicion: (() => void) | undefined;
  /** How the connection was lost when no case was waited for. */
  lost: Finding | undefined;
}

/** Only when cases are sent is anything counted; what is sent to make failed cases smaller is an example more. */
type Doing = 'connecting' | 'sending' | 'shrinking' | 'settling';

/** A case that failed, for the first time in this way. */
interface Failed {
  readonly failed: Case;
  readonly finding: Finding;
}

/** How long a target may take to end when it was told to, on a busy machine, in milliseconds. */
const END_MS = 10_000;
/** More requests than this nobody reads. */
const MOST_SHOWN = 24;
/** Cases. Memory that was used after it was freed may take hundreds of requests to show. */
const RECENT = 1024;
/** Failed random cases of one rule that are made smaller, and requests spent on each. */
const MAX_SHRUNK = 8;
const SHRINK_TRIES = 200;

export class Campaign {
  readonly #options: CampaignOptions;
  readonly #lanes: readonly Lane[];
  readonly #deaths = new KnownCrashes();
  readonly #inquest: Inquest;

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#inquest = new Inquest(options);
    const { source, shared, lanes } = options;
    // Cases change the state of a target; one of ours that others still need is left alone. Only for ours there is a
    // fresh one on which all that came before can be tried.
    this.#lanes = source.owned
      ? Array.from({ length: lanes }, () => newLane(undefined, RECENT))
      : [newLane(shared, 1)];
  }

  /** How many cases were passed over because their like had ended a target. */
  get passedOver(): ReadonlyMap<string, number> {
    return this.#deaths.skipped;
  }

  /**
   * Sends cases and judges the replies.
   *
   * @throws Abandoned when the target is lost for good, or has been lost so often that there is no point in going on
   * @throws TargetError when no target can be had
   */
  async send(record: RuleRecord, cases: Iterable<Case>): Promise<void> {
    if (this.#deaths.tooMany) throw new Abandoned();
    const stream = cases[Symbol.iterator]();
    const ends = await Promise.allSettled(
      this.#lanes.map((lane) => this.#work(lane, record, new CaseQueue(stream, this.#deaths))),
    );
    // Nobody may still be at work when the next rule begins.
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  /** Whatever is under way ends as if the target had gone. */
  interrupt(): void {
    for (const { stage } of this.#lanes) void stage?.close();
    this.#inquest.interrupt();
  }

  /** Ends the targets that were started for the campaign; who has gone before has died of something. */
  async close(): Promise<void> {
    if (!this.#options.source.owned) return;
    await Promise.all(
      this.#lanes.map(async (lane) => {
        const { target } = lane;
        const exit = target?.exit?.();
        const { survival } = this.#options;
        if (target !== undefined && exit !== undefined && survival !== undefined)
          this.#reportEnd(lane, survival, exitFailure(exit, target.output?.() ?? ''));
        await target?.stop();
      }),
    );
  }

  #interrupted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async #work(lane: Lane, record: RuleRecord, queue: CaseQueue): Promise<void> {
    const failures = new Map<string, Failed>();
    const seen = new Set<string>();
    const onFailure = (failed: Case, finding: Finding): void => {
      const key = `${failed.about?.command ?? ''} ${finding.kind} ${finding.path ?? ''}`;
      if (failed.smaller === undefined || seen.size >= MAX_SHRUNK || seen.has(key)) return;
      seen.add(key);
      failures.set(key, { failed, finding });
    };
    lane.suspects = [];
    lane.suspicion = undefined;
    for (;;) {
      if (this.#interrupted()) return;
      const target = (lane.target ??= await this.#options.source.start());
      // Nobody closes a stage that is opened after an interruption.
      if (this.#interrupted()) return;
      try {
        await this.#onStage(lane, target, record, async (wire) => {
          await this.#sendAll(lane, wire, queue, onFailure);
          await this.#shrinkAll(lane, wire, failures);
        });
        const ending = queue.takeEnding();
        if (ending === undefined) return;
        await this.#sendEnding(lane, target, record, ending);
      } catch (error) {
        if (this.#interrupted()) return;
        if (error instanceof PipelineLost) {
          queue.putBack([...(await this.#afterLoss(lane, target, record, error)), ...error.unsent]);
        } else if (this.#options.source.owned && isTargetFailure(error)) {
          await this.#afterEnd(lane, target, record, error);
        } else throw error;
      }
    }
  }

  async #sendAll(
    lane: Lane,
    wire: CheckConnection,
    queue: CaseQueue,
    onFailure: (failed: Case, finding: Finding) => void,
  ): Promise<void> {
    const onSent = (sent: Case): void => {
      lane.recent.add(sent);
    };
    lane.doing = 'sending';
    for (let next = lane.suspects.shift(); next !== undefined; next = lane.suspects.shift()) {
      if (next.isCleanup === true || !this.#deaths.skips(next))
        await wire.pipeline([next], { onLoss: 'throw', onFailure });
    }
    lane.suspicion?.();
    lane.suspicion = undefined;
    await wire.pipeline(queue, { onLoss: 'throw', onSent, onFailure });
    lane.doing = 'settling';
    await wire.settle();
  }

  /** Looks for smaller cases that fail in the same ways. */
  async #shrinkAll(lane: Lane, wire: CheckConnection, failures: Map<string, Failed>): Promise<void> {
    if (failures.size === 0) return;
    lane.doing = 'shrinking';
    for (const [key, { failed, finding }] of failures) {
      // Whatever comes of it, once is enough.
      failures.delete(key);
      await shrink(wire, failed, finding, this.#deaths);
    }
    lane.doing = 'settling';
    await wire.settle();
  }

  /** A request that may end the target, as it is told to: the reply, then the end, or not. */
  async #sendEnding(lane: Lane, target: Target, record: RuleRecord, ending: Case): Promise<void> {
    await this.#onStage(lane, target, record, (wire) => {
      lane.doing = 'sending';
      return wire.pipeline([ending], { onLoss: 'throw' });
    });
    const exit = await target.waitForExit?.(END_MS);
    if (exit === undefined) return;
    if (exit.code !== 0) {
      const failure: TargetFailure = {
        kind: 'exited',
        words: `ended badly (${showExit(exit)})`,
        output: target.output?.() ?? '',
      };
      this.#report(record, { culprit: ending, before: [] }, failure, []);
    }
    await this.#replace(lane, target);
  }

  /**
   * Finds out what happened, says so, and sees to it that there is a target again.
   *
   * @returns those of the unanswered cases that are still to be sent
   * @throws Abandoned when there will be no target any more
   */
  async #afterLoss(
    lane: Lane,
    target: Target,
    record: RuleRecord,
    lost: PipelineLost,
  ): Promise<readonly Case[]> {
    const { source, timeoutMs } = this.#options;
    const recent = lane.recent.list;
    const [suspect, ...behind] = lost.unanswered;
    if (suspect === undefined) throw new Abandoned();
    const said = lane.stage?.recentMessages ?? [];
    const failure = await failureOf(target, lost, timeoutMs);
    if (!source.owned) {
      await this.#afterLossOfTheirs(lane, target, record, [suspect, ...behind], failure);
      return [];
    }
    await this.#replace(lane, target);
    const verdict = await this.#inquest.convict(lost.unanswered, recent, failure);
    const smaller = await this.#inquest.smallest(verdict, failure);
    this.#report(record, smaller === undefined ? verdict : { ...verdict, culprit: smaller }, failure, said);
    this.#deaths.add(verdict.culprit);
    if (smaller !== undefined) this.#deaths.know(smaller);
    if (this.#deaths.tooMany) throw new Abandoned();
    return lost.unanswered.filter((open) => open !== verdict.culprit);
  }

  /**
   * A target that is not ours may live on: the cases are sent again one by one, and the one that does it is known.
   *
   * @throws Abandoned when it is gone
   */
  async #afterLossOfTheirs(
    lane: Lane,
    target: Target,
    record: RuleRecord,
    [suspect, ...behind]: readonly [Case, ...Case[]],
    failure: TargetFailure,
  ): Promise<void> {
    const { timeoutMs, signal } = this.#options;
    const said = lane.stage?.recentMessages ?? [];
    const reason = await healthProblem(target, timeoutMs, signal);
    if (reason !== undefined || behind.length === 0) {
      const doubt = reason === undefined ? '' : NOT_TRIED;
      this.#report(record, { culprit: suspect, doubt, before: [], behind }, failure, said);
      this.#deaths.add(suspect);
      lane.suspicion = undefined;
    } else {
      lane.suspects = [suspect, ...behind];
      lane.suspicion = () => {
        this.#report(record, { culprit: suspect, doubt: NOT_ALONE, before: [], behind }, failure, said);
      };
      this.#deaths.addUnexplained();
    }
    if (reason !== undefined || this.#deaths.tooMany) throw new Abandoned();
  }

  /**
   * A target of ours has gone while no case was waited for: between two rules, or before it had said hello. Says so, and
   * lets another take its place.
   *
   * @throws Abandoned when it was of no use from the start
   */
  async #afterEnd(lane: Lane, target: Target, record: RuleRecord, error: Error): Promise<void> {
    const { lost } = lane;
    const exit = await target.waitForExit?.(CRASH_MS);
    const output = target.output?.() ?? '';
    this.#reportEnd(
      lane,
      record,
      exit === undefined ? lossFailure(lost, error, output) : exitFailure(exit, output),
    );
    const gotNothing = lane.recent.list.length === 0;
    await this.#replace(lane, target);
    this.#deaths.addUnexplained();
    if (gotNothing || this.#deaths.tooMany) throw new Abandoned();
  }

  #reportEnd({ recent: { list: recent }, stage }: Lane, record: RuleRecord, failure: TargetFailure): void {
    const last = recent.at(-1)?.about;
    const when = last === undefined ? 'before any request' : `when it had answered (last: ${last.name})`;
    const finding: Finding = {
      kind: failure.kind,
      message: `the target ${failure.words}, ${when}`,
      ...(last === undefined ? {} : { command: last.command }),
    };
    this.#addDeath(record, finding, failure, stage?.recentMessages ?? [], recent.slice(-1), recent);
  }

  async #replace(lane: Lane, target: Target): Promise<void> {
    lane.target = undefined;
    lane.recent.forget();
    await target.stop();
  }

  #report(record: RuleRecord, verdict: Verdict, failure: TargetFailure, said: readonly string[]): void {
    const { culprit, doubt, before, behind = [] } = verdict;
    const { about } = culprit;
    const sort =
      about?.valid === true ? 'a request that is valid by type' : 'a request that has to be refused';
    const company = before.length === 0 ? '' : `, after ${before.length} before it`;
    const others = behind.length === 0 ? '' : `, or on one of ${behind.length} behind it`;
    const shown = [...before, culprit].slice(-MOST_SHOWN);
    const finding: Finding = {
      kind: failure.kind,
      message: `the target ${failure.words} on ${sort}${company}${others}${doubt ?? ''} (${about?.name ?? ''})`,
      ...(about === undefined ? {} : { command: about.command, path: about.label }),
    };
    this.#addDeath(record, finding, failure, said, shown, [...before, culprit, ...behind]);
  }

  /**
   * @param shown the requests that it is about
   * @param cases what to send to see it again
   */
  #addDeath(
    record: RuleRecord,
    finding: Finding,
    { words, output }: TargetFailure,
    said: readonly string[],
    shown: readonly Case[],
    cases: readonly Case[],
  ): void {
    const wrote =
      output === '' ? [] : ['--- it wrote:', escapeBytes(Buffer.from(output.slice(-OUTPUT_SHOWN)))];
    (this.#options.survival ?? record).addFinding(finding, {
      request:
        shown.length === 0
          ? '(connecting)'
          : shown.map(({ request }) => escapeBytes(Buffer.from(requestText(request).trimEnd()))).join('\n'),
      response: [...said, `--- the target ${words}`, ...wrote].join('\n'),
      expected: 'a reply, and that the target lives',
      steps: stepsOf(cases),
    });
  }

  /** Connects, lets something be done, closes. */
  async #onStage(
    lane: Lane,
    target: Target,
    record: RuleRecord,
    work: (wire: CheckConnection) => Promise<void>,
  ): Promise<void> {
    const { source, folder, info, timeoutMs, context, coverage, survival } = this.#options;
    const stage: StepExecutor = new StepExecutor({
      target,
      folder,
      timeoutMs,
      context,
      onMessage: (message, index) => {
        this.#options.onMessage(message, index, stage);
      },
    });
    lane.stage = stage;
    lane.doing = 'connecting';
    lane.lost = undefined;
    const sink: FindingSink = {
      addCase: () => {
        if (lane.doing !== 'sending') return;
        record.addCase();
        survival?.addCase();
      },
      addFinding: (finding, evidence) => {
        if (lane.doing === 'shrinking') record.addExample(finding, evidence);
        // That a target of ours has gone is said with more than this.
        else if (source.owned && lane.doing !== 'sending' && CONNECTION_LOSSES.has(finding.kind))
          lane.lost = finding;
        else record.addFinding(finding, evidence);
      },
    };
    try {
      const script = new StepRecorder({ executor: stage, sink, context, coverage });
      const probe = new Probe({ script, info, folder, seed: 0, runs: 0 });
      await work(await probe.negotiated());
    } finally {
      await stage.close();
    }
  }
}

function newLane(target: Target | undefined, remembered: number): Lane {
  return {
    target,
    stage: undefined,
    recent: new RingBuffer(remembered),
    doing: 'connecting',
    suspects: [],
    suspicion: undefined,
    lost: undefined,
  };
}

/** Of what a target wrote, in characters. */
const OUTPUT_SHOWN = 2000;

/** Why it is not known who did it to a target that is not ours. */
const NOT_TRIED = '; there is no fresh target to try it on';
const NOT_ALONE = '; none of them alone did it again';

/** Looks for the smallest case that fails in the same way; whatever fails is recorded as an example. */
async function shrink(
  wire: CheckConnection,
  { smaller }: Case,
  finding: Finding,
  deaths: KnownCrashes,
): Promise<void> {
  let tries = SHRINK_TRIES;
  await smaller?.(async (candidate) => {
    tries -= 1;
    if (tries < 0) return false;
    let same = false;
    const onFailure = (_failed: Case, { kind }: Finding): void => {
      same ||= kind === finding.kind;
    };
    // What it makes is taken back, as ever; what is known to kill is not tried.
    const queue = new CaseQueue([candidate].values(), deaths);
    await wire.pipeline(queue, { onLoss: 'throw', onFailure });
    return same;
  });
}

/** The steps that send cases one after the other on a fresh connection. */
function stepsOf(cases: readonly Case[]): Step[] {
  const exchange = ({ request, oneOf }: Case, index: number): Step => ({
    do: 'exchange',
    conn: 'c0',
    send: [escapeBytes(Buffer.from(requestText(request, index + 2)))],
    expect: { replies: [{ oneOf, id: { is: index + 2 } }] },
  });
  return [
    { do: 'connect', conn: 'c0', monitor: 0 },
    exchange({ request: { execute: 'qmp_capabilities' }, oneOf: [{ outcome: 'success' }] }, -1),
    ...cases.map(exchange),
  ];
}
