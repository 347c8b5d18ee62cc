import { checkEventData, isDownstreamName, reply, emptyReturn, type Finding } from '../../src/judge/index.js';
import { isObject, member, type Json } from '../../src/json/index.js';
import type { Rule } from '../../src/rules/index.js';
import { codegen, observed, qapi, spec } from '../citations.js';
import { isRunning, toggleRunState } from '../run-state.js';

const SECTION = 'Asynchronous events';
const RUN_STATE = ['stop', 'cont', 'query-status'];

export const events: readonly Rule[] = [
  {
    kind: 'watch',
    id: 'event.shape',
    title: 'an event has event, timestamp and perhaps data, and nothing else',
    level: 'must',
    since: '0.1.0',
    reference: spec(
      SECTION,
      'An event consists of its name, its time and, where the event has any, its data.',
    ),
    detects: ['event-with-id', 'event-without-timestamp', 'event-extra-member'],
    watch: ({ kind, value }) => {
      if (kind !== 'event' || !isObject(value)) return undefined;
      const findings: Finding[] = [];
      if (typeof member(value, 'event') !== 'string') findings.push(wrongType('event', 'event is no string'));
      const data = member(value, 'data');
      if (data !== undefined && !isObject(data)) findings.push(wrongType('data', 'data is no object'));
      if (!Object.hasOwn(value, 'timestamp')) {
        findings.push({ kind: 'missing-member', path: 'timestamp', message: 'timestamp is missing' });
      }
      for (const name of Object.keys(value)) {
        if (['event', 'timestamp', 'data'].includes(name) || isDownstreamName(name)) continue;
        findings.push({ kind: 'unknown-member', message: `the event has the member '${name.slice(0, 80)}'` });
      }
      return findings;
    },
  },
  {
    kind: 'watch',
    id: 'event.timestamp',
    title: 'the timestamp holds seconds and microseconds, integers, below a million, or both -1',
    level: 'must',
    since: '0.1.0',
    reference: spec(
      SECTION,
      'The timestamp gives seconds and microseconds since 1970, or -1 twice without a clock.',
    ),
    detects: ['event-timestamp-double', 'event-microseconds-too-large'],
    watch: ({ kind, value }) => {
      const timestamp = kind === 'event' && isObject(value) ? member(value, 'timestamp') : undefined;
      return timestamp === undefined ? undefined : timestampFindings(timestamp);
    },
  },
  {
    kind: 'watch',
    id: 'event.typed',
    title: 'the schema declares the event, and its data conforms',
    level: 'must',
    since: '0.1.0',
    reference: codegen('Events', "An event's data has the type that the schema declares."),
    detects: ['event-undeclared', 'event-data-undeclared'],
    watch: ({ kind, value }, { target }) => {
      if (kind !== 'event' || !isObject(value) || target.schema === undefined) return undefined;
      const name = member(value, 'event');
      if (typeof name !== 'string' || isDownstreamName(name)) return undefined;
      const event = target.schema.events.get(name);
      if (event === undefined) {
        return [{ kind: 'unknown-event', message: `the schema declares no event '${name.slice(0, 80)}'` }];
      }
      return checkEventData(event, member(value, 'data')).map((problem) => ({ ...problem, command: name }));
    },
  },
  {
    kind: 'check',
    id: 'event.never-lost',
    title: 'every change of the run state is announced',
    level: 'should',
    since: '0.1.0',
    reference: observed(
      'Events',
      'Only events marked as rate-limited may be dropped; STOP and RESUME are not.',
    ),
    needs: { profile: 'full', commands: RUN_STATE },
    detects: ['event-lost', 'event-repeated'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      if (!(await isRunning(qmp))) probe.skip('the machine does not run');
      for (let round = 0; round < 10; round += 1) {
        await qmp.exchange('{"execute":"stop","id":1}\n{"execute":"cont","id":2}\n', {
          replies: [reply(1, emptyReturn), reply(2, emptyReturn)],
          events: ['STOP', 'RESUME'],
        });
      }
    },
  },
  {
    kind: 'check',
    id: 'event.no-change',
    title: 'a command that changes nothing announces nothing',
    level: 'info',
    since: '0.1.0',
    reference: observed('Events', 'Stopping a machine that stands still sends no event.'),
    needs: { profile: 'full', commands: RUN_STATE },
    detects: ['event-without-change'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      if (!(await isRunning(qmp))) probe.skip('the machine does not run');
      await qmp.exchange('{"execute":"stop","id":1}\n', {
        replies: [reply(1, emptyReturn)],
        events: ['STOP'],
      });
      await qmp.exchange('{"execute":"stop","id":2}\n', {
        replies: [reply(2, emptyReturn)],
        noEvents: ['STOP'],
      });
      await qmp.requireEvents({ noEvents: ['STOP'] });
      await qmp.ask({ execute: 'cont' }, emptyReturn);
    },
  },
  {
    kind: 'check',
    id: 'event.all-sessions',
    title: 'an event goes to every negotiated connection',
    level: 'must',
    since: '0.1.0',
    reference: spec('Capabilities Negotiation', 'In command mode asynchronous messages are delivered.'),
    needs: { profile: 'full', monitors: 2, commands: RUN_STATE },
    detects: ['events-to-one-session'],
    check: async (probe) => {
      const actor = await probe.negotiated();
      const listener = await probe.negotiated({ monitor: 1 });
      await toggleRunState(actor);
      await listener.requireEvents({ events: ['STOP', 'RESUME'] });
    },
  },
  {
    kind: 'check',
    id: 'event.shutdown',
    title: 'quit is answered, ends the connection, and the process ends with status 0',
    level: 'should',
    since: '0.1.0',
    reference: qapi(
      'control.json, quit; run-state.json, SHUTDOWN',
      'The machine announces its end and ends.',
    ),
    needs: { profile: 'full', ownTarget: true, commands: ['quit'] },
    detects: ['quit-without-shutdown', 'quit-hangs-on'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      // A storage daemon has no machine that could shut down.
      const announced = probe.info.schema?.events.has('SHUTDOWN') === true;
      await qmp.exchange('{"execute":"quit","id":1}\n', {
        replies: [reply(1, emptyReturn)],
        ...(announced ? { events: ['SHUTDOWN'] } : {}),
        close: true,
      });
      await qmp.close();
      await probe.requireExit(0);
    },
  },
];

function wrongType(path: string, message: string): Finding {
  return { kind: 'wrong-type', path, message };
}

function timestampFindings(timestamp: Json): Finding[] {
  if (!isObject(timestamp)) return [wrongType('timestamp', 'timestamp is no object')];
  const findings: Finding[] = [];
  const seconds = member(timestamp, 'seconds');
  const microseconds = member(timestamp, 'microseconds');
  if (typeof seconds !== 'number') findings.push(wrongType('timestamp.seconds', 'seconds is no integer'));
  if (typeof microseconds !== 'number')
    findings.push(wrongType('timestamp.microseconds', 'microseconds is no integer'));
  else if (microseconds >= 1_000_000 || microseconds < (seconds === -1 ? -1 : 0)) {
    findings.push({
      kind: 'out-of-range',
      path: 'timestamp.microseconds',
      message: `microseconds is ${microseconds}`,
    });
  }
  const extra = Object.keys(timestamp).filter((name) => name !== 'seconds' && name !== 'microseconds');
  return [
    ...findings,
    ...extra.map((name) => ({
      kind: 'unknown-member',
      path: 'timestamp',
      message: `timestamp has the member '${name.slice(0, 80)}'`,
    })),
  ];
}
