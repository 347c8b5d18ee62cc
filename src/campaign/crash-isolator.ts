/**
 * Finds the requests that a target was lost over. The search itself is pure (src/minimize); this is its oracle: a fresh
 * target is sent some cases, and either fails in the same way or does not.
 */
import {
  isolateTrigger,
  ONCE,
  PATIENT,
  shrinkArguments,
  type Answer,
  type Attempts,
  type Budget,
  type Scene as MinimizerScene,
} from '../minimize/index.js';
import {
  CRASH_MS,
  failureOf,
  Patience,
  TargetSession,
  type Case,
  type CaseConversation,
  type SendResult,
  type SessionOptions,
  type TargetFailure,
} from '../exchange/index.js';
import type { TargetSource } from '../target/index.js';
import type { Isolation } from './crash-report.js';
import { preparing } from './failure-minimizer.js';
import { byConnection, isCase, RECONNECT, type Sent } from './sent.js';

export interface IsolatorOptions {
  readonly source: TargetSource;
  readonly session: SessionOptions;
  readonly conversation: CaseConversation;
}

/** What a target had been sent when it was lost. */
export interface CrashScene {
  /** The cases that had no answer, in their order; at least one. */
  readonly unanswered: readonly Case[];
  /** What it had been sent lately, the latest last. */
  readonly recent: readonly Sent[];
  /** All that it had been sent since its start; read when nothing less does it. */
  readonly everything: () => Promise<readonly Sent[] | undefined>;
}

/** How long a target that is about to crash may take, in milliseconds. */
const LINGER_MS = 300;
/** Where nothing is proven: how many cases right before the suspect are kept, and how many in all. */
const RIGHT_BEFORE = 7;
const PRECEDING = 23;
/** What the search for the requests that did it may cost; each try starts a target. */
const ISOLATION: Budget = { tries: 400, milliseconds: 60_000 };
const SECOND_CONNECTION: Budget = { tries: 12, milliseconds: 20_000 };
/** For all that a target was sent since its start, which is much to be sent again. */
const FEW: Attempts = { least: 1, most: 4 };
/** A hang costs its time again at each try. */
const HANG_ISOLATION: Budget = { tries: 6, milliseconds: 20_000 };
/** And what making the one request smaller may cost. */
const SHRINKING: Budget = { tries: 60, milliseconds: 10_000 };
const HANG_SHRINKING: Budget = { tries: 6, milliseconds: 10_000 };
/** What may be waited for targets that hang again, in time limits of one reply. */
const LIMITS_IN_ALL = 5;
/**
 * How long all searches for what makes targets hang may take, in time limits of one reply, and at least in milliseconds:
 * they find the same again and again, and to start that many targets takes its time, too.
 */
const HANG_SEARCH_LIMITS = 4;
const HANG_SEARCH_LEAST_MS = 4000;
/** Longer sequences are shown as they are. */
const MOST_SHRUNK = 5;
/** A hang is not waited out at each of them, in milliseconds. */
const SHORT_HANG_MS = 1000;

/** There was no fresh target to try it on. */
interface Untried {
  readonly problem: string;
}

export class CrashIsolator {
  readonly #options: IsolatorOptions;
  /** Hangs that are tried again use up no patience of the run. */
  readonly #patience: Patience;
  #hangsMs = 0;
  readonly #sessions = new Set<TargetSession>();

  constructor(options: IsolatorOptions) {
    const { session } = options;
    this.#patience = new Patience(session.patience.timeoutMs, LIMITS_IN_ALL);
    this.#options = { ...options, session: { ...session, patience: this.#patience } };
  }

