/**
 * A target may list commands of any name. None may turn a request that is meant to be well-formed into broken JSON, for
 * which the target would then be blamed.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { NO_INFO, type TargetInfo } from '../../src/discovery/index.js';
import { MessageLog } from '../../src/exchange/message-log.js';
import { UNOBSERVED, type Step, type StepExecutor } from '../../src/exchange/index.js';
import {
  canonicalJson,
  encodeJson,
  isObject,
  JsonReader,
  jsonObject,
  member,
  parseEscapedBytes,
  qemuDialect,
  type Json,
  type ReaderItem,
} from '../../src/json/index.js';
import { requestText } from '../../src/qmp/index.js';
import { Probe, type CheckRule } from '../../src/rules/index.js';
import { isCheckRule } from '../../src/rules/rule.js';
import { makePrivateFolder, removePrivateFolder } from '../../src/target/index.js';
import { suites } from '../../suites/index.js';
import { ran } from '../run/support.js';

/** Unlike `query-version` it stands in no rule. */
const USUAL = 'query-usual';
/** Each would break a string that it is pasted into, or change its meaning. */
const ODD = ['query-"a', 'query-\\', "query-'x", 'query-é😀', 'query-\n\0', 'query-${}', 'query-","id":{"'];

/** Rules which send malformed text, or half a request, as part of what they are about. */
const MALFORMED = [
  'json.*',
  'utf8.*',
  'recover.*',
  'limit.*',
  'id.unreadable',
  'resp.valid-json',
  'conn.survives-clients',
];

const rules = suites.flatMap((suite) => suite.rules).filter(isCheckRule);

void t.test('whatever the ping is called, every check sends the same', async (t) => {
  let compared = 0;
  for (const rule of rules) {
    const expected = await readings(rule, USUAL);
    compared += expected.length;
    for (const ping of ODD) t.same(await readings(rule, ping), expected, `${rule.id} with ${escape(ping)}`);
  }
  t.ok(compared > 500, 'the checks send something');
});

void t.test('a server of odd names gets well-formed requests only', async (t) => {
  const server = await oddServer();
  await ran(
    {
      protocol: 'qmp',
      address: 'a server of odd names',
      owned: false,
      arguments: [],
      start: () =>
        Promise.resolve({
          protocol: 'qmp',
          monitors: [{ kind: 'unix', path: server.path }],
          sharesFiles: true,
          stop: () => Promise.resolve(),
        }),
    },
    {
      selection: { rules: ['*'], exclude: MALFORMED },
      options: { level: 'info' },
    },
  );
  await server.stop();
  t.ok(server.requests.length > 100, 'the rules were checked');
  t.same(server.errors, [], 'nothing that is no JSON came in');
});

/** How the dialect of QMP reads what a check sends: values with every form of the name replaced, and errors. */
async function readings(rule: CheckRule, ping: string): Promise<string[]> {
  const steps: Step[] = [];
  const info: TargetInfo = {
    ...NO_INFO,
    protocol: rule.needs.protocol === 'qga' ? 'qga' : 'qmp',
    capabilities: ['oob'],
    commands: new Set([ping]),
    agentCommands: [{ name: ping, enabled: true, successResponse: false }],
    ping,
  };
  const probe = new Probe({
    executor: recording(steps),
    sink: { addCase: () => undefined, addFinding: () => undefined },
    observer: UNOBSERVED,
    info,
    folder: '/tmp/a"b',
    seed: 1,
    runs: 3,
  });
  // The stand-in target answers nothing that is of use: checks that need more end here, with what they have sent.
  await probe.perform(rule.check, () => false);
  return steps.flatMap((step) => {
    if (step.do !== 'exchange') return [];
    const reader = new JsonReader({ dialect: qemuDialect });
    const bytes = Buffer.concat(step.send.map((text) => parseEscapedBytes(text)));
    return [...reader.push(bytes), ...reader.end()].map((item) => describe(item, ping));
  });
}

function recording(steps: Step[]): StepExecutor {
  const observed = {
    replies: [jsonObject([['return', {}]])],
    events: [],
    log: new MessageLog(),
    footprint: 0,
  };
  const executor: Pick<StepExecutor, 'do' | 'steps' | 'context'> = {
    steps: [],
    context: { schema: undefined, judgeReturn: () => [] },
    do: (step) => {
      steps.push(step);
      return Promise.resolve({ findings: [], observed });
    },
  };
  return executor as StepExecutor;
}

function describe(item: ReaderItem, ping: string): string {
  if (item.kind === 'error') return `error: ${item.error.code}`;
  return canonicalJson(withoutName(item.value, plain(ping)));
}

/** A value with the name replaced, in whatever case, and with whatever stands around it. */
function withoutName(value: Json, name: string): Json {
  if (typeof value === 'string') return plain(value).includes(name) ? '(ping)' : value;
  if (Array.isArray(value)) return value.map((element) => withoutName(element, name));
  if (!isObject(value)) return value;
  return jsonObject(Object.entries(value).map(([key, inner]) => [key, withoutName(inner, name)]));
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll('_', '-');
}

/** A monitor which lists odd commands only, and has them all. */
async function oddServer(): Promise<{
  readonly path: string;
  readonly requests: Json[];
  readonly errors: string[];
  stop(): Promise<void>;
}> {
  const folder = await makePrivateFolder();
  const path = join(folder, 'odd');
  const requests: Json[] = [];
  const errors: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const reader = new JsonReader({ dialect: qemuDialect });
    const say = (message: Json): void => void socket.write(Buffer.concat([encodeJson(message), LINE_END]));
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      for (const item of reader.push(data)) {
        if (item.kind === 'value') {
          requests.push(item.value);
          say(answer(item.value));
        } else {
          errors.push(`${item.error.code} in ${data.toString('latin1')}`);
          say({ error: { class: 'GenericError', desc: 'no JSON' } });
        }
      }
    });
    say({ QMP: { version: { qemu: { major: 9, minor: 0, micro: 0 }, package: '' }, capabilities: ['oob'] } });
  });
  await once(server.listen(path), 'listening');
  return {
    path,
    requests,
    errors,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
      await removePrivateFolder(folder);
    },
  };
}

const LINE_END = Buffer.from('\r\n');

function answer(request: Json): Json {
  const of = (name: string): Json | undefined => (isObject(request) ? member(request, name) : undefined);
  const name = of('execute') ?? of('exec-oob');
  const id = of('id');
  const known = name === 'qmp_capabilities' || (typeof name === 'string' && ODD.includes(name));
  return {
    ...(name === 'query-commands'
      ? { return: ODD.map((odd) => ({ name: odd })) }
      : known
        ? { return: {} }
        : { error: { class: 'CommandNotFound', desc: 'not found' } }),
    ...(id === undefined ? {} : { id }),
  };
}

function escape(name: string): string {
  return requestText({ execute: name }).trim();
}
