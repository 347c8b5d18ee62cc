/**
 * What definitions must be like: one wrong schema after the other, with the error and its place.
 */
import t from 'tap';
import { errorsOf, placesOf } from '../support.js';

type Case = readonly [title: string, text: string, ...places: string[]];

const syntax: Case[] = [
  ['no meta-type', "{ 'type': 'X' }", 'bad-expression 1:1'],
  ['an empty object', '{}\n', 'bad-expression 1:1'],
  ['two meta-types', "{ 'command': 'x', 'event': 'Y' }", 'bad-expression 1:1'],
  ['a name that is no string', "{ 'struct': {}, 'data': {} }", 'wrong-value 1:13'],
  ['a missing key', "{ 'struct': 'S' }", 'missing-key 1:1'],
  ['an unknown key', "{ 'command': 'x', 'dat': {} }", 'unknown-key 1:19'],
  [
    'several mistakes',
    "{ 'enum': 'E', 'x': 'y',\n  'prefix': true }",
    'missing-key 1:1',
    'unknown-key 1:16',
    'wrong-value 2:13',
  ],
  ['a key of another kind', "{ 'event': 'X', 'returns': 'str' }", 'unknown-key 1:17'],
  ['enum data', "{ 'enum': 'E', 'data': {} }", 'wrong-value 1:24'],
  ['an enum value', "{ 'enum': 'E', 'data': [ [] ] }", 'wrong-value 1:26'],
  ['an enum value without name', "{ 'enum': 'E', 'data': [ { 'if': 'A' } ] }", 'missing-key 1:26'],
  ['the name of an enum value', "{ 'enum': 'E', 'data': [ { 'name': true } ] }", 'wrong-value 1:36'],
  ['struct data', "{ 'struct': 'S', 'data': [] }", 'wrong-value 1:26'],
  ['the base of a struct', "{ 'struct': 'S', 'data': {}, 'base': {} }", 'wrong-value 1:38'],
  ['a member of no type', "{ 'struct': 'S', 'data': { 'a': true } }", 'wrong-value 1:33'],
  ['an array of two types', "{ 'struct': 'S', 'data': { 'a': [ 'str', 'int' ] } }", 'wrong-value 1:33'],
  ['an array of an array', "{ 'struct': 'S', 'data': { 'a': [ [ 'str' ] ] } }", 'wrong-value 1:33'],
  ['an empty array type', "{ 'struct': 'S', 'data': { 'a': [] } }", 'wrong-value 1:33'],
  ['a member without type', "{ 'struct': 'S', 'data': { 'a': { 'if': 'A' } } }", 'missing-key 1:33'],
  [
    'a member with an unknown key',
    "{ 'struct': 'S', 'data': { 'a': { 'type': 'str', 'x': 'y' } } }",
    'unknown-key 1:50',
  ],
  ['union data', "{ 'union': 'U', 'base': {}, 'discriminator': 'd', 'data': [] }", 'wrong-value 1:59'],
  ['a union without discriminator', "{ 'union': 'U', 'base': {}, 'data': {} }", 'missing-key 1:25'],
  ['a union without base', "{ 'union': 'U', 'discriminator': 'd', 'data': {} }", 'missing-key 1:34'],
  [
    'a discriminator that is no name',
    "{ 'union': 'U', 'base': {}, 'discriminator': [], 'data': {} }",
    'wrong-value 1:46',
  ],
  [
    'an array in a branch',
    "{ 'union': 'U', 'base': { 'd': 'E' }, 'discriminator': 'd', 'data': { 'a': [ 'str' ] } }",
    'wrong-value 1:76',
  ],
  [
    'features of a branch',
    "{ 'union': 'U', 'base': { 'd': 'E' }, 'discriminator': 'd', 'data': { 'a': { 'type': 'S', 'features': [] } } }",
    'unknown-key 1:91',
  ],
  ['an empty alternate', "{ 'alternate': 'A', 'data': {} }", 'no-branches 1:29'],
  ['alternate data', "{ 'alternate': 'A', 'data': 'str' }", 'wrong-value 1:29'],
  ['command data', "{ 'command': 'x', 'data': [ 'str' ] }", 'wrong-value 1:27'],
  ['returns in place', "{ 'command': 'x', 'returns': { 'a': 'str' } }", 'wrong-value 1:30'],
  ['boxed without data', "{ 'command': 'x', 'boxed': true }", 'missing-key 1:1'],
  ['boxed data in place', "{ 'event': 'X', 'boxed': true, 'data': {} }", 'wrong-value 1:40'],
  ['a flag of the wrong value', "{ 'command': 'x', 'gen': true }", 'wrong-value 1:26'],
  ['a flag of the wrong type', "{ 'command': 'x', 'allow-oob': 'true' }", 'wrong-value 1:32'],
  [
    'flags that exclude each other',
    "{ 'command': 'x', 'allow-oob': true, 'coroutine': true }",
    'conflicting-flags 1:38',
  ],
  ['features', "{ 'command': 'x', 'features': 'f' }", 'wrong-value 1:31'],
  ['a feature', "{ 'command': 'x', 'features': [ true ] }", 'wrong-value 1:33'],
  [
    'a feature with an unknown key',
    "{ 'command': 'x', 'features': [ { 'name': 'f', 'x': 'y' } ] }",
    'unknown-key 1:48',
  ],
];

