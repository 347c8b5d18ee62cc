/**
 * Values judged by their types: every kind of type, every kind of problem, both directions.
 */
import t from 'tap';
import { Double, jsonObject, JsonReader, writeJson, type Json } from '../../src/json/index.js';
import {
  checkArguments,
  checkEventData,
  checkReturn,
  checkValue,
  type Direction,
  type ValueProblem,
} from '../../src/judge/index.js';
import { builtins } from '../../src/qapi/model/builtin.js';
import {
  introspect,
  schemaFromIntrospection,
  type BuiltinName,
  type Schema,
  type Type,
} from '../../src/qapi/index.js';
import { values } from '../json/support.js';
import { must, schemaOf } from '../qapi/support.js';

const directions = ['input', 'output'] as const;

const schema = schemaOf(`
  { 'pragma': { 'command-returns-exceptions': [ 'read' ] } }
  { 'enum': 'Kind', 'data': [ 'lamp', 'bell', 'none', { 'name': 'extra', 'if': 'EXTRA' } ] }
  { 'enum': 'Tone', 'data': [ 'high', 'low' ] }
  { 'struct': 'Lamp', 'data': { 'watts': 'uint8', '*name': 'str' } }
  { 'union': 'Bell', 'base': { 'tone': 'Tone', '*name': 'str' }, 'discriminator': 'tone',
    'data': { 'low': 'Low' } }
  { 'struct': 'Low', 'data': { 'hertz': 'int' } }
  { 'union': 'Device', 'base': { 'id': 'str', 'kind': 'Kind' }, 'discriminator': 'kind',
    'data': { 'lamp': 'Lamp', 'bell': 'Bell', 'extra': { 'type': 'Low', 'if': 'EXTRA' } } }
  { 'alternate': 'Choice', 'data': { 'nothing': 'null', 'count': 'int', 'lamp': 'Lamp', 'list': [ 'int8' ] } }
  { 'alternate': 'Switch', 'data': { 'tone': 'Tone', 'on': 'bool', 'off': 'null', 'level': 'number' } }
  { 'struct': 'Base', 'data': { 'base': 'int' } }
  { 'struct': 'Tree', 'base': 'Base', 'data': { '*left': 'Tree', '*nodes': [ 'Tree' ], '*any': 'any' } }
  { 'struct': 'Maybe', 'data': { 'there': { 'type': 'int', 'if': 'EXTRA' }, '*null': 'null' } }
  { 'command': 'add', 'data': { 'devices': [ 'Device' ], '*choice': 'Choice', '*switch': 'Switch',
                                '*tree': 'Tree', '*maybe': 'Maybe' } }
  { 'command': 'read', 'returns': 'Choice' }
  { 'command': 'devices', 'returns': [ 'Device' ] }
  { 'command': 'free', 'data': { 'id': 'str' }, 'gen': false }
  { 'command': 'plain' }
  { 'event': 'TICK', 'data': { 'count': 'int' } }
  { 'event': 'TOCK' }
`);

function type(name: string): Type {
  return must(schema.types.get(name));
}

/** Problems as `kind path`, in order. */
function words(problems: readonly ValueProblem[]): string[] {
  return problems.map(({ kind, path }) => (path === '' ? kind : `${kind} ${path}`));
}

function check(name: string, value: Json, direction: Direction = 'input'): string[] {
  return words(checkValue(type(name), value, direction));
}

/** The problems of the arguments of a command, in JSON notation. */
function args(text: string, command = 'add'): ValueProblem[] {
  const [value = null] = values(new JsonReader().push(Buffer.from(text)));
  return checkArguments(must(schema.commands.get(command)), value);
}

/** One value of each JSON type; integers and doubles apart. */
const samples: Readonly<Record<string, Json>> = {
  null: null,
  boolean: true,
  integer: 1,
  double: new Double(1, '1.0'),
  string: '1',
  array: [1],
  object: { a: 1 },
};

