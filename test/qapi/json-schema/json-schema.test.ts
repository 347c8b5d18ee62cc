/**
 * The published JSON Schema: valid by its own meta-schema, and of the same opinion as the model.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import {
  isObject,
  jsonEqual,
  member,
  writeJson,
  type Json,
  type JsonObject,
} from '../../../src/json/index.js';
import { introspect, jsonSchema, schemaFromIntrospection } from '../../../src/qapi/index.js';
import { fixture, schemaAt, schemaFiles, schemaOf } from '../support.js';

const ID = 'https://example.org/schema';

/** A validator for parts of a document, by their JSON pointers. */
function validator(document: JsonObject): (pointer: string, value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, ownProperties: true });
  ajv.addVocabulary(['commands', 'events']);
  ajv.addSchema(JSON.parse(writeJson(document)) as object, ID);
  return (pointer, value) => ajv.compile({ $ref: `${ID}#${pointer}` })(value);
}

/** The part of a document that a path of names leads to. */
function at(document: Json, ...path: string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const name of path) value = isObject(value) ? member(value, name) : undefined;
  return value;
}

const home = jsonSchema(schemaAt(fixture('home.qapi')));
const isValid = validator(home);

void t.test('the document is a JSON Schema, and every part of it compiles', (t) => {
  for (const path of schemaFiles) {
    const schema = schemaAt(path);
    for (const each of [
      schema,
      schemaFromIntrospection(introspect(schema, { allConditions: true })).schema,
    ]) {
      const document = jsonSchema(each);
      t.equal(
        new Ajv2020({ strict: false }).validateSchema(JSON.parse(writeJson(document)) as object),
        true,
        path,
      );
      const check = validator(document);
      for (const name of each.commands.keys()) {
        t.type(check(`/commands/${name}/arguments`, null), 'boolean');
        t.type(check(`/commands/${name}/returns`, null), 'boolean');
      }
      for (const name of each.events.keys()) t.type(check(`/events/${name}`, null), 'boolean');
    }
  }
  t.end();
});

void t.test('the shape of the document', (t) => {
  t.strictSame(Object.keys(home), ['$schema', '$defs', 'commands', 'events']);
  t.equal(home.$schema, 'https://json-schema.org/draft/2020-12/schema');
  t.strictSame(Object.keys(at(home, 'commands') as JsonObject), [
    'set_mode',
    'apply',
    'add-device',
    'read-log',
    'tune',
    'power-off',
  ]);
  t.strictSame(Object.keys(at(home, 'events') as JsonObject), ['MODE_CHANGED', 'DEVICE_LOST', 'TICK']);
  t.equal(at(home, '$defs', 'Unused'), undefined);
  t.end();
});

void t.test('64-bit bounds are exact', (t) => {
  t.ok(
    jsonEqual(at(home, '$defs', 'uint64') ?? null, { type: 'integer', minimum: 0, maximum: 2n ** 64n - 1n }),
  );
  t.match(writeJson(home), '"maximum":18446744073709551615');
  const { schema } = schemaFromIntrospection(
    introspect(schemaOf("{ 'command': 'c', 'data': { 'a': 'int' } }")),
  );
  t.ok(
    jsonEqual(at(jsonSchema(schema), '$defs', 'int') ?? null, {
      type: 'integer',
      minimum: -(2n ** 63n),
      maximum: 2n ** 64n - 1n,
    }),
  );
  t.end();
});

void t.test('descriptions, deprecation and conditions', (t) => {
  t.match(at(home, 'commands', 'set_mode'), { description: 'Switch the whole house.', deprecated: true });
  t.equal(at(home, 'commands', 'set_mode', 'arguments', 'properties', 'mode', 'description'), 'what to do');
  t.equal(
    at(home, 'commands', 'add-device', 'description'),
    'Add a device.\nOnly if HAVE_DEVICES and not READ_ONLY.',
  );
  t.equal(
    at(home, '$defs', 'Device', 'properties', 'label', 'description'),
    'what people call it',
    'of the base of the base',
  );
  t.match(at(home, '$defs', 'Mode', 'description'), 'party (unstable): all lights on\nOnly if HAVE_LIGHTS.');
  t.equal(
    at(home, '$defs', 'Device:Sensor', 'properties', 'probe', 'description'),
    'how it is asked',
    'of a base in place',
  );
  t.equal(at(home, '$defs', 'Setting', 'properties', 'level', 'deprecated'), undefined);
  t.equal(at(home, 'events', 'MODE_CHANGED', 'description'), 'Emitted when the mode changes.');
  t.end();
});

