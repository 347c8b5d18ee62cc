/**
 * One question of the discover. Nothing is judged.
 */
import { success } from '../judge/index.js';
import { isObject, member, escapeBytes, type Json } from '../json/index.js';
import { requestText } from '../qmp/index.js';
import type { StepExecutor } from '../exchange/index.js';

/** What a command returned, undefined when it failed in whatever way; and whether the server was lost over it. */
export async function ask(
  stage: StepExecutor,
  conn: string,
  execute: string,
  id: number,
): Promise<{ readonly returned: Json | undefined; readonly lost: boolean }> {
  const { observed, lost } = await stage.do({
    do: 'exchange',
    conn,
    send: [escapeBytes(Buffer.from(requestText({ execute, id })))],
    expect: { replies: [{ oneOf: [success], id: 'any' }] },
  });
  const [reply] = observed.replies;
  if (lost !== undefined) return { returned: undefined, lost: true };
  return {
    returned: reply !== undefined && isObject(reply) ? member(reply, 'return') : undefined,
    lost: false,
  };
}
