/**
 * What can be learned of a target before the rules are checked. Nothing here is judged: a server that misbehaves
 * only leaves info unknown, and the rules find out.
 */
import type { JudgeContext } from '../judge/index.js';
import { isObject, member, type Json } from '../json/index.js';
import { schemaFromIntrospection, type IntrospectionProblem, type Schema } from '../qapi/index.js';
import { Connection, messageKind, TargetError, type Protocol } from '../qmp/index.js';
import type { StepExecutor } from '../exchange/index.js';
import type { Target, TargetSource } from '../target/index.js';
import { discoverAgent, type AgentCommand } from './agent.js';
import { ask } from './ask.js';

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
  readonly target: Target;
  readonly stage: StepExecutor;
  readonly fileSchema: Schema | undefined;
  readonly source: Pick<TargetSource, 'owned' | 'sideEffectFree'>;
  readonly timeoutMs: number;
  /** Find out if a second connection is served while the first one stands. */
  readonly countMonitors: boolean;
}

/** Before anything is known. */
export const NO_CONTEXT: JudgeContext = { schema: undefined, judgeReturn: () => [] };

/** How long the greeting of a second client may still take when the first one has been served, in milliseconds. */
const SECOND_CLIENT_MS = 5;
const CONN = 'discover';

/**
 * Looks at a target.
 *
 * @throws TargetError when it cannot be reached or does not greet as a QMP server does
 */
export async function discover(options: DiscoveryOptions): Promise<TargetInfo> {
  return options.target.protocol === 'qga' ? discoverAgentTarget(options) : discoverMonitor(options);
}

async function discoverAgentTarget({
  stage,
  target,
  fileSchema,
  source,
}: DiscoveryOptions): Promise<TargetInfo> {
  const { versionText, commands } = await discoverAgent(stage);
  const [, major, minor, micro] = /^(\d+)\.(\d+)\.(\d+)/.exec(versionText ?? '')?.map(Number) ?? [];
  return {
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
    sharesFiles: target.sharesFiles,
    owned: source.owned,
    sideEffectFree: source.sideEffectFree === true,
  };
}

async function discoverMonitor(options: DiscoveryOptions): Promise<TargetInfo> {
  const { stage, target } = options;
  const { observed, findings, lost } = await stage.do({ do: 'connect', conn: CONN, monitor: 0 });
  const [greeting] = observed.replies;
  if (greeting === undefined) {
    const hint = lost === 'timeout' ? '; if it is a guest agent, which sends none, try --protocol qga' : '';
    throw new TargetError(`this is no QMP server: ${findings[0]?.message ?? 'it sent no greeting'}${hint}`);
  }
  const second = await secondClient(options);
  const negotiation = await ask(stage, CONN, 'qmp_capabilities', 1);
  const list =
    negotiation.returned === undefined ? undefined : (await ask(stage, CONN, 'query-commands', 2)).returned;
  const commands = namesOf(list);
  const schemaValue =
    commands?.has('query-qmp-schema') === true
      ? (await ask(stage, CONN, 'query-qmp-schema', 3)).returned
      : undefined;
  // Reading the schema takes as long as the second client has to wait.
  const counting = second.monitors();
  const introspection =
    schemaValue === undefined ? undefined : { value: schemaValue, ...schemaFromIntrospection(schemaValue) };
  const monitors = await counting;
  await stage.do({ do: 'close', conn: CONN });
  if (negotiation.lost && messageKind(greeting) !== 'greeting') {
    throw new TargetError('this is no QMP server: what it sends is no greeting, and it does not answer');
  }
  const version = versionOf(greeting);
  return {
    protocol: 'qmp',
    greeting,
    version,
    versionText: version && `${version.major}.${version.minor}.${version.micro}`,
    capabilities: capabilitiesOf(greeting),
    commands,
    introspection,
    fileSchema: options.fileSchema,
    schema: options.fileSchema ?? introspection?.schema,
    ping: pingOf(commands),
    monitors,
    sharesFiles: target.sharesFiles,
    owned: options.source.owned,
    sideEffectFree: options.source.sideEffectFree === true,
  };
}

/** The info before a discover, for whatever comes in during it. */
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
 * nothing but a query. A name that QAPI does not allow is none: who makes it up may mean it to break requests.
 */
function pingOf(commands: ReadonlySet<string> | undefined): string {
  const usual = 'query-version';
  if (commands === undefined || commands.has(usual)) return usual;
  return [...commands].find((name) => /^query-[\w.-]+$/.test(name)) ?? usual;
}

/**
 * Connects a second time while the first connection stands. The first one goes on meanwhile: a server that has
 * answered all its requests and has not greeted the second client serves one at a time.
 */
async function secondClient({ target, countMonitors, timeoutMs }: DiscoveryOptions): Promise<{
  monitors(): Promise<number>;
}> {
  const { monitors } = target;
  const [only] = monitors;
  const known = { monitors: () => Promise.resolve(monitors.length) };
  if (monitors.length !== 1 || only === undefined || !countMonitors) return known;
  let connection: Connection;
  try {
    connection = await Connection.open(only, { timeoutMs });
  } catch (error) {
    if (error instanceof TargetError) return known;
    throw error;
  }
  return {
    monitors: async () => {
      const incoming = await connection.receive(SECOND_CLIENT_MS);
      await connection.close();
      return incoming.kind === 'message' ? 2 : 1;
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