const lamp = { label: 'l', kind: 'lamp', colour: 'off' };
const sensor = { label: 'l', kind: 'sensor', probe: 'poll', interval: 5 };

const values: [pointer: string, valid: unknown[], invalid: unknown[]][] = [
  [
    '/commands/set_mode/arguments',
    [{ mode: 'day' }, { mode: 'party', rooms: [], delay: 0 }],
    [
      {},
      { mode: 'noon' },
      { mode: 'day', delay: -1 },
      { mode: 'day', rooms: ['a', 1] },
      { mode: 'day', more: 1 },
      [],
    ],
  ],
  ['/commands/set_mode/returns', [{}], [{ a: 1 }, null, []]],
  [
    '/commands/apply/arguments',
    [{ name: 'n' }, { name: 'n', nested: [{ name: 'm', nested: [] }] }, { name: 'n', level: -128 }],
    [{ name: 'n', nested: [{}] }, { name: 'n', level: 128 }, { name: 'n', level: 1.5 }, { name: null }],
  ],
  [
    '/commands/apply/returns',
    [[], [{ ok: true, seconds: 1.5, counter: 2 }]],
    [{}, [{ ok: 1 }], [{ ok: true, counter: -1 }]],
  ],
  ['/commands/read-log/returns', [''], [null, {}]],
  ['/commands/tune/arguments', [{ driver: 'd' }, { driver: 'd', value: null, anything: 1 }], [{}]],
  ['/commands/power-off/returns', [], [{}, null]],
  [
    '/commands/add-device/arguments',
    [
      { device: lamp, parent: 'x' },
      { device: lamp, parent: { label: 'x' } },
      { device: lamp, parent: null },
      { device: lamp, parent: ['x'] },
    ],
    [
      { device: lamp, parent: 1 },
      { device: lamp, parent: {} },
    ],
  ],
  [
    '/$defs/Device',
    [
      lamp,
      { ...lamp, watts: 9 },
      sensor,
      { label: 'l', kind: 'sensor', probe: 'push' },
      { label: 'l', kind: 'shutter', position: 3 },
    ],
    [
      { label: 'l' },
      { ...lamp, kind: 'shutter' },
      { ...lamp, kind: 'x' },
      { ...lamp, interval: 5 },
      { ...sensor, probe: 'push' },
      { ...sensor, more: 1 },
      { label: 'l', kind: 'sensor' },
      { kind: 'lamp', colour: 'off' },
    ],
  ],
  ['/events/MODE_CHANGED', [{ mode: 'night', by: 'x' }], [{ by: 'x' }]],
  ['/events/DEVICE_LOST', [sensor], [{}]],
  ['/events/TICK', [{}], [{ a: 1 }]],
];

void t.test('values', (t) => {
  for (const [pointer, valid, invalid] of values) {
    for (const value of valid) t.equal(isValid(pointer, value), true, `${pointer} ${JSON.stringify(value)}`);
    for (const value of invalid)
      t.equal(isValid(pointer, value), false, `${pointer} ${JSON.stringify(value)}`);
  }
  t.end();
});

/** The errors of a value, as `PATH KEYWORD`; that of the `if` around others says nothing of its own. */
function errorsOf(document: JsonObject, pointer: string, value: unknown): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true, ownProperties: true });
  ajv.addSchema(JSON.parse(writeJson(document)) as object, ID);
  const validate = ajv.compile({ $ref: `${ID}#${pointer}` });
  validate(value);
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

void t.test('one mistake is one error, where it is', (t) => {
  const cases: [string, unknown, string][] = [
    ['/$defs/Device', { label: 'l' }, ' required'],
    ['/$defs/Device', { ...lamp, kind: 'x' }, '/kind enum'],
    ['/$defs/Device', { ...lamp, kind: 1 }, '/kind type'],
    ['/$defs/Device', { ...lamp, colour: 'no' }, '/colour enum'],
    ['/$defs/Device', { ...lamp, interval: 5 }, ' additionalProperties'],
    ['/$defs/Device', { ...sensor, interval: 'x' }, '/interval type'],
    ['/$defs/Device', { ...sensor, more: 1 }, ' additionalProperties'],
    ['/$defs/Device', { ...sensor, probe: 'x' }, '/probe enum'],
    [
      '/$defs/Device',
      JSON.parse('{"label":"l","kind":"sensor","probe":"push","__proto__":1}'),
      ' additionalProperties',
    ],
    ['/commands/add-device/arguments', { device: lamp, parent: 1 }, '/parent type'],
    ['/commands/add-device/arguments', { device: lamp, parent: {} }, '/parent required'],
    [
      '/commands/add-device/arguments',
      { device: { ...lamp, watts: 'x' }, parent: null },
      '/device/watts type',
    ],
  ];
  for (const [pointer, value, error] of cases)
    t.strictSame(
      [...new Set(errorsOf(home, pointer, value))].slice(0, 2),
      error.endsWith('/kind type') ? [error, '/kind enum'] : [error],
      JSON.stringify(value),
    );
  t.end();
});

