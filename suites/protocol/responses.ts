import {
  anyError,
  emptyReturn,
  ERROR_CLASSES,
  error,
  genericError,
  isDownstreamName,
  reply,
  returns,
  returnsTyped,
  success,
  type Finding,
} from '../../src/judge/index.js';
import { isObject, member, type Json, type JsonObject } from '../../src/json/index.js';
import type { TargetInfo } from '../../src/discovery/index.js';
import type { Rule } from '../../src/rules/index.js';
import { errorClass } from '../../src/qmp/index.js';
import { codegen, qapi, spec } from '../citations.js';
import { toggleRunState } from '../run-state.js';
import { NO_COMMAND, jsonText } from '../request-text.js';

const SECTION = 'Commands Responses';

export const responses: readonly Rule[] = [
  {
    kind: 'watch',
    id: 'resp.one-outcome',
    title: 'a reply has either return or error',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'There are two possible responses, success and error.'),
    needs: { protocol: 'any' },
    everyExchange: ['no-outcome'],
    detects: ['return-and-error'],
    watch: ({ kind, value }) => {
      if (kind !== 'reply' || !isObject(value)) return undefined;
      if (!Object.hasOwn(value, 'return') || !Object.hasOwn(value, 'error')) return [];
      return [{ kind: 'return-and-error', message: 'the reply has both return and error' }];
    },
  },
  {
    kind: 'watch',
    id: 'resp.success-members',
    title: 'a success has return, perhaps an id, and nothing else',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'A success consists of return and the id.'),
    needs: { protocol: 'any' },
    detects: ['success-extra-member'],
    watch: ({ kind, value }) =>
      kind === 'reply' && has(value, 'return') ? extraMembers(value, ['return', 'id', 'error']) : undefined,
  },
  {
    kind: 'watch',
    id: 'resp.error-members',
    title: 'an error has error, perhaps an id, and nothing else',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'An error consists of error and the id.'),
    needs: { protocol: 'any' },
    detects: ['error-extra-member'],
    watch: ({ kind, value }) =>
      kind === 'reply' && has(value, 'error') ? extraMembers(value, ['error', 'id', 'return']) : undefined,
  },
  {
    kind: 'watch',
    id: 'resp.error-shape',
    title: 'an error holds exactly class and desc, both strings',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'The member error is an object with the strings class and desc.'),
    needs: { protocol: 'any' },
    detects: ['error-without-class', 'error-without-desc', 'error-desc-number', 'error-code-member'],
    watch: ({ kind, value }) =>
      kind === 'reply' && isObject(value) && has(value, 'error')
        ? errorFindings(member(value, 'error'))
        : undefined,
  },
  {
    kind: 'watch',
    id: 'resp.error-class',
    title: 'the class of an error is one of the enumeration',
    level: 'must',
    since: '0.1.0',
    reference: qapi('error.json, QapiErrorClass', `The classes are ${ERROR_CLASSES.join(', ')}.`),
    needs: { protocol: 'any' },
    detects: ['class-outside-enumeration'],
    watch: ({ kind, value }) => {
      const name = kind === 'reply' ? errorClass(value) : undefined;
      if (name === undefined) return undefined;
      if ((ERROR_CLASSES as readonly string[]).includes(name)) return [];
      return [
        { kind: 'unknown-class', message: `the class '${name.slice(0, 80)}' is not in the enumeration` },
      ];
    },
  },
  {
    kind: 'check',
    id: 'resp.valid-json',
    title: 'successes, errors and parse errors are valid JSON',
    level: 'must',
    since: '0.1.0',
    reference: spec('Compatibility Considerations', 'The server guarantees to send valid JSON.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['trailing-comma-output'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: probe.info.ping }, success);
      await qmp.ask({ execute: 'x-qmpspec-"\\\u0001' }, error('CommandNotFound'));
      await qmp.feed('{"\\"\\\\":"\\u0001",}\n', { oneOf: [genericError], id: 'absent' });
    },
  },
  {
    kind: 'check',
    id: 'resp.one-each',
    title: 'every request gets exactly one reply',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'The server issues one response to a command.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['reply-twice', 'error-reply-twice'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const id of [1, 2, 3])
        await qmp.feed(jsonText`{"execute":${probe.info.ping},"id":${id}}`, reply(id, success));
      await qmp.feed(jsonText`{"execute":${NO_COMMAND},"id":4}`, reply(4, error('CommandNotFound')));
      await qmp.feed('{"execute":7,"id":5}', reply(5, genericError));
    },
  },
  {
    kind: 'check',
    id: 'resp.order',
    title: 'replies come in the order of the requests',
    level: 'must',
    since: '0.1.0',
    reference: spec(
      'Out-of-band execution',
      'Commands are executed and answered one after the other, in issue order.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['replies-out-of-order'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const names = [probe.info.ping, NO_COMMAND, probe.info.ping];
      const ids = Array.from({ length: 60 }, (_, index) => index);
      const batch = ids.map((id) => jsonText`{"execute":${names[id % 3] ?? ''},"id":${id}}`).join('\n');
      await qmp.exchange(`${batch}\n`, {
        replies: ids.map((id) => reply(id, id % 3 === 1 ? error('CommandNotFound') : success)),
      });
    },
  },
  {
    kind: 'check',
    id: 'resp.empty-return',
    title: 'a command without a declared result returns an empty object',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'The return of a command that returns no data is an empty object.'),
    needs: { profile: 'full', commands: ['stop', 'cont', 'query-status'] },
    detects: ['empty-return-null'],
    check: async (probe) => {
      await toggleRunState(await probe.negotiated());
    },
  },
  {
    kind: 'check',
    id: 'resp.typed',
    title: 'what a query returns conforms to its declared type',
    level: 'must',
    since: '0.1.0',
    reference: codegen(
      'Commands',
      'The value of a success has the type that the schema declares as returns.',
    ),
    needs: { profile: 'readonly', schema: 'introspection' },
    detects: [
      'return-member-missing',
      'return-member-undeclared',
      'return-member-type',
      'return-enum-unlisted',
    ],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.pipeline(
        plainQueries(probe.info).map((execute) => ({
          request: { execute },
          oneOf: [returnsTyped(execute), anyError],
        })),
      );
    },
  },
  {
    kind: 'check',
    id: 'resp.refused-without-effect',
    title: 'arguments are checked before a command has any effect',
    level: 'must',
    since: '0.1.0',
    reference: spec('Compatibility Considerations', 'Validation errors are reported before any side effect.'),
    needs: { profile: 'safe', commands: ['stop', 'cont', 'query-status'] },
    detects: ['effect-before-check'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const before = await qmp.ask({ execute: 'query-status' }, success);
      if (before === undefined) return;
      for (const execute of ['stop', 'cont']) {
        await qmp.ask({ execute, arguments: { x: 1 } }, genericError);
        await qmp.ask({ execute: 'query-status' }, returns(before));
      }
    },
  },
  {
    kind: 'check',
    id: 'class.device-not-found',
    title: 'device_del of a device that does not exist gives DeviceNotFound',
    level: 'must',
    since: '0.1.0',
    reference: qapi('qdev.json, device_del', 'The documented error for an unknown device is DeviceNotFound.'),
    needs: { profile: 'safe', commands: ['device_del'] },
    detects: ['device-not-found-generic-error'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask(
        { execute: 'device_del', arguments: { id: 'qmpspec-no-such-device' } },
        error('DeviceNotFound'),
      );
    },
  },
  {
    kind: 'check',
    id: 'class.device-not-active',
    title: 'query-balloon without a balloon gives DeviceNotActive',
    level: 'must',
    since: '0.1.0',
    reference: qapi('machine.json, query-balloon', 'Without a balloon device the error is DeviceNotActive.'),
    needs: { profile: 'readonly', commands: ['query-balloon'] },
    detects: ['device-not-active-generic-error'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      // A machine with a balloon answers how large it is; on KVM it may lack what ballooning needs.
      const outcomes = [returnsTyped('query-balloon'), error('DeviceNotActive', 'KVMMissingCap')];
      await qmp.ask({ execute: 'query-balloon' }, ...outcomes);
    },
  },
  {
    kind: 'check',
    id: 'class.generic',
    title: 'type errors in arguments give GenericError',
    level: 'must',
    since: '0.1.0',
    reference: qapi(
      'error.json, QapiErrorClass',
      'GenericError is for all errors that have no class of their own.',
    ),
    needs: { profile: 'safe', commands: ['device_del'] },
    detects: ['type-error-class'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const malformed: Json[] = [{}, { id: 1 }, { id: null }, { id: [] }, { id: {} }, { id: 'x', x: 1 }];
      for (const args of malformed) await qmp.ask({ execute: 'device_del', arguments: args }, genericError);
    },
  },
  {
    kind: 'check',
    id: 'resp.negotiation-empty',
    title: 'qmp_capabilities returns an empty object',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'The return of a command that returns no data is an empty object.'),
    needs: { profile: 'readonly' },
    detects: ['negotiation-returns-value', 'empty-return-null'],
    check: async (probe) => {
      const qmp = await probe.connect();
      await qmp.ask({ execute: 'qmp_capabilities' }, emptyReturn);
    },
  },
];

