/**
 * Schema → introspection data, and back.
 */
import fc from 'fast-check';
import t from 'tap';
import {
  isObject,
  jsonEqual,
  jsonObject,
  member,
  writeJson,
  type Json,
  type JsonObject,
} from '../../../src/json/index.js';
import {
  compareDumps,
  compareWithIntrospection,
  definesFrom,
  introspect,
  schemaFromIntrospection,
} from '../../../src/qapi/index.js';
import { schemaText } from '../arbitrary.js';
import { fixture, schemaAt, schemaFiles, schemaOf, SEED } from '../support.js';

function entry(...members: [string, Json][]): Json {
  return jsonObject(members);
}

function named(entries: readonly Json[], name: string): Json | undefined {
  return entries.find((each) => isObject(each) && member(each, 'name') === name);
}

void t.test('the entries of a small schema', (t) => {
  const schema = schemaOf(`
{ 'enum': 'E', 'data': [ 'a', { 'name': 'b', 'features': [ 'f' ] } ] }
{ 'struct': 'S', 'data': { 'x': 'uint8', '*y': [ 'size' ] } }
{ 'union': 'U', 'base': { 'e': 'E' }, 'discriminator': 'e', 'data': { 'b': 'S' } }
{ 'alternate': 'A', 'data': { 's': 'str', 'o': 'S' } }
{ 'command': 'c', 'boxed': true, 'data': 'U', 'returns': [ 'S' ], 'allow-oob': true, 'features': [ 'deprecated' ] }
{ 'command': 'd' }
{ 'event': 'V', 'data': { 'a': 'A' } }
{ 'struct': 'Unused', 'data': {} }`);
  const expected: Json[] = [
    entry(
      ['name', 'c'],
      ['meta-type', 'command'],
      ['arg-type', '0'],
      ['ret-type', '[1]'],
      ['allow-oob', true],
      ['features', ['deprecated']],
    ),
    entry(['name', 'd'], ['meta-type', 'command'], ['arg-type', '2'], ['ret-type', '2']),
    entry(['name', 'V'], ['meta-type', 'event'], ['arg-type', '3']),
    entry(
      ['name', '0'],
      ['meta-type', 'object'],
      ['members', [entry(['name', 'e'], ['type', '4'])]],
      ['tag', 'e'],
      ['variants', [entry(['case', 'b'], ['type', '1']), entry(['case', 'a'], ['type', '2'])]],
    ),
    entry(
      ['name', '1'],
      ['meta-type', 'object'],
      [
        'members',
        [entry(['name', 'x'], ['type', 'int']), entry(['name', 'y'], ['type', '[int]'], ['default', null])],
      ],
    ),
    entry(['name', '[1]'], ['meta-type', 'array'], ['element-type', '1']),
    entry(['name', '2'], ['meta-type', 'object'], ['members', []]),
    entry(['name', '3'], ['meta-type', 'object'], ['members', [entry(['name', 'a'], ['type', '5'])]]),
    entry(
      ['name', '4'],
      ['meta-type', 'enum'],
      ['members', [entry(['name', 'a']), entry(['name', 'b'], ['features', ['f']])]],
      ['values', ['a', 'b']],
    ),
    entry(['name', 'int'], ['meta-type', 'builtin'], ['json-type', 'int']),
    entry(['name', '[int]'], ['meta-type', 'array'], ['element-type', 'int']),
    entry(
      ['name', '5'],
      ['meta-type', 'alternate'],
      ['members', [entry(['type', 'str']), entry(['type', '1'])]],
    ),
    entry(['name', 'str'], ['meta-type', 'builtin'], ['json-type', 'string']),
  ];
  const found = introspect(schema);
  t.equal(found.length, expected.length);
  for (const [index, each] of expected.entries()) {
    t.ok(
      found.some((candidate) => jsonEqual(candidate, each)),
      `entry ${index}`,
    );
  }
  t.end();
});

void t.test('builtin types', (t) => {
  const schema = schemaOf(
    "{ 'command': 'c', 'data': { 'a': 'any', 'b': 'bool', 'n': 'null', 'x': 'number', 'q': 'QType' } }",
  );
  const entries = introspect(schema);
  const jsonType = (name: string): Json | undefined => {
    const found = named(entries, name);
    return isObject(found) ? member(found, 'json-type') : undefined;
  };
  t.strictSame(['any', 'bool', 'null', 'number'].map(jsonType), ['value', 'boolean', 'null', 'number']);
  t.ok(
    entries.some((each) => isObject(each) && member(each, 'meta-type') === 'enum'),
    'QType is an enumeration',
  );
  t.end();
});

