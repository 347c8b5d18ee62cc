import { commandNotFound, returns, success, type Finding } from '../../src/judge/index.js';
import { isObject, member, type Json } from '../../src/json/index.js';
import type { Rule } from '../../src/rules/index.js';
import { spec } from '../citations.js';
import { toggleRunState } from '../run-state.js';

const SECTION = 'Server Greeting';

export const greeting: readonly Rule[] = [
  {
    kind: 'watch',
    id: 'greeting.first',
    title: 'the greeting is the first message of a connection, and comes once',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'Right after a client has connected the server sends its greeting, unasked.'),
    detects: ['event-before-greeting', 'greeting-twice'],
    watch: ({ kind }, { index }) => {
      if (index === 0)
        return kind === 'greeting'
          ? []
          : [{ kind: 'no-greeting', message: 'the first message is no greeting' }];
      return kind === 'greeting'
        ? [{ kind: 'second-greeting', message: 'a greeting came in mid-connection' }]
        : undefined;
    },
  },
  {
    kind: 'watch',
    id: 'greeting.shape',
    title: 'the greeting has the one member QMP, with exactly version and capabilities',
    level: 'must',
    since: '0.1.0',
    reference: spec(
      SECTION,
      'The greeting is an object with the member QMP, which holds version and capabilities.',
    ),
    detects: ['greeting-extra-member', 'greeting-without-capabilities'],
    watch: ({ kind, value }) => {
      if (kind !== 'greeting') return undefined;
      const inner = isObject(value) ? member(value, 'QMP') : undefined;
      return [
        ...memberFindings(value, ['QMP'], ''),
        ...memberFindings(inner, ['version', 'capabilities'], 'QMP'),
      ];
    },
  },
  {
    kind: 'watch',
    id: 'greeting.version',
    title: 'the version has three integers in qemu and a string in package',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'The version in the greeting has the format that query-version returns.'),
    detects: ['greeting-version-strings'],
    watch: ({ kind, value }) =>
      kind === 'greeting' ? versionFindings(at(value, 'QMP', 'version')) : undefined,
  },
  {
    kind: 'watch',
    id: 'greeting.capabilities',
    title: 'the capabilities are an array of distinct strings',
    level: 'must',
    since: '0.1.0',
    reference: spec(
      'Capabilities',
      'The greeting lists the capabilities on offer; their order means nothing.',
    ),
    detects: ['greeting-capabilities-repeat'],
    watch: ({ kind, value }) => {
      if (kind !== 'greeting') return undefined;
      const list = at(value, 'QMP', 'capabilities');
      if (!Array.isArray(list) || !list.every((name) => typeof name === 'string')) {
        return [
          { kind: 'wrong-type', path: 'QMP.capabilities', message: 'capabilities is no array of strings' },
        ];
      }
      if (new Set(list).size === list.length) return [];
      return [{ kind: 'duplicate', path: 'QMP.capabilities', message: 'a capability is listed twice' }];
    },
  },
  {
    kind: 'check',
    id: 'greeting.query-version',
    title: 'query-version returns the version of the greeting',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, "The greeting's version is the one that query-version returns."),
    needs: { profile: 'readonly', commands: ['query-version'] },
    detects: ['query-version-differs'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'query-version' }, returns(at(qmp.greeting, 'QMP', 'version') ?? null));
    },
  },
  {
    kind: 'check',
    id: 'greeting.each-connection',
    title: 'every connection is greeted and starts in negotiation mode',
    level: 'must',
    since: '0.1.0',
    reference: spec('Capabilities Negotiation', 'When a client connects the server is in negotiation mode.'),
    needs: { profile: 'readonly' },
    detects: ['negotiation-survives-reconnect'],
    check: async (probe) => {
      const first = await probe.negotiated();
      await first.ask({ execute: probe.info.ping }, success);
      await first.close();
      const second = await probe.connect();
      await second.ask({ execute: probe.info.ping }, commandNotFound);
    },
  },
  {
    kind: 'check',
    id: 'greeting.no-event',
    title: 'no event comes before the negotiation has succeeded',
    level: 'must',
    since: '0.1.0',
    reference: spec(
      'Capabilities Negotiation',
      'In negotiation mode asynchronous messages are not delivered.',
    ),
    needs: { profile: 'full', monitors: 2, commands: ['stop', 'cont', 'query-status'] },
    detects: ['events-before-negotiation'],
    check: async (probe) => {
      const actor = await probe.negotiated();
      const newcomer = await probe.connect({ monitor: 1 });
      await toggleRunState(actor);
      await newcomer.requireEvents({ noEvents: ['*'] });
    },
  },
];

/** Every wanted member is there, and none that is not, but for downstream additions inside. */
function memberFindings(value: Json | undefined, wanted: readonly string[], path: string): Finding[] {
  if (value === undefined || !isObject(value))
    return [{ kind: 'wrong-type', path, message: `${path || 'it'} is no object` }];
  const names = Object.keys(value);
  const missing = wanted.filter((name) => !names.includes(name));
  const extra = names.filter((name) => !wanted.includes(name));
  return [
    ...missing.map((name) => ({ kind: 'missing-member', path, message: `the member '${name}' is missing` })),
    ...extra.map((name) => ({
      kind: 'unknown-member',
      path,
      message: `the member '${name.slice(0, 80)}' has no business here`,
    })),
  ];
}

function versionFindings(version: Json | undefined): Finding[] {
  const findings: Finding[] = [];
  for (const name of ['major', 'minor', 'micro']) {
    if (typeof at(version ?? null, 'qemu', name) !== 'number') {
      findings.push({
        kind: 'wrong-type',
        path: `QMP.version.qemu.${name}`,
        message: `${name} is no integer`,
      });
    }
  }
  if (typeof at(version ?? null, 'package') !== 'string') {
    findings.push({ kind: 'wrong-type', path: 'QMP.version.package', message: 'package is no string' });
  }
  return findings;
}

function at(value: Json, ...path: string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const name of path) here = here !== undefined && isObject(here) ? member(here, name) : undefined;
  return here;
}
