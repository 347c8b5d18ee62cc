import {
  anyError,
  commandNotFound,
  emptyReturn,
  genericError,
  reply,
  returnsJudged,
  returnsTyped,
  type Finding,
} from '../../src/judge/index.js';
import { isDownstreamName } from '../../src/judge/index.js';
import { isObject, member, writeJson, type Json } from '../../src/json/index.js';
import type { TargetInfo } from '../../src/discovery/index.js';
import type { CheckConnection } from '../../src/rules/index.js';
import type { Probe, Rule } from '../../src/rules/index.js';
import { codegen, observed, qgaSchema } from '../citations.js';
import { NO_COMMAND, UNKNOWN_ARGUMENT } from '../request-text.js';

const MAX_SHOWN = 80;

export const agentCommands: readonly Rule[] = [
  {
    kind: 'check',
    id: 'qga.no-introspection',
    title: 'a guest agent has no query-qmp-schema',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Client JSON Protocol introspection', 'The agent does not describe its schema.'),
    needs: { protocol: 'qga', profile: 'readonly' },
    detects: ['agent-introspects'],
    check: async (probe) => {
      const qga = await probe.negotiated();
      for (const execute of ['query-qmp-schema', 'query-commands', 'query-version'])
        await qga.ask({ execute }, commandNotFound);
    },
  },
  {
    kind: 'check',
    id: 'qga.no-oob',
    title: 'exec-oob is an unexpected member of a request to a guest agent',
    level: 'should',
    since: '0.2.0',
    reference: observed('Guest agent', 'The agent executes nothing out of band and does not know exec-oob.'),
    needs: { protocol: 'qga', profile: 'readonly' },
    detects: ['agent-oob-accepted'],
    check: async (probe) => {
      const qga = await probe.negotiated();
      await qga.ask({ 'exec-oob': probe.info.ping }, genericError);
      await qga.ask({ 'exec-oob': NO_COMMAND }, genericError);
    },
  },
  {
    kind: 'check',
    id: 'qga.empty-return',
    title: 'guest-ping, which has no result to declare, returns an empty object',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Commands', 'A command without returns gives back an empty object.'),
    needs: { protocol: 'qga', profile: 'readonly', commands: ['guest-ping'] },
    detects: ['agent-ping-returns-value'],
    check: async (probe) => {
      const qga = await probe.negotiated();
      await qga.ask({ execute: 'guest-ping' }, emptyReturn);
      await qga.ask({ execute: 'guest-ping', arguments: {} }, emptyReturn);
    },
  },
  {
    kind: 'check',
    id: 'qga.info',
    title: 'guest-info gives a version, and for each command its name, enabled and success-response, once',
    level: 'must',
    since: '0.2.0',
    reference: qgaSchema(
      'guest-info, GuestAgentInfo',
      'The version is a string; a command is listed with its name and two booleans.',
    ),
    needs: { protocol: 'qga', profile: 'readonly' },
    detects: ['agent-info-incomplete', 'agent-info-version-number', 'agent-info-repeats'],
    check: async (probe) => {
      const qga = await probe.negotiated();
      await qga.ask({ execute: 'guest-info' }, returnsJudged('qga.info'));
    },
    judge: (value) => infoFindings(value),
  },
  {
    kind: 'check',
    id: 'qga.agrees-with-file',
    title: 'guest-info lists the commands of the schema file, with the success-response that it declares',
    level: 'must',
    since: '0.2.0',
    reference: qgaSchema('guest-info', 'All commands that the agent was built with are listed.'),
    needs: { protocol: 'qga', profile: 'readonly', schema: 'commands' },
    detects: ['agent-command-unlisted', 'agent-command-undeclared', 'agent-success-response-wrong'],
    check: async (probe) => {
      const qga = await probe.negotiated();
      await qga.ask({ execute: 'guest-info' }, returnsJudged('qga.agrees-with-file'));
    },
    judge: (value, info) => fileFindings(value, info),
  },
  {
    kind: 'check',
    id: 'qga.typed',
    title: 'what a query of a guest agent returns conforms to its declared type',
    level: 'must',
    since: '0.2.0',
    reference: codegen(
      'Commands',
      'What a command returns, when it succeeds, is of the type declared as returns.',
    ),
    needs: { protocol: 'qga', profile: 'readonly', schema: 'commands' },
    detects: ['agent-return-member-missing', 'agent-return-type'],
    check: async (probe) => {
      const qga = await probe.negotiated();
      await qga.pipeline(
        plainQueries(probe.info).map((execute) => ({
          request: { execute },
          oneOf: [returnsTyped(execute), anyError],
        })),
      );
    },
  },
  {
    kind: 'check',
    id: 'qga.blocked',
    title: 'a disabled command gives CommandNotFound, whatever its arguments',
    level: 'should',
    since: '0.2.0',
    reference: observed('Guest agent', 'A command that guest-info lists as disabled is not to be found.'),
    needs: { protocol: 'qga', profile: 'safe' },
    detects: ['agent-blocked-found', 'agent-blocked-generic-error'],
    check: async (probe) => {
      const blocked = probe.info.agentCommands?.filter(({ enabled }) => !enabled) ?? [];
      if (blocked.length === 0) probe.skip('guest-info lists no disabled command');
      const qga = await refusingUnknown(probe);
      // Were the command not blocked after all, the argument would keep it from doing anything.
      for (const { name } of blocked)
        await qga?.ask({ execute: name, arguments: UNKNOWN_ARGUMENT }, commandNotFound);
    },
  },
  {
    kind: 'check',
    id: 'qga.silent-refused',
    title: 'a command whose success is not answered answers when its arguments are wrong',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Commands', 'With success-response false only the reply to a success is left out.'),
    needs: { protocol: 'qga', profile: 'safe' },
    detects: ['agent-silent-on-errors'],
    check: async (probe) => {
      const silent =
        probe.info.agentCommands?.filter(({ enabled, successResponse }) => enabled && !successResponse) ?? [];
      if (silent.length === 0) probe.skip('guest-info lists no such command');
      const qga = await refusingUnknown(probe);
      for (const { name } of silent) {
        const request = { execute: name, arguments: UNKNOWN_ARGUMENT, id: 1 };
        await qga?.feed(writeJson(request), reply(1, genericError));
      }
    },
  },
];

