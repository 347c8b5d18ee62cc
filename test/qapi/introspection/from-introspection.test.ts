/**
 * Introspection data → Schema: what may be wrong with it, and that nothing breaks.
 */
import fc from 'fast-check';
import t from 'tap';
import { isObject, type Json, type JsonObject } from '../../../src/json/index.js';
import {
  compareWithIntrospection,
  introspect,
  jsonSchema,
  schemaFromIntrospection,
  type ObjectType,
  type Schema,
} from '../../../src/qapi/index.js';
import { fixture, must, schemaAt, SEED } from '../support.js';

const empty = { name: '0', 'meta-type': 'object', members: [] };
const string = { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' };
const kinds = { name: '1', 'meta-type': 'enum', members: [{ name: 'a' }, { name: 'b' }], values: ['a', 'b'] };
const command = { name: 'c', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' };
const base = [empty, string, kinds, command];

/** Problems as `code path`. */
function problems(value: Json): string[] {
  return schemaFromIntrospection(value).problems.map(({ code, path }) => `${code} ${path}`);
}

/** The problems that an entry brings when it stands behind sound ones, as entry [4]. */
function withEntry(entry: Json, ...more: Json[]): string[] {
  return problems([...base, entry, ...more]);
}

function object(members: Json, more: JsonObject = {}): JsonObject {
  return { name: '9', 'meta-type': 'object', members, ...more };
}

const union = (variants: Json, tag: Json = 'k'): JsonObject =>
  object([{ name: 'k', type: '1' }], { tag, variants });

void t.test('sound data has no problems', (t) => {
  t.strictSame(problems(base), []);
  t.strictSame(withEntry({ name: 'E', 'meta-type': 'event', 'arg-type': '0' }), []);
  t.strictSame(
    withEntry(
      union([
        { case: 'a', type: '0' },
        { case: 'b', type: '0' },
      ]),
    ),
    [],
  );
  t.strictSame(
    withEntry({ ...kinds, name: '9', members: [{ name: 'a', features: ['f'] }], values: ['a'] }),
    [],
  );
  t.strictSame(withEntry({ name: '9', 'meta-type': 'enum', values: ['3d'] }), [], 'until 6.1');
  t.strictSame(
    withEntry({ name: '9', 'meta-type': 'enum', members: [{ name: 'a' }] }),
    [],
    'values are deprecated',
  );
  t.end();
});

const cases: [title: string, found: string[], ...expected: string[]][] = [
  ['no array', problems({}), 'wrong-type '],
  ['no object', problems([1]), 'wrong-type [0]'],
  ['no name', problems([{ 'meta-type': 'object', members: [] }]), 'missing-member [0]'],
  [
    'a name that is no string',
    problems([{ name: 0, 'meta-type': 'object', members: [] }]),
    'wrong-type [0].name',
  ],
  ['no meta-type', problems([{ name: '0', members: [] }]), 'missing-member [0]'],
  [
    'an unknown meta-type',
    withEntry({ name: '9', 'meta-type': 'struct' }),
    'unknown-meta-type [4].meta-type',
  ],
  ['a name that comes twice', withEntry(empty), 'duplicate [4].name'],
  [
    'a command named like an event',
    withEntry({ name: 'c', 'meta-type': 'event', 'arg-type': '0' }),
    'duplicate [4].name',
  ],
  ['a command with a strange name', withEntry({ ...command, name: 'x y' }), 'bad-name [4].name'],
  ['a command named __proto__', withEntry({ ...command, name: '__proto__' }), 'bad-name [4].name'],
  ['an unknown member', withEntry({ ...command, name: 'd', more: 1 }), 'unknown-member [4]'],
  ['no arguments', withEntry({ name: 'd', 'meta-type': 'command', 'ret-type': '0' }), 'missing-member [4]'],
  ['no return type', withEntry({ name: 'd', 'meta-type': 'command', 'arg-type': '0' }), 'missing-member [4]'],
  ['unknown arguments', withEntry({ ...command, name: 'd', 'arg-type': '7' }), 'unknown-type [4].arg-type'],
  [
    'a type that is a command',
    withEntry({ ...command, name: 'd', 'arg-type': 'c' }),
    'unknown-type [4].arg-type',
  ],
  [
    'arguments that are no object',
    withEntry({ ...command, name: 'd', 'arg-type': '1' }),
    'wrong-kind [4].arg-type',
  ],
  ['allow-oob', withEntry({ ...command, name: 'd', 'allow-oob': 'yes' }), 'wrong-type [4].allow-oob'],
  ['features', withEntry({ ...command, name: 'd', features: {} }), 'wrong-type [4].features'],
  ['a feature', withEntry({ ...command, name: 'd', features: [1] }), 'wrong-type [4].features[0]'],
  [
    'a feature twice',
    withEntry({ ...command, name: 'd', features: ['f', 'f'] }),
    'duplicate [4].features[1]',
  ],
  [
    'event data',
    withEntry({ name: 'E', 'meta-type': 'event', 'arg-type': 'str' }),
    'wrong-kind [4].arg-type',
  ],
  [
    'an unknown builtin type',
    withEntry({ name: 'int8', 'meta-type': 'builtin', 'json-type': 'string' }),
    'unknown-json-type [4].json-type',
  ],
  [
    'a builtin type of our own',
    withEntry({ name: 'x', 'meta-type': 'builtin', 'json-type': 'int' }),
    'bad-name [4].name',
  ],
  [
    'a builtin type without JSON type',
    withEntry({ name: 'any', 'meta-type': 'builtin' }),
    'missing-member [4]',
  ],
  ['an array of nothing', withEntry({ name: '[9]', 'meta-type': 'array' }), 'missing-member [4]'],
  [
    'an array with a wrong name',
    withEntry({ name: '[2]', 'meta-type': 'array', 'element-type': '1' }),
    'bad-name [4].name',
  ],
  [
    'an array of something unknown',
    withEntry({ name: '[7]', 'meta-type': 'array', 'element-type': '7' }),
    'unknown-type [4].element-type',
  ],
  [
    'an array of itself',
    withEntry({ name: '[9]', 'meta-type': 'array', 'element-type': '[9]' }),
    'bad-name [4].name',
    'wrong-kind [4].element-type',
  ],
  ['an enum without anything', withEntry({ name: '9', 'meta-type': 'enum' }), 'missing-member [4]'],
  [
    'values that are no strings',
    withEntry({ name: '9', 'meta-type': 'enum', values: [{}] }),
    'wrong-type [4].values[0]',
  ],
  [
    'a value twice',
    withEntry({ name: '9', 'meta-type': 'enum', values: ['a', 'a'] }),
    'duplicate [4].values[1]',
  ],
  ['a strange value', withEntry({ name: '9', 'meta-type': 'enum', values: [''] }), 'bad-name [4].values[0]'],
  ['values that differ', withEntry({ ...kinds, name: '9', values: ['a', 'c'] }), 'values-differ [4]'],
  [
    'an enum member',
    withEntry({ name: '9', 'meta-type': 'enum', members: ['a'] }),
    'wrong-type [4].members[0]',
  ],
  [
    'an enum member twice',
    withEntry({ name: '9', 'meta-type': 'enum', members: [{ name: 'a' }, { name: 'a' }] }),
    'duplicate [4].members[1].name',
  ],
  ['members', withEntry(object({})), 'wrong-type [4].members'],
  ['a member', withEntry(object(['a'])), 'wrong-type [4].members[0]'],
  ['a member without type', withEntry(object([{ name: 'a' }])), 'missing-member [4].members[0]'],
  [
    'a member of an unknown type',
    withEntry(object([{ name: 'a', type: '7' }])),
    'unknown-type [4].members[0].type',
  ],
  [
    'a member twice',
    withEntry(
      object([
        { name: 'a', type: 'str' },
        { name: 'a', type: 'str' },
      ]),
    ),
    'duplicate [4].members[1].name',
  ],
  [
    'a member with an unknown member',
    withEntry(object([{ name: 'a', type: 'str', x: 1 }])),
    'unknown-member [4].members[0]',
  ],
  [
    'a default',
    withEntry(object([{ name: 'a', type: 'str', default: 'x' }])),
    'bad-default [4].members[0].default',
  ],
  ['variants without tag', withEntry(object([], { variants: [] })), 'missing-member [4]'],
  [
    'a tag without variants',
    withEntry(object([{ name: 'k', type: '1' }], { tag: 'k' })),
    'missing-member [4]',
  ],
  ['a tag that is no member', withEntry(union([], 'x')), 'bad-tag [4].tag'],
  [
    'a tag of the wrong type',
    withEntry(object([{ name: 'k', type: 'str' }], { tag: 'k', variants: [] })),
    'bad-tag [4].tag',
  ],
  [
    'an optional tag',
    withEntry(object([{ name: 'k', type: '1', default: null }], { tag: 'k', variants: [] })),
    'bad-tag [4].tag',
  ],
  ['a case of nothing', withEntry(union([{ case: 'z', type: '0' }])), 'unknown-case [4].variants[0].case'],
  [
    'a case twice',
    withEntry(
      union([
        { case: 'a', type: '0' },
        { case: 'a', type: '0' },
      ]),
    ),
    'duplicate [4].variants[1].case',
  ],
  [
    'a variant that is no object',
    withEntry(union([{ case: 'a', type: 'str' }])),
    'wrong-kind [4].variants[0].type',
  ],
  [
    'a variant with a common member',
    withEntry(union([{ case: 'a', type: '8' }]), { ...object([{ name: 'k', type: 'str' }]), name: '8' }),
    'duplicate [4].variants',
  ],
  [
    'a union that is its own variant',
    withEntry(union([{ case: 'a', type: '9' }])),
    'contains-itself [4].variants',
  ],
  ['an alternate without members', withEntry({ name: '9', 'meta-type': 'alternate' }), 'missing-member [4]'],
  [
    'an alternate of itself',
    withEntry({ name: '9', 'meta-type': 'alternate', members: [{ type: '9' }] }),
    'wrong-kind [4].members[0].type',
  ],
  [
    'two strings',
    withEntry({ name: '9', 'meta-type': 'alternate', members: [{ type: 'str' }, { type: '1' }] }),
    'indistinguishable [4]',
  ],
];

void t.test('problems', (t) => {
  for (const [title, found, ...expected] of cases) t.strictSame(found, expected, title);
  t.end();
});

void t.test('problems are bounded', (t) => {
  const { problems: found } = schemaFromIntrospection(Array.from({ length: 5000 }, () => 1));
  t.equal(found.length, 100);
  t.equal(found.at(-1)?.code, 'too-many-problems');
  const [long] = schemaFromIntrospection([
    { name: 'x'.repeat(100_000), 'meta-type': 'y'.repeat(100_000) },
  ]).problems;
  t.ok(must(long).message.length < 200);
  t.end();
});

void t.test('work is bounded', (t) => {
  const count = 2500;
  const names = Array.from({ length: count }, (_, index) => `v${index}`);
  const found = problems([
    empty,
    { name: 'E', 'meta-type': 'enum', values: names },
    { name: 'B', 'meta-type': 'object', members: names.map((name) => ({ name, type: 'E' })) },
    { ...union(names.map((name) => ({ case: name, type: 'B' }))), members: [{ name: 'k', type: 'E' }] },
  ]);
  t.strictSame(found, ['too-large [3].variants']);
  t.end();
});

void t.test('the model', (t) => {
  const { schema } = schemaFromIntrospection([
    ...base,
    { name: 'int', 'meta-type': 'builtin', 'json-type': 'int' },
    { name: '[int]', 'meta-type': 'array', 'element-type': 'int' },
    object(
      [
        { name: 'k', type: '1' },
        { name: 'x', type: '[int]', default: null, features: ['unstable'] },
      ],
      {
        tag: 'k',
        variants: [
          { case: 'a', type: '8' },
          { case: 'b', type: '0' },
        ],
        features: ['f'],
      },
    ),
    { ...object([{ name: 'y', type: '9' }]), name: '8' },
    {
      name: 'd',
      'meta-type': 'command',
      'arg-type': '9',
      'ret-type': '[int]',
      'allow-oob': true,
      features: ['deprecated'],
    },
    { name: 'E', 'meta-type': 'event', 'arg-type': '8' },
  ]);
  t.strictSame(
    [...schema.types.keys()],
    ['0', 'str', '1', 'int', '9', '8'],
    'arrays are reached by reference',
  );
  t.match(schema.types.get('int'), { range: { min: -(2n ** 63n), max: 2n ** 64n - 1n, exact: false } });
  const c = must(schema.commands.get('c'));
  t.equal(c.arguments, undefined, 'an object without members says nothing');
  t.equal(c.returns, undefined);
  t.match(schema.commands.get('d'), {
    allowOob: true,
    features: [{ name: 'deprecated' }],
    checked: true,
    returns: { kind: 'array', name: '[int]' },
  });
  const type = must(schema.commands.get('d')?.arguments);
  t.match(type, { meta: 'union', features: [{ name: 'f' }] });
  t.match(type.members[1], { name: 'x', optional: true, features: [{ name: 'unstable' }] });
  t.equal(type.variants?.tag, type.members[0]);
  t.strictSame([...must(type.variants).branches.keys()], ['a'], 'branches without members are left out');
  t.equal(type.variants?.branches.get('a')?.type.members[0]?.type, type, 'circles of members are fine');
  t.end();
});

void t.test('a union of a union of … does not exhaust the stack', (t) => {
  const count = 20_000;
  const chain = Array.from({ length: count }, (_, index) => ({
    ...union([{ case: 'a', type: `u${index + 1}` }]),
    name: `u${index}`,
  }));
  const found = schemaFromIntrospection([...base, ...chain, { ...empty, name: `u${count}` }]);
  t.ok(found.problems.every(({ code }) => code === 'duplicate' || code === 'too-many-problems'));
  const ring = schemaFromIntrospection([
    ...base,
    ...chain,
    { ...union([{ case: 'a', type: 'u0' }]), name: `u${count}` },
  ]);
  t.ok(ring.problems.some(({ code }) => code === 'contains-itself'));
  t.end();
});

/** Follows the schema everywhere, and fails at whatever a walker could not cope with. */
function walk(schema: Schema): void {
  for (const type of schema.types.values()) {
    if (type.kind === 'alternate' && type.alternatives.some((branch) => branch.type.kind === 'alternate')) {
      throw new Error('an alternate in an alternate');
    }
    if (type.kind !== 'object' || type.variants === undefined) continue;
    if (!type.members.includes(type.variants.tag)) throw new Error('a tag that is no member');
    if (type.variants.tag.type.kind !== 'enum') throw new Error('a tag of the wrong type');
    const parts = new Set<ObjectType>();
    for (
      let part: ObjectType | undefined = type;
      part !== undefined;
      part = [...(part.variants?.branches.values() ?? [])][0]?.type
    ) {
      if (parts.has(part)) throw new Error('a union in itself');
      parts.add(part);
    }
  }
  jsonSchema(schema);
  introspect(schema);
  compareWithIntrospection(schema, schema);
}

const valid = introspect(schemaAt(fixture('home.qapi')), { allConditions: true });

/** Every place in a value where something else can be put. */
function places(value: Json, put: (json: Json) => void, into: ((json: Json) => void)[]): void {
  into.push(put);
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) places(element, (json) => (value[index] = json), into);
  } else if (isObject(value)) {
    for (const [name, each] of Object.entries(value)) places(each, (json) => (value[name] = json), into);
  }
}

