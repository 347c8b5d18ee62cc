import { isObject, member, type Json, type JsonObject } from '../../json/index.js';
import type { Fault } from '../fault.js';
import type { CommandOutcome } from '../outcome.js';
import { changesOutcome, changesReplies, withClass } from './change.js';

/** A fault that changes the contents of errors. */
function changesErrors(id: string, title: string, change: (error: JsonObject) => JsonObject): Fault {
  return changesReplies(id, title, (reply) =>
    reply.error !== undefined && isObject(reply.error) ? [{ ...reply, error: change(reply.error) }] : [reply],
  );
}

/** A fault that changes what a command returns. */
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

const isId = (reply: JsonObject, id: number): boolean => member(reply, 'id') === id;

export const replyFaults: readonly Fault[] = [
  changesReplies('return-and-error', 'an error has a return as well', (reply) =>
    'error' in reply ? [{ ...reply, return: {} }] : [reply],
  ),
  changesReplies('success-extra-member', 'a success has the member time', (reply) =>
    'return' in reply ? [{ ...reply, time: 1 }] : [reply],
  ),
  changesReplies('error-extra-member', 'an error has the member time', (reply) =>
    'error' in reply ? [{ ...reply, time: 1 }] : [reply],
  ),
  changesErrors('error-without-class', 'an error has no class', ({ desc }) => ({ desc: desc ?? null })),
  changesErrors('error-without-desc', 'an error has no desc', (error) => ({ class: error.class ?? null })),
  changesErrors('error-desc-number', 'the desc of an error is a number', (error) => ({ ...error, desc: 22 })),
  changesErrors('error-code-member', 'an error has the member code', (error) => ({ ...error, code: -1 })),
  {
    id: 'class-outside-enumeration',
    title: 'a parse error has a class of its own',
    change: () => ({ parseError: () => [{ error: { class: 'JSONParsing', desc: 'not JSON' } }] }),
  },
  changesReplies('reply-twice', 'a request with the id 3 is answered twice', (reply) =>
    'return' in reply && isId(reply, 3) ? [reply, reply] : [reply],
  ),
  changesReplies('error-reply-twice', 'a request with the id 4 that fails is answered twice', (reply) =>
    'error' in reply && isId(reply, 4) ? [reply, reply] : [reply],
  ),
  {
    id: 'replies-out-of-order',
    title: 'the failure of a request with the id 58 is answered after the next request',
    change: ({ reply }) => ({
      reply: (request, outcome, session) => {
        const messages = reply(request, outcome, session);
        const [first] = messages;
        if (first !== undefined && isObject(first) && 'error' in first && isId(first, 58)) {
          session.memory.set('kept', first);
          return [];
        }
        const kept = session.memory.get('kept');
        session.memory.delete('kept');
        return kept === undefined ? messages : [...messages, kept];
      },
    }),
  },
  {
    id: 'empty-return-null',
    title: 'a command without a result returns null',
    change: ({ execute, negotiate }) => {
      const nullify = (outcome: CommandOutcome): CommandOutcome =>
        'return' in outcome ? { return: null } : outcome;
      return {
        negotiate: (args, session) => nullify(negotiate(args, session)),
        execute: (command, args, call) => {
          const outcome = execute(command, args, call);
          if (command.returns !== undefined) return outcome;
          return outcome instanceof Promise ? outcome.then(nullify) : nullify(outcome);
        },
      };
    },
  },
  changesReturn('return-member-missing', 'query-kvm leaves a member out', 'query-kvm', ({ enabled }) => ({
    enabled: enabled ?? false,
  })),
  changesReturn('return-member-undeclared', 'query-kvm returns a member too many', 'query-kvm', (value) => ({
    ...value,
    version: 1,
  })),
  changesReturn('return-member-type', 'query-kvm returns a string for a boolean', 'query-kvm', (value) => ({
    ...value,
    present: 'yes',
  })),
  changesReturn(
    'return-enum-unlisted',
    'query-status returns a status outside its enumeration',
    'query-status',
    (value) => ({
      ...value,
      status: 'walking',
    }),
  ),
  {
    id: 'effect-before-check',
    title: 'stop and cont act before their arguments are checked',
    change: ({ argumentProblems }) => ({
      argumentProblems: (command, args, call) => {
        const problems = argumentProblems(command, args, call);
        if (problems.length > 0 && ['stop', 'cont'].includes(command.name))
          void call.session.machine.execute(command, {});
        return problems;
      },
    }),
  },
  changesOutcome(
    'device-not-found-generic-error',
    'device_del gives GenericError',
    ['device_del'],
    (outcome) => withClass(outcome, 'GenericError'),
  ),
  changesOutcome('object-not-found-generic-error', 'qom-list gives GenericError', ['qom-list'], (outcome) =>
    withClass(outcome, 'GenericError'),
  ),
  changesOutcome(
    'device-not-active-generic-error',
    'query-balloon gives GenericError',
    ['query-balloon'],
    (outcome) => withClass(outcome, 'GenericError'),
  ),
  {
    id: 'type-error-class',
    title: 'malformed arguments of device_del give DeviceNotFound',
    change: ({ refuseArguments }) => ({
      refuseArguments: (command, problem) => {
        const outcome = refuseArguments(command, problem);
        return command.name === 'device_del' ? withClass(outcome, 'DeviceNotFound') : outcome;
      },
    }),
  },
];
