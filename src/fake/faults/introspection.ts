import { isObject, member, writeJson, type Json, type JsonObject } from '../../json/index.js';
import type { Fault } from '../fault.js';
import { failure } from '../outcome.js';
import { changesOutcome } from './change.js';

/** A fault that changes the entries of the schema; `change` returns what stands in an entry's place. */
function changesEntries(id: string, title: string, change: (entry: JsonObject) => JsonObject[]): Fault {
  return {
    id,
    title,
    change: ({ introspect }) => ({
      introspect: (machine) => {
        const schema = introspect(machine);
        return Array.isArray(schema)
          ? schema.flatMap((entry): Json[] => (isObject(entry) ? change(entry) : [entry]))
          : schema;
      },
    }),
  };
}

/** A fault that changes the entry of one command. */
function changesCommand(
  id: string,
  title: string,
  name: string,
  change: (entry: JsonObject) => JsonObject[],
): Fault {
  return changesEntries(id, title, (entry) =>
    entry['meta-type'] === 'command' && entry.name === name ? change(entry) : [entry],
  );
}

/** A fault that changes the first entry that a condition holds for. */
function changesFirst(
  id: string,
  title: string,
  matches: (entry: JsonObject) => boolean,
  change: (entry: JsonObject) => JsonObject,
): Fault {
  return {
    id,
    title,
    change: ({ introspect }) => ({
      introspect: (machine) => {
        const schema = introspect(machine);
        if (!Array.isArray(schema)) return schema;
        const index = schema.findIndex((entry) => isObject(entry) && matches(entry));
        const entry = schema[index];
        return entry === undefined || !isObject(entry) ? schema : schema.with(index, change(entry));
      },
    }),
  };
}

/** The list in a member, with every element that is an object changed. */
function mapped(entry: JsonObject, name: string, change: (element: JsonObject) => JsonObject): JsonObject {
  const list = member(entry, name);
  return {
    ...entry,
    [name]: Array.isArray(list) ? list.map((element) => (isObject(element) ? change(element) : element)) : [],
  };
}

function has(entry: JsonObject, name: string): boolean {
  return Object.hasOwn(entry, name);
}

function lists(entry: JsonObject, name: string, value: string): boolean {
  const list = member(entry, name);
  return Array.isArray(list) && list.includes(value);
}

/** Commands that the fake does not need to work. */
const VICTIM = 'query-kvm';

export const introspectionFaults: readonly Fault[] = [
  changesCommand('schema-duplicate-entry', 'query-kvm has two entries', VICTIM, (entry) => [
    entry,
    { ...entry },
  ]),
  changesCommand('schema-dangling-type', 'the return type of query-kvm has no entry', VICTIM, (entry) => [
    { ...entry, 'ret-type': '99999' },
  ]),
  changesCommand('schema-unknown-meta-type', 'the entry of query-kvm is a procedure', VICTIM, (entry) => [
    { ...entry, 'meta-type': 'procedure' },
  ]),
  changesCommand(
    'schema-entry-incomplete',
    'the entry of query-kvm has no ret-type',
    VICTIM,
    ({ 'ret-type': dropped, ...rest }) => [rest],
  ),
  changesCommand('schema-arguments-no-object', 'the arguments of query-kvm are a string', VICTIM, (entry) => [
    { ...entry, 'arg-type': 'str' },
  ]),
  changesEntries('schema-default-value', 'optional members have default values', (entry) => [
    has(entry, 'members')
      ? mapped(entry, 'members', (element) =>
          has(element, 'default') ? { ...element, default: 0 } : element,
        )
      : entry,
  ]),
  changesFirst(
    'schema-unknown-tag',
    'the tag of a union is none of its members',
    (entry) => has(entry, 'tag'),
    (entry) => ({
      ...entry,
      tag: 'kind',
    }),
  ),
  changesFirst(
    'schema-unknown-case',
    'a union has a variant for no value of its tag',
    (entry) => has(entry, 'variants'),
    (entry) =>
      mapped(entry, 'variants', (element) => ({ ...element, case: `${writeJson(element.case ?? '')}-x` })),
  ),
  changesFirst(
    'schema-ambiguous-alternate',
    'an alternate has two branches for strings',
    (entry) => entry['meta-type'] === 'alternate',
    (entry) => ({ ...entry, members: [{ type: 'str' }, { type: 'str' }] }),
  ),
  changesFirst(
    'schema-values-differ',
    'values of an enumeration lists other names than members',
    (entry) => entry['meta-type'] === 'enum',
    (entry) => ({ ...entry, values: ['x-none'] }),
  ),
  changesOutcome('command-unlisted', 'query-commands leaves query-kvm out', ['query-commands'], (outcome) =>
    'return' in outcome && Array.isArray(outcome.return)
      ? { return: outcome.return.filter((entry) => !isObject(entry) || entry.name !== VICTIM) }
      : outcome,
  ),
  changesOutcome(
    'command-listed-twice',
    'query-commands lists its first command twice',
    ['query-commands'],
    (outcome) =>
      'return' in outcome && Array.isArray(outcome.return)
        ? { return: [...outcome.return.slice(0, 1), ...outcome.return] }
        : outcome,
  ),
  {
    id: 'schema-changes',
    title: 'query-qmp-schema returns one entry less every time',
    change: ({ introspect }) => {
      let calls = 0;
      return {
        introspect: (machine) => {
          calls += 1;
          const schema = introspect(machine);
          return Array.isArray(schema)
            ? schema.filter((entry) => calls === 1 || !isObject(entry) || entry.name !== VICTIM)
            : schema;
        },
      };
    },
  },
  {
    id: 'command-not-found',
    title: 'query-kvm is listed and not found',
    change: ({ findCommand }) => ({
      findCommand: (call) =>
        call.name === VICTIM ? failure('there is no such command', 'CommandNotFound') : findCommand(call),
    }),
  },
  changesCommand('schema-command-missing', 'the schema leaves query-kvm out', VICTIM, () => []),
  changesFirst(
    'schema-optional-mandatory',
    'the schema shows optional members of a type as mandatory',
    (entry) =>
      Array.isArray(entry.members) &&
      entry.members.some((element) => isObject(element) && has(element, 'default')),
    (entry) => mapped(entry, 'members', ({ default: dropped, ...rest }) => rest),
  ),
  changesFirst(
    'schema-enum-value-missing',
    'the schema leaves the run state postmigrate out',
    (entry) => lists(entry, 'values', 'postmigrate'),
    (entry) => ({
      ...entry,
      values: without(entry.values),
      members: without(entry.members),
    }),
  ),
];

function without(list: Json | undefined): Json[] {
  const name = (element: Json): Json => (isObject(element) ? (element.name ?? null) : element);
  return Array.isArray(list) ? list.filter((element) => name(element) !== 'postmigrate') : [];
}
