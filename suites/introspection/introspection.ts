import {
  error,
  ERROR_CLASSES,
  genericError,
  returnsJudged,
  returnsTyped,
  success,
  type Finding,
} from '../../src/judge/index.js';
import { isObject, jsonEqual, member, type Json } from '../../src/json/index.js';
import { compareWithIntrospection, type IntrospectionProblemCode } from '../../src/qapi/index.js';
import type { CheckRule, Rule } from '../../src/rules/index.js';
import { codegen, observed, qapi, spec } from '../citations.js';
import { UNKNOWN_ARGUMENT } from '../request-text.js';

const SECTION = 'Client JSON Protocol introspection';
const NEEDS = { profile: 'readonly', schema: 'introspection' } as const;

/** A rule that no problem of these kinds is found in the schema. */
function withoutProblems(
  rule: Pick<CheckRule, 'id' | 'title' | 'level' | 'since' | 'reference' | 'detects'>,
  ...codes: IntrospectionProblemCode[]
): CheckRule {
  return {
    ...rule,
    kind: 'check',
    needs: NEEDS,
    check: (probe) => {
      probe.judgeIntrospection(rule.id);
    },
    judge: (_value, { introspection }) =>
      (introspection?.problems ?? [])
        .filter(({ code }) => codes.includes(code))
        .map(({ code, message, path }) => ({ kind: code, message, path: `return${path}` })),
  };
}

