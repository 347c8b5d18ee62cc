/**
 * Sends the cases of rules, over several targets when asked to. A target of ours that dies or falls silent on a case is
 * a finding; a new one takes its place, and the case is not sent again.
 */
import type { Finding, JudgeContext } from '../judge/index.js';
import { showBytes } from '../json/index.js';
import { requestText, showExit, TargetError, type Message } from '../qmp/index.js';
import { ailment } from './aside.js';
import { CaseQueue } from './case-queue.js';
import type { CoverageCounter } from './coverage.js';
import { Deaths } from './deaths.js';
import { PipelineLost, type Case } from './pipeline.js';
import { Probe } from './probe.js';
import type { RuleRecord } from './record.js';
import { Abandoned, Script, type FindingSink } from './script.js';
import { lostBy, Stage } from './stage.js';
import type { Step } from './step.js';
import type { TargetFacts } from './survey.js';
import type { Target, TargetSource } from './target.js';
import type { Wire } from './wire.js';

export interface CampaignOptions {
  readonly source: TargetSource;
  /** The target that is there already; the only one, when it is not ours. */
  readonly shared: Target;
  /** How many targets at the same time; one when they are not ours. */
  readonly lanes: number;
  readonly folder: string;
  readonly facts: TargetFacts;
  /** How long one reply may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly context: JudgeContext;
  readonly coverage: CoverageCounter;
  readonly onMessage: (message: Message, index: number, stage: Stage) => void;
  /** The record of the rule that targets survive; without it the rule whose case it was has the finding. */
  readonly survival: RuleRecord | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A target and what is open on it. */
interface Lane {
  target: Target | undefined;
  stage: Stage | undefined;
  /** What is sent makes failed cases smaller. */
  shrinking: boolean;
}

/** How a target was lost. */
interface Fate {
  /** The kind of the finding. */
  readonly kind: 'killed' | 'exited' | 'hung' | 'connection-lost' | 'invalid-json';
  /** Says of the target what happened: `was killed by SIGABRT`. */
  readonly words: string;
  readonly output: string;
}

/** Who did it, as far as a fresh target showed it. */
interface Verdict {
  readonly culprit: Case;
  readonly confirmed: boolean;
  /** The cases before it that it takes, too. */
  readonly before: readonly Case[];
}

/** How long a target may take to end when it was told to, on a busy machine, in milliseconds. */
const END_MS = 10_000;
/** A process that has crashed writes a core dump first, in milliseconds. */
const CRASH_MS = 2000;
/** How long a target that is about to die of what it was sent may take, in milliseconds. */
const LINGER_MS = 300;
/** How often a smaller part of all requests that kill is looked for; each try starts a target. */
const CULPRIT_TRIES = 40;
/** More requests than this nobody reads. */
const MOST_SHOWN = 8;
/** How often a shorter request that kills is looked for; each try starts a target. */
const DEADLY_TRIES = 12;
/** A hang is not waited out at each of them, in milliseconds. */
const SHORT_HANG_MS = 1000;
/** Failed random cases of one rule that are made smaller, and requests spent on each. */
const MAX_SHRUNK = 8;
const SHRINK_TRIES = 200;

export class Campaign {
  readonly #options: CampaignOptions;
  readonly #lanes: readonly Lane[];
  readonly #deaths = new Deaths();

  constructor(options: CampaignOptions) {
    this.#options = options;
    const { source, shared, lanes } = options;
    // Cases change the state of a target; one of ours that others still need is left alone.
    this.#lanes = source.owned ? Array.from({ length: lanes }, () => newLane(undefined)) : [newLane(shared)];
  }

  /** How many cases were passed over because their like had ended a target. */
  get passedOver(): ReadonlyMap<string, number> {
    return this.#deaths.passedOver;
  }

  /**
   * Sends cases and judges the replies.
   *
   * @throws Abandoned when the target is lost for good
   * @throws TargetError when no target can be had
   */
  async send(record: RuleRecord, cases: Iterable<Case>): Promise<void> {
    const stream = cases[Symbol.iterator]();
    await Promise.all(
      this.#lanes.map((lane) => this.#work(lane, record, new CaseQueue(stream, this.#deaths))),
    );
  }