void t.test('a member that a condition may remove is not required', (t) => {
  const document = jsonSchema(
    schemaOf("{ 'command': 'c', 'data': { 'a': 'int', 'b': { 'type': 'int', 'if': 'B' } } }"),
  );
  t.same(at(document, 'commands', 'c', 'arguments', 'required'), ['a']);
  t.end();
});

void t.test('a value of the discriminator without a branch has the common members only', (t) => {
  const schema = schemaOf(`{ 'enum': 'E', 'data': [ 'a', 'b' ] }
{ 'union': 'U', 'base': { 'e': 'E', '*c': 'str' }, 'discriminator': 'e', 'data': { 'a': 'S' } }
{ 'struct': 'S', 'data': { 's': 'str' } }
{ 'command': 'x', 'boxed': true, 'data': 'U' }`);
  const check = validator(jsonSchema(schema));
  t.ok(check('/$defs/U', { e: 'b', c: '' }));
  t.notOk(check('/$defs/U', { e: 'b', s: '' }));
  t.ok(check('/$defs/U', { e: 'a', s: '' }));
  t.end();
});

void t.test('wrapped unions, and enumerations without values', (t) => {
  const legacy = validator(jsonSchema(schemaAt(fixture('legacy.qapi'))));
  t.ok(legacy('/$defs/Parcel', { type: 'sizes', data: ['s'] }));
  t.notOk(legacy('/$defs/Parcel', { type: 'number', data: 's' }));
  t.notOk(legacy('/$defs/Parcel', { type: 'number' }));
  const none = validator(
    jsonSchema(schemaOf("{ 'enum': 'E', 'data': [] }\n{ 'command': 'x', 'data': { '*e': 'E' } }")),
  );
  t.ok(none('/commands/x/arguments', {}));
  t.notOk(none('/commands/x/arguments', { e: 'a' }));
  t.end();
});

void t.test('names that need escapes', (t) => {
  const { schema } = schemaFromIntrospection([
    { name: 'a/b~c%', 'meta-type': 'enum', values: ['x'] },
    { name: '__proto__', 'meta-type': 'object', members: [{ name: '__proto__', type: 'a/b~c%' }] },
    { name: 'c', 'meta-type': 'command', 'arg-type': '__proto__', 'ret-type': '__proto__' },
  ]);
  const document = jsonSchema(schema);
  t.ok(
    jsonEqual(at(document, '$defs', '__proto__', 'properties', '__proto__') ?? null, {
      $ref: '#/$defs/a~1b~0c%25',
    }),
  );
  t.match(at(document, '$defs', 'a/b~c%'), { enum: ['x'] });
  t.end();
});

/** A union whose branches are unions, and so on. */
function unionsInUnions(depth: number): JsonObject {
  const unions = Array.from(
    { length: depth },
    (_, index) => `{ 'union': 'U${index}', 'base': { 'e${index}': 'E' }, 'discriminator': 'e${index}',
  'data': { 'a': 'U${index + 1}', 'b': 'U${index + 1}' } }`,
  );
  return jsonSchema(
    schemaOf(`{ 'enum': 'E', 'data': [ 'a', 'b' ] }
${unions.join('\n')}
{ 'struct': 'U${depth}', 'data': { 'x': 'str' } }
{ 'command': 'c', 'boxed': true, 'data': 'U0' }`),
  );
}

void t.test('unions in unions', (t) => {
  const check = validator(unionsInUnions(3));
  const value = { e0: 'a', e1: 'b', e2: 'a', x: '' };
  t.ok(check('/commands/c/arguments', value));
  t.notOk(check('/commands/c/arguments', { ...value, more: 1 }));
  t.notOk(check('/commands/c/arguments', { ...value, e1: 'c' }));
  t.notOk(check('/commands/c/arguments', { e0: 'a', e1: 'b', x: '' }));
  t.ok(writeJson(unionsInUnions(40)).length < 40_000, 'they take no more space than where they are written');
  t.end();
});