const taken: Readonly<Record<BuiltinName, readonly string[]>> = {
  str: ['string'],
  number: ['integer', 'double'],
  int: ['integer'],
  int8: ['integer'],
  int16: ['integer'],
  int32: ['integer'],
  int64: ['integer'],
  uint8: ['integer'],
  uint16: ['integer'],
  uint32: ['integer'],
  uint64: ['integer'],
  size: ['integer'],
  bool: ['boolean'],
  null: ['null'],
  any: Object.keys(samples),
};

void t.test('every builtin type takes its JSON types and no other', (t) => {
  for (const [name, jsonTypes] of Object.entries(taken)) {
    const builtin = must(builtins.get(name));
    for (const [jsonType, value] of Object.entries(samples)) {
      for (const direction of directions) {
        const expected = jsonTypes.includes(jsonType) ? [] : ['wrong-type'];
        t.strictSame(words(checkValue(builtin, value, direction)), expected, `${name}, ${jsonType}`);
      }
    }
  }
  t.end();
});

void t.test('a number with a fraction or an exponent is no integer, whatever its value', (t) => {
  for (const text of ['1.0', '1e2', '100.0', '-0.0', '0e0']) {
    const [problem] = checkValue(must(builtins.get('int')), new Double(Number(text), text), 'input');
    t.match(problem, {
      kind: 'wrong-type',
      due: 'an integer',
      message: 'a number with a fraction or an exponent stands where an integer is due',
    });
  }
  t.strictSame(check('Low', { hertz: -0 }), [], 'minus zero is the integer 0');
  t.strictSame(check('Low', { hertz: 0.5 }), ['wrong-type hertz'], 'a number of JavaScript');
  t.end();
});

