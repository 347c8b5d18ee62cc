import {
  commandNotFound,
  genericError,
  reply,
  replyWithoutId,
  returns,
  success,
} from '../../src/judge/index.js';
import { isObject, member, type Json } from '../../src/json/index.js';
import { isSyncId } from '../../src/qmp/index.js';
import type { Rule } from '../../src/rules/index.js';
import { observed, qgaSchema, spec } from '../citations.js';
import { bytes, jsonText, raw } from '../request-text.js';

const SECTION = 'QGA Synchronization';
const SYNC = ['guest-sync', 'guest-sync-delimited'] as const;
const RESET = 0xff;

export const synchronisation: readonly Rule[] = [
  {
    kind: 'watch',
    id: 'qga.no-greeting',
    title: 'a guest agent says nothing before it is asked',
    level: 'must',
    since: '0.2.0',
    reference: spec(SECTION, 'The agent greets nobody, so that a client has to find its place by itself.'),
    needs: { protocol: 'qga' },
    detects: ['agent-greets'],
    watch: ({ kind }, { index }) => {
      if (kind === 'greeting') return [{ kind: 'greeting', message: 'a greeting came' }];
      if (index > 0) return undefined;
      return kind === 'reply' ? [] : [{ kind: 'unasked', message: 'the first message is no reply' }];
    },
  },
  {
    kind: 'check',
    id: 'qga.no-negotiation',
    title: 'a guest agent has no qmp_capabilities',
    level: 'must',
    since: '0.2.0',
    reference: spec(SECTION, 'There is nothing to negotiate with the agent: commands work at once.'),
    needs: { protocol: 'qga', profile: 'readonly' },
    detects: ['agent-negotiates'],
    check: async (probe) => {
      const qga = await probe.connect();
      await qga.ask({ execute: 'qmp_capabilities' }, commandNotFound);
      await qga.ask({ execute: 'qmp_capabilities', arguments: { enable: [] } }, commandNotFound);
    },
  },
  {
    kind: 'watch',
    id: 'qga.line-end',
    title: 'every message of a guest agent ends its line',
    level: 'should',
    since: '0.2.0',
    reference: observed('Guest agent', 'The agent ends each message with LF; CR may stand before it.'),
    needs: { protocol: 'qga' },
    detects: ['agent-line-end-missing'],
    watch: ({ separator }, { index }) => {
      // What an earlier conversation has left stands before the first message.
      if (index === 0) return undefined;
      const lineEnd = Buffer.from(separator.filter((byte) => byte !== RESET)).toString('latin1');
      return lineEnd === '\n' || lineEnd === '\r\n'
        ? []
        : [{ kind: 'wrong-line-end', message: `no line end of its own stands between two messages` }];
    },
  },
  {
    kind: 'check',
    id: 'qga.sync',
    title:
      'guest-sync and guest-sync-delimited return the number that they are given, and take no other value',
    level: 'must',
    since: '0.2.0',
    reference: qgaSchema('guest-sync, guest-sync-delimited', 'Both take an int and return the same int.'),
    needs: { protocol: 'qga', profile: 'readonly', commands: SYNC },
    detects: ['sync-32-bit', 'sync-double-accepted'],
    check: async (probe) => {
      const qga = await probe.negotiated();
      const numbers: Json[] = [
        0,
        1,
        -1,
        1234,
        2 ** 31,
        -(2 ** 31) - 1,
        2 ** 53 - 1,
        2n ** 63n - 1n,
        -(2n ** 63n),
      ];
      for (const execute of SYNC) {
        for (const id of numbers) await qga.ask({ execute, arguments: { id } }, returns(id));
        for (const text of ['1.0', '"1"', 'null', 'true', '[1]', '{}', '9223372036854775808'])
          await qga.feed(
            jsonText`{"execute":${execute},"arguments":{"id":${raw(text)}},"id":1}`,
            reply(1, genericError),
          );
        await qga.ask({ execute }, genericError);
        await qga.ask({ execute, arguments: { id: 1, x: 1 } }, genericError);
      }
    },
  },
  {
    kind: 'watch',
    id: 'qga.sync-delimited',
    title: 'one byte 0xFF stands before the reply to guest-sync-delimited',
    level: 'must',
    since: '0.2.0',
    reference: qgaSchema(
      'guest-sync-delimited',
      'The reply follows a byte 0xFF, which no JSON text can hold.',
    ),
    needs: { protocol: 'qga' },
    detects: ['sync-undelimited', 'sync-delimited-twice'],
    watch: ({ kind, value, separator }) => {
      // The client knows its own requests by their ids.
      if (kind !== 'reply' || !isObject(value) || !isSyncId(member(value, 'id'))) return undefined;
      if (!Object.hasOwn(value, 'return')) return undefined;
      if (separator.at(-1) !== RESET)
        return [{ kind: 'not-delimited', message: 'no byte 0xFF stands before the reply' }];
      return separator.at(-2) === RESET
        ? [{ kind: 'delimited-twice', message: 'more than one byte 0xFF stands before the reply' }]
        : [];
    },
  },
  {
    kind: 'check',
    id: 'qga.ff-resets',
    title: 'a byte 0xFF before guest-sync-delimited drops an unfinished request',
    level: 'must',
    since: '0.2.0',
    reference: spec(
      SECTION,
      'The byte 0xFF provokes an error that makes the parser of the agent start anew.',
    ),
    needs: { protocol: 'qga', profile: 'readonly' },
    detects: ['agent-ff-in-request-skipped'],
    check: async (probe) => {
      const qga = await probe.negotiated();
      const sync = '{"execute":"guest-sync-delimited","arguments":{"id":7},"id":1}';
      for (const half of ['{"execute":"guest-sh', '{"execute":', '{"execute":"guest-ping"', '[[{"a":"\\']) {
        await qga.feed(bytes(`${half}\xff${sync}`), replyWithoutId(genericError), reply(1, returns(7)));
      }
    },
  },
  {
    kind: 'check',
    id: 'qga.sync-anew',
    title: 'a client can synchronise whatever an earlier client has left behind',
    level: 'must',
    since: '0.2.0',
    reference: spec(SECTION, 'The parser may still hold half a request of a client that has gone.'),
    needs: { protocol: 'qga', profile: 'readonly' },
    detects: ['agent-first-ff-skipped'],
    check: async (probe) => {
      for (const half of ['{"execute":"guest-pi', '{"execute":[[[', '{"execute":"guest-ping"', "{'"]) {
        const first = await probe.connect();
        await first.exchange(half, { replies: [] });
        await first.close();
        const second = await probe.connect();
        await second.ask({ execute: probe.info.ping }, success);
        await second.close();
      }
    },
  },
  {
    kind: 'check',
    id: 'qga.id',
    title: 'the id of a request comes back, and is not mixed up with the argument id',
    level: 'should',
    since: '0.2.0',
    reference: observed('Guest agent', 'The agent gives ids back as a monitor does.'),
    needs: { protocol: 'qga', profile: 'readonly', commands: ['guest-sync'] },
    detects: ['agent-id-from-argument'],
    check: async (probe) => {
      const qga = await probe.negotiated();
      const args = { id: 4321 };
      for (const id of ['x', 5, null, { id: 4321 }])
        await qga.ask({ execute: 'guest-sync', arguments: args, id }, returns(args.id));
      await qga.feed('{"execute":"guest-sync","arguments":{"id":4321}}', replyWithoutId(returns(args.id)));
    },
  },
];
