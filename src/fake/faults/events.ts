import { Double, isObject, type Json, type JsonObject } from '../../json/index.js';
import type { Fault } from '../fault.js';
import { replacesExecution } from './change.js';

/** A fault that changes events. */
function changesEvents(id: string, title: string, change: (event: JsonObject) => Json[]): Fault {
  return {
    id,
    title,
    change: ({ event }) => ({
      event: (name, data, at) =>
        event(name, data, at).flatMap((message) => (isObject(message) ? change(message) : [message])),
    }),
  };
}

function changesTimestamps(id: string, title: string, change: (timestamp: JsonObject) => JsonObject): Fault {
  return changesEvents(id, title, (event) => [
    {
      ...event,
      timestamp: event.timestamp !== undefined && isObject(event.timestamp) ? change(event.timestamp) : null,
    },
  ]);
}

export const eventFaults: readonly Fault[] = [
  changesEvents('event-with-id', 'an event has an id', (event) => [{ ...event, id: 1 }]),
  changesEvents('event-without-timestamp', 'an event has no timestamp', ({ timestamp: dropped, ...rest }) => [
    rest,
  ]),
  changesEvents('event-extra-member', 'an event has the member severity', (event) => [
    { ...event, severity: 'low' },
  ]),
  changesTimestamps('event-timestamp-double', 'the seconds of a timestamp have a fraction', (timestamp) => ({
    ...timestamp,
    seconds: new Double(1.5),
  })),
  changesTimestamps(
    'event-microseconds-too-large',
    'the microseconds of a timestamp reach a million',
    (timestamp) => ({
      ...timestamp,
      microseconds: 1_000_000,
    }),
  ),
  changesEvents('event-undeclared', 'RESUME is called RESUMED', (event) => [
    event.event === 'RESUME' ? { ...event, event: 'RESUMED' } : event,
  ]),
  changesEvents('event-data-undeclared', 'STOP has data', (event) => [
    event.event === 'STOP' ? { ...event, data: { reason: 'none' } } : event,
  ]),
  {
    id: 'event-lost',
    title: 'every third RESUME is lost',
    change: ({ event }) => {
      let count = 0;
      return {
        event: (name, data, at) => {
          if (name === 'RESUME') count += 1;
          return name === 'RESUME' && count % 3 === 0 ? [] : event(name, data, at);
        },
      };
    },
  },
  changesEvents('event-repeated', 'STOP is sent twice', (event) =>
    event.event === 'STOP' ? [event, event] : [event],
  ),
  replacesExecution(
    'event-without-change',
    'stop sends STOP also when the machine stands still',
    'stop',
    (_args, { session }) => {
      const { machine } = session;
      if (!machine.runState.running) machine.emit('STOP');
      return undefined;
    },
  ),
  {
    id: 'events-to-one-session',
    title: 'events go to the session that negotiated first',
    change: ({ hearsEvents }) => ({
      hearsEvents: (session) => [...session.machine.sessions].find((other) => hearsEvents(other)) === session,
    }),
  },
  changesEvents('quit-without-shutdown', 'quit sends no SHUTDOWN', (event) =>
    event.event === 'SHUTDOWN' ? [] : [event],
  ),
  replacesExecution('quit-hangs-on', 'quit is answered and nothing ends', 'quit', (_args, { session }) => {
    session.machine.runState.shutdown();
    return { return: {} };
  }),
];
