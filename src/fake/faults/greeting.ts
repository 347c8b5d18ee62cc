import { isObject, type Json, type JsonObject } from '../../json/index.js';
import type { Fault } from '../fault.js';

/** A fault that changes what is sent to a new client. */
function greeting(id: string, title: string, change: (greeting: JsonObject) => Json[]): Fault {
  return {
    id,
    title,
    change: ({ greet }) => ({
      greet: (session) =>
        greet(session).flatMap((message) => (isObject(message) ? change(message) : [message])),
    }),
  };
}

/** The greeting with its inner object changed. */
function inner(message: JsonObject, change: (members: JsonObject) => JsonObject): Json[] {
  return [{ QMP: isObject(message.QMP) ? change(message.QMP) : null }];
}

export const greetingFaults: readonly Fault[] = [
  greeting('event-before-greeting', 'an event comes before the greeting', (message) => [
    { event: 'RESUME', timestamp: { seconds: 1, microseconds: 0 } },
    message,
  ]),
  greeting('greeting-twice', 'the greeting is sent twice', (message) => [message, message]),
  greeting('greeting-extra-member', 'the greeting has a member besides QMP', (message) => [
    { ...message, hello: 1 },
  ]),
  greeting('greeting-without-capabilities', 'the greeting lacks capabilities', (message) =>
    inner(message, ({ version }) => ({ version: version ?? null })),
  ),
  greeting('greeting-version-strings', 'the version in the greeting consists of strings', (message) =>
    inner(message, (members) => ({
      ...members,
      version: { qemu: { major: '10', minor: '0', micro: '0' }, package: '' },
    })),
  ),
  greeting('greeting-capabilities-repeat', 'the greeting lists a capability twice', (message) =>
    inner(message, (members) => ({ ...members, capabilities: ['oob', 'oob'] })),
  ),
  {
    id: 'query-version-differs',
    title: 'query-version returns another version than the greeting',
    change: ({ execute }) => ({
      execute: (command, args, call) =>
        command.name === 'query-version'
          ? { return: { qemu: { major: 9, minor: 9, micro: 9 }, package: '' } }
          : execute(command, args, call),
    }),
  },
  {
    id: 'negotiation-survives-reconnect',
    title: 'only the first connection starts in negotiation mode',
    change: ({ greet, negotiate }) => ({
      greet: (session) => {
        session.negotiated = session.number > 0;
        return greet(session);
      },
      negotiate: (args, session) => {
        session.negotiated = false;
        return negotiate(args, session);
      },
    }),
  },
  {
    id: 'events-before-negotiation',
    title: 'events are sent to sessions in negotiation mode too',
    change: () => ({ hearsEvents: () => true }),
  },
];
