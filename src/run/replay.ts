/**
 * Replays: the steps that showed a failure, saved in a file and done again.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from 'shell-quote';
import { describeExpectation, type Finding } from '../judge/index.js';
import { writeJson, type Json } from '../json/index.js';
import type { Schema } from '../qapi/index.js';
import { judgeContext } from './context.js';
import { makePrivateFolder, removePrivateFolder } from './folder.js';
import { readInputFile } from './input-file.js';
import type { RecordedFailure } from './record.js';
import { isWatchRule, type Rule } from './rule.js';
import { Stage } from './stage.js';
import type { Step, Transcript } from './step.js';
import { NO_CONTEXT, survey } from './survey.js';
import type { TargetSource } from './target.js';

/** Saves failures below `{reportDir}/replay`; give its result to a run as `saveReplay`. */
export function replaySaver(reportDir: string, source: TargetSource) {
  const folder = join(reportDir, 'replay');
  return async (rule: Rule, failure: RecordedFailure, index: number): Promise<string> => {
    const transcript: Transcript = {
      schemaVersion: 1,
      rule: rule.id,
      requirement: rule.reference.requirement,
      steps: failure.evidence.steps,
    };
    const path = join(folder, `${rule.id}-${index + 1}.json`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(path, `${writeJson(transcript as unknown as Json)}\n`);
    } catch (error) {
      return `(the steps could not be saved: ${error instanceof Error ? error.message : String(error)})`;
    }
    return quote(['npx', 'qmpspec', 'replay', path, ...source.arguments]);
  };
}

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
 */
export async function replay(options: ReplayOptions): Promise<Finding[]> {
  const { source, transcript, timeoutMs, fileSchema } = options;
  const target = await source.start();
  const folder = await makePrivateFolder();
  const all: Finding[] = [];
  try {
    const surveying = new Stage({
      target,
      folder,
      timeoutMs,
      context: NO_CONTEXT,
      onMessage: () => undefined,
    });
    const facts = await survey({
      target,
      stage: surveying,
      fileSchema,
      owned: source.owned,
      timeoutMs,
      countMonitors: false,
    });
    await surveying.close();
    const rule = options.rules.find(({ id }) => id === transcript.rule);
    const context = judgeContext(options.rules, facts);
    const watched: Finding[] = [];
    const stage = new Stage({
      target,
      folder,
      timeoutMs,
      context,
      onMessage: (message, index) => {
        if (rule !== undefined && isWatchRule(rule))
          watched.push(...(rule.watch(message, { index, target: facts }) ?? []));
      },
    });
    try {
      for (const step of transcript.steps) {
        const { findings, observed, lost } = await stage.do(step);
        const found = [...findings, ...watched.splice(0)];
        all.push(...found);
        options.onStep({
          step,
          response: observed.text,
          expected: step.do === 'exchange' ? describeExpectation(step.expect) : '',
          findings: found,
        });
        if (lost !== undefined) break;
      }
    } finally {
      await stage.close();
    }
  } finally {
    await removePrivateFolder(folder);
    await target.stop();
  }
  return all;
}