const names: Case[] = [
  ['a space', "{ 'command': 'a b' }", 'bad-name 1:14'],
  ['nothing', "{ 'command': '' }", 'bad-name 1:14'],
  ['a digit in front', "{ 'struct': '1S', 'data': {} }", 'bad-name 1:13'],
  ['an underscore in front', "{ 'event': '_X' }", 'bad-name 1:12'],
  ['q_', "{ 'command': 'q_x' }", 'bad-name 1:14'],
  ['a downstream name', "{ 'command': '__org.example_x-foo' }"],
  ['a type that is called List', "{ 'struct': 'SList', 'data': {} }", 'reserved-name 1:13'],
  ['a member', "{ 'struct': 'S', 'data': { 'a': 'str',\n'*': 'str' } }", 'bad-name 2:1'],
  ['the member u', "{ 'struct': 'S', 'data': { 'u': 'str' } }", 'reserved-name 1:28'],
  ['a member has-x', "{ 'command': 'x', 'data': { '*has-x': 'str' } }", 'reserved-name 1:29'],
  ['an enum value', "{ 'enum': 'E', 'data': [ 'a', 'b c' ] }", 'bad-name 1:31'],
  ['an enum value with a digit in front', "{ 'enum': 'E', 'data': [ '2d' ] }"],
  ['a feature', "{ 'command': 'x', 'features': [ 'f!' ] }", 'bad-name 1:33'],
  ['an alternative', "{ 'alternate': 'A', 'data': { 'a.b': 'str' } }", 'bad-name 1:31'],
];

const conditions: Case[] = [
  ['a boolean', "{ 'command': 'x', 'if': true }", 'bad-condition 1:25'],
  ['an empty string', "{ 'command': 'x', 'if': ' ' }", 'bad-condition 1:25'],
  ['an empty list', "{ 'command': 'x', 'if': [] }", 'bad-condition 1:25'],
  ['a list of something else', "{ 'command': 'x', 'if': [ 'A', {} ] }", 'bad-condition 1:32'],
  ['an empty object', "{ 'command': 'x', 'if': {} }", 'bad-condition 1:25'],
  ['two operators', "{ 'command': 'x', 'if': { 'all': [ 'A' ], 'any': [ 'A' ] } }", 'bad-condition 1:25'],
  ['an unknown operator', "{ 'command': 'x', 'if': { 'al': [ 'A' ] } }", 'unknown-key 1:27'],
  ['all of nothing', "{ 'command': 'x', 'if': { 'all': [] } }", 'bad-condition 1:34'],
  ['any of one', "{ 'command': 'x', 'if': { 'any': 'A' } }", 'bad-condition 1:34'],
  ['not a list', "{ 'command': 'x', 'if': { 'not': [ 'A' ] } }", 'bad-condition 1:34'],
  ['no symbol inside', "{ 'command': 'x', 'if': { 'not': 'defined(A)' } }", 'bad-condition 1:34'],
  ['on a member', "{ 'struct': 'S', 'data': { 'a': { 'type': 'str', 'if': true } } }", 'bad-condition 1:56'],
  ['on a value', "{ 'enum': 'E', 'data': [ { 'name': 'a', 'if': [] } ] }", 'bad-condition 1:47'],
  ['on a feature', "{ 'command': 'x', 'features': [ { 'name': 'f', 'if': [] } ] }", 'bad-condition 1:54'],
  ['on a branch', "{ 'alternate': 'A', 'data': { 'a': { 'type': 'str', 'if': [] } } }", 'bad-condition 1:59'],
];

