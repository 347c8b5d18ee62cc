/**
 * Replays: the steps that showed a failure, done again.
 */
import { describeExpectation, type Finding } from '../judge/index.js';
import type { Schema } from '../qapi/index.js';
import { InputError } from '../input-error.js';
import { discover, type TargetInfo } from '../discovery/index.js';
import {
  Patience,
  TargetSession,
  UNOBSERVED,
  type Step,
  type StepExecutor,
  type StepOutcome,
  type Transcript,
} from '../exchange/index.js';
import { judgeContext, isWatchRule, type Rule } from '../rules/index.js';
import { makePrivateFolder, removePrivateFolder, type TargetSource } from '../target/index.js';
import { readInputFile } from '../input-file.js';

/**
 * Reads a saved transcript.
 *
 * @throws InputError when the file cannot be read or is no transcript
 */
export async function readTranscript(path: string): Promise<Transcript> {
  return (await readInputFile(path, 'transcript')) as unknown as Transcript;
}

/** What doing one step again showed. */
export interface ReplayedStep {
  readonly step: Step;
  readonly response: string;
  readonly expected: string;
  readonly findings: readonly Finding[];
}

export interface ReplayOptions {
  readonly transcript: Transcript;
  readonly source: TargetSource;
  readonly rules: readonly Rule[];
  readonly fileSchema?: Schema | undefined;
  readonly timeoutMs: number;
  readonly onStep: (replayed: ReplayedStep) => void;
}

/** What a replay showed: all findings, none when every step passed this time; or why there is no target. */
export type Replayed = { readonly findings: readonly Finding[] } | { readonly problem: string };

/**
 * Does the steps of a transcript again and judges what follows, by the expectations in the transcript and by the
 * rule that the transcript is of when that rule watches messages.
 *
 * @throws InputError when a step makes no sense, such as one on a connection that was never made
 */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { source, fileSchema, timeoutMs } = options;
  const folder = await makePrivateFolder();
  try {
    const session = await TargetSession.start(source, { folder, patience: new Patience(timeoutMs) });
    if ('problem' in session) return session;
    try {
      const discovered = await discover({ session, source, fileSchema, countMonitors: false });
      if ('problem' in discovered) return discovered;
      return { findings: await doAgain(session, discovered.info, options) };
    } finally {
      await session.stop();
    }
  } finally {
    await removePrivateFolder(folder);
  }
}

async function doAgain(
  session: TargetSession,
  info: TargetInfo,
  { transcript, rules, onStep }: ReplayOptions,
): Promise<Finding[]> {
  const rule = rules.find(({ id }) => id === transcript.rule);
  const all: Finding[] = [];
  const watched: Finding[] = [];
  const executor = session.beginConversation({
    context: judgeContext(rules, info),
    observer: {
      ...UNOBSERVED,
      onMessage: (message, index) => {
        if (rule !== undefined && isWatchRule(rule))
          watched.push(...(rule.watch(message, { index, target: info }) ?? []));
      },
    },
  });
  try {
    for (const [index, step] of transcript.steps.entries()) {
      const { findings, observed, lost } = await doStep(executor, step, index);
      const found = [...findings, ...watched.splice(0)];
      all.push(...found);
      onStep({
        step,
        response: observed.log.text(),
        expected: step.do === 'exchange' ? describeExpectation(step.expect) : '',
        findings: found,
      });
      if (lost !== undefined) break;
    }
  } finally {
    await executor.close();
  }
  return all;
}

async function doStep(executor: StepExecutor, step: Step, index: number): Promise<StepOutcome> {
  try {
    return await executor.do(step);
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError)
      throw new InputError(`step ${index + 1} of the transcript makes no sense: ${error.message}`);
    throw error;
  }
}