  /** Whatever is under way ends as if the target had gone. */
  interrupt(): void {
    for (const { stage } of this.#lanes) void stage?.close();
  }

  /** Ends the targets that were started for the campaign. */
  async close(): Promise<void> {
    const { source } = this.#options;
    if (!source.owned) return;
    await Promise.all(this.#lanes.map(async ({ target }) => target?.stop()));
  }

  #interrupted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async #work(lane: Lane, record: RuleRecord, queue: CaseQueue): Promise<void> {
    for (;;) {
      if (this.#interrupted()) return;
      lane.target ??= await this.#options.source.start();
      try {
        await this.#onStage(lane, lane.target, record, (wire) => this.#sendAll(lane, wire, queue));
        const ending = queue.takeEnding();
        if (ending === undefined) return;
        await this.#sendEnding(lane, lane.target, record, ending);
      } catch (error) {
        if (!(error instanceof PipelineLost)) throw error;
        if (this.#interrupted()) return;
        queue.putBack(await this.#afterLoss(lane, lane.target, record, error, queue.recent));
      }
    }
  }

  async #sendAll(lane: Lane, wire: Wire, queue: CaseQueue): Promise<void> {
    const failures = new Map<string, { readonly failed: Case; readonly finding: Finding }>();
    await wire.pipeline(queue, {
      onLoss: 'throw',
      onFailure: (failed, finding) => {
        const key = `${failed.about?.command ?? ''} ${finding.kind} ${finding.path ?? ''}`;
        if (failed.smaller === undefined || failures.size >= MAX_SHRUNK || failures.has(key)) return;
        failures.set(key, { failed, finding });
      },
    });
    lane.shrinking = true;
    for (const { failed, finding } of failures.values()) await shrink(wire, failed, finding);
    lane.shrinking = false;
    await wire.settle();
  }

  /** A request that may end the target, as it is told to: the reply, then the end, or not. */
  async #sendEnding(lane: Lane, target: Target, record: RuleRecord, ending: Case): Promise<void> {
    await this.#onStage(lane, target, record, (wire) => wire.pipeline([ending], { onLoss: 'throw' }));
    const exit = await target.waitForExit?.(END_MS);
    if (exit === undefined) return;
    if (exit.code !== 0) {
      const fate: Fate = {
        kind: 'exited',
        words: `ended badly (${showExit(exit)})`,
        output: target.output?.() ?? '',
      };
      this.#report(record, { culprit: ending, confirmed: true, before: [] }, fate, []);
    }
    await this.#replace(lane, target);
  }

  /**
   * Finds out what happened, says so, and sees to it that there is a target again.
   *
   * @returns the cases that are still to be sent
   * @throws Abandoned when there will be no target any more
   */
  async #afterLoss(
    lane: Lane,
    target: Target,
    record: RuleRecord,
    lost: PipelineLost,
    recent: readonly Case[],
  ): Promise<readonly Case[]> {
    const { source, timeoutMs, signal } = this.#options;
    const [suspect] = lost.unanswered;
    if (suspect === undefined) throw new Abandoned();
    const said = lane.stage?.lastWords ?? [];
    const fate = await fateOf(target, lost, timeoutMs);
    if (!source.owned) {
      this.#report(record, { culprit: suspect, confirmed: false, before: [] }, fate, said);
      this.#deaths.add(suspect);
      if ((await ailment(target, timeoutMs, signal)) !== undefined || this.#deaths.tooMany)
        throw new Abandoned();
      return lost.unanswered.slice(1);
    }
    await this.#replace(lane, target);
    const verdict = await this.#convict(lost.unanswered, recent, fate);
    this.#report(record, await this.#smallest(verdict, fate), fate, said);
    this.#deaths.add(verdict.culprit);
    if (this.#deaths.tooMany) throw new Abandoned();
    return lost.unanswered.filter((open) => open !== verdict.culprit);
  }

  async #replace(lane: Lane, target: Target): Promise<void> {
    lane.target = undefined;
    await target.stop();
  }

  /** Which of the cases did it? What is sent to a fresh target tells: the suspect alone, else all that led to it. */
  async #convict(unanswered: readonly Case[], recent: readonly Case[], fate: Fate): Promise<Verdict> {
    const { timeoutMs } = this.#options;
    const [suspect] = unanswered as readonly [Case];
    const alone = suspect.after === undefined ? [] : [suspect.after];
    if (await this.#kills([...alone, suspect], fate, timeoutMs)) {
      return { culprit: suspect, confirmed: true, before: alone };
    }
    const all = recent.includes(suspect) ? recent : [...recent, ...unanswered];
    // A hang costs its time again at each try.
    if (fate.kind === 'hung' || !(await this.#kills(all, fate, timeoutMs))) {
      return { culprit: suspect, confirmed: false, before: [] };
    }
    const few = await smallestPart(all, CULPRIT_TRIES, (part) => this.#kills(part, fate, timeoutMs));
    const culprit = few.at(-1) ?? suspect;
    return { culprit, confirmed: true, before: few.slice(0, -1) };
  }

  /** Does a fresh target meet the same fate over these cases, at once or shortly after? */
  async #kills(cases: readonly Case[], fate: Fate, timeoutMs: number): Promise<boolean> {
    const target = await this.#options.source.start();
    const sendAll = (wire: Wire): Promise<void> => wire.pipeline(cases, { onLoss: 'throw' });
    try {
      await this.#onStage(newLane(target), target, undefined, sendAll, timeoutMs);
      // Some die of a timer, or of a thread that has not come to its turn.
      const exit = fate.kind === 'killed' ? await target.waitForExit?.(LINGER_MS) : undefined;
      return exit !== undefined && exit.signal !== null;
    } catch (error) {
      if (error instanceof PipelineLost) return (await fateOf(target, error, timeoutMs)).kind === fate.kind;
      if (error instanceof Abandoned || error instanceof TargetError) return false;
      throw error;
    } finally {
      await target.stop();
    }
  }

  /** Of a random case the smallest that has the same effect, within bounds. */
  async #smallest(verdict: Verdict, fate: Fate): Promise<Verdict> {
    const { culprit, confirmed, before } = verdict;
    if (!confirmed || before.length > 0 || culprit.smaller === undefined) return verdict;
    const timeoutMs =
      fate.kind === 'hung' ? Math.min(SHORT_HANG_MS, this.#options.timeoutMs) : this.#options.timeoutMs;
    let tries = DEADLY_TRIES;
    const smallest = await culprit.smaller(async (candidate) => {
      tries -= 1;
      return tries >= 0 && (await this.#kills([candidate], fate, timeoutMs));
    });
    if (smallest === undefined) return verdict;
    this.#deaths.add(smallest);
    return { ...verdict, culprit: smallest };
  }

  #report(
    record: RuleRecord,
    { culprit, confirmed, before }: Verdict,
    fate: Fate,
    said: readonly string[],
  ): void {
    const { about, request } = culprit;
    const requests = [...before.map((earlier) => earlier.request), request].slice(-MOST_SHOWN);
    const sort =
      about?.valid === true ? 'a request that is valid by type' : 'a request that has to be refused';
    const doubt = confirmed ? '' : '; a fresh target did not do it again';
    const company = before.length === 0 ? '' : `, after ${before.length} before it`;
    const finding: Finding = {
      kind: fate.kind,
      message: `the target ${fate.words} on ${sort}${company}${doubt} (${about?.name ?? ''})`,
      ...(about === undefined ? {} : { command: about.command, path: about.label }),
    };
    const output =
      fate.output === '' ? [] : ['--- it wrote:', showBytes(Buffer.from(fate.output.slice(-OUTPUT_SHOWN)))];
    (this.#options.survival ?? record).addFinding(finding, {
      request: requests.map((sent) => showBytes(Buffer.from(requestText(sent).trimEnd()))).join('\n'),
      response: [...said, `--- the target ${fate.words}`, ...output].join('\n'),
      expected: 'a reply, and that the target lives',
      steps: stepsOf([...before, culprit]),
    });
  }

  /** Connects, lets something be done, closes; what is only tried has no record. */
  async #onStage(
    lane: Lane,
    target: Target,
    record: RuleRecord | undefined,
    work: (wire: Wire) => Promise<void>,
    timeoutMs = this.#options.timeoutMs,
  ): Promise<void> {
    const { folder, facts, context, coverage, survival } = this.#options;
    const stage: Stage = new Stage({
      target,
      folder,
      timeoutMs,
      context,
      onMessage: (message, index) => {
        if (record !== undefined) this.#options.onMessage(message, index, stage);
      },
    });
    lane.stage = stage;
    lane.shrinking = false;
    const sink: FindingSink = {
      addCase: () => {
        if (lane.shrinking || record === undefined) return;
        record.addCase();
        survival?.addCase();
      },
      addFinding: (finding, evidence) => {
        if (lane.shrinking) record?.addExample(finding, evidence);
        else record?.addFinding(finding, evidence);
      },
    };
    try {
      const script = new Script({ stage, sink, context, coverage });
      const probe = new Probe({ script, facts, folder, seed: 0, runs: 0 });
      await work(await probe.negotiated());
    } finally {
      await stage.close();
    }
  }
}

function newLane(target: Target | undefined): Lane {
  return { target, stage: undefined, shrinking: false };
}

/** Of what a target wrote, in characters. */
const OUTPUT_SHOWN = 2000;

async function fateOf(target: Target, { incoming }: PipelineLost, timeoutMs: number): Promise<Fate> {
  const exit = await target.waitForExit?.(incoming.kind === 'closed' ? CRASH_MS : 0);
  const output = target.output?.() ?? '';
  if (exit !== undefined) {
    const kind = exit.signal === null ? 'exited' : 'killed';
    return { kind, words: kind === 'killed' ? `was ${showExit(exit)}` : `ended (${showExit(exit)})`, output };
  }
  switch (incoming.kind) {
    case 'timeout':
      return { kind: 'hung', words: `gave no answer within ${timeoutMs} ms`, output };
    case 'closed':
      return { kind: 'connection-lost', words: 'ended the connection', output };
    case 'garbage':
      return {
        kind: 'invalid-json',
        words: lostBy(incoming, timeoutMs, 'a reply').findings[0].message,
        output,
      };
  }
}

/**
 * A part of a list, as small as can be found, for which something still holds; the order stays.
 *
 * @param tries how often to ask
 */
async function smallestPart<T>(
  all: readonly T[],
  tries: number,
  holds: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let part = all;
  let left = tries;
  for (let size = Math.ceil(part.length / 2); size >= 1;) {
    let shrunk = false;
    for (let from = 0; from < part.length && part.length > 1 && left > 0; left -= 1) {
      const rest = [...part.slice(0, from), ...part.slice(from + size)];
      if (rest.length > 0 && (await holds(rest))) {
        part = rest;
        shrunk = true;
      } else from += size;
    }
    if (left <= 0 || part.length === 1 || (size === 1 && !shrunk)) break;
    size = Math.min(Math.ceil(size / 2), part.length);
  }
  return part;
}

/** Looks for the smallest case that fails in the same way; whatever fails is recorded as an example. */
async function shrink(wire: Wire, { smaller }: Case, finding: Finding): Promise<void> {
  let tries = SHRINK_TRIES;
  await smaller?.(async (candidate) => {
    tries -= 1;
    if (tries < 0) return false;
    let same = false;
    const onFailure = (_failed: Case, { kind }: Finding): void => {
      same ||= kind === finding.kind;
    };
    await wire.pipeline([candidate], { onLoss: 'throw', onFailure });
    return same;
  });
}

/** The steps that send cases one after the other on a fresh connection. */
function stepsOf(cases: readonly Case[]): Step[] {
  const exchange = ({ request, oneOf }: Case, index: number): Step => ({
    do: 'exchange',
    conn: 'c0',
    send: [showBytes(Buffer.from(requestText(request, index + 2)))],
    expect: { replies: [{ oneOf, id: { is: index + 2 } }] },
  });
  return [
    { do: 'connect', conn: 'c0', monitor: 0 },
    exchange({ request: { execute: 'qmp_capabilities' }, oneOf: [{ outcome: 'success' }] }, -1),
    ...cases.map(exchange),
  ];
}