export const introspection: readonly Rule[] = [
  {
    kind: 'check',
    id: 'intro.unique-names',
    title: 'query-qmp-schema returns an array of entries with unique names',
    level: 'must',
    since: '0.1.0',
    reference: qapi('introspect.json, SchemaInfo', 'Every entry has a name, unique among all entries.'),
    needs: NEEDS,
    detects: ['schema-duplicate-entry'],
    check: (probe) => {
      probe.judgeIntrospection('intro.unique-names');
    },
    judge: (value) => {
      if (!Array.isArray(value))
        return [{ kind: 'wrong-type', path: 'return', message: 'the schema is no array' }];
      const names = value.map((entry) => (isObject(entry) ? member(entry, 'name') : undefined));
      const seen = new Set<Json | undefined>();
      const findings: Finding[] = [];
      for (const name of names) {
        if (typeof name !== 'string')
          findings.push({ kind: 'unnamed-entry', path: 'return[]', message: 'an entry has no name' });
        else if (seen.has(name)) {
          findings.push({
            kind: 'duplicate',
            path: 'return[]',
            message: `two entries have the name '${name.slice(0, 80)}'`,
          });
        }
        seen.add(name);
      }
      return findings;
    },
  },
  withoutProblems(
    {
      id: 'intro.closed',
      title: 'every type that an entry refers to has an entry',
      level: 'must',
      since: '0.1.0',
      reference: codegen(SECTION, 'The result describes all types that its commands and events use.'),
      detects: ['schema-dangling-type'],
    },
    'unknown-type',
  ),
  withoutProblems(
    {
      id: 'intro.entries',
      title: 'every entry has a known meta-type and the members of its kind',
      level: 'must',
      since: '0.1.0',
      reference: qapi('introspect.json, SchemaInfo', 'SchemaInfo is a union by meta-type.'),
      detects: ['schema-unknown-meta-type', 'schema-entry-incomplete'],
    },
    'unknown-meta-type',
    'unknown-json-type',
    'wrong-type',
    'missing-member',
    'unknown-member',
    'bad-name',
    'too-many-problems',
  ),
  withoutProblems(
    {
      id: 'intro.kinds',
      title: 'arguments and event data are objects, and types stand only where their kind may',
      level: 'must',
      since: '0.1.0',
      reference: qapi(
        'introspect.json, SchemaInfoCommand',
        'The arg-type of a command or event is an object type.',
      ),
      detects: ['schema-arguments-no-object'],
    },
    'wrong-kind',
    'contains-itself',
    'duplicate',
  ),
  withoutProblems(
    {
      id: 'intro.optional',
      title: 'an optional member is one with default null',
      level: 'must',
      since: '0.1.0',
      reference: qapi(
        'introspect.json, SchemaInfoObjectMember',
        'default is present for optional members, and null.',
      ),
      detects: ['schema-default-value'],
    },
    'bad-default',
  ),
  withoutProblems(
    {
      id: 'intro.unions',
      title: 'the tag of a union is one of its members, of enum type, and variants are for its values',
      level: 'must',
      since: '0.1.0',
      reference: qapi(
        'introspect.json, SchemaInfoObject',
        'tag names a member of enumeration type; each case is a value of it.',
      ),
      detects: ['schema-unknown-tag', 'schema-unknown-case'],
    },
    'bad-tag',
    'unknown-case',
  ),
  withoutProblems(
    {
      id: 'intro.alternates',
      title: 'the branches of an alternate are told apart by their JSON types',
      level: 'must',
      since: '0.1.0',
      reference: codegen('Alternate types', 'An alternate selects its branch by the JSON type of the value.'),
      detects: ['schema-ambiguous-alternate'],
    },
    'indistinguishable',
  ),
  withoutProblems(
    {
      id: 'intro.enumerations',
      title: 'values and members of an enumeration list the same names',
      level: 'must',
      since: '0.1.0',
      reference: qapi(
        'introspect.json, SchemaInfoEnum',
        'values repeats the names of members for older clients.',
      ),
      detects: ['schema-values-differ'],
    },
    'values-differ',
  ),
  {
    kind: 'check',
    id: 'intro.commands-listed',
    title: 'query-commands lists the commands of the schema',
    level: 'should',
    since: '0.1.0',
    reference: qapi('control.json, query-commands', 'All commands that the server offers are listed.'),
    needs: { ...NEEDS, commands: ['query-commands'] },
    detects: ['command-unlisted', 'command-listed-twice'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'query-commands' }, returnsJudged('intro.commands-listed'));
    },
    judge: (value, info) => {
      const list = Array.isArray(value) ? value : [];
      const names = list.map((entry) => (isObject(entry) ? member(entry, 'name') : undefined));
      const described = [...(info.introspection?.schema.commands.keys() ?? [])];
      const missing = described.filter((name) => !names.includes(name));
      const extra = names.filter((name) => typeof name !== 'string' || !described.includes(name));
      return [
        ...missing.map((name) => ({
          kind: 'unlisted',
          command: name,
          message: `query-commands does not list ${name}`,
        })),
        ...extra.map((name) => ({
          kind: 'undescribed',
          message: `query-commands lists ${JSON.stringify(name)}, the schema does not`,
        })),
        ...(new Set(names).size === names.length
          ? []
          : [{ kind: 'duplicate', message: 'a command is listed twice' }]),
      ];
    },
  },
  {
    kind: 'check',
    id: 'intro.stable',
    title: 'query-qmp-schema returns the same every time',
    level: 'should',
    since: '0.1.0',
    reference: observed('Introspection', 'The schema of a process does not change.'),
    needs: NEEDS,
    detects: ['schema-changes'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'query-qmp-schema' }, returnsJudged('intro.stable'));
    },
    judge: (value, { introspection: discovered }) =>
      discovered === undefined || sameEntries(discovered.value, value)
        ? []
        : [
            {
              kind: 'schema-differs',
              path: 'return',
              message: 'the schema differs from the one returned before',
            },
          ],
  },
  {
    kind: 'check',
    id: 'intro.commands-found',
    title: 'every command of the schema is found',
    level: 'should',
    since: '0.1.0',
    reference: codegen(SECTION, 'The schema describes the commands that the server offers.'),
    needs: { profile: 'safe', schema: 'introspection' },
    detects: ['command-not-found'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const classes = ERROR_CLASSES.filter((name) => name !== 'CommandNotFound');
      // The argument does not exist, so no command is executed; release 5.2 ignores it in query-qmp-schema.
      await qmp.pipeline(
        [...(probe.info.introspection?.schema.commands.keys() ?? [])]
          .filter((name) => !NEVER_CALLED.includes(name))
          .map((execute) => ({
            request: { execute, arguments: UNKNOWN_ARGUMENT },
            oneOf: [error(...classes), success],
          })),
      );
    },
  },
  {
    kind: 'check',
    id: 'intro.oob-honoured',
    title: 'queries are executed out of band exactly if the schema says allow-oob',
    level: 'must',
    since: '0.1.0',
    reference: spec(
      'Out-of-band execution',
      'The commands that support it have allow-oob in query-qmp-schema.',
    ),
    needs: { ...NEEDS, oob: true },
    detects: ['oob-for-all-commands', 'oob-refused-for-allowed'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      const queries = [...(probe.info.introspection?.schema.commands.values() ?? [])].filter(
        ({ name, arguments: args }) => name.startsWith('query-') && args === undefined,
      );
      for (const { name, allowOob } of queries) {
        await qmp.ask({ 'exec-oob': name }, allowOob ? returnsTyped(name) : genericError);
      }
    },
  },
  {
    kind: 'check',
    id: 'intro.agrees-with-file',
    title: 'the schema of the target agrees with the schema file',
    level: 'must',
    since: '0.1.0',
    reference: codegen(
      SECTION,
      'query-qmp-schema describes what the schema files define, as far as it was built.',
    ),
    needs: { profile: 'readonly', schema: 'file' },
    detects: ['schema-command-missing', 'schema-optional-mandatory', 'schema-enum-value-missing'],
    check: (probe) => {
      probe.judgeIntrospection('intro.agrees-with-file');
    },
    judge: (_value, { fileSchema, introspection: live }) => {
      if (fileSchema === undefined || live === undefined) return [];
      return compareWithIntrospection(fileSchema, live.schema).map(({ kind, message, path }) => ({
        kind,
        message,
        path,
        command: path.split('/')[0] ?? '',
      }));
    },
  },
];

/** If the server took the unknown argument, these would end it. */
const NEVER_CALLED = ['quit'];

/** The same entries, in whatever order. */
function sameEntries(a: Json, b: Json): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  const byName = new Map(a.map((entry) => [isObject(entry) ? member(entry, 'name') : undefined, entry]));
  return b.every((entry) => {
    const other = byName.get(isObject(entry) ? member(entry, 'name') : undefined);
    return other !== undefined && jsonEqual(entry, other);
  });
}
