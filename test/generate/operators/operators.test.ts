/**
 * What is tried at each place, and in which words: small schemas, and all the cases that they have.
 */
import t from 'tap';
import {
  ArgumentGenerator,
  INVALID_OPERATORS,
  VALID_OPERATORS,
  type Operator,
} from '../../../src/generate/index.js';
import { referenceSchema } from '../../../src/target/bundled-fake.js';
import { casesOf, EVERYTHING, generatorFor } from '../cases.js';

interface Row {
  readonly what: string;
  readonly schema: string;
  readonly operators?: readonly Operator[];
  readonly depth?: number;
  readonly cases: readonly string[];
}

const rows: readonly Row[] = [
  {
    what: 'a command that takes no arguments',
    schema: "{ 'command': 'c' }",
    cases: ['+ /no-arguments -', '! /arguments-unwanted {"x":1}'],
  },
  {
    what: 'a command all of whose arguments are optional',
    schema: "{ 'command': 'c', 'data': { '*yes': 'bool' } }",
    operators: VALID_OPERATORS,
    cases: [
      '+ /no-arguments -',
      '+ /all-members {"yes":false}',
      '+ yes/optional-alone {"yes":false}',
      '+ yes/other-value.true {"yes":true}',
    ],
  },
  {
    what: 'arguments as a whole',
    schema: "{ 'command': 'c' }",
    operators: ['arguments-wrong-type'],
    cases: [
      '! /arguments-wrong-type.null null',
      '! /arguments-wrong-type.boolean true',
      '! /arguments-wrong-type.integer 1',
      '! /arguments-wrong-type.double 0.5',
      '! /arguments-wrong-type.string "z"',
      '! /arguments-wrong-type.array []',
    ],
  },
  {
    what: 'a string, and a name with a hyphen',
    schema: "{ 'command': 'c', 'data': { 'a-word': 'str' } }",
    cases: [
      '+ /mandatory-only {"a-word":"z"}',
      '! /unknown-member {"a-word":"z","qmpspec":0}',
      '! /unknown-member-proto {"a-word":"z","__proto__":{}}',
      '! /unknown-member-case {"a-word":"z","A-WORD":"z"}',
      '! /unknown-member-underscore {"a-word":"z","a_word":"z"}',
      '+ a-word/string.empty {"a-word":""}',
      '+ a-word/string.long {"a-word":"LONG"}',
      '+ a-word/string.non-ascii {"a-word":"\\u00e9\\u20ac\\ud83d\\ude00"}',
      '! a-word/member-missing {}',
      '! a-word/null-for-value.null {"a-word":null}',
      '! a-word/wrong-type.boolean {"a-word":true}',
      '! a-word/wrong-type.integer {"a-word":1}',
      '! a-word/wrong-type.double {"a-word":0.5}',
      '! a-word/wrong-type.array {"a-word":[]}',
      '! a-word/wrong-type.object {"a-word":{}}',
      '! a-word/array-for-scalar.of-one {"a-word":["z"]}',
    ],
  },
  {
    what: 'values that are easily taken for booleans and numbers',
    schema: "{ 'command': 'c', 'data': { 'yes': 'bool', 'ratio': 'number', 'none': 'null' } }",
    operators: ['wrong-type', 'null-for-value', 'other-value'],
    cases: [
      '+ yes/other-value.true {"yes":true,"ratio":0,"none":null}',
      '! yes/null-for-value.null {"yes":null,"ratio":0,"none":null}',
      '! yes/wrong-type.integer {"yes":1,"ratio":0,"none":null}',
      '! yes/wrong-type.double {"yes":0.5,"ratio":0,"none":null}',
      '! yes/wrong-type.string {"yes":"z","ratio":0,"none":null}',
      '! yes/wrong-type.array {"yes":[],"ratio":0,"none":null}',
      '! yes/wrong-type.object {"yes":{},"ratio":0,"none":null}',
      '! yes/wrong-type.zero {"yes":0,"ratio":0,"none":null}',
      '! yes/wrong-type.word {"yes":"true","ratio":0,"none":null}',
      '+ ratio/other-value.zero {"yes":false,"ratio":0,"none":null}',
      '+ ratio/other-value.negative {"yes":false,"ratio":-0.5,"none":null}',
      '+ ratio/other-value.large {"yes":false,"ratio":1e+300,"none":null}',
      '+ ratio/other-value.small {"yes":false,"ratio":5e-324,"none":null}',
      '! ratio/null-for-value.null {"yes":false,"ratio":null,"none":null}',
      '! ratio/wrong-type.boolean {"yes":false,"ratio":true,"none":null}',
      '! ratio/wrong-type.string {"yes":false,"ratio":"z","none":null}',
      '! ratio/wrong-type.array {"yes":false,"ratio":[],"none":null}',
      '! ratio/wrong-type.object {"yes":false,"ratio":{},"none":null}',
      '! ratio/wrong-type.digits {"yes":false,"ratio":"1","none":null}',
      '! none/wrong-type.boolean {"yes":false,"ratio":0,"none":true}',
      '! none/wrong-type.integer {"yes":false,"ratio":0,"none":1}',
      '! none/wrong-type.double {"yes":false,"ratio":0,"none":0.5}',
      '! none/wrong-type.string {"yes":false,"ratio":0,"none":"z"}',
      '! none/wrong-type.array {"yes":false,"ratio":0,"none":[]}',
      '! none/wrong-type.object {"yes":false,"ratio":0,"none":{}}',
    ],
  },
  {
    what: 'anything goes for any',
    schema: "{ 'command': 'c', 'data': { 'any': 'any' } }",
    operators: ['wrong-type', 'null-for-value', 'array-for-scalar', 'other-value', 'member-missing'],
    cases: [
      '+ any/other-value.null {"any":null}',
      '+ any/other-value.boolean {"any":true}',
      '+ any/other-value.integer {"any":1}',
      '+ any/other-value.double {"any":0.5}',
      '+ any/other-value.string {"any":"z"}',
      '+ any/other-value.array {"any":[]}',
      '+ any/other-value.object {"any":{}}',
      '! any/member-missing {}',
    ],
  },
  {
    what: 'a narrow integer has its own bounds',
    schema: "{ 'command': 'c', 'data': { 'n': 'int16' } }",
    operators: [
      'boundary',
      'integer-range',
      'integer-beyond-64-bits',
      'integer-fraction',
      'integer-notation',
    ],
    cases: [
      '+ n/boundary.min {"n":-32768}',
      '+ n/boundary.max {"n":32767}',
      '+ n/boundary.zero {"n":0}',
      '+ n/boundary.minus-one {"n":-1}',
      '+ n/boundary.int8-max {"n":127}',
      '+ n/boundary.uint8-max {"n":255}',
      '! n/integer-range.above {"n":32768}',
      '! n/integer-range.below {"n":-32769}',
      '! n/integer-beyond-64-bits.above {"n":18446744073709551616}',
      '! n/integer-beyond-64-bits.below {"n":-9223372036854775809}',
      '! n/integer-fraction.1.5 {"n":1.5}',
      '! n/integer-fraction.0.1 {"n":0.1}',
      '! n/integer-notation.1.0 {"n":1.0}',
      '! n/integer-notation.1e2 {"n":1e2}',
    ],
  },
  {
    what: 'a wide integer is exact, and only what is surely wrong is tried beyond its bounds',
    schema: "{ 'command': 'c', 'data': { 'wide': 'uint64', 'int': 'int' } }",
    operators: ['integer-range', 'integer-beyond-64-bits'],
    cases: [
      '! wide/integer-beyond-64-bits.above {"wide":18446744073709551616,"int":0}',
      '! wide/integer-beyond-64-bits.below {"wide":-9223372036854775809,"int":0}',
      '! int/integer-range.above {"wide":0,"int":9223372036854775808}',
      '! int/integer-beyond-64-bits.above {"wide":0,"int":18446744073709551616}',
      '! int/integer-beyond-64-bits.below {"wide":0,"int":-9223372036854775809}',
    ],
  },
  {
    what: 'boundaries of 64 bits',
    schema: "{ 'command': 'c', 'data': { 'wide': 'size' } }",
    operators: ['boundary'],
    cases: [
      '+ wide/boundary.zero {"wide":0}',
      '+ wide/boundary.int8-max {"wide":127}',
      '+ wide/boundary.uint8-max {"wide":255}',
      '+ wide/boundary.uint16-max {"wide":65535}',
      '+ wide/boundary.int32-max {"wide":2147483647}',
      '+ wide/boundary.2^31 {"wide":2147483648}',
      '+ wide/boundary.uint32-max {"wide":4294967295}',
      '+ wide/boundary.2^32 {"wide":4294967296}',
      '+ wide/boundary.2^53+1 {"wide":9007199254740993}',
      '+ wide/boundary.int64-max {"wide":9223372036854775807}',
      '+ wide/boundary.2^63 {"wide":9223372036854775808}',
      '+ wide/boundary.uint64-max {"wide":18446744073709551615}',
    ],
  },
  {
    what: 'an enumeration, without near misses that are listed',
    schema: `
      { 'enum': 'Colour', 'data': [ { 'name': 'maybe', 'if': 'X' }, 'red', 're', 'RED' ],
        'features': [] }
      { 'pragma': { 'member-name-exceptions': [ 'Colour' ] } }
      { 'command': 'c', 'data': { 'colour': 'Colour' } }`,
    operators: ['enum-value', 'enum-near-miss', 'enum-case', 'enum-empty', 'enum-long'],
    cases: [
      '+ colour/enum-value.maybe {"colour":"maybe"}',
      '+ colour/enum-value.red {"colour":"red"}',
      '+ colour/enum-value.re {"colour":"re"}',
      '+ colour/enum-value.RED {"colour":"RED"}',
      '! colour/enum-near-miss.longer {"colour":"redx"}',
      '! colour/enum-near-miss.space {"colour":"red "}',
      '! colour/enum-empty.empty {"colour":""}',
      '! colour/enum-long.long {"colour":"LONG"}',
    ],
  },
  {
    what: 'an enumeration of small letters',
    schema: "{ 'enum': 'Size', 'data': [ 'small', 'large' ] } { 'command': 'c', 'data': { 'is': 'Size' } }",
    operators: ['enum-near-miss', 'enum-case', 'null-for-value', 'array-for-scalar'],
    cases: [
      '! is/null-for-value.null {"is":null}',
      '! is/array-for-scalar.of-one {"is":["small"]}',
      '! is/enum-near-miss.longer {"is":"smallx"}',
      '! is/enum-near-miss.shorter {"is":"smal"}',
      '! is/enum-near-miss.space {"is":"small "}',
      '! is/enum-case.other {"is":"SMALL"}',
    ],
  },
  {
    what: 'arrays and their elements',
    schema: "{ 'command': 'c', 'data': { 'list': [ 'bool' ] } }",
    operators: [
      'array-length',
      'scalar-for-array',
      'element-first',
      'element-later',
      'array-for-scalar',
      'null-for-value',
    ],
    cases: [
      '+ list/array-length.empty {"list":[]}',
      '+ list/array-length.one {"list":[false]}',
      '+ list/array-length.three {"list":[false,false,false]}',
      '! list/null-for-value.null {"list":null}',
      '! list/scalar-for-array.element {"list":true}',
      '! list/element-first.integer {"list":[1,false]}',
      '! list/element-later.integer {"list":[false,false,1]}',
      '! list[]/null-for-value.null {"list":[null]}',
      '! list[]/array-for-scalar.of-one {"list":[[false]]}',
    ],
  },
  {
    what: 'an alternate',
    schema: `
      { 'struct': 'Lamp', 'data': { 'watts': 'bool' } }
      { 'alternate': 'Either', 'data': { 'lamp': 'Lamp', 'many': [ 'bool' ], 'no': 'null' } }
      { 'command': 'c', 'data': { 'either': 'Either' } }`,
    operators: ['alternative', 'alternate-wrong-type', 'wrong-type', 'element-first', 'unknown-member'],
    depth: 1,
    cases: [
      '! /unknown-member {"either":[],"qmpspec":0}',
      '! either/alternate-wrong-type.boolean {"either":true}',
      '! either/alternate-wrong-type.integer {"either":1}',
      '! either/alternate-wrong-type.double {"either":0.5}',
      '! either/alternate-wrong-type.string {"either":"z"}',
      '+ either<object>/alternative {"either":{"watts":false}}',
      '! either<object>/unknown-member {"either":{"watts":false,"qmpspec":0}}',
      '+ either<array>/alternative {"either":[]}',
      '! either<array>/element-first.integer {"either":[1,false]}',
      '! either<array>[]/wrong-type.integer {"either":[1]}',
      '! either<array>[]/wrong-type.double {"either":[0.5]}',
      '! either<array>[]/wrong-type.string {"either":["z"]}',
      '! either<array>[]/wrong-type.array {"either":[[]]}',
      '! either<array>[]/wrong-type.object {"either":[{}]}',
      '! either<array>[]/wrong-type.zero {"either":[0]}',
      '! either<array>[]/wrong-type.word {"either":["true"]}',
      '+ either<null>/alternative {"either":null}',
    ],
  },
  {
    what: 'a union, its discriminator and its branches',
    schema: `
      { 'enum': 'Kind', 'data': [ 'lamp', 'bell', 'none' ] }
      { 'struct': 'Lamp', 'data': { 'watts': 'any', 'volts': 'any', '*lit': 'any' } }
      { 'struct': 'Bell', 'data': { 'tone': 'any' } }
      { 'union': 'Device', 'base': { 'kind': 'Kind', '*tag': 'any' }, 'discriminator': 'kind',
        'data': { 'lamp': 'Lamp', 'bell': 'Bell' } }
      { 'command': 'c', 'data': 'Device', 'boxed': true }`,
    operators: [
      'mandatory-only',
      'all-members',
      'optional-alone',
      'branch',
      'member-missing',
      'branch-member-missing',
      'unknown-member',
      'other-branch-member',
      'discriminator-missing',
      'discriminator-unknown',
      'discriminator-wrong-type',
      'discriminator-null',
      'discriminator-switched',
    ],
    cases: [
      '+ /mandatory-only {"kind":"none"}',
      '+ /all-members {"kind":"none","tag":"z"}',
      '! /unknown-member {"kind":"none","qmpspec":0}',
      '! kind/discriminator-missing {}',
      '! kind/discriminator-unknown.longer {"kind":"lampx"}',
      '! kind/discriminator-unknown.shorter {"kind":"lam"}',
      '! kind/discriminator-unknown.space {"kind":"lamp "}',
      '! kind/discriminator-unknown.other {"kind":"LAMP"}',
      '! kind/discriminator-unknown.empty {"kind":""}',
      '! kind/discriminator-unknown.long {"kind":"LONG"}',
      '! kind/discriminator-null.null {"kind":null}',
      '! kind/discriminator-wrong-type.boolean {"kind":true}',
      '! kind/discriminator-wrong-type.integer {"kind":1}',
      '! kind/discriminator-wrong-type.double {"kind":0.5}',
      '! kind/discriminator-wrong-type.array {"kind":[]}',
      '! kind/discriminator-wrong-type.object {"kind":{}}',
      '! kind/discriminator-wrong-type.array-of-one {"kind":["none"]}',
      '! kind/discriminator-switched.lamp-to-bell {"kind":"bell","watts":"z","volts":"z"}',
      '+ tag/optional-alone {"kind":"none","tag":"z"}',
      '+ {lamp}/branch {"kind":"lamp","watts":"z","volts":"z"}',
      '+ {lamp}/all-members {"kind":"lamp","watts":"z","volts":"z","tag":"z","lit":"z"}',
      '! {lamp}/unknown-member {"kind":"lamp","watts":"z","volts":"z","qmpspec":0}',
      '! {lamp}/branch-member-missing.all {"kind":"lamp"}',
      '! {lamp}/other-branch-member {"kind":"lamp","watts":"z","volts":"z","tone":0}',
      '! {lamp}.watts/branch-member-missing {"kind":"lamp","volts":"z"}',
      '! {lamp}.volts/branch-member-missing {"kind":"lamp","watts":"z"}',
      '+ {lamp}.lit/optional-alone {"kind":"lamp","watts":"z","volts":"z","lit":"z"}',
      '+ {bell}/branch {"kind":"bell","tone":"z"}',
      '+ {bell}/all-members {"kind":"bell","tone":"z","tag":"z"}',
      '! {bell}/unknown-member {"kind":"bell","tone":"z","qmpspec":0}',
      '! {bell}/other-branch-member {"kind":"bell","tone":"z","watts":0}',
      '! {bell}.tone/branch-member-missing {"kind":"bell"}',
      '+ {none}/branch {"kind":"none"}',
      '+ {none}/all-members {"kind":"none","tag":"z"}',
      '! {none}/unknown-member {"kind":"none","qmpspec":0}',
      '! {none}/other-branch-member {"kind":"none","watts":0}',
    ],
  },
  {
    what: 'a union in a union',
    schema: `
      { 'enum': 'Outer', 'data': [ 'more', 'none' ] }
      { 'enum': 'Inner', 'data': [ 'deep', 'flat' ] }
      { 'struct': 'Deep', 'data': { 'x': 'any' } }
      { 'union': 'More', 'base': { 'inner': 'Inner' }, 'discriminator': 'inner', 'data': { 'deep': 'Deep' } }
      { 'union': 'Top', 'base': { 'outer': 'Outer' }, 'discriminator': 'outer', 'data': { 'more': 'More' } }
      { 'command': 'c', 'data': 'Top', 'boxed': true }`,
    operators: ['branch', 'discriminator-missing', 'discriminator-switched', 'branch-member-missing'],
    cases: [
      '! outer/discriminator-missing {}',
      '! outer/discriminator-switched.more-to-none {"outer":"none","inner":"flat"}',
      '+ {more}/branch {"outer":"more","inner":"flat"}',
      '! {more}.inner/discriminator-missing {"outer":"more"}',
      '! {more}.inner/discriminator-switched.deep-to-flat {"outer":"more","inner":"flat","x":"z"}',
      '+ {more}{deep}/branch {"outer":"more","inner":"deep","x":"z"}',
      '! {more}{deep}.x/branch-member-missing {"outer":"more","inner":"deep"}',
      '+ {more}{flat}/branch {"outer":"more","inner":"flat"}',
      '+ {none}/branch {"outer":"none"}',
    ],
  },
  {
    what: 'a member in depth, and the same again deeper: one case an operator',
    schema: `
      { 'struct': 'Tree', 'data': { 'yes': 'bool', '*left': 'Tree' } }
      { 'command': 'c', 'data': { 'tree': 'Tree' } }`,
    operators: ['other-value', 'wrong-type', 'member-missing', 'optional-alone'],
    depth: 3,
    cases: [
      '! tree/member-missing {}',
      '! tree/wrong-type.boolean {"tree":true}',
      '! tree/wrong-type.integer {"tree":1}',
      '! tree/wrong-type.double {"tree":0.5}',
      '! tree/wrong-type.string {"tree":"z"}',
      '! tree/wrong-type.array {"tree":[]}',
      '+ tree.yes/other-value.true {"tree":{"yes":true}}',
      '! tree.yes/member-missing {"tree":{}}',
      '! tree.yes/wrong-type.integer {"tree":{"yes":1}}',
      '! tree.yes/wrong-type.double {"tree":{"yes":0.5}}',
      '! tree.yes/wrong-type.string {"tree":{"yes":"z"}}',
      '! tree.yes/wrong-type.array {"tree":{"yes":[]}}',
      '! tree.yes/wrong-type.object {"tree":{"yes":{}}}',
      '! tree.yes/wrong-type.zero {"tree":{"yes":0}}',
      '! tree.yes/wrong-type.word {"tree":{"yes":"true"}}',
      '+ tree.left/optional-alone {"tree":{"yes":false,"left":{"yes":false}}}',
      '! tree.left/wrong-type.boolean {"tree":{"yes":false,"left":true}}',
      '! tree.left/wrong-type.integer {"tree":{"yes":false,"left":1}}',
      '! tree.left/wrong-type.double {"tree":{"yes":false,"left":0.5}}',
      '! tree.left/wrong-type.string {"tree":{"yes":false,"left":"z"}}',
      '! tree.left/wrong-type.array {"tree":{"yes":false,"left":[]}}',
      '+ tree.left.yes/other-value.true {"tree":{"yes":false,"left":{"yes":true}}}',
      '! tree.left.yes/member-missing {"tree":{"yes":false,"left":{}}}',
      '! tree.left.yes/wrong-type.integer {"tree":{"yes":false,"left":{"yes":1}}}',
      '+ tree.left.left/optional-alone {"tree":{"yes":false,"left":{"yes":false,"left":{"yes":false}}}}',
      '! tree.left.left/wrong-type.boolean {"tree":{"yes":false,"left":{"yes":false,"left":true}}}',
    ],
  },
  {
    what: 'of what has no finite value nothing is made, but that it is missing',
    schema: `
      { 'struct': 'Endless', 'data': { 'self': 'Endless' } }
      { 'command': 'c', 'data': { '*endless': 'Endless', '*list': [ 'Endless' ] } }`,
    operators: [...VALID_OPERATORS, 'element-first', 'unknown-member-case'],
    cases: [
      '+ /no-arguments -',
      '+ /all-members {"list":[]}',
      '! /unknown-member-case {"LIST":[]}',
      '+ list/optional-alone {"list":[]}',
      '+ list/array-length.empty {"list":[]}',
    ],
  },
];