/** Queries that can be asked without arguments. */
function plainQueries({ schema, commands }: TargetInfo): string[] {
  return [...(schema?.commands.values() ?? [])]
    .filter(({ name }) => /^(x-)?query-/.test(name) && commands?.has(name) === true)
    .filter((command) => command.arguments?.members.every(({ optional }) => optional) !== false)
    .map(({ name }) => name)
    .filter((name) => name !== 'query-qmp-schema');
}

function has(value: Json, name: string): value is JsonObject {
  return isObject(value) && Object.hasOwn(value, name);
}

function extraMembers(value: JsonObject, known: readonly string[]): Finding[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name) && !isDownstreamName(name))
    .map((name) => ({ kind: 'unknown-member', message: `the reply has the member '${name.slice(0, 80)}'` }));
}

function errorFindings(value: Json | undefined): Finding[] {
  if (value === undefined || !isObject(value))
    return [{ kind: 'wrong-type', path: 'error', message: 'error is no object' }];
  const findings: Finding[] = [];
  for (const name of ['class', 'desc']) {
    const found = member(value, name);
    if (found === undefined)
      findings.push({ kind: 'missing-member', path: `error.${name}`, message: `${name} is missing` });
    else if (typeof found !== 'string') {
      findings.push({ kind: 'wrong-type', path: `error.${name}`, message: `${name} is no string` });
    }
  }
  for (const name of Object.keys(value)) {
    if (name === 'class' || name === 'desc' || isDownstreamName(name)) continue;
    findings.push({
      kind: 'unknown-member',
      path: 'error',
      message: `error has the member '${name.slice(0, 80)}'`,
    });
  }
  return findings;
}
