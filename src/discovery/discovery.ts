/**
 * Discovers what a target is and has, before the rules are checked. Nothing here is judged: a server that misbehaves
 * only leaves things unknown, and the rules find out; unless it does so in every single exchange, for then the rules
 * would find nothing else.
 */
import type { Finding } from '../judge/index.js';
import { isObject, member, type Json } from '../json/index.js';
import { schemaFromIntrospection, type IntrospectionProblem, type Schema } from '../qapi/index.js';
import { Connection, messageKind, TargetError, type Protocol } from '../qmp/index.js';
import type { Evidence, Observer, StepExecutor, TargetSession } from '../exchange/index.js';
import type { TargetSource } from '../target/index.js';
import { discoverAgent, type AgentCommand } from './agent.js';
import { ask, type Answer } from './ask.js';

export interface TargetInfo {
  readonly protocol: Protocol;
  /** The first message of the target; null of a guest agent, which sends none. */
  readonly greeting: Json;
  readonly version: QemuVersion | undefined;
  /** The version as the target writes it, or as people do. */
  readonly versionText: string | undefined;
  /** The capabilities that the greeting offers. */
  readonly capabilities: readonly string[];
  /** The names that query-commands lists, or guest-info as enabled; undefined when it gave no answer. */
  readonly commands: ReadonlySet<string> | undefined;
  /** All that guest-info lists; undefined when it gave no answer, and of other targets. */
  readonly agentCommands?: readonly AgentCommand[] | undefined;
  readonly introspection: Introspection | undefined;
  /** The schema that was given, with its conditions applied when symbols were. */
  readonly fileSchema: Schema | undefined;
  /** The schema by which returns and events are judged: the one given, else the target's own. */
  readonly schema: Schema | undefined;
  /** A command that succeeds and changes nothing. */
  readonly ping: string;
  /** How many connections are served at the same time. */
  readonly monitors: number;
  /** The target can reach Unix sockets in our folders. */
  readonly sharesFiles: boolean;
  /** The target is ours to end. */
  readonly owned: boolean;
  /** The target acts on nothing but itself. */
  readonly sideEffectFree: boolean;
}

export interface Introspection {
  /** What query-qmp-schema returned. */
  readonly value: Json;
  readonly schema: Schema;
  readonly problems: readonly IntrospectionProblem[];
}

export interface QemuVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
  /** Undefined where the target names none. */
  readonly package: string | undefined;
}

export interface DiscoveryOptions {
  readonly session: TargetSession;
  readonly source: Pick<TargetSource, 'owned' | 'sideEffectFree'>;
  readonly fileSchema: Schema | undefined;
  /** Find out if a second connection is served while the first one stands. */
  readonly countMonitors: boolean;
  readonly observer?: Observer;
}

/** What was learned of a target, or why it cannot be tested. */
export type Discovered =
  | { readonly info: TargetInfo; readonly unusable?: Unusable | undefined }
  /** It cannot be reached, or does not speak the protocol at all. */
  | { readonly problem: string };

/** What is wrong with every exchange: nothing else can be told from what the target answers. */
export interface Unusable {
  readonly finding: Finding;
  readonly evidence: Evidence;
}

/** How many requests the first client gets answered before a second one that was not greeted is taken to wait for it. */
const PINGS = 8;
const CONN = 'd0';
const CONN_AGAIN = 'd1';
/** Findings that, if every exchange shows one, leave nothing else to be learned. */
const BASIC: ReadonlySet<string> = new Set([
  'no-reply',
  'connection-lost',
  'invalid-json',
  'not-an-object',
  'no-outcome',
  'id-missing',
  'id-differs',
]);

/** Discovers a target. Returns what was learned, or why the target cannot be tested. */
export async function discover(options: DiscoveryOptions): Promise<Discovered> {
  const { session, observer } = options;
  const executor = session.beginConversation(observer === undefined ? {} : { observer });
  try {
    return await (session.target.protocol === 'qga'
      ? discoverAgentTarget(executor, options)
      : discoverMonitor(executor, options));
  } finally {
    await executor.close();
  }
}