for (const { what, schema, operators, depth, cases } of rows) {
  void t.test(what, (t) => {
    t.strictSame(casesOf(schema, operators, depth), cases);
    t.end();
  });
}

void t.test('every operator is tried in the table, and in the reference schema', (t) => {
  const inTable = new Set(
    rows.flatMap(({ cases }) => cases.map((line) => /\/([\w-]+)[^/]*$/.exec(line.split(' ')[1] ?? '')?.[1])),
  );
  const inReference = new Map<Operator, number>();
  for (const { about } of generatorFor(referenceSchema()).cases(EVERYTHING)) {
    const { operator } = about;
    inReference.set(operator, (inReference.get(operator) ?? 0) + 1);
  }
  for (const operator of [...VALID_OPERATORS, ...INVALID_OPERATORS]) {
    t.ok(inTable.has(operator), `${operator} stands in the table`);
    t.ok(inReference.has(operator), `${operator} is tried in the reference schema`);
  }
  t.end();
});

void t.test('of a command that checks its arguments itself only their JSON type is known', (t) => {
  const schema = referenceSchema();
  const commands = [...schema.commands.keys()];
  const [selfish] = commands;
  const generator = new ArgumentGenerator({
    schema,
    wants: () => true,
    checked: ({ name }) => name !== selfish,
    depth: 4,
  });
  const invalid = new Map<string, Set<Operator>>();
  for (const { about, command } of generator.cases(EVERYTHING)) {
    const { operator, valid } = about;
    if (!valid) invalid.set(command.name, (invalid.get(command.name) ?? new Set()).add(operator));
  }
  t.strictSame([...(invalid.get(selfish ?? '') ?? [])], ['arguments-wrong-type']);
  t.equal(invalid.size, commands.length);
  t.strictSame(
    commands.filter((name) => name !== selfish && (invalid.get(name)?.size ?? 0) < 2),
    [],
    'of all others more',
  );
  t.end();
});
