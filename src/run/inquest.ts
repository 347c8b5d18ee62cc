/**
 * A target has died or fallen silent: who did it? The cases in question are sent to fresh targets, which are thrown away.
 */
import type { JudgeContext } from '../judge/index.js';
import { TargetError } from '../qmp/index.js';
import { CoverageCounter } from './coverage.js';
import { fateOf, isLoss, type Fate } from './fate.js';
import { PipelineLost, type Case } from './pipeline.js';
import { Probe } from './probe.js';
import { Script, type FindingSink } from './script.js';
import { Stage } from './stage.js';
import type { TargetFacts } from './survey.js';
import type { TargetSource } from './target.js';

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
  readonly facts: TargetFacts;
  /** How long one reply may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly context: JudgeContext;
  readonly signal: AbortSignal | undefined;
}

/** How often a shorter request that kills is looked for; each try starts a target. */
const DEADLY_TRIES = 12;
/** A hang is not waited out at each of them, in milliseconds. */
const SHORT_HANG_MS = 1000;

export class Inquest {
  readonly #options: InquestOptions;
  readonly #stages = new Set<Stage>();

  constructor(options: InquestOptions) {
    this.#options = options;
  }

  /** Whatever is under way ends as if the target had gone. */
  interrupt(): void {
    for (const stage of this.#stages) void stage.close();
  }

  /**
   * Sends cases one by one to fresh targets: which one does it again, and after which others?
   *
   * @param unanswered the cases that were waited for, in their order; at least one
   * @param recent what the target had got, the latest last
   * @param fate what became of the target
   */
  async convict(unanswered: readonly Case[], recent: readonly Case[], fate: Fate): Promise<Verdict> {
    const [suspect, ...behind] = unanswered as readonly [Case, ...Case[]];
    const unproven = (doubt: string): Verdict => ({ culprit: suspect, doubt, before: [], behind });
    try {
      return (await this.#tried(unanswered, recent, fate)) ?? unproven(NOT_AGAIN);
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      return unproven(`; it could not be tried again: ${error.message}`);
    }
  }

  /** @throws TargetError when there is no fresh target */
  async #tried(
    unanswered: readonly Case[],
    recent: readonly Case[],
    fate: Fate,
  ): Promise<Verdict | undefined> {
    const { timeoutMs } = this.#options;
    const [suspect] = unanswered as readonly [Case];
    const alone = suspect.after === undefined ? [] : [suspect.after];
    if (await this.#kills([...alone, suspect], fate, timeoutMs)) return { culprit: suspect, before: alone };
    const all = recent.includes(suspect) ? recent : [...recent, ...unanswered];
    const fallen = await this.#firstToFall(all, fate, timeoutMs);
    const culprit = fallen === undefined ? undefined : all[fallen];
    if (fallen === undefined || culprit === undefined) return undefined;
    // The fewer go before it, the better is it understood.
    for (let few = 0; few < fallen; few = few * 4 + 1) {
      const before = all.slice(fallen - few, fallen);
      if (await this.#kills([...before, culprit], fate, timeoutMs)) return { culprit, before };
    }
    return { culprit, before: all.slice(0, fallen) };
  }

  async #kills(cases: readonly Case[], fate: Fate, timeoutMs: number): Promise<boolean> {
    return (await this.#firstToFall(cases, fate, timeoutMs)) !== undefined;
  }

  /**
   * The index of the case over which a fresh target meets the same fate.
   *
   * @throws TargetError when there is none
   */
  async #firstToFall(cases: readonly Case[], fate: Fate, timeoutMs: number): Promise<number | undefined> {
    if (this.#interrupted()) return undefined;
    const { source, folder, facts, context } = this.#options;
    const target = await source.start();
    const stage = new Stage({ target, folder, timeoutMs, context, onMessage: () => undefined });
    this.#stages.add(stage);
    let index = 0;
    try {
      if (this.#interrupted()) return undefined;
      const script = new Script({ stage, sink: NOBODY, context, coverage: new CoverageCounter() });
      const wire = await new Probe({ script, facts, folder, seed: 0, runs: 0 }).negotiated();
      for (; index < cases.length; index += 1) {
        await wire.pipeline(cases.slice(index, index + 1), { onLoss: 'throw' });
      }
      return undefined;
    } catch (error) {
      if (this.#interrupted()) return undefined;
      if (error instanceof PipelineLost)
        return (await fateOf(target, error, timeoutMs)).kind === fate.kind ? index : undefined;
      if (isLoss(error)) return undefined;
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
  async smallest({ culprit, doubt, before }: Verdict, fate: Fate): Promise<Case | undefined> {
    if (doubt !== undefined || before.length > 0) return undefined;
    const timeoutMs =
      fate.kind === 'hung' ? Math.min(SHORT_HANG_MS, this.#options.timeoutMs) : this.#options.timeoutMs;
    let tries = DEADLY_TRIES;
    try {
      return await culprit.smaller?.(async (candidate) => {
        tries -= 1;
        return tries >= 0 && (await this.#kills([candidate], fate, timeoutMs));
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

/** Nothing that is found here is new. */
const NOBODY: FindingSink = { addCase: () => undefined, addFinding: () => undefined };

const NOT_AGAIN = '; a fresh target did not do it again';