/**
 * A connection to an agent of which is known that it refuses arguments that it does not know. Another one would shut
 * the guest down: it gets no request that relies on it.
 */
async function refusingUnknown(probe: Probe): Promise<CheckConnection | undefined> {
  const qga = await probe.negotiated();
  const returned = await qga.ask({ execute: 'guest-ping', arguments: UNKNOWN_ARGUMENT }, genericError);
  return returned === undefined ? qga : undefined;
}

/** Queries that can be asked without arguments, and that look at the guest only. */
function plainQueries({ schema, commands }: TargetInfo): string[] {
  return [...(schema?.commands.values() ?? [])]
    .filter(({ name }) => /^guest-(info$|fsfreeze-status$|(network-)?get-)/.test(name))
    .filter(({ name, arguments: args }) => {
      return commands?.has(name) === true && args?.members.every(({ optional }) => optional) !== false;
    })
    .map(({ name }) => name);
}

function listed(info: Json): readonly Json[] | undefined {
  const list = isObject(info) ? member(info, 'supported_commands') : undefined;
  return Array.isArray(list) ? list : undefined;
}

function infoFindings(info: Json): Finding[] {
  const findings: Finding[] = [];
  const wrongType = (path: string, message: string): void => {
    findings.push({ kind: 'wrong-type', path: `return${path}`, message });
  };
  if (!isObject(info) || typeof member(info, 'version') !== 'string')
    wrongType('.version', 'version is no string');
  const list = listed(info);
  if (list === undefined) wrongType('.supported_commands', 'supported_commands is no array');
  const names = new Set<string>();
  for (const entry of list ?? []) {
    for (const [key, type] of ENTRY) {
      const value = isObject(entry) ? member(entry, key) : undefined;
      if (typeof value !== type) wrongType(`.supported_commands[].${key}`, `${key} is no ${type}`);
    }
    const name = isObject(entry) ? member(entry, 'name') : undefined;
    if (typeof name !== 'string') continue;
    if (names.has(name)) {
      findings.push({
        kind: 'duplicate',
        path: 'return.supported_commands[]',
        message: `'${name.slice(0, MAX_SHOWN)}' is listed twice`,
      });
    }
    names.add(name);
  }
  return findings;
}

const ENTRY = [
  ['name', 'string'],
  ['enabled', 'boolean'],
  ['success-response', 'boolean'],
] as const;

function fileFindings(info: Json, { fileSchema }: TargetInfo): Finding[] {
  const responses = new Map(
    (listed(info) ?? []).flatMap((entry): [string, Json | undefined][] => {
      const name = isObject(entry) ? member(entry, 'name') : undefined;
      return isObject(entry) && typeof name === 'string' ? [[name, member(entry, 'success-response')]] : [];
    }),
  );
  const findings: Finding[] = [];
  for (const { name, condition, successResponse } of fileSchema?.commands.values() ?? []) {
    const responds = responses.get(name);
    // What has a condition may not have been built.
    if (!responses.has(name) && condition === undefined)
      findings.push({ kind: 'unlisted', command: name, message: `guest-info does not list ${name}` });
    else if (typeof responds === 'boolean' && responds !== successResponse) {
      findings.push({
        kind: 'success-response-differs',
        command: name,
        message: `guest-info gives ${name} the success-response ${responds}`,
      });
    }
  }
  for (const name of responses.keys()) {
    if (fileSchema?.commands.has(name) !== false || isDownstreamName(name)) continue;
    findings.push({
      kind: 'undeclared',
      message: `guest-info lists '${name.slice(0, MAX_SHOWN)}', the schema file does not`,
    });
  }
  return findings;
}