void t.test('conditions leave out what does not hold', (t) => {
  const schema = schemaAt(fixture('home.qapi'));
  t.notOk(named(introspect(schema), 'add-device'));
  t.ok(named(introspect(schema, { defines: ['HAVE_DEVICES'] }), 'add-device'));
  t.notOk(named(introspect(schema, { defines: ['HAVE_DEVICES', 'READ_ONLY'] }), 'add-device'));
  t.ok(named(introspect(schema, { allConditions: true }), 'add-device'));
  t.end();
});

void t.test('commands and events module by module, in order of inclusion', (t) => {
  const schema = schemaOf({
    main: "{ 'include': 'one' }\n{ 'command': 'a' }\n{ 'include': 'two' }\n{ 'event': 'B' }",
    one: "{ 'event': 'C' }\n{ 'include': 'two' }\n{ 'command': 'd' }",
    two: "{ 'command': 'e', 'data': { 'x': 'int' } }",
  });
  t.strictSame(introspect(schema).map(nameOf), ['a', 'B', 'C', 'd', 'e', '0', '1', 'int']);
  t.end();
});

function nameOf(entry: Json): Json | undefined {
  return isObject(entry) ? member(entry, 'name') : undefined;
}

const conditional = schemaOf(`
{ 'enum': 'E', 'data': [ 'a', { 'name': 'b', 'if': 'B' }, 'c' ] }
{ 'struct': 'S', 'data': { 's': 'str' } }
{ 'struct': 'T', 'data': { 't': 'E' }, 'if': 'T' }
{ 'union': 'U', 'base': { 'e': 'E' }, 'discriminator': 'e', 'data': { 'a': { 'type': 'S', 'if': 'A' } } }
{ 'command': 'left-out', 'data': { 'x': [ 'T' ], 'z': 'S' }, 'if': 'T' }
{ 'command': 'c', 'boxed': true, 'data': 'U', 'features': [ { 'name': 'f', 'if': 'F' } ] }`);

void t.test('names do not depend on conditions, and what only a missing command needs remains', (t) => {
  const none = introspect(conditional);
  t.strictSame(none.map(nameOf), ['c', '1', '2', '4', '5', 'str']);
  t.strictSame(introspect(conditional, { defines: ['T'] }).map(nameOf), [
    'left-out',
    'c',
    '0',
    '1',
    '2',
    '[3]',
    '3',
    '4',
    '5',
    'str',
  ]);
  t.end();
});

void t.test('what a condition leaves out of an entry', (t) => {
  const none = introspect(conditional);
  t.match(named(none, 'c'), { features: [] }, 'features that are all left out');
  const union = named(none, '2') as JsonObject;
  t.same(
    union.variants,
    [{ case: 'c', type: '1' }],
    'a branch is left out, and not replaced by an empty one',
  );
  const enumeration = named(none, '5') as JsonObject;
  t.same(enumeration.values, ['a', 'c']);
  t.same(enumeration.members, [{ name: 'a' }, { name: 'c' }]);
  const all = introspect(conditional, { allConditions: true });
  t.same((named(all, '2') as JsonObject).variants, [
    { case: 'a', type: '4' },
    { case: 'b', type: '1' },
    { case: 'c', type: '1' },
  ]);
  t.match(named(all, 'c'), { features: ['f'] });
  t.end();
});

void t.test('a type that is needed is there, even if its condition does not hold', (t) => {
  const schema = schemaOf(`
{ 'struct': 'S', 'data': { 'a': 'T' }, 'if': 'NO' }
{ 'struct': 'T', 'data': {}, 'if': 'NO' }
{ 'command': 'b', 'returns': 'T', 'if': 'NO' }
{ 'command': 'c', 'data': { 's': [ 'S' ] } }`);
  t.strictSame(schemaFromIntrospection(introspect(schema)).problems, []);
  t.end();
});