void t.test('the ranges of integers are exact', (t) => {
  const signed = (bits: bigint): [bigint, bigint] => [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
  const ranges: Readonly<Record<string, [min: bigint, max: bigint]>> = {
    int8: signed(8n),
    int16: signed(16n),
    int32: signed(32n),
    int64: signed(64n),
    int: signed(64n),
    uint8: [0n, 2n ** 8n - 1n],
    uint16: [0n, 2n ** 16n - 1n],
    uint32: [0n, 2n ** 32n - 1n],
    uint64: [0n, 2n ** 64n - 1n],
    size: [0n, 2n ** 64n - 1n],
  };
  const asRead = (value: bigint): Json => {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  };
  for (const [name, [min, max]] of Object.entries(ranges)) {
    for (const direction of directions) {
      const wraps = direction === 'input' && (name === 'uint64' || name === 'size');
      const least = wraps ? -(2n ** 63n) : min;
      for (const [value, expected] of [
        [least, []],
        [least - 1n, ['out-of-range']],
        [max, []],
        [max + 1n, ['out-of-range']],
        [-(2n ** 200n), ['out-of-range']],
        [2n ** 200n, ['out-of-range']],
      ] as const) {
        const problems = checkValue(must(builtins.get(name)), asRead(value), direction);
        t.strictSame(words(problems), expected, `${name} ${value}, ${direction}`);
      }
    }
  }
  t.end();
});

void t.test('what is negative for a 64-bit unsigned type is fine in arguments only', (t) => {
  for (const name of ['uint64', 'size']) {
    for (const value of [-1, -(2n ** 63n)]) {
      t.strictSame(words(checkValue(must(builtins.get(name)), value, 'input')), []);
      t.strictSame(words(checkValue(must(builtins.get(name)), value, 'output')), ['out-of-range']);
    }
  }
  for (const name of ['uint8', 'uint16', 'uint32']) {
    t.strictSame(words(checkValue(must(builtins.get(name)), -1, 'input')), ['out-of-range'], name);
  }
  const [problem] = checkValue(must(builtins.get('uint64')), 2n ** 64n, 'output');
  t.match(problem, {
    found: 2n ** 64n,
    message: '18446744073709551616 is outside the range of uint64, 0 to 18446744073709551615',
  });
  t.end();
});

void t.test(
  'where introspection has merged the integer types, a value is fine if any of them takes it',
  (t) => {
    const { schema: merged } = schemaFromIntrospection(
      introspect(schemaOf("{ 'command': 'c', 'data': { 'a': 'uint8' } }")),
    );
    const command = must(merged.commands.get('c'));
    for (const value of [-1, 256, -(2n ** 63n), 2n ** 64n - 1n]) {
      t.strictSame(checkArguments(command, { a: value }), []);
    }
    for (const value of [-(2n ** 63n) - 1n, 2n ** 64n]) {
      t.strictSame(words(checkArguments(command, { a: value })), ['out-of-range a']);
    }
    t.end();
  },
);

void t.test('enumerations take their values, exactly', (t) => {
  for (const value of ['high', 'low']) t.strictSame(check('Tone', value), []);
  for (const value of ['', 'High', 'hig', 'high ', 'high\0', '__proto__']) {
    t.strictSame(check('Tone', value), ['unlisted-value'], JSON.stringify(value));
  }
  for (const value of [null, 0, true, ['high'], { high: 1 }]) {
    t.strictSame(check('Tone', value), ['wrong-type'], writeJson(value));
  }
  t.strictSame(check('Kind', 'extra'), [], 'a value with a condition may exist');
  t.end();
});

void t.test('arrays: each element counts, at whatever position', (t) => {
  t.strictSame(args('{"devices":[]}'), []);
  const good = '{"id":"a","kind":"none"}';
  t.strictSame(args(`{"devices":[${good},${good}]}`), []);
  t.strictSame(words(args(`{"devices":[${good},${good},{"kind":"none"},null]}`)), [
    'missing-member devices[2].id',
    'wrong-type devices[3]',
  ]);
  for (const value of ['{}', '"x"', 'null', '0', 'true', good]) {
    t.strictSame(words(args(`{"devices":${value}}`)), ['wrong-type devices'], value);
  }
  t.strictSame(check('Tree', { base: 1, nodes: [{ base: 1, nodes: [{ base: 1 }, { base: '1' }] }] }), [
    'wrong-type nodes[0].nodes[1].base',
  ]);
  t.end();
});

void t.test('objects: what is missing, what is unknown, names exactly', (t) => {
  t.strictSame(check('Lamp', { watts: 1 }), []);
  t.strictSame(check('Lamp', { watts: 1, name: '' }), []);
  t.strictSame(check('Lamp', {}), ['missing-member watts']);
  t.strictSame(check('Lamp', { watts: null }), ['wrong-type watts'], 'null is not absence');
  t.strictSame(check('Lamp', { watts: 1, name: null }), ['wrong-type name'], 'nor for what is optional');
  t.strictSame(check('Lamp', { Watts: 1, watts: 1, 'name ': '' }), [
    'unknown-member Watts',
    'unknown-member name ',
  ]);
  t.strictSame(check('Lamp', { watts: 1, x: null }), ['unknown-member x']);
  t.strictSame(check('Tree', { left: { base: 1 } }), ['missing-member base'], 'of the base');
  for (const value of [null, [], '', 1, [{ watts: 1 }]]) {
    t.strictSame(check('Lamp', value), ['wrong-type'], writeJson(value));
  }
  t.match(checkValue(type('Lamp'), {}, 'input'), [
    { kind: 'missing-member', message: "the member 'watts' is missing", found: undefined, role: undefined },
  ]);
  t.end();
});

void t.test('an object of no declared type is empty', (t) => {
  for (const direction of directions) {
    t.strictSame(words(checkValue(undefined, {}, direction)), []);
    t.strictSame(words(checkValue(undefined, { x: 1 }, direction)), ['unknown-member x']);
    t.strictSame(words(checkValue(undefined, null, direction)), ['wrong-type']);
  }
  t.end();
});

void t.test('what a union wants of its discriminator', (t) => {
  const lamp = { watts: 1 };
  const table: [value: Json, problems: Partial<ValueProblem>[]][] = [
    [{ id: 'a', kind: 'none' }, []],
    [{ id: 'a', kind: 'extra', hertz: 1 }, []],
    [
      { id: 'a', ...lamp },
      [
        { kind: 'missing-member', path: 'kind', role: 'discriminator' },
        { kind: 'unknown-member', path: 'watts', role: 'other-branch' },
      ],
    ],
    [
      { id: 'a', kind: 'horn' },
      [{ kind: 'unlisted-value', path: 'kind', role: 'discriminator', found: 'horn' }],
    ],
    ...[1, null, true, ['lamp'], { kind: 'lamp' }].map((kind): [Json, Partial<ValueProblem>[]] => [
      { id: 'a', kind },
      [{ kind: 'wrong-type', path: 'kind', role: 'discriminator', due: 'a string', found: kind }],
    ]),
    [{ kind: 'none' }, [{ kind: 'missing-member', path: 'id' }]],
  ];
  for (const [value, problems] of table) {
    const found = checkValue(type('Device'), value, 'input');
    t.equal(found.length, problems.length, writeJson(value));
    t.match(found, problems, writeJson(value));
  }
  t.end();
});

void t.test('what a union wants of its branches', (t) => {
  const table: [value: Json, problems: Partial<ValueProblem>[]][] = [
    [{ id: 'a', kind: 'lamp', watts: 1, name: 'n' }, []],
    [{ id: 'a', kind: 'lamp' }, [{ kind: 'missing-member', path: 'watts', role: 'branch' }]],
    [
      { id: 'a', kind: 'lamp', watts: 256, name: 1 },
      [
        { kind: 'out-of-range', path: 'watts', role: 'branch' },
        { kind: 'wrong-type', path: 'name', role: 'branch' },
      ],
    ],
    [
      { id: 'a', kind: 'lamp', watts: 1, tone: 'low' },
      [
        {
          kind: 'unknown-member',
          path: 'tone',
          role: 'other-branch',
          message: "the member 'tone' belongs to another branch",
        },
      ],
    ],
    // Members of the branch of a branch belong to no branch of this union.
    [
      { id: 'a', kind: 'lamp', watts: 1, depth: 1 },
      [{ kind: 'unknown-member', message: "the member 'depth' is not declared" }],
    ],
    [{ id: 'a', kind: 'none', watts: 1 }, [{ kind: 'unknown-member', role: 'other-branch' }]],
    // A branch that is a union itself.
    [{ id: 'a', kind: 'bell', tone: 'high' }, []],
    [{ id: 'a', kind: 'bell', tone: 'low', hertz: 50, name: 'n' }, []],
    [{ id: 'a', kind: 'bell' }, [{ kind: 'missing-member', path: 'tone', role: 'discriminator' }]],
    [{ id: 'a', kind: 'bell', tone: 'low' }, [{ kind: 'missing-member', path: 'hertz', role: 'branch' }]],
    [
      { id: 'a', kind: 'bell', tone: 'high', hertz: 50 },
      [{ kind: 'unknown-member', path: 'hertz', role: 'other-branch' }],
    ],
  ];
  for (const [value, problems] of table) {
    const found = checkValue(type('Device'), value, 'input');
    t.equal(found.length, problems.length, writeJson(value));
    t.match(found, problems, writeJson(value));
  }
  t.end();
});

void t.test('a name in several branches is known wherever one of them is selected', (t) => {
  t.strictSame(check('Device', { id: 'a', kind: 'lamp', watts: 1, name: '' }), []);
  t.strictSame(check('Device', { id: 'a', kind: 'bell', tone: 'high', name: '' }), []);
  t.strictSame(check('Device', { id: 'a', kind: 'none', name: '' }), ['unknown-member name']);
  t.end();
});

void t.test('an alternate picks its branch by the JSON type, and the rules of the branch hold', (t) => {
  for (const value of [null, 1, -(2n ** 63n), { watts: 1 }, [], [1, 2]])
    t.strictSame(check('Choice', value), []);
  for (const value of ['', true]) t.strictSame(check('Choice', value), ['no-alternative']);
  t.strictSame(check('Choice', {}), ['missing-member watts']);
  t.strictSame(check('Choice', [1, 128]), ['out-of-range [1]']);
  t.strictSame(check('Choice', 2n ** 63n), ['out-of-range']);
  t.strictSame(check('Choice', new Double(1, '1.0')), ['wrong-type'], 'the branch is int');
  for (const value of ['high', true, false, null, 1, new Double(0.5)]) {
    t.strictSame(check('Switch', value), [], writeJson(value));
  }
  for (const value of [{}, []]) t.strictSame(check('Switch', value), ['no-alternative']);
  t.strictSame(check('Switch', ''), ['unlisted-value']);
  t.match(checkValue(type('Switch'), [], 'input', 'return'), [
    { path: 'return', message: 'no branch of the alternate takes an array' },
  ]);
  t.end();
});

void t.test('downstream names are for what a server sends', (t) => {
  const lamp = { watts: 1, __vendor: 1, '__com.example_x': [] };
  t.strictSame(check('Lamp', lamp, 'output'), []);
  t.strictSame(check('Lamp', lamp, 'input'), ['unknown-member __vendor', 'unknown-member __com.example_x']);
  t.strictSame(check('Lamp', { watts: 1, _vendor: 1 }, 'output'), ['unknown-member _vendor']);
  t.strictSame(
    check('Choice', { __vendor: 1 }, 'output'),
    ['missing-member watts'],
    'they stand for nothing',
  );
  const devices = [{ id: 'a', kind: 'lamp', ...lamp }];
  t.strictSame(checkReturn(must(schema.commands.get('devices')), devices), [], 'at any depth');
  t.end();
});

void t.test('an element with a condition may exist or not', (t) => {
  t.strictSame(check('Maybe', {}), []);
  t.strictSame(check('Maybe', { there: 1 }), []);
  t.strictSame(check('Maybe', { there: '1' }), ['wrong-type there']);
  t.strictSame(check('Maybe', { null: null }), []);
  t.strictSame(check('Maybe', { null: 0 }), ['wrong-type null']);
  t.end();
});

void t.test('arguments, returns and the data of events', (t) => {
  const plain = must(schema.commands.get('plain'));
  t.strictSame(checkArguments(plain, undefined), [], 'absent arguments are empty ones');
  t.strictSame(words(checkArguments(plain, { x: 1 })), ['unknown-member x']);
  t.strictSame(words(checkArguments(must(schema.commands.get('add')), undefined)), [
    'missing-member devices',
  ]);
  const free = must(schema.commands.get('free'));
  t.strictSame(checkArguments(free, { anything: 1 }), [], 'the command checks by itself');
  t.strictSame(checkReturn(plain, {}), []);
  t.strictSame(words(checkReturn(plain, { x: 1 })), ['unknown-member return.x']);
  t.strictSame(words(checkReturn(plain, [])), ['wrong-type return']);
  t.strictSame(words(checkReturn(must(schema.commands.get('devices')), [{}])), [
    'missing-member return[0].id',
    'missing-member return[0].kind',
  ]);
  const tick = must(schema.events.get('TICK'));
  t.strictSame(checkEventData(tick, { count: 1 }), []);
  t.strictSame(words(checkEventData(tick, undefined)), ['missing-member data.count']);
  const tock = must(schema.events.get('TOCK'));
  t.strictSame(checkEventData(tock, undefined), []);
  t.strictSame(checkEventData(tock, {}), []);
  t.strictSame(words(checkEventData(tock, null)), ['wrong-type data']);
  t.end();
});

void t.test('any takes every value, however deep, and is not looked into', (t) => {
  const deep = `${'['.repeat(1000)}${']'.repeat(1000)}`;
  t.strictSame(args(`{"devices":[],"tree":{"base":1,"any":${deep}}}`), []);
  t.strictSame(args('{"devices":[],"tree":{"base":1,"any":null}}'), []);
  t.end();
});

void t.test('a type that contains itself is followed as deep as a message may go', (t) => {
  let value: Json = { base: true };
  for (let depth = 0; depth < 1000; depth += 1) value = { base: 1, left: value };
  t.strictSame(check('Tree', value), [`wrong-type ${'left.'.repeat(1000)}base`]);
  t.end();
});

void t.test('names from the other side are data', (t) => {
  const hostile = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '0', 'length'];
  for (const name of hostile) {
    const value = jsonObject([[name, 1]]);
    const expected = [`missing-member watts`, name === '' ? 'unknown-member' : `unknown-member ${name}`];
    t.strictSame(check('Lamp', value), expected, name);
    // What every object inherits is no discriminator either.
    t.strictSame(
      check(
        'Device',
        jsonObject([
          ['id', ''],
          ['kind', name],
        ]),
      ),
      ['unlisted-value kind'],
      name,
    );
  }
  t.strictSame(check('Lamp', Object.create({ watts: 1 }) as Json), ['missing-member watts']);
  t.strictSame(check('Lamp', jsonObject([['__proto__', { watts: 1 }]]), 'output'), ['missing-member watts']);
  t.end();
});

