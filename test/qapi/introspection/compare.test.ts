/**
 * File schema against live schema: every kind of disagreement is noticed, and none is made up.
 */
import t from 'tap';
import { isObject, type Json, type JsonObject } from '../../../src/json/index.js';
import {
  compareWithIntrospection,
  introspect,
  schemaFromIntrospection,
  type Schema,
  type Symbols,
} from '../../../src/qapi/index.js';
import { must, schemaFiles, schemaAt, schemaOf } from '../support.js';

const text = `
{ 'enum': 'E', 'data': [ 'a', 'b', { 'name': 'c', 'if': 'C' }, { 'name': 'd', 'features': [ 'deprecated' ] } ] }
{ 'struct': 'S', 'data': { 'x': 'uint8', '*y': { 'type': [ 'S' ], 'features': [ 'f', { 'name': 'g', 'if': 'G' } ] },
                           '*z': { 'type': 'str', 'if': 'Z' } } }
{ 'union': 'U', 'base': { 'e': 'E' }, 'discriminator': 'e', 'data': { 'b': 'S', 'c': { 'type': 'S', 'if': 'C' },
                                                                              'd': { 'type': 'S', 'if': 'D' } } }
{ 'alternate': 'A', 'data': { 's': 'str', 'o': 'S', 'n': { 'type': 'null', 'if': 'N' } } }
{ 'command': 'one', 'boxed': true, 'data': 'U', 'returns': [ 'S' ], 'allow-oob': true }
{ 'command': 'two', 'data': { 'a': 'A', 'n': 'number' }, 'features': [ 'unstable' ] }
{ 'command': 'sometimes', 'if': 'SOME' }
{ 'event': 'V', 'data': { 'e': 'E' } }`;
const file = schemaOf(text);

/** The entries of a server that has everything, changed. */
function live(change: (entries: JsonObject[]) => void): Schema {
  const entries = introspect(file, { allConditions: true }).filter(isObject);
  change(entries);
  return schemaFromIntrospection(entries).schema;
}

function find(entries: readonly JsonObject[], name: string): JsonObject {
  return must(entries.find((entry) => entry.name === name));
}

/** The entry of the type that has a member of this name. */
function holder(entries: readonly JsonObject[], name: string): JsonObject {
  return must(
    entries.find(
      (entry) => entry['meta-type'] === 'object' && list(entry, 'members').some((each) => each.name === name),
    ),
  );
}