const E = "{ 'enum': 'E', 'data': [ 'a', 'b' ] }\n";
const S = "{ 'struct': 'S', 'data': { 's': 'str' } }\n";
const union = (base: string, data: string): string =>
  `{ 'union': 'U', 'discriminator': 'd',\n  'base': ${base},\n  'data': ${data} }\n`;

const semantics: Case[] = [
  ['a definition twice', `${S}{ 'command': 'S' }`, 'duplicate-definition 2:14'],
  ['a builtin type once more', "{ 'struct': 'int', 'data': {} }", 'duplicate-definition 1:13'],
  ['QType once more', "{ 'enum': 'QType', 'data': [] }", 'duplicate-definition 1:11'],
  ['an unknown base', "{ 'struct': 'X', 'base': 'Y', 'data': {} }", 'unknown-type 1:26'],
  [
    'an unknown member type',
    "{ 'struct': 'X', 'data': { 'a': 'Y',\n 'b': [ 'Z' ] } }",
    'unknown-type 1:33',
    'unknown-type 2:9',
  ],
  ['unknown arguments', "{ 'command': 'x', 'data': 'Y' }", 'unknown-type 1:27'],
  ['an unknown return type', "{ 'command': 'x', 'returns': [ 'Y' ] }", 'unknown-type 1:32'],
  ['unknown event data', "{ 'event': 'X', 'data': { 'a': 'Y' } }", 'unknown-type 1:32'],
  ['an unknown alternative', "{ 'alternate': 'A', 'data': { 'a': 'Y' } }", 'unknown-type 1:36'],
  ['an unknown branch type', E + union("{ 'd': 'E' }", "{ 'a': 'Y' }"), 'unknown-type 4:18'],
  ['a command as a type', "{ 'command': 'x' }\n{ 'command': 'y', 'data': 'x' }", 'unknown-type 2:27'],
  ['an enum as a base', `${E}{ 'struct': 'X', 'base': 'E', 'data': {} }`, 'bad-base 2:26'],
  ['a builtin type as a base', "{ 'struct': 'X', 'base': 'str', 'data': {} }", 'bad-base 1:26'],
  [
    'a union as a base',
    `${E}${union("{ 'd': 'E' }", '{}')}{ 'struct': 'X', 'base': 'U', 'data': {} }`,
    'bad-base 5:26',
  ],
  ['a struct that is its own base', "{ 'struct': 'X', 'base': 'X', 'data': {} }", 'contains-itself 1:1'],
  [
    'a circle of bases',
    "{ 'struct': 'X', 'base': 'Y', 'data': {} }\n{ 'struct': 'Y', 'base': 'X', 'data': {} }",
    'contains-itself 1:1',
  ],
  ['a union that is its own branch', E + union("{ 'd': 'E' }", "{ 'a': 'U' }"), 'contains-itself 2:1'],
  ['a struct with a member of its own type', "{ 'struct': 'X', 'data': { '*x': 'X' } }"],
  [
    'members that collide in C',
    "{ 'struct': 'X', 'data': { 'a-b': 'str', 'a_b': 'str' } }",
    'name-collision 1:42',
  ],
  [
    'an optional member once more',
    "{ 'struct': 'X', 'data': { 'a': 'str', '*a': 'str' } }",
    'name-collision 1:40',
  ],
  [
    'a member of the base once more',
    `${S}{ 'struct': 'X', 'base': 'S', 'data': { 's': 'str' } }`,
    'name-collision 2:41',
  ],
  [
    'arguments that collide',
    "{ 'command': 'x', 'data': { 'a-b': 'str', 'a_b': 'str' } }",
    'name-collision 1:43',
  ],
  ['values that collide', "{ 'enum': 'X', 'data': [ 'a-b', 'a_b' ] }", 'name-collision 1:33'],
  [
    'alternatives that collide',
    "{ 'alternate': 'X', 'data': { 'a-b': 'str', 'a_b': 'null' } }",
    'name-collision 1:45',
  ],
  ['a feature twice', "{ 'command': 'x', 'features': [ 'f', 'f' ] }", 'name-collision 1:38'],
  [
    'a feature of a member twice',
    "{ 'struct': 'X', 'data': { 'a': { 'type': 'str', 'features': [ 'f', 'f' ] } } }",
    'name-collision 1:69',
  ],
  [
    'a branch with a common member',
    E + S + union("{ 'd': 'E', 's': 'str' }", "{ 'a': 'S' }"),
    'name-collision 5:13',
  ],
  ['no such discriminator', E + union("{ 'c': 'E' }", '{}'), 'bad-discriminator 2:34'],
  ['a discriminator of the wrong type', union("{ 'd': 'str' }", '{}'), 'bad-discriminator 1:34'],
  ['an array as discriminator', E + union("{ 'd': [ 'E' ] }", '{}'), 'bad-discriminator 2:34'],
  ['an optional discriminator', E + union("{ '*d': 'E' }", '{}'), 'bad-discriminator 2:34'],
  [
    'a conditional discriminator',
    E + union("{ 'd': { 'type': 'E', 'if': 'A' } }", '{}'),
    'bad-discriminator 2:34',
  ],
  ['a branch for no value', E + S + union("{ 'd': 'E' }", "{ 'a': 'S', 'c': 'S' }"), 'unknown-branch 5:23'],
  ['a union over nothing', `{ 'enum': 'E', 'data': [] }\n${union("{ 'd': 'E' }", '{}')}`, 'no-branches 2:12'],
  ['a scalar branch', E + union("{ 'd': 'E' }", "{ 'a': 'str' }"), 'bad-branch 4:18'],
  ['an alternate of any', "{ 'alternate': 'A', 'data': { 'a': 'any' } }", 'indistinguishable 1:36'],
  [
    'an alternate of an alternate',
    "{ 'alternate': 'A', 'data': { 'a': 'str' } }\n{ 'alternate': 'B', 'data': { 'a': 'A' } }",
    'indistinguishable 2:36',
  ],
  ['two objects', `${S}{ 'alternate': 'A', 'data': { 'a': 'S', 'b': 'S' } }`, 'indistinguishable 2:46'],
  [
    'two arrays',
    "{ 'alternate': 'A', 'data': { 'a': [ 'str' ], 'b': [ 'int' ] } }",
    'indistinguishable 1:54',
  ],
  [
    'a string and a number',
    "{ 'alternate': 'A', 'data': { 'a': 'str', 'b': 'int' } }",
    'indistinguishable 1:48',
  ],
  ['two numbers', "{ 'alternate': 'A', 'data': { 'a': 'size', 'b': 'number' } }", 'indistinguishable 1:49'],
  [
    'an enum that looks like a boolean',
    "{ 'enum': 'X', 'data': [ 'on' ] }\n{ 'alternate': 'A', 'data': { 'a': 'X', 'b': 'bool' } }",
    'indistinguishable 2:46',
  ],
  [
    'an enum that looks like a number',
    "{ 'enum': 'X', 'data': [ '3d' ] }\n{ 'alternate': 'A', 'data': { 'a': 'int', 'b': 'X' } }",
    'indistinguishable 2:48',
  ],
  [
    'an enum and a boolean',
    `${E}{ 'alternate': 'A', 'data': { 'a': 'E', 'b': 'bool', 'c': 'null', 'd': [ 'str' ] } }`,
  ],
  ['arguments that are no object', `${E}{ 'command': 'x', 'data': 'E' }`, 'bad-arguments 2:27'],
  [
    'arguments of an alternate',
    "{ 'alternate': 'A', 'data': { 'a': 'str' } }\n{ 'event': 'X', 'boxed': true, 'data': 'A' }",
    'bad-arguments 2:40',
  ],
  [
    'a union that is not boxed',
    `${E}${union("{ 'd': 'E' }", '{}')}{ 'command': 'x', 'data': 'U' }`,
    'bad-arguments 5:27',
  ],
  ['a return value that is no object', "{ 'command': 'x', 'returns': 'int' }", 'bad-return 1:30'],
  ['an array of enum values', `${E}{ 'command': 'x', 'returns': [ 'E' ] }`, 'bad-return 2:32'],
  ['a deprecated type', "{ 'struct': 'X', 'data': {}, 'features': [ 'deprecated' ] }", 'bad-feature 1:44'],
];

