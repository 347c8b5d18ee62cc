import { commandNotFound, genericError, reply, replyWithoutId, success } from '../../src/judge/index.js';
import type { Rule } from '../../src/rules/index.js';
import { observed, spec } from '../citations.js';
import { NO_COMMAND, jsonText, raw } from '../request-text.js';

const SECTION = 'Issuing Commands';
const STRICT = 'Compatibility Considerations';

export const envelope: readonly Rule[] = [
  {
    kind: 'check',
    id: 'env.execute-missing',
    title: 'a request without execute is refused',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'A request names its command in the member execute, or exec-oob.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['execute-missing-ignored'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const text of ['{}', '{"arguments":{}}']) await qmp.feed(text, replyWithoutId(genericError));
      for (const text of ['{"id":1}', '{"arguments":{},"id":1}'])
        await qmp.feed(text, reply(1, genericError));
    },
  },
  {
    kind: 'check',
    id: 'env.execute-type',
    title: 'an execute that is no string is refused',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'The member execute is a JSON string.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['execute-type-unchecked'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const value of ['null', '1', '1.5', 'true', '{}', '[]', jsonText`[${probe.info.ping}]`]) {
        await qmp.feed(jsonText`{"execute":${raw(value)},"id":1}`, reply(1, genericError));
      }
    },
  },
  {
    kind: 'check',
    id: 'env.arguments-type',
    title: 'arguments that are no object are refused',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'The member arguments is a JSON object.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['arguments-null-accepted', 'arguments-array-accepted'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const value of ['null', '[]', '""', '0', 'false']) {
        await qmp.feed(
          jsonText`{"execute":${probe.info.ping},"arguments":${raw(value)},"id":1}`,
          reply(1, genericError),
        );
      }
    },
  },
  {
    kind: 'check',
    id: 'env.arguments-empty',
    title: 'empty arguments mean the same as none',
    level: 'should',
    since: '0.1.0',
    reference: spec(SECTION, 'Arguments may be left out where none are required.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['empty-arguments-refused'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: probe.info.ping, arguments: {} }, success);
      await qmp.ask({ execute: probe.info.ping }, success);
    },
  },
  {
    kind: 'check',
    id: 'env.unknown-member',
    title: 'any other member of a request is refused, downstream names too',
    level: 'must',
    since: '0.1.0',
    reference: spec(STRICT, 'The server refuses a key that it does not understand.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['unknown-envelope-member-accepted', 'downstream-envelope-member-accepted'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const name of ['foo', 'control', '__org.qmpspec_x', '__proto__', 'constructor', '']) {
        await qmp.feed(jsonText`{"execute":${probe.info.ping},${name}:1,"id":1}`, reply(1, genericError));
      }
    },
  },
  {
    kind: 'check',
    id: 'env.member-case',
    title: 'names of members are case sensitive and not trimmed',
    level: 'must',
    since: '0.1.0',
    reference: spec(STRICT, 'The server refuses a key that it does not understand.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['envelope-case-ignored'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const name of ['Execute', 'EXECUTE', ' execute', 'execute ']) {
        await qmp.feed(jsonText`{${name}:${probe.info.ping},"id":1}`, reply(1, genericError));
      }
      await qmp.feed(jsonText`{"execute":${probe.info.ping},"Arguments":{},"id":1}`, reply(1, genericError));
    },
  },
  {
    kind: 'check',
    id: 'env.unknown-command',
    title: 'an unknown command gives CommandNotFound',
    level: 'must',
    since: '0.1.0',
    reference: spec(
      'Commands Responses',
      'A command that the server does not know is an error of class CommandNotFound.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['unknown-command-generic-error'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const { ping } = probe.info;
      const names = [NO_COMMAND, '', 'é😀', 'constructor', '__proto__', 'toString', 'x'.repeat(300)];
      const variants = [ping.toUpperCase(), ` ${ping}`, `${ping} `, ping.replaceAll('-', '_')].filter(
        (name) => name !== ping,
      );
      for (const execute of [...names, ...variants]) await qmp.ask({ execute }, commandNotFound);
    },
  },
  {
    kind: 'check',
    id: 'env.command-before-arguments',
    title: 'an unknown command wins over the contents of its arguments',
    level: 'should',
    since: '0.1.0',
    reference: observed('Request envelope', 'The command is looked up before its arguments are looked at.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['arguments-before-command'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: NO_COMMAND, arguments: { x: 1 } }, commandNotFound);
    },
  },
  {
    kind: 'check',
    id: 'env.envelope-before-command',
    title: 'a malformed request wins over an unknown command',
    level: 'should',
    since: '0.1.0',
    reference: observed(
      'Request envelope',
      'The form of the request is checked before the command is looked up.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['command-before-envelope'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.feed(jsonText`{"execute":${NO_COMMAND},"x":1,"id":1}`, reply(1, genericError));
      await qmp.feed(jsonText`{"execute":${NO_COMMAND},"arguments":[],"id":1}`, reply(1, genericError));
    },
  },
  {
    kind: 'check',
    id: 'env.unknown-argument',
    title: 'an argument that the command does not declare is refused',
    level: 'must',
    since: '0.1.0',
    reference: spec(STRICT, 'The server refuses a key that it does not understand.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['unknown-argument-accepted'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const args of [{ x: 1 }, { x: null }, { '': 1 }, { __x: 1 }]) {
        await qmp.ask({ execute: probe.info.ping, arguments: args }, genericError);
      }
      await qmp.ask({ execute: probe.info.ping }, success);
    },
  },
  {
    kind: 'check',
    id: 'env.execute-and-oob',
    title: 'execute together with exec-oob is refused',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'A request has execute or exec-oob.'),
    needs: { profile: 'readonly', oob: true },
    detects: ['execute-and-oob-accepted'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      const { ping } = probe.info;
      await qmp.feed(jsonText`{"execute":${ping},"exec-oob":${ping},"id":1}`, reply(1, genericError));
      await qmp.feed(jsonText`{"exec-oob":${ping},"id":1,"execute":${ping}}`, reply(1, genericError));
    },
  },
  {
    kind: 'check',
    id: 'env.oob-not-enabled',
    title: 'exec-oob is an unexpected member while the capability is not enabled',
    level: 'should',
    since: '0.1.0',
    reference: observed(
      'Request envelope',
      'Without the capability exec-oob is a key like any other unknown one.',
    ),
    needs: { profile: 'readonly' },
    detects: ['oob-without-capability'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ 'exec-oob': probe.info.ping }, genericError);
      await qmp.ask({ 'exec-oob': NO_COMMAND }, genericError);
    },
  },
];