/** A member of an entry that is a list of objects. */
function list(entry: JsonObject, key: string): JsonObject[] {
  const value = entry[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function drop(entry: JsonObject, key: string, index: number): void {
  (entry[key] as Json[]).splice(index, 1);
}

function disagreements(schema: Schema, symbols?: Symbols): string[] {
  return compareWithIntrospection(file, schema, symbols).map(({ kind, path }) => `${kind} ${path}`);
}

const unconditional = live((entries) => {
  entries.splice(0, entries.length, ...introspect(file).filter(isObject));
});

void t.test('a server that has everything, and one that has nothing conditional', (t) => {
  t.strictSame(disagreements(live(() => undefined)), []);
  t.strictSame(disagreements(unconditional), []);
  t.end();
});

const cases: [title: string, change: (entries: JsonObject[]) => void, ...expected: string[]][] = [
  ['a command less', (all) => all.splice(all.indexOf(find(all, 'two')), 1), 'missing two'],
  ['a conditional command less', (all) => all.splice(all.indexOf(find(all, 'sometimes')), 1)],
  ['an event less', (all) => all.splice(all.indexOf(find(all, 'V')), 1), 'missing V'],
  ['a command more', (all) => all.push({ ...find(all, 'two'), name: 'three' }), 'unexpected three'],
  ['a downstream command more', (all) => all.push({ ...find(all, 'two'), name: '__org.example_three' })],
  ['an event more', (all) => all.push({ ...find(all, 'V'), name: 'W' }), 'unexpected W'],
  ['out-of-band no more', (all) => delete find(all, 'one')['allow-oob'], 'allow-oob one'],
  ['out-of-band suddenly', (all) => (find(all, 'two')['allow-oob'] = true), 'allow-oob two'],
  ['a feature less', (all) => delete find(all, 'two').features, 'feature-missing two'],
  [
    'a feature more',
    (all) => (find(all, 'one').features = ['deprecated', '__org.example_f']),
    'feature-unexpected one',
  ],
  [
    'a member less',
    (all) => {
      drop(holder(all, 'x'), 'members', 0);
    },
    'missing one/arguments/e=b/x',
  ],
  [
    'a conditional member less',
    (all) => {
      drop(holder(all, 'z'), 'members', 2);
    },
  ],
  [
    'a member more',
    (all) => {
      (holder(all, 'x').members as Json[]).push({ name: 'w', type: 'str' });
    },
    'unexpected one/arguments/e=b/w',
  ],
  [
    'a downstream member more',
    (all) => {
      (holder(all, 'x').members as Json[]).push({ name: '__org.example_w', type: 'str' });
    },
  ],
  [
    'a member optional',
    (all) => {
      must(list(holder(all, 'x'), 'members')[0]).default = null;
    },
    'optional one/arguments/e=b/x',
  ],
  [
    'a member mandatory',
    (all) => delete must(list(holder(all, 'x'), 'members')[1]).default,
    'optional one/arguments/e=b/y',
  ],
  [
    'a member of another type',
    (all) => {
      must(list(holder(all, 'n'), 'members')[1]).type = 'int';
    },
    'type two/arguments/n',
  ],
  [
    'an array of another type',
    (all) => {
      must(list(holder(all, 'x'), 'members')[1]).type = '[str]';
      all.push({ name: '[str]', 'meta-type': 'array', 'element-type': 'str' });
    },
    'type one/arguments/e=b/y[]',
  ],
  [
    'a member feature less',
    (all) => {
      must(list(holder(all, 'x'), 'members')[1]).features = ['g'];
    },
    'feature-missing one/arguments/e=b/y',
  ],
  [
    'a conditional member feature less',
    (all) => {
      must(list(holder(all, 'x'), 'members')[1]).features = ['f'];
    },
  ],
  [
    'returns of another kind',
    (all) => {
      find(all, 'one')['ret-type'] = 'str';
    },
    'type one/returns',
  ],
  [
    'returns where there are none',
    (all) => {
      find(all, 'two')['ret-type'] = find(all, 'one')['arg-type'] as Json;
    },
    'unexpected two/returns/e',
    'type two/returns',
  ],
  [
    'a value less',
    (all) => {
      const e = must(all.find((entry) => entry['meta-type'] === 'enum'));
      drop(e, 'members', 1);
      drop(e, 'values', 1);
    },
    'missing one/arguments/e=b',
  ],
  [
    'a conditional value less',
    (all) => {
      const e = must(all.find((entry) => entry['meta-type'] === 'enum'));
      drop(e, 'members', 2);
      drop(e, 'values', 2);
    },
  ],
  [
    'a value more',
    (all) => {
      const e = must(all.find((entry) => entry['meta-type'] === 'enum'));
      (e.members as Json[]).push({ name: 'z' });
      (e.values as Json[]).push('z');
    },
    'unexpected one/arguments/e=z',
  ],
  [
    'a value feature less',
    (all) => {
      const e = must(all.find((entry) => entry['meta-type'] === 'enum'));
      delete must(list(e, 'members')[3]).features;
    },
    'feature-missing one/arguments/e=d',
  ],
  [
    'a branch less',
    (all) => {
      must(list(holder(all, 'e'), 'variants').find((variant) => variant.case === 'b')).type = find(
        all,
        'sometimes',
      )['arg-type'] as Json;
    },
    'missing one/arguments/e=b/x',
    'missing one/arguments/e=b/y',
  ],
  [
    'a branch less whose value is still there, under the same condition',
    (all) => {
      must(list(holder(all, 'e'), 'variants').find((variant) => variant.case === 'c')).type = find(
        all,
        'sometimes',
      )['arg-type'] as Json;
    },
    'missing one/arguments/e=c/x',
    'missing one/arguments/e=c/y',
  ],
  [
    'a conditional branch less',
    (all) => {
      must(list(holder(all, 'e'), 'variants').find((variant) => variant.case === 'd')).type = find(
        all,
        'sometimes',
      )['arg-type'] as Json;
    },
  ],
  [
    'a branch more',
    (all) => {
      const variants = list(holder(all, 'e'), 'variants');
      must(variants.find((variant) => variant.case === 'a')).type = must(variants[0]).type as Json;
    },
    'unexpected one/arguments/e=a/x',
    'unexpected one/arguments/e=a/y',
    'unexpected one/arguments/e=a/z',
  ],
  [
    'no union any more',
    (all) => {
      delete holder(all, 'e').tag;
      delete holder(all, 'e').variants;
    },
    'type one/arguments',
  ],
  [
    'an alternative less',
    (all) => {
      drop(must(all.find((entry) => entry['meta-type'] === 'alternate')), 'members', 0);
    },
    'missing two/arguments/a:string',
  ],
  [
    'a conditional alternative less',
    (all) => {
      drop(must(all.find((entry) => entry['meta-type'] === 'alternate')), 'members', 2);
    },
  ],
  [
    'an alternative more',
    (all) => {
      (must(all.find((entry) => entry['meta-type'] === 'alternate')).members as Json[]).push({
        type: '[str]',
      });
      all.push({ name: '[str]', 'meta-type': 'array', 'element-type': 'str' });
    },
    'unexpected two/arguments/a:array',
  ],
  [
    'an alternative of another type',
    (all) => {
      must(list(must(all.find((entry) => entry['meta-type'] === 'alternate')), 'members')[0]).type = must(
        all.find((entry) => entry['meta-type'] === 'enum'),
      ).name as Json;
    },
    'type two/arguments/a:string',
  ],
];

void t.test('what differs is found, where it differs', (t) => {
  for (const [title, change, ...expected] of cases)
    t.strictSame(disagreements(live(change)), expected, title);
  t.end();
});

void t.test('known symbols decide about conditional elements', (t) => {
  const everything = live(() => undefined);
  t.strictSame(
    disagreements(everything, () => true),
    [],
  );
  t.strictSame(
    disagreements(unconditional, () => false),
    [],
  );
  t.strictSame(
    disagreements(everything, (name) => (name === 'SOME' ? false : undefined)),
    ['excluded sometimes'],
  );
  t.strictSame(
    disagreements(unconditional, (name) => (name === 'SOME' ? true : undefined)),
    ['missing sometimes'],
  );
  t.strictSame(
    disagreements(everything, (name) => name !== 'G'),
    ['feature-unexpected one/arguments/e=b/y'],
  );
  t.strictSame(
    disagreements(unconditional, (name) => name !== 'Z' && name !== 'SOME'),
    [
      'missing one/arguments/e=c',
      'feature-missing one/arguments/e=b/y',
      'missing one/arguments/e=d/x',
      'missing one/arguments/e=d/y',
      'missing two/arguments/a:null',
    ],
  );
  t.end();
});

void t.test('messages are sentences', (t) => {
  const [first] = compareWithIntrospection(
    file,
    live((all) => all.splice(all.indexOf(find(all, 'two')), 1)),
  );
  t.strictSame(first, {
    kind: 'missing',
    path: 'two',
    message: "command 'two' is in the schema, but not introspected",
  });
  const [second] = compareWithIntrospection(
    file,
    live(() => undefined),
    (name) => name !== 'SOME',
  );
  t.match(second?.message, /although its condition SOME does not hold/);
  t.end();
});

void t.test('disagreements are bounded', (t) => {
  const many = schemaOf(Array.from({ length: 1000 }, (_, index) => `{ 'command': 'c${index}' }`).join('\n'));
  const found = compareWithIntrospection(many, schemaFromIntrospection([]).schema);
  t.equal(found.length, 200);
  t.equal(found.at(-1)?.kind, 'incomplete');
  t.end();
});

void t.test('work is bounded', (t) => {
  const values = Array.from({ length: 50_000 }, (_, index) => `v${index}`);
  const unions = Array.from({ length: 30 }, (_, index) => [
    { name: `U${index}`, 'meta-type': 'object', members: [{ name: 'e', type: 'E' }], tag: 'e', variants: [] },
    { name: `c${index}`, 'meta-type': 'command', 'arg-type': `U${index}`, 'ret-type': `U${index}` },
  ]);
  const { schema, problems } = schemaFromIntrospection([
    { name: 'E', 'meta-type': 'enum', values },
    ...unions.flat(),
  ]);
  t.strictSame(problems, []);
  t.match(compareWithIntrospection(schema, schema), [{ kind: 'incomplete' }]);
  t.end();
});

void t.test('a live schema that goes on and on does not exhaust the stack', (t) => {
  const schema = schemaOf("{ 'struct': 'S', 'data': { '*s': 'S' } }\n{ 'command': 'c', 'data': 'S' }");
  const chain = Array.from({ length: 20_000 }, (_, index) => ({
    name: String(index),
    'meta-type': 'object',
    members: [{ name: 's', type: String(index === 19_999 ? 0 : index + 1), default: null }],
  }));
  const endless = schemaFromIntrospection([
    ...chain,
    { name: 'empty', 'meta-type': 'object', members: [] },
    { name: 'c', 'meta-type': 'command', 'arg-type': '0', 'ret-type': 'empty' },
  ]);
  t.strictSame(endless.problems, []);
  t.strictSame(compareWithIntrospection(schema, endless.schema), []);
  t.end();
});

void t.test('whole schemas agree with what they are built into', (t) => {
  for (const path of schemaFiles) {
    const schema = schemaAt(path);
    for (const defines of [
      [],
      ['CONFIG_LINUX', 'HAVE_DEVICES'],
      ['CONFIG_POSIX', 'HAVE_PARCELS', 'HAVE_MORE'],
    ]) {
      const built = schemaFromIntrospection(introspect(schema, { defines })).schema;
      t.strictSame(compareWithIntrospection(schema, built), [], path);
      t.strictSame(
        compareWithIntrospection(schema, built, (name) => defines.includes(name)),
        [],
        path,
      );
    }
  }
  t.end();
});