  /** Ends whatever is in progress, as if the target had gone. */
  interrupt(): void {
    for (const session of this.#sessions) session.interrupt();
  }

  /**
   * Finds the cases over which a fresh target fails in the same way.
   *
   * @returns the trigger and what it takes before it; a suspect with a doubt when nothing is proven
   */
  async isolate(scene: CrashScene, failure: TargetFailure): Promise<Isolation> {
    return this.#timed(failure, () => this.#isolate(scene, failure));
  }

  /** Makes the requests smaller that were proven to do it; the same when they cannot be. */
  async shrink(isolation: Isolation, failure: TargetFailure): Promise<Isolation> {
    return this.#timed(failure, () => this.#shrink(isolation, failure));
  }

  async #timed<T>({ kind }: TargetFailure, search: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await search();
    } finally {
      if (kind === 'hung') this.#hangsMs += performance.now() - started;
    }
  }

  /** Is nothing tried again any more over a failure like this? */
  #isEnough({ kind }: TargetFailure): boolean {
    const { lost, timeoutMs } = this.#patience;
    const hangsMs = Math.max(HANG_SEARCH_LIMITS * timeoutMs, HANG_SEARCH_LEAST_MS);
    return lost !== undefined || (kind === 'hung' && this.#hangsMs > hangsMs);
  }

  async #isolate({ unanswered, recent, everything }: CrashScene, failure: TargetFailure): Promise<Isolation> {
    const [suspect, ...behind] = unanswered as readonly [Case, ...Case[]];
    const earlier = recent.filter((one) => !unanswered.some((open) => open === one));
    const untried: Untried[] = this.#isEnough(failure) ? [{ problem: ENOUGH }] : [];
    const oracle = (sent: readonly Sent[]): Promise<Answer> => this.#answer(sent, failure, untried);
    for await (const { scene, budget, attempts } of searches(suspect, behind, earlier, everything, failure)) {
      if (untried.length > 0) break;
      const isolated = await isolateTrigger(scene, oracle, this.#budget(budget), { attempts });
      if (untried.length > 0) break;
      if (isolated.kind === 'proven') return isolationOf(isolated.trigger, suspect);
    }
    const [problem] = untried;
    const doubt = problem === undefined ? NOT_AGAIN : `; it could not be tried again: ${problem.problem}`;
    return { trigger: suspect, doubt, before: precedingOf(suspect, earlier), behind };
  }

  async #shrink(isolation: Isolation, failure: TargetFailure): Promise<Isolation> {
    const { trigger, before, doubt } = isolation;
    const sent: Sent[] = [...before, trigger];
    if (doubt !== undefined || sent.length > MOST_SHRUNK || this.#isEnough(failure)) return isolation;
    const isHang = failure.kind === 'hung';
    const budget = this.#budget(isHang ? HANG_SHRINKING : SHRINKING);
    const hangMs = isHang ? SHORT_HANG_MS : undefined;
    const untried: Untried[] = [];
    // The last first: it is what the failure is about.
    for (const [index, one] of [...sent.entries()].reverse()) {
      const variable = isCase(one) ? one.variable?.(one) : undefined;
      if (variable === undefined) continue;
      const oracle = async (value: typeof variable.value): Promise<Answer> => {
        const candidate = variable.with(value);
        if (candidate === undefined || untried.length > 0) return 'different';
        const answer = await this.#answer(sent.with(index, candidate), failure, untried, hangMs);
        // That it is lost in another way is no reason to stop.
        return answer === 'same' ? 'same' : 'different';
      };
      const options = { prepare: preparing(variable) };
      const shrunk = await shrinkArguments(variable.value, variable.type, oracle, budget, options);
      const smaller = variable.with(shrunk.arguments);
      if (smaller !== undefined) sent[index] = smaller;
    }
    const last = sent.pop();
    return last !== undefined && isCase(last) ? { ...isolation, trigger: last, before: sent } : isolation;
  }

  #budget(budget: Budget): Budget {
    const { signal } = this.#options.session;
    return signal === undefined ? budget : { ...budget, signal };
  }

  /** Sends these to a fresh target; `same` when it fails in the same way, at once or shortly after. */
  async #answer(
    sent: readonly Sent[],
    failure: TargetFailure,
    untried: Untried[],
    hangMs = Infinity,
  ): Promise<Answer> {
    const { source, session: options, conversation } = this.#options;
    const session = await TargetSession.start(source, options);
    if ('problem' in session) {
      untried.push(session);
      return 'different';
    }
    this.#sessions.add(session);
    try {
      const result = await sendAll(session, conversation, byConnection(sent), hangMs);
      if (options.signal?.aborted === true) return 'different';
      if (result === undefined) return 'lost';
      if (result.lost === undefined) {
        // Some crash in a timer, or in a thread that has not run yet.
        const exit = failure.kind === 'killed' ? await session.target.waitForExit?.(LINGER_MS) : undefined;
        return exit !== undefined && exit.signal !== null ? 'same' : 'different';
      }
      // That one which only hung up does not end need not be waited for at each try.
      const crashMs = failure.kind === 'connection-lost' ? LINGER_MS : CRASH_MS;
      const met = await failureOf(session.target, result.lost, result.waitedMs, crashMs);
      return met.kind === failure.kind ? 'same' : 'lost';
    } finally {
      this.#sessions.delete(session);
      await session.stop();
    }
  }
}

