import { isObject, jsonObject, member, type Json, type JsonObject } from '../../json/index.js';
import type { Behaviour } from '../behaviour.js';
import type { Fault } from '../fault.js';
import { failure } from '../outcome.js';
import { overlooks, withClass } from './change.js';

/** A fault that checks the form of another request than the one that came. */
function checksInstead(id: string, title: string, change: (request: JsonObject) => JsonObject): Fault {
  return {
    id,
    title,
    change: ({ envelopeProblem }) => ({
      envelopeProblem: (request, session) => envelopeProblem(change(request), session),
    }),
  };
}

/** The request without the members that a condition holds for. */
function without(request: JsonObject, dropped: (name: string) => boolean): JsonObject {
  return jsonObject(Object.entries(request).filter(([name]) => !dropped(name)));
}

/** A fault that takes a request with some kinds of arguments for one without. */
function argumentsPassedOver(id: string, title: string, passedOver: (args: Json) => boolean): Fault {
  return {
    id,
    title,
    change: () => ({
      requests: (value) => {
        const args = isObject(value) ? member(value, 'arguments') : undefined;
        return args !== undefined && isObject(value) && passedOver(args)
          ? [without(value, (name) => name === 'arguments')]
          : [value];
      },
    }),
  };
}

const KNOWN = ['execute', 'exec-oob', 'arguments', 'id'];

export const envelopeFaults: readonly Fault[] = [
  {
    id: 'execute-missing-ignored',
    title: 'a request without execute gets no reply',
    change: () => ({
      requests: (value) =>
        isObject(value) && !Object.hasOwn(value, 'execute') && !Object.hasOwn(value, 'exec-oob')
          ? []
          : [value],
    }),
  },
  checksInstead('execute-type-unchecked', 'execute may be any value', (request) =>
    Object.hasOwn(request, 'execute') ? { ...request, execute: '' } : request,
  ),
  argumentsPassedOver('arguments-null-accepted', 'arguments may be null', (args) => args === null),
  argumentsPassedOver(
    'arguments-array-accepted',
    'arguments that are an array are passed over',
    Array.isArray,
  ),
  {
    id: 'empty-arguments-refused',
    title: 'empty arguments are refused',
    change: ({ envelopeProblem }) => ({
      envelopeProblem: (request, session) => {
        const args = member(request, 'arguments');
        const empty = args !== undefined && isObject(args) && Object.keys(args).length === 0;
        return empty ? 'leave empty arguments out' : envelopeProblem(request, session);
      },
    }),
  },
  checksInstead(
    'unknown-envelope-member-accepted',
    'unknown members of a request are passed over',
    (request) => without(request, (name) => !KNOWN.includes(name) && !name.startsWith('__')),
  ),
  checksInstead(
    'downstream-envelope-member-accepted',
    'downstream members of a request are passed over',
    (request) => without(request, (name) => name.startsWith('__')),
  ),
  {
    id: 'envelope-case-ignored',
    title: 'names of members are compared without case and spaces around',
    change: () => ({
      requests: (value) => [
        isObject(value)
          ? jsonObject(Object.entries(value).map(([name, content]) => [name.trim().toLowerCase(), content]))
          : value,
      ],
    }),
  },
  {
    id: 'unknown-command-generic-error',
    title: 'an unknown command gives GenericError',
    change: ({ findCommand }) => ({
      findCommand: (call) => {
        const found = findCommand(call);
        return 'kind' in found || !call.session.negotiated || call.oob
          ? found
          : withClass(found, 'GenericError');
      },
    }),
  },
  {
    id: 'arguments-before-command',
    title: 'arguments of an unknown command are refused',
    change: ({ envelopeProblem }) => ({
      envelopeProblem: (request, session) => {
        const name = member(request, 'execute');
        const unknown = typeof name === 'string' && !session.machine.schema.commands.has(name);
        const args = member(request, 'arguments');
        const given = args !== undefined && isObject(args) && Object.keys(args).length > 0;
        return unknown && given ? 'arguments are not expected' : envelopeProblem(request, session);
      },
    }),
  },
  {
    id: 'command-before-envelope',
    title: 'an unknown command wins over a malformed request',
    change: ({ envelopeProblem }: Behaviour) => ({
      envelopeProblem: (request, session) => {
        const name = member(request, 'execute');
        const unknown = typeof name === 'string' && !session.machine.schema.commands.has(name);
        return session.negotiated && unknown ? undefined : envelopeProblem(request, session);
      },
    }),
  },
  overlooks(
    'unknown-argument-accepted',
    'unknown arguments are passed over',
    ({ kind, path }) => kind === 'unknown-member' && !/[.[]/.test(path),
  ),
  {
    id: 'execute-and-oob-accepted',
    title: 'execute may stand together with exec-oob',
    change: ({ envelopeProblem }) => ({
      envelopeProblem: (request, session) =>
        envelopeProblem(
          Object.hasOwn(request, 'execute') ? without(request, (name) => name === 'exec-oob') : request,
          session,
        ),
    }),
  },
  {
    id: 'oob-without-capability',
    title: 'exec-oob is understood without the capability',
    change: ({ envelopeProblem }) => ({
      envelopeProblem: (request, session) =>
        envelopeProblem(request, session.negotiated ? { ...session, oob: true } : session),
    }),
  },
  {
    id: 'oob-without-id-refused',
    title: 'an out-of-band request without an id is refused',
    change: ({ findCommand }) => ({
      findCommand: (call) =>
        call.oob && !Object.hasOwn(call.request, 'id')
          ? failure('out-of-band requests need an id')
          : findCommand(call),
    }),
  },
];
