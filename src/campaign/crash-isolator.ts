/**
 * A target has died or fallen silent: who did it? The cases in question are sent to fresh targets, which are thrown away.
 */
import type { JudgeContext } from '../judge/index.js';
import { TargetError } from '../qmp/index.js';
import type { TargetInfo } from '../discovery/index.js';
import {
  CRASH_MS,
  failureOf,
  isTargetFailure,
  type TargetFailure,
  type Case,
  PipelineLost,
  StepRecorder,
  type FindingSink,
  StepExecutor,
} from '../exchange/index.js';
import { CoverageCounter } from '../result/index.js';
import { Probe } from '../rules/index.js';
import type { TargetSource } from '../target/index.js';

/** Who did it, as far as a fresh target showed it. */
export interface Verdict {
  readonly culprit: Case;
  /** Why it is not proven, if it is not. */
  readonly doubt?: string;
  /** The cases before it that it takes, too. */
  readonly before: readonly Case[];
  /** Where it is not proven: the cases behind it that had no answer either. */
  readonly behind?: readonly Case[];
}

export interface InquestOptions {
  readonly source: TargetSource;
  readonly folder: string;
  readonly info: TargetInfo;
  /** How long one reply may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly context: JudgeContext;
  readonly signal: AbortSignal | undefined;
}

/** How long a target that is about to die of what it was sent may take, in milliseconds. */
const LINGER_MS = 300;
/** Where nothing is proven: how many cases right before the suspect are kept, and how many in all. */
const RIGHT_BEFORE = 7;
const PRECEDING = 23;
/** What dies of a race, or of memory used after it was freed, may outlive some tries: one in two is common. */
const TRIES_OF_ALL = 8;
/** How often a smaller part of all requests that kill is looked for; each try starts a target. */
const CULPRIT_TRIES = 200;
/** How often a shorter request that kills is looked for; each try starts a target. */
const DEADLY_TRIES = 12;
/** A hang is not waited out at each of them, in milliseconds. */
const SHORT_HANG_MS = 1000;

export class Inquest {
  readonly #options: InquestOptions;
  readonly #stages = new Set<StepExecutor>();

  constructor(options: InquestOptions) {
    this.#options = options;
  }

  /** Whatever is under way ends as if the target had gone. */
  interrupt(): void {
    for (const stage of this.#stages) void stage.close();
  }

  /**
   * Which of the cases did it? What is sent to a fresh target tells: the suspect alone, else all that led to it.
   *
   * @param unanswered the cases that were waited for, in their order; at least one
   * @param recent what the target had got, the latest last
   * @param failure what became of the target
   */
  async convict(
    unanswered: readonly Case[],
    recent: readonly Case[],
    failure: TargetFailure,
  ): Promise<Verdict> {
    const [suspect, ...behind] = unanswered as readonly [Case, ...Case[]];
    // What a target dies of may have been sent some time before.
    const before = precedingOf(suspect, recent);
    const unproven = (doubt: string): Verdict => ({ culprit: suspect, doubt, before, behind });
    try {
      return (await this.#proven(suspect, behind, recent, failure)) ?? unproven(NOT_AGAIN);
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      return unproven(`; it could not be tried again: ${error.message}`);
    }
  }

  /** @throws TargetError when there is no fresh target */
  async #proven(
    suspect: Case,
    behind: readonly Case[],
    recent: readonly Case[],
    failure: TargetFailure,
  ): Promise<Verdict | undefined> {
    const { timeoutMs } = this.#options;
    const alone = suspect.follows === undefined ? [] : [suspect.follows];
    if (await this.#kills([...alone, suspect], failure, timeoutMs))
      return { culprit: suspect, before: alone };
    const all = recent.includes(suspect) ? recent : [...recent, suspect, ...behind];
    // A hang costs its time again at each try.
    if (failure.kind === 'hung' || !(await this.#killsOnce(all, failure))) return undefined;
    const few = await smallestPart(all, CULPRIT_TRIES, (part) => this.#kills(part, failure, timeoutMs));
    return { culprit: few.at(-1) ?? suspect, before: few.slice(0, -1) };
  }

  /** Do all the cases kill at one of some tries? */
  async #killsOnce(all: readonly Case[], failure: TargetFailure): Promise<boolean> {
    for (let tried = 0; tried < TRIES_OF_ALL; tried += 1) {
      if (await this.#kills(all, failure, this.#options.timeoutMs)) return true;
    }
    return false;
  }

  /**
   * Does a fresh target meet the same failure over these cases, at once or shortly after?
   *
   * @throws TargetError when there is none
   */
  async #kills(cases: readonly Case[], failure: TargetFailure, timeoutMs: number): Promise<boolean> {
    if (this.#interrupted()) return false;
    const { source, folder, info, context } = this.#options;
    const target = await source.start();
    const stage = new StepExecutor({ target, folder, timeoutMs, context, onMessage: () => undefined });
    this.#stages.add(stage);
    try {
      if (this.#interrupted()) return false;
      const script = new StepRecorder({
        executor: stage,
        sink: NOBODY,
        context,
        coverage: new CoverageCounter(),
      });
      const wire = await new Probe({ script, info, folder, seed: 0, runs: 0 }).negotiated();
      await wire.pipeline(cases, { onLoss: 'throw' });
      // Some die of a timer, or of a thread that has not come to its turn.
      const exit = failure.kind === 'killed' ? await target.waitForExit?.(LINGER_MS) : undefined;
      return exit !== undefined && exit.signal !== null;
    } catch (error) {
      if (this.#interrupted()) return false;
      if (error instanceof PipelineLost) {
        // That one which only hung up does not end need not be waited for at each try.
        const crashMs = failure.kind === 'connection-lost' ? LINGER_MS : CRASH_MS;
        return (await failureOf(target, error, timeoutMs, crashMs)).kind === failure.kind;
      }
      if (isTargetFailure(error)) return false;
      throw error;
    } finally {
      this.#stages.delete(stage);
      await stage.close();
      await target.stop();
    }
  }

  /**
   * Of a random case that was proven to do it alone the smallest that does it, too, within bounds.
   *
   * @returns undefined when there is none
   */
  async smallest({ culprit, doubt, before }: Verdict, failure: TargetFailure): Promise<Case | undefined> {
    if (doubt !== undefined || before.length > 0) return undefined;
    const timeoutMs =
      failure.kind === 'hung' ? Math.min(SHORT_HANG_MS, this.#options.timeoutMs) : this.#options.timeoutMs;
    let tries = DEADLY_TRIES;
    try {
      return await culprit.smaller?.(async (candidate) => {
        tries -= 1;
        return tries >= 0 && (await this.#kills([candidate], failure, timeoutMs));
      });
    } catch (error) {
      // It has been found; that it might have been smaller is not worth a run.
      if (error instanceof TargetError) return undefined;
      throw error;
    }
  }

  #interrupted(): boolean {
    return this.#options.signal?.aborted === true;
  }
}

/**
 * What came before a case and may have done it: the cases right before it, and of those before them the last of each
 * sort. Memory that is used after it was freed takes its time.
 */
function precedingOf(suspect: Case, recent: readonly Case[]): readonly Case[] {
  const at = recent.indexOf(suspect);
  const before = recent.slice(0, at < 0 ? recent.length : at);
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

/** Nothing that is found here is new. */
const NOBODY: FindingSink = { addCase: () => undefined, addFinding: () => undefined };

const NOT_AGAIN = '; a fresh target did not do it again';

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