for (const [area, cases] of Object.entries({ syntax, names, conditions, semantics })) {
  void t.test(area, (t) => {
    for (const [title, text, ...places] of cases) t.strictSame(placesOf(text), places, title);
    t.end();
  });
}

void t.test('a mistake does not make others', (t) => {
  const text = `{ 'enum': 'E', 'data': 'a' }
{ 'struct': 'S', 'base': 'E', 'data': { 'e': 'E' } }
{ 'union': 'U', 'base': { 'd': 'E' }, 'discriminator': 'd', 'data': { 'x': 'S', 'y': 'Nope' } }
{ 'command': 'x', 'boxed': true, 'data': 'U', 'returns': [ 'E' ] }`;
  t.strictSame(placesOf(text), ['wrong-value 1:24', 'unknown-type 3:86']);
  t.end();
});

void t.test('errors are data, sorted and bounded', (t) => {
  const [error] = errorsOf(
    "{ 'struct': 'Thing', 'data': {} }\n{ 'command': 'x',\n  'data': { 'a': 'Thin' } }",
  );
  t.strictSame(error, {
    code: 'unknown-type',
    message: "member 'a' uses the unknown type 'Thin'",
    hint: "did you mean 'Thing'?",
    position: { file: 'main', line: 3, column: 18 },
    definition: { meta: 'command', name: 'x', position: { file: 'main', line: 2, column: 1 } },
  });
  const many = errorsOf(
    "{ 'command': 'x', 'data': 'Y' }\n".replace("'x'", "'x0'") +
      Array.from({ length: 500 }, (_, index) => `{ 'command': 'y${index}', 'data': 'Y' }\n`).join(''),
  );
  t.equal(many.length, 100);
  t.strictSame(
    many.map((each) => each.position.line),
    Array.from({ length: 100 }, (_, index) => index + 1),
  );
  const long = errorsOf(`{ 'command': 'x', 'data': '${'y'.repeat(10_000)}' }`);
  t.ok((long[0]?.message.length ?? 0) < 600, 'messages are clipped');
  t.end();
});

