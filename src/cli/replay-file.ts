import { suites } from '../../suites/index.js';
import { FIELD_LIMIT, shownLine } from '../text.js';
import { readTranscript, replay, type ReplayedStep } from '../run/index.js';
import { TargetError } from '../qmp/index.js';
import { givenSchema, targetSource } from '../library/inputs.js';
import { targetChoice, type SchemaOptions, type TargetOptions } from './options.js';
import { print } from './stdout.js';

/** The options of `qmpspec replay`. */
export interface ReplayCommandOptions extends TargetOptions, SchemaOptions {
  readonly timeout: number;
}

/**
 * Replays a file and prints the dialogue.
 *
 * @returns the exit code: 1 when the failure shows again
 * @throws InputError when the file is no transcript
 * @throws TargetError when the target cannot be reached
 */
export async function replayFile(path: string, options: ReplayCommandOptions): Promise<number> {
  const transcript = await readTranscript(path);
  const given = givenSchema(options.schema, options.define);
  print(`${shownLine(transcript.rule)}: ${shownLine(transcript.requirement, FIELD_LIMIT)}\n`);
  const replayed = await replay({
    transcript,
    source: targetSource(targetChoice(options), options.protocol, given?.schema),
    rules: suites.flatMap((suite) => suite.rules),
    fileSchema: given?.schema,
    timeoutMs: options.timeout,
    onStep: (replayed) => {
      print(showStep(replayed));
    },
  });
  if ('problem' in replayed) throw new TargetError(replayed.problem);
  const { findings } = replayed;
  print(findings.length === 0 ? '\nheld: the failure does not show again\n' : '\nfailed: it shows again\n');
  return findings.length === 0 ? 0 : 1;
}

function showStep({ step, response, expected, findings }: ReplayedStep): string {
  const sent =
    step.do === 'exchange'
      ? step.send.join('')
      : step.do === 'poll'
        ? JSON.stringify(step.request)
        : `(${step.do})`;
  return [
    `-> ${shownLine(sent)}`,
    ...(response === '' ? [] : response.split('\n').map((line) => `<- ${shownLine(line)}`)),
    ...(findings.length === 0 ? [] : [`   expected: ${shownLine(expected)}`]),
    ...findings.map(({ message }) => `   but: ${shownLine(message)}`),
    '',
  ].join('\n');
}
