/**
 * Executes one command of the discovery.
 */
import { describeExpectation, success, type Finding } from '../judge/index.js';
import { isObject, member, type Json } from '../json/index.js';
import { requestStep, type Evidence, type StepExecutor } from '../exchange/index.js';

export interface Answer {
  /** What the command returned; undefined when it failed in whatever way. */
  readonly returned: Json | undefined;
  /** The connection was lost over it. */
  readonly lost: boolean;
  /** What is wrong with the answer, and the evidence. */
  readonly problem: { readonly finding: Finding; readonly evidence: Evidence } | undefined;
}

/** What is learned is kept for the whole run: more than this, in bytes of memory, is taken for no answer. */
const MAX_FOOTPRINT = 16 * 2 ** 20;

/** Executes a command without arguments. */
export async function ask(executor: StepExecutor, conn: string, execute: string, id: Json): Promise<Answer> {
  const step = requestStep(conn, { execute, id }, [success]);
  const { observed, lost, findings } = await executor.do(step);
  const [reply] = observed.replies;
  const [finding] = findings;
  const isUsable = lost === undefined && observed.footprint <= MAX_FOOTPRINT;
  return {
    returned: isUsable && reply !== undefined && isObject(reply) ? member(reply, 'return') : undefined,
    lost: lost !== undefined,
    problem: finding && {
      finding,
      evidence: {
        request: step.send.join(''),
        response: executor.recentMessages.join('\n'),
        expected: describeExpectation(step.expect),
        steps: [...executor.steps],
      },
    },
  };
}
