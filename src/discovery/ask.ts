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

/** Executes a command without arguments, and returns what it returned and what is wrong with the answer. */
export async function ask(executor: StepExecutor, conn: string, execute: string, id: Json): Promise<Answer> {
  const step = requestStep(conn, { execute, id }, [success]);
  const { observed, lost, findings } = await executor.do(step);
  const [reply] = observed.replies;
  const [finding] = findings;
  return {
    returned:
      lost === undefined && reply !== undefined && isObject(reply) ? member(reply, 'return') : undefined,
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
