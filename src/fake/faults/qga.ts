/**
 * What a guest agent can do wrong that a monitor cannot.
 */
import { isObject, member, type Json, type JsonObject } from '../../json/index.js';
import { commandOf } from '../agent-behaviour.js';
import type { Fault } from '../fault.js';
import { BLOCKED } from '../models/guest-agent.js';
import {
  changesOutcome,
  changesReplies,
  overlooks,
  rewritesInput,
  rewritesOutput,
  withClass,
} from './change.js';

/** A fault of an agent that changes what guest-info says. */
function changesInfo(
  id: string,
  title: string,
  change: (info: JsonObject, commands: readonly JsonObject[]) => JsonObject,
): Fault {
  return changesReturn(id, title, 'guest-info', (info) => {
    const list = member(info, 'supported_commands');
    return change(info, Array.isArray(list) ? list.filter(isObject) : []);
  });
}

/** A fault that changes the object that a command returns. */
function changesReturn(
  id: string,
  title: string,
  command: string,
  change: (value: JsonObject) => Json,
): Fault {
  return changesOutcome(id, title, [command], (outcome) =>
    'return' in outcome && isObject(outcome.return) ? { return: change(outcome.return) } : outcome,
  );
}

/** A fault that knows a command that an agent has not. */
function knowsToo(id: string, title: string, command: string): Fault {
  return {
    id,
    title,
    change: ({ findCommand }) => ({
      findCommand: (call) => findCommand(call.name === command ? { ...call, name: 'guest-ping' } : call),
    }),
  };
}

const SYNC = ['guest-sync', 'guest-sync-delimited'];
const NO_BYTES = Buffer.alloc(0);

const faults: readonly Fault[] = [
  {
    id: 'agent-greets',
    title: 'a guest agent sends the greeting of a monitor',
    change: () => ({
      greet: ({ machine }) => [{ QMP: { version: machine.version, capabilities: [] } }],
    }),
  },
  knowsToo('agent-negotiates', 'a guest agent knows qmp_capabilities', 'qmp_capabilities'),
  knowsToo('agent-introspects', 'a guest agent knows query-qmp-schema', 'query-qmp-schema'),
  {
    id: 'agent-oob-accepted',
    title: 'a guest agent takes exec-oob for execute',
    change: ({ envelopeProblem }) => ({
      envelopeProblem: (request, session) => envelopeProblem(request, { ...session, oob: true }),
    }),
  },
  rewritesOutput('agent-line-end-missing', 'no line end follows an error', (text, message) =>
    'error' in message ? text.trimEnd() : text,
  ),
  changesOutcome('sync-32-bit', 'a synchronisation number keeps its lower 32 bits', SYNC, (outcome) => {
    if (!('return' in outcome)) return outcome;
    const number = outcome.return;
    return typeof number === 'number' || typeof number === 'bigint'
      ? { return: Number(BigInt.asIntN(32, BigInt(number))) }
      : outcome;
  }),
  overlooks(
    'sync-double-accepted',
    'guest-sync takes numbers with a fraction',
    ({ path }, { name }) => path === 'id' && name === 'guest-sync',
  ),
  {
    id: 'sync-undelimited',
    title: 'no byte 0xFF stands before the reply to guest-sync-delimited',
    change: () => ({ leadIn: () => NO_BYTES }),
  },
  {
    id: 'sync-delimited-twice',
    title: 'two bytes 0xFF stand before the reply to guest-sync-delimited',
    change: ({ leadIn }) => ({
      leadIn: (...answered) => {
        const delimiter = leadIn(...answered);
        return Buffer.concat([delimiter, delimiter]);
      },
    }),
  },
  rewritesInput(
    'agent-ff-in-request-skipped',
    'a byte 0xFF inside a name is passed over',
    /(?<=guest-sh)\xff/g,
    '',
  ),
  {
    id: 'agent-first-ff-skipped',
    title: 'a byte 0xFF is passed over when it is the first of a connection',
    change: ({ input }) => ({
      input: () => {
        const next = input();
        let first = true;
        return (bytes) => {
          const skipped = first && bytes[0] === 0xff ? bytes.subarray(1) : bytes;
          first = false;
          return next(skipped);
        };
      },
    }),
  },
  changesReplies(
    'agent-id-from-argument',
    'the reply to guest-sync has the argument as its id',
    (reply, request) => {
      const args =
        isObject(request) && request.execute === 'guest-sync' ? member(request, 'arguments') : undefined;
      const id = args !== undefined && isObject(args) ? member(args, 'id') : undefined;
      return [id === undefined ? reply : { ...reply, id }];
    },
  ),
  changesReturn('agent-ping-returns-value', 'guest-ping returns that it is alive', 'guest-ping', () => ({
    alive: true,
  })),
  changesInfo('agent-info-incomplete', 'guest-info leaves success-response out', (info, commands) => ({
    ...info,
    supported_commands: commands.map(({ name, enabled }) => ({ name: name ?? '', enabled: enabled ?? true })),
  })),
  changesInfo('agent-info-version-number', 'guest-info gives the version as a number', (info) => ({
    ...info,
    version: 7,
  })),
  changesInfo('agent-info-repeats', 'guest-info lists its first command twice', (info, commands) => ({
    ...info,
    supported_commands: [...commands.slice(0, 1), ...commands],
  })),
  changesInfo('agent-command-unlisted', 'guest-info does not list guest-get-time', (info, commands) => ({
    ...info,
    supported_commands: commands.filter(({ name }) => name !== 'guest-get-time'),
  })),
  changesInfo(
    'agent-command-undeclared',
    'guest-info lists a command that the schema lacks',
    (info, commands) => ({
      ...info,
      supported_commands: [...commands, { name: 'guest-dance', enabled: true, 'success-response': true }],
    }),
  ),
  changesInfo(
    'agent-success-response-wrong',
    'guest-info says that every command answers its success',
    (info, commands) => ({
      ...info,
      supported_commands: commands.map((command) => ({ ...command, 'success-response': true })),
    }),
  ),
  changesReturn(
    'agent-return-member-missing',
    'guest-get-host-name returns an empty object',
    'guest-get-host-name',
    () => ({}),
  ),
  changesReturn(
    'agent-return-type',
    'guest-get-timezone returns text for a number',
    'guest-get-timezone',
    () => ({
      offset: '0',
    }),
  ),
  {
    id: 'agent-blocked-found',
    title: 'the arguments of a disabled command are looked at',
    change: ({ findCommand }) => ({
      findCommand: (call) =>
        (BLOCKED.has(call.name) ? call.session.machine.schema.commands.get(call.name) : undefined) ??
        findCommand(call),
    }),
  },
  {
    id: 'agent-blocked-generic-error',
    title: 'a disabled command gives GenericError',
    change: ({ findCommand }) => ({
      findCommand: (call) => {
        const found = findCommand(call);
        return BLOCKED.has(call.name) && !('kind' in found) ? withClass(found, 'GenericError') : found;
      },
    }),
  },
  {
    id: 'agent-silent-on-errors',
    title: 'a command whose success is not answered does not answer its errors either',
    change: ({ reply }) => ({
      reply: (request, outcome, session) =>
        commandOf(request, session)?.successResponse === false ? [] : reply(request, outcome, session),
    }),
  },
];

export const agentFaults = faults.map((fault): Fault => ({ ...fault, protocol: 'qga' }));