async function discoverAgentTarget(
  executor: StepExecutor,
  { session, fileSchema, source }: DiscoveryOptions,
): Promise<Discovered> {
  const agent = await discoverAgent(executor);
  if ('problem' in agent) return agent;
  const { versionText, commands } = agent;
  const [, major, minor, micro] = /^(\d+)\.(\d+)\.(\d+)/.exec(versionText ?? '')?.map(Number) ?? [];
  return {
    info: {
      ...NO_INFO,
      protocol: 'qga',
      version:
        major === undefined || minor === undefined || micro === undefined
          ? undefined
          : { major, minor, micro, package: undefined },
      versionText,
      commands: commands && new Set(commands.filter(({ enabled }) => enabled).map(({ name }) => name)),
      agentCommands: commands,
      fileSchema,
      schema: fileSchema,
      ping: 'guest-ping',
      sharesFiles: session.target.sharesFiles,
      owned: source.owned,
      sideEffectFree: source.sideEffectFree === true,
    },
  };
}

async function discoverMonitor(executor: StepExecutor, options: DiscoveryOptions): Promise<Discovered> {
  const { target } = options.session;
  const { observed, findings, lost } = await executor.do({ do: 'connect', conn: CONN, monitor: 0 });
  const [greeting] = observed.replies;
  if (lost === 'refused') return { problem: findings[0]?.message ?? 'it takes no connection' };
  if (greeting === undefined) {
    const hint = lost === 'timeout' ? '; if it is a guest agent, which sends none, try --protocol qga' : '';
    return { problem: `this is no QMP server: ${findings[0]?.message ?? 'it sent no greeting'}${hint}` };
  }
  const second = await secondClient(options);
  const { conn, answers } = await negotiated(executor);
  const mayAsk = answers.at(-1)?.lost === false;
  if (mayAsk) answers.push(await ask(executor, conn, 'query-commands', 2));
  const commands = mayAsk ? namesOf(answers.at(-1)?.returned) : undefined;
  if (commands?.has('query-qmp-schema') === true)
    answers.push(await ask(executor, conn, 'query-qmp-schema', 3));
  const schemaValue = commands?.has('query-qmp-schema') === true ? answers.at(-1)?.returned : undefined;
  const introspection =
    schemaValue === undefined ? undefined : { value: schemaValue, ...schemaFromIntrospection(schemaValue) };
  const ping = pingOf(commands);
  const monitors = await second.monitors(async () => (await ask(executor, conn, ping, 'ping')).lost);
  await executor.do({ do: 'close', conn });
  if (answers.every((answer) => answer.lost) && messageKind(greeting) !== 'greeting')
    return { problem: 'this is no QMP server: what it sends is no greeting, and it does not answer' };
  const version = versionOf(greeting);
  return {
    unusable: unusableBy(answers),
    info: {
      protocol: 'qmp',
      greeting,
      version,
      versionText: version && `${version.major}.${version.minor}.${version.micro}`,
      capabilities: capabilitiesOf(greeting),
      commands,
      introspection,
      fileSchema: options.fileSchema,
      schema: options.fileSchema ?? introspection?.schema,
      ping,
      monitors,
      sharesFiles: target.sharesFiles,
      owned: options.source.owned,
      sideEffectFree: options.source.sideEffectFree === true,
    },
  };
}

/** Leaves negotiation mode; what is lost over that is tried once more, for one lost connection shows little. */
async function negotiated(
  executor: StepExecutor,
): Promise<{ readonly conn: string; readonly answers: Answer[] }> {
  const first = await ask(executor, CONN, 'qmp_capabilities', 1);
  if (!first.lost) return { conn: CONN, answers: [first] };
  await executor.do({ do: 'close', conn: CONN });
  const conn = CONN_AGAIN;
  const { lost } = await executor.do({ do: 'connect', conn, monitor: 0 });
  // That it is gone altogether is for the first rule to find.
  if (lost !== undefined) return { conn, answers: [{ ...first, problem: undefined }] };
  const second = await ask(executor, conn, 'qmp_capabilities', 1);
  return { conn, answers: second.lost ? [first, second] : [second] };
}

