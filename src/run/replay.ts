/**
 * Replays: the steps that showed a failure, done again.
 */
import { describeExpectation, type Finding } from '../judge/index.js';
import type { Schema } from '../qapi/index.js';
import { InputError } from '../input-error.js';
import { TargetError } from '../qmp/index.js';
import { NO_CONTEXT, discover, type TargetInfo } from '../discovery/index.js';
import { NOTHING, StepExecutor, type StepOutcome, type Step, type Transcript } from '../exchange/index.js';
import { judgeContext, isWatchRule, type Rule } from '../rules/index.js';
import { makePrivateFolder, removePrivateFolder, type Target, type TargetSource } from '../target/index.js';
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

/**
 * Does the steps of a transcript again and judges what follows, by the expectations in the transcript and by the
 * rule that the transcript is of when that rule watches messages.
 *
 * @returns all findings; none when everything held this time
 * @throws TargetError when the target cannot be reached
 * @throws InputError when a step makes no sense, such as one on a connection that was never made
 */
export async function replay(options: ReplayOptions): Promise<Finding[]> {
  const { source } = options;
  const target = await source.start();
  const folder = await makePrivateFolder();
  try {
    const info = await infoOf(target, folder, options);
    return await doAgain(target, folder, info, options);
  } finally {
    await removePrivateFolder(folder);
    await target.stop();
  }
}

async function infoOf(
  target: Target,
  folder: string,
  { source, fileSchema, timeoutMs }: ReplayOptions,
): Promise<TargetInfo> {
  const stage = new StepExecutor({
    target,
    folder,
    timeoutMs,
    context: NO_CONTEXT,
    onMessage: () => undefined,
  });
  try {
    return await discover({ target, stage, fileSchema, source, timeoutMs, countMonitors: false });
  } finally {
    await stage.close();
  }
}

async function doAgain(
  target: Target,
  folder: string,
  info: TargetInfo,
  { transcript, rules, timeoutMs, onStep }: ReplayOptions,
): Promise<Finding[]> {
  const rule = rules.find(({ id }) => id === transcript.rule);
  const all: Finding[] = [];
  const watched: Finding[] = [];
  const stage = new StepExecutor({
    target,
    folder,
    timeoutMs,
    context: judgeContext(rules, info),
    onMessage: (message, index) => {
      if (rule !== undefined && isWatchRule(rule))
        watched.push(...(rule.watch(message, { index, target: info }) ?? []));
    },
  });
  try {
    for (const [index, step] of transcript.steps.entries()) {
      const { findings, observed, lost } = await doStep(stage, step, index);
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
    await stage.close();
  }
  return all;
}

async function doStep(stage: StepExecutor, step: Step, index: number): Promise<StepOutcome> {
  try {
    return await stage.do(step);
  } catch (error) {
    // It served us a moment ago: this is what the transcript is about.
    if (error instanceof TargetError) return refused(error.message);
    if (error instanceof RangeError || error instanceof SyntaxError)
      throw new InputError(`step ${index + 1} of the transcript makes no sense: ${error.message}`);
    throw error;
  }
}

function refused(message: string): StepOutcome {
  return {
    findings: [{ kind: 'connection-refused', message }],
    observed: NOTHING,
    lost: 'closed',
  };
}
