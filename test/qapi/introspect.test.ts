/**
 * Schema → introspection data, and back.
 */
import t from 'tap';
import { isObject, jsonEqual, jsonObject, member, type Json } from '../../src/json/index.js';
import { compareWithIntrospection, introspect, schemaFromIntrospection } from '../../src/qapi/index.js';
import { fixture, schemaAt, schemaFiles, schemaOf } from './support.js';

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
    const first = introspect(schemaAt(path), { allConditions: true });
    const second = introspect(schemaFromIntrospection(first).schema);
    t.ok(jsonEqual(first, second) || first.length >= second.length, path);
    t.strictSame(
      compareWithIntrospection(schemaFromIntrospection(first).schema, schemaFromIntrospection(second).schema),
      [],
    );
  }
  t.end();
});