function unusableBy(answers: readonly Answer[]): Unusable | undefined {
  const problems = answers.map(({ problem }) => problem);
  const hopeless = problems.every((problem) => problem !== undefined && BASIC.has(problem.finding.kind));
  return hopeless && answers.length > 1 ? problems[0] : undefined;
}

/** What is known before the discovery, for messages that come in during it. */
export const NO_INFO: TargetInfo = {
  protocol: 'qmp',
  greeting: null,
  version: undefined,
  versionText: undefined,
  capabilities: [],
  commands: undefined,
  introspection: undefined,
  fileSchema: undefined,
  schema: undefined,
  ping: 'query-version',
  monitors: 1,
  sharesFiles: false,
  owned: false,
  sideEffectFree: false,
};

/**
 * A command that succeeds and changes nothing. Every QEMU has query-version; of other servers any query will do, and
 * nothing but a query. A name that QAPI does not allow is not taken: it may be meant to break requests.
 */
function pingOf(commands: ReadonlySet<string> | undefined): string {
  const usual = 'query-version';
  if (commands === undefined || commands.has(usual)) return usual;
  return [...commands].find((name) => /^query-[\w.-]+$/.test(name)) ?? usual;
}

/**
 * Connects a second time while the first connection stands. How long a server that is about to greet the second client
 * may still take cannot be known. What can be known is that it went on meanwhile: a server that has answered the first
 * client again and again, and has not greeted the second, serves one at a time. On a very busy machine one that serves
 * each client in a thread of its own may be taken for such: then the rules that need two connections are skipped, and
 * the report says so.
 */
async function secondClient({ session, countMonitors }: DiscoveryOptions): Promise<{
  monitors(ping: () => Promise<boolean>): Promise<number>;
}> {
  const { monitors } = session.target;
  const [only] = monitors;
  const known = { monitors: () => Promise.resolve(monitors.length) };
  if (monitors.length !== 1 || only === undefined || !countMonitors) return known;
  let connection: Connection;
  try {
    connection = await Connection.open(only, { timeoutMs: session.limitMs });
  } catch (error) {
    if (error instanceof TargetError) return known;
    throw error;
  }
  return {
    monitors: async (ping) => {
      let incoming = connection.poll();
      for (let pings = 0; incoming === undefined && pings < PINGS; pings += 1) {
        if (await ping()) break;
        incoming = connection.poll();
      }
      await connection.close();
      return incoming?.kind === 'message' ? 2 : 1;
    },
  };
}

function namesOf(list: Json | undefined): Set<string> | undefined {
  if (!Array.isArray(list)) return undefined;
  const names = list.map((entry) => (isObject(entry) ? member(entry, 'name') : undefined));
  return new Set(names.filter((name) => typeof name === 'string'));
}

function capabilitiesOf(greeting: Json): string[] {
  const list = at(greeting, 'QMP', 'capabilities');
  return Array.isArray(list) ? list.filter((name) => typeof name === 'string') : [];
}

function versionOf(greeting: Json): QemuVersion | undefined {
  const [major, minor, micro] = ['major', 'minor', 'micro'].map((name) =>
    at(greeting, 'QMP', 'version', 'qemu', name),
  );
  const packageName = at(greeting, 'QMP', 'version', 'package');
  if (typeof major !== 'number' || typeof minor !== 'number' || typeof micro !== 'number') return undefined;
  return { major, minor, micro, package: typeof packageName === 'string' ? packageName : '' };
}

function at(value: Json, ...path: string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const name of path) here = here !== undefined && isObject(here) ? member(here, name) : undefined;
  return here;
}