/** What to search for the trigger, the likeliest first. */
async function* searches(
  suspect: Case,
  behind: readonly Case[],
  earlier: readonly Sent[],
  everything: CrashScene['everything'],
  { kind }: TargetFailure,
): AsyncIterable<{
  readonly scene: MinimizerScene<Sent>;
  readonly budget: Budget;
  readonly attempts: Attempts;
}> {
  const isHang = kind === 'hung';
  const alone = suspect.follows === undefined ? [suspect] : [suspect.follows, suspect];
  const recent = earlier.filter((one) => one !== suspect.follows);
  yield {
    scene: { suspects: [...alone, ...behind], recent },
    budget: isHang ? HANG_ISOLATION : ISOLATION,
    attempts: isHang ? ONCE : PATIENT,
  };
  if (isHang) return;
  // The cheapest that takes two connections: the same on both.
  yield {
    scene: { suspects: [...alone, RECONNECT, ...alone], recent: [] },
    budget: SECOND_CONNECTION,
    attempts: ONCE,
  };
  const all = await everything();
  if (all !== undefined && all.length > recent.length)
    yield { scene: { suspects: [], recent: all }, budget: ISOLATION, attempts: FEW };
}

function isolationOf(trigger: readonly Sent[], suspect: Case): Isolation {
  const last = trigger.findLastIndex(isCase);
  const found = trigger[last];
  return found === undefined || !isCase(found)
    ? { trigger: suspect, before: [] }
    : { trigger: found, before: trigger.slice(0, last) };
}

/** Sends cases on one connection after the other; undefined when one cannot be had. */
async function sendAll(
  session: TargetSession,
  conversation: CaseConversation,
  connections: readonly (readonly Case[])[],
  hangMs: number,
): Promise<SendResult | undefined> {
  let result: SendResult = { lost: undefined };
  for (const cases of connections) {
    const connection = await session.connect(conversation);
    if ('lost' in connection) return undefined;
    result = await connection.send(cases, SILENT, hangMs);
    await connection.close();
    if (result.lost !== undefined) break;
  }
  return result;
}

/** Drops all findings: nothing that is found here is new. */
const SILENT = { onAnswered: () => undefined, onFinding: () => undefined };

const ENOUGH = 'others have kept silent for long enough';
const NOT_AGAIN = '; a fresh target did not do it again';

/**
 * What came before a case and may have done it: the cases right before it, and of those before them the last of each
 * sort. Memory that is used after it was freed takes its time.
 */
function precedingOf(suspect: Case, recent: readonly Sent[]): readonly Case[] {
  const at = recent.indexOf(suspect);
  const before = recent.slice(0, at < 0 ? recent.length : at).filter(isCase);
  const sorts = new Set<string>();
  const kept: Case[] = [];
  for (const [back, one] of before.toReversed().entries()) {
    const sort = sortOf(one);
    if (back >= RIGHT_BEFORE && sorts.has(sort)) continue;
    sorts.add(sort);
    kept.unshift(one);
    if (kept.length === PRECEDING) break;
  }
  return kept;
}

/** The command, with the first branch that its arguments select. */
function sortOf({ request, about }: Case): string {
  const branch = /\{[^}]*\}/.exec(about?.label ?? '')?.[0] ?? '';
  return `${request.execute ?? ''} ${branch}`;
}