void t.test('hints', (t) => {
  const hints: [string, string | undefined][] = [
    ["{ 'comand': 'x' }", "did you mean 'command'?"],
    ["{ 'command': 'x', 'retuns': 'str' }", "did you mean 'returns'?"],
    ["{ 'command': 'x', 'foo': 'str' }", undefined],
    ["{ 'command': 'x', 'data': { 'a': 'Structure' } }", undefined],
    ["{ 'command': 'x', 'data': { 'a': 'unit8' } }", "did you mean 'uint8'?"],
    [E + S + union("{ 'd': 'E' }", "{ 'A': 'S' }"), "did you mean 'a'?"],
    ["{ 'struct': 'S', 'data': {} }\n{ 'struct': 'S', 'data': {} }", 'at main:1'],
  ];
  for (const [text, hint] of hints) t.equal(errorsOf(text)[0]?.hint, hint, text);
  t.end();
});

void t.test('inheritance that makes the schema explode is an error', (t) => {
  const members = Array.from({ length: 2000 }, (_, index) => `'m${index}': 'str'`).join(', ');
  const chain = Array.from(
    { length: 3000 },
    (_, index) => `{ 'struct': 'S${index + 1}', 'base': 'S${index}', 'data': { 'x${index}': 'str' } }`,
  );
  t.strictSame(placesOf(`{ 'struct': 'S0', 'data': { ${members} } }\n${chain.join('\n')}`), [
    'schema-too-large 1:1',
  ]);
  t.end();
});

void t.test('long chains do not exhaust the stack', (t) => {
  const chain = Array.from(
    { length: 20_000 },
    (_, index) => `{ 'struct': 'S${index}', 'base': 'S${index + 1}', 'data': {} }`,
  );
  t.strictSame(placesOf(`${chain.join('\n')}\n{ 'struct': 'S20000', 'data': {} }`), []);
  t.strictSame(placesOf(`${chain.join('\n')}\n{ 'struct': 'S20000', 'base': 'S0', 'data': {} }`), [
    'contains-itself 1:1',
  ]);
  t.end();
});
