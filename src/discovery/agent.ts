/**
 * Discovers a guest agent: it introspects nothing, and guest-info says what it is.
 */
import { isObject, member, type Json } from '../json/index.js';
import type { StepExecutor } from '../exchange/index.js';
import { ask } from './ask.js';

/** A command as guest-info lists it. */
export interface AgentCommand {
  readonly name: string;
  readonly enabled: boolean;
  /** False: a success sends no reply. */
  readonly successResponse: boolean;
}

export interface AgentInfo {
  readonly versionText: string | undefined;
  /** Undefined when guest-info gave no list. */
  readonly commands: readonly AgentCommand[] | undefined;
}

const CONN = 'd0';

/** Discovers a guest agent. Returns what guest-info says, or why there is no agent. */
export async function discoverAgent(
  executor: StepExecutor,
): Promise<AgentInfo | { readonly problem: string }> {
  const { observed, findings, lost } = await executor.do({ do: 'connect', conn: CONN, monitor: 0 });
  const [problem] = findings;
  if (lost === 'refused') return { problem: problem?.message ?? 'it takes no connection' };
  if (problem !== undefined) {
    const hint =
      observed.replies.length > 0
        ? 'it greets as a QMP server does: try --protocol qmp'
        : 'if it is a QMP server, try --protocol qmp';
    return { problem: `this is no guest agent: ${problem.message}; ${hint}` };
  }
  const { returned: info } = await ask(executor, CONN, 'guest-info', 1);
  await executor.do({ do: 'close', conn: CONN });
  const version = info !== undefined && isObject(info) ? member(info, 'version') : undefined;
  const list = info !== undefined && isObject(info) ? member(info, 'supported_commands') : undefined;
  return {
    versionText: typeof version === 'string' ? version : undefined,
    commands: Array.isArray(list) ? list.flatMap(agentCommand) : undefined,
  };
}

function agentCommand(entry: Json): AgentCommand[] {
  if (!isObject(entry)) return [];
  const [name, enabled, responds] = ['name', 'enabled', 'success-response'].map((key) => member(entry, key));
  if (typeof name !== 'string') return [];
  return [{ name, enabled: enabled === true, successResponse: responds !== false }];
}