void t.test('in the words of the schema', (t) => {
  const old = `
{ 'enum': 'SchemaMetaType', 'data': [ 'builtin', 'enum', 'array', 'object', 'alternate', 'command', 'event' ] }
{ 'struct': 'SchemaInfoEnum', 'data': { 'values': [ 'str' ] } }
{ 'struct': 'SchemaInfoObject', 'data': { 'members': [ 'Member' ], '*features': [ 'str' ] } }
{ 'struct': 'Member', 'data': { 'name': 'str', 'type': 'str', '*default': 'any' } }
{ 'union': 'SchemaInfo', 'base': { 'name': 'str', 'meta-type': 'SchemaMetaType' }, 'discriminator': 'meta-type',
  'data': { 'enum': 'SchemaInfoEnum', 'object': 'SchemaInfoObject' } }
{ 'command': 'query-qmp-schema', 'returns': [ 'SchemaInfo' ] }`;
  const rest = `
{ 'enum': 'E', 'data': [ { 'name': 'a', 'features': [ 'f' ] } ] }
{ 'struct': 'S', 'data': { 'e': { 'type': 'E', 'features': [ 'f' ] } }, 'features': [ 'g' ] }
{ 'command': 'c', 'data': 'S', 'features': [ 'f' ], 'allow-oob': true }`;
  const find = (text: string, has: string): JsonObject => {
    const entry = introspect(schemaOf(text)).find((each) => writeJson(each).includes(has));
    return entry as JsonObject;
  };
  for (const [has, then, now] of [
    ['"name":"c"', ['name', 'meta-type', 'arg-type', 'ret-type'], ['allow-oob', 'features']],
    ['"values":["a"]', ['name', 'meta-type', 'values'], ['members']],
    ['"name":"e"', ['name', 'meta-type', 'members', 'features'], []],
  ] as const) {
    t.strictSame(Object.keys(find(old + rest, has)).sort(), [...then].sort(), has);
    t.strictSame(Object.keys(find(rest, has)).sort(), [...then, ...now].sort(), has);
  }
  t.notMatch(writeJson(find(old + rest, '"name":"e"').members ?? null), 'features');
  t.match(writeJson(find(rest, '"name":"e"').members ?? null), 'features');
  t.end();
});

void t.test('there and back: the same schema', (t) => {
  for (const path of schemaFiles) {
    const schema = schemaAt(path);
    const all = schemaFromIntrospection(introspect(schema, { allConditions: true }));
    t.strictSame(all.problems, [], path);
    t.strictSame(
      compareWithIntrospection(schema, all.schema, () => undefined),
      [],
      path,
    );
    for (const defines of [[], ['HAVE_DEVICES', 'HAVE_LIGHTS'], ['CONFIG_LINUX', 'CONFIG_POSIX']]) {
      const some = schemaFromIntrospection(introspect(schema, { defines }));
      t.strictSame(some.problems, [], path);
      t.strictSame(
        compareWithIntrospection(schema, some.schema, (name) => defines.includes(name)),
        [],
        path,
      );
    }
  }
  t.end();
});

void t.test('there, back and there again: the same data', (t) => {
  for (const path of schemaFiles) {
    const back = schemaFromIntrospection(introspect(schemaAt(path), { allConditions: true })).schema;
    const second = introspect(back);
    const third = introspect(schemaFromIntrospection(second).schema);
    t.strictSame(compareDumps(second, third), [], path);
    t.strictSame(compareWithIntrospection(back, schemaFromIntrospection(third).schema), []);
  }
  t.end();
});

void t.test('any schema under any symbols: all that introspection can show is kept', (t) => {
  fc.assert(
    fc.property(schemaText, fc.subarray(['A', 'B', 'CONFIG_C']), (text, defines) => {
      const schema = schemaOf(text);
      const data = introspect(schema, { defines });
      const back = schemaFromIntrospection(data);
      t.strictSame(back.problems, []);
      t.strictSame(
        compareWithIntrospection(schema, back.schema, (name) => defines.includes(name)),
        [],
      );
      const found = definesFrom(schema, back.schema);
      t.strictSame(found.contradictions, []);
      // What is left of types that no command or event leads to tells nothing.
      const differences = compareDumps(data, introspect(schema, found));
      t.strictSame(
        differences.filter(({ path }) => /^\w/.test(path)),
        [],
      );
    }),
    { seed: SEED, numRuns: 150 },
  );
  t.end();
});