const scalar = fc.oneof(
  fc.constantFrom(
    '0',
    '1',
    '2',
    '3',
    '[0]',
    '[str]',
    'int',
    'str',
    'any',
    '__proto__',
    'constructor',
    'enum',
    'object',
    'alternate',
    'array',
    '',
  ),
  fc.constantFrom(null, true, 0, -1, 2n ** 70n),
  fc.string(),
);
const replacement: fc.Arbitrary<Json> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('name', 'type', 'case', 'tag', 'members', 'features', 'default'), scalar, {
    maxKeys: 3,
    noNullPrototype: true,
  }),
);

void t.test('mutated data never throws and always gives a schema that can be walked', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), replacement), { minLength: 1, maxLength: 6 }), (mutations) => {
      let data: Json = structuredClone(valid);
      for (const [index, json] of mutations) {
        const all: ((json: Json) => void)[] = [];
        places(data, (whole) => (data = whole), all);
        // The whole is replaced rarely: little of interest is left then.
        all[1 + (index % (all.length - 1))]?.(json);
      }
      walk(schemaFromIntrospection(data).schema);
    }),
    { seed: SEED, numRuns: 3000 },
  );
  t.end();
});

void t.test('arbitrary JSON never throws', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      walk(schemaFromIntrospection(value as Json).schema);
      walk(schemaFromIntrospection([value as Json]).schema);
    }),
    { seed: SEED, numRuns: 500 },
  );
  t.end();
});
