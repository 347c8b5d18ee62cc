/**
 * Each row of the compatibility rules, shown by a pair of schemas: what is noticed, where, and what it means for what
 * clients send and what they receive.
 */
import t from 'tap';
import { diffSchemas, type Direction, type Compatibility } from '../../../src/qapi/index.js';
import { isOneForBoth, rows, type ChangeKind } from '../../../src/qapi/diff/rules.js';
import { schemaOf } from '../support.js';

/** The change, two schemas, the path to what changes, and the verdicts when sent and when received. */
type Case = readonly [
  kind: ChangeKind,
  old: string,
  now: string,
  path: string,
  send: Compatibility,
  receive: Compatibility,
];

const [ok, bad] = ['compatible', 'breaking'] as const;

/** Uses the type T in the arguments of a command, or in the data of an event. */
const uses: Readonly<Record<Direction, readonly [text: string, path: string]>> = {
  send: ["{ 'command': 'c', 'data': 'T', 'boxed': true }", 'c/arguments'],
  receive: ["{ 'event': 'E', 'data': 'T', 'boxed': true }", 'E/data'],
};

const enumT = (values: string, more = '') => `
{ 'enum': 'V', 'data': [ ${values} ]${more} }
{ 'struct': 'T', 'data': { 'v': 'V' } }`;
const structT = (members: string, more = '') => `{ 'struct': 'T', 'data': { ${members} }${more} }`;
const unionT = (values: string, base: string, branches: string, tag = 'v') => `
{ 'enum': 'V', 'data': [ ${values} ] }
{ 'enum': 'W', 'data': [ ${values} ] }
{ 'struct': 'X', 'data': { 'x': 'str' } }
{ 'struct': 'Y', 'data': { '*y': 'str' } }
{ 'union': 'T', 'base': { ${base} }, 'discriminator': '${tag}', 'data': { ${branches} } }`;
const alternateT = (branches: string) => `
{ 'struct': 'O', 'data': { 'x': 'int' } }
{ 'alternate': 'A', 'data': { ${branches} } }
{ 'struct': 'T', 'data': { 'm': 'A' } }`;
const PLAIN = structT("'m': 'str'");

const cases: readonly Case[] = [
  ['mandatory-added', PLAIN, structT("'m': 'str', 'n': 'int'"), '/n', bad, ok],
  ['optional-added', PLAIN, structT("'m': 'str', '*n': 'int'"), '/n', ok, ok],
  ['mandatory-removed', structT("'m': 'str', 'n': 'int'"), PLAIN, '/n', bad, bad],
  ['optional-removed', structT("'m': 'str', '*n': 'int'"), PLAIN, '/n', bad, bad],
  ['made-optional', PLAIN, structT("'*m': 'str'"), '/m', ok, bad],
  ['made-mandatory', structT("'*m': 'str'"), PLAIN, '/m', bad, ok],
  [
    'moved-to-branches',
    unionT("'a', 'b'", "'v': 'V', '*y': 'str'", "'a': 'X'"),
    unionT("'a', 'b'", "'v': 'V'", "'a': 'X', 'b': 'Y'"),
    '/y',
    ok,
    ok,
  ],
  ['value-added', enumT("'a'"), enumT("'a', 'b'"), '/v=b', ok, ok],
  ['value-removed', enumT("'a', 'b'"), enumT("'a'"), '/v=b', bad, ok],
  [
    'branch-added',
    unionT("'a'", "'v': 'V'", "'a': 'X'"),
    unionT("'a', 'b'", "'v': 'V'", "'a': 'X', 'b': 'Y'"),
    '/v=b',
    ok,
    ok,
  ],
  [
    'branch-removed',
    unionT("'a', 'b'", "'v': 'V'", "'a': 'X', 'b': 'Y'"),
    unionT("'a'", "'v': 'V'", "'a': 'X'"),
    '/v=b',
    bad,
    ok,
  ],
  [
    'discriminator-changed',
    unionT("'a'", "'v': 'V', 'w': 'W'", "'a': 'X'"),
    unionT("'a'", "'v': 'V', 'w': 'W'", "'a': 'X'", 'w'),
    '',
    bad,
    bad,
  ],
  ['alternative-added', alternateT("'s': 'str'"), alternateT("'s': 'str', 'o': 'O'"), '/m:object', ok, bad],
  ['alternative-removed', alternateT("'s': 'str', 'o': 'O'"), alternateT("'s': 'str'"), '/m:object', bad, ok],
  ['to-alternate', PLAIN, alternateT("'s': 'str', 'o': 'O'"), '/m', ok, bad],
  ['from-alternate', alternateT("'s': 'str', 'o': 'O'"), PLAIN, '/m', bad, ok],
  ['type-changed', PLAIN, structT("'m': 'int'"), '/m', bad, bad],
  ['type-changed', PLAIN, structT("'m': [ 'str' ]"), '/m', bad, bad],
  ['type-changed', PLAIN, alternateT("'n': 'int', 'b': 'bool'"), '/m', bad, bad],
  ['type-widened', structT("'m': 'int'"), structT("'m': 'number'"), '/m', ok, bad],
  ['type-widened', structT("'m': [ 'int' ]"), structT("'m': 'any'"), '/m', ok, bad],
  ['type-widened', alternateT("'n': 'int', 'b': 'bool'"), structT("'m': 'any'"), '/m', ok, bad],
  ['type-narrowed', structT("'m': 'number'"), structT("'m': 'int'"), '/m', bad, ok],
  ['type-narrowed', structT("'m': 'any'"), structT("'m': 'bool'"), '/m', bad, ok],
  ['type-narrowed', structT("'m': 'any'"), structT("'m': [ 'T' ]"), '/m', bad, ok],
  ['type-narrowed', structT("'m': 'any'"), alternateT("'n': 'int', 'b': 'bool'"), '/m', bad, ok],
  ['enum-to-string', enumT("'a'"), structT("'v': 'str'"), '/v', ok, ok],
  ['string-to-enum', structT("'v': 'str'"), enumT("'a'"), '/v', ok, ok],
  ['range-widened', structT("'m': 'int8'"), structT("'m': 'int16'"), '/m', ok, ok],
  ['range-widened', structT("'m': 'int'"), structT("'m': 'size'"), '/m', ok, ok],
  ['range-narrowed', structT("'m': 'int16'"), structT("'m': 'uint8'"), '/m', bad, ok],
  ['range-narrowed', structT("'m': 'uint8'"), structT("'m': 'int8'"), '/m', bad, ok],
  ['feature-added', PLAIN, structT("'m': 'str'", ", 'features': [ 'f' ]"), '', ok, ok],
  ['feature-removed', structT("'m': 'str'", ", 'features': [ 'f' ]"), PLAIN, '', bad, bad],
  ['deprecated-added', PLAIN, structT("'m': { 'type': 'str', 'features': [ 'deprecated' ] }"), '/m', ok, ok],
  [
    'deprecated-removed',
    enumT("{ 'name': 'a', 'features': [ 'deprecated' ] }"),
    enumT("'a'"),
    '/v=a',
    ok,
    ok,
  ],
  ['unstable-added', PLAIN, structT("'m': { 'type': 'str', 'features': [ 'unstable' ] }"), '/m', ok, ok],
  ['unstable-removed', structT("'m': { 'type': 'str', 'features': [ 'unstable' ] }"), PLAIN, '/m', ok, ok],
];