void t.test('long names are cut in messages and paths', (t) => {
  const [, problem] = checkValue(type('Lamp'), { ['x'.repeat(10_000)]: 1 }, 'input');
  t.equal(problem?.path, `${'x'.repeat(77)}...`);
  t.equal(problem?.message, `the member '${'x'.repeat(77)}...' is not declared`);
  const [unlisted] = checkValue(type('Tone'), 'x'.repeat(10_000), 'input');
  t.equal(unlisted?.message, `'${'x'.repeat(77)}...' is no value of the enumeration`);
  t.end();
});

void t.test('twenty problems are enough', (t) => {
  const many = Array.from({ length: 1000 }, (_, index) => index);
  t.equal(args(`{"devices":[${many.join()}]}`).length, 20);
  const names = jsonObject(many.map((index) => [`n${index}`, 1] as const));
  t.equal(check('Lamp', names).length, 20);
  const devices = Array.from({ length: 30 }, () => ({}));
  const problems = checkReturn(must(schema.commands.get('devices')), devices);
  t.equal(problems.length, 20);
  t.equal(problems.at(-1)?.path, 'return[9].kind');
  t.end();
});

void t.test('a schema from a hostile server brings no walker into a circle', (t) => {
  const entries: Json = [
    { name: 'c', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '1' },
    { name: '0', 'meta-type': 'object', members: [] },
    { name: '1', 'meta-type': 'alternate', members: [{ type: '1' }, { type: '2' }] },
    { name: '2', 'meta-type': 'array', 'element-type': '2' },
  ];
  const { schema: hostile }: { schema: Schema } = schemaFromIntrospection(entries);
  const command = must(hostile.commands.get('c'));
  let value: Json = 1;
  for (let depth = 0; depth < 500; depth += 1) value = [value];
  t.type(checkReturn(command, value).length, 'number');
  t.type(checkReturn(command, {}).length, 'number');
  t.end();
});

void t.test('a member that a branch repeats hides no other that nobody declared', (t) => {
  const object = (name: string, members: Json[], rest: Record<string, Json> = {}): Json => {
    return { name, 'meta-type': 'object', members, ...rest };
  };
  const { schema } = schemaFromIntrospection([
    { name: 'c', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '1' },
    object('0', []),
    object(
      '1',
      [
        { name: 'kind', type: '3' },
        { name: 'a', type: 'int' },
      ],
      { tag: 'kind', variants: [{ case: 'x', type: '2' }] },
    ),
    object('2', [{ name: 'a', type: 'int' }]),
    { name: '3', 'meta-type': 'enum', values: ['x'] },
    { name: 'int', 'meta-type': 'builtin', 'json-type': 'int' },
  ]);
  const command = schema.commands.get('c');
  if (command === undefined) throw new Error('there is no command');
  const problems = checkReturn(command, { kind: 'x', a: 1, odd: 2 });
  t.strictSame(
    problems.map(({ kind, path }) => `${kind} ${path}`),
    ['unknown-member return.odd'],
  );
  t.end();
});