/** Changes of commands and events themselves: two schemas, the path, the verdict. */
const roots: readonly (readonly [
  kind: ChangeKind,
  old: string,
  now: string,
  path: string,
  verdict: Compatibility,
])[] = [
  ['command-added', '', "{ 'command': 'c' }", 'c', ok],
  ['command-removed', "{ 'command': 'c' }", '', 'c', bad],
  ['event-added', '', "{ 'event': 'E' }", 'E', ok],
  ['event-removed', "{ 'event': 'E' }", '', 'E', bad],
  ['out-of-band-added', "{ 'command': 'c' }", "{ 'command': 'c', 'allow-oob': true }", 'c', ok],
  ['out-of-band-removed', "{ 'command': 'c', 'allow-oob': true }", "{ 'command': 'c' }", 'c', bad],
  ['preconfig-added', "{ 'command': 'c' }", "{ 'command': 'c', 'allow-preconfig': true }", 'c', ok],
  ['preconfig-removed', "{ 'command': 'c', 'allow-preconfig': true }", "{ 'command': 'c' }", 'c', bad],
  ['response-added', "{ 'command': 'c', 'success-response': false }", "{ 'command': 'c' }", 'c', ok],
  ['response-removed', "{ 'command': 'c' }", "{ 'command': 'c', 'success-response': false }", 'c', bad],
  ['check-added', "{ 'command': 'c', 'gen': false }", "{ 'command': 'c' }", 'c', bad],
  ['check-removed', "{ 'command': 'c' }", "{ 'command': 'c', 'gen': false }", 'c', ok],
  ['condition-removed', "{ 'command': 'c', 'if': 'A' }", "{ 'command': 'c' }", 'c', ok],
  ['condition-added', "{ 'command': 'c' }", "{ 'command': 'c', 'if': 'A' }", 'c', bad],
  ['condition-changed', "{ 'command': 'c', 'if': 'A' }", "{ 'command': 'c', 'if': 'B' }", 'c', bad],
];

/** A schema needs something in it. */
const ALWAYS = "{ 'command': 'always' }\n";

function changesOf(old: string, now: string) {
  const { breaking, compatible, exempt } = diffSchemas(schemaOf(ALWAYS + old), schemaOf(ALWAYS + now));
  return [...breaking, ...exempt, ...compatible].map(({ kind, path, verdict }) => ({ kind, path, verdict }));
}

for (const [kind, old, now, path, send, receive] of cases) {
  for (const [direction, verdict] of [
    ['send', send],
    ['receive', receive],
  ] as const) {
    const [use, root] = uses[direction];
    t.strictSame(
      changesOf(old + use, now + use).filter((change) => change.kind === kind),
      [{ kind, path: root + path, verdict }],
      `${kind} at ${root}${path}`,
    );
  }
}

for (const [kind, old, now, path, verdict] of roots) {
  t.strictSame(changesOf(old, now), [{ kind, path, verdict }], kind);
}

const shown = new Set([...cases, ...roots].map(([kind]) => kind));
t.strictSame(
  Object.keys(rows).filter((kind) => !shown.has(kind as ChangeKind)),
  [],
  'every row is shown',
);

for (const [kind, , , , send, receive] of cases) {
  if (isOneForBoth(kind)) t.equal(send, receive, `${kind} means the same in both directions`);
}

void t.test('a type that is sent and received has a ruling in each direction', (t) => {
  const both = `${uses.send[0]}\n${uses.receive[0]}`;
  t.strictSame(changesOf(PLAIN + both, structT("'*m': 'str'") + both), [
    { kind: 'made-optional', path: 'E/data/m', verdict: 'breaking' },
    { kind: 'made-optional', path: 'c/arguments/m', verdict: 'compatible' },
  ]);
  t.end();
});
