/**
 * Random schemas: every kind of definition, with conditions and features wherever they may be.
 */
import fc from 'fast-check';

const SYMBOLS = ['A', 'B', 'CONFIG_C'];

const condition: fc.Arbitrary<unknown> = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(...SYMBOLS),
    fc.record({ not: tie('node') }),
    fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 2 }) }),
  ),
})).node;

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });

const feature = fc
  .tuple(fc.constantFrom('f', 'g-h', 'deprecated'), maybe(condition))
  .map(([name, of]) => (of === undefined ? name : { name, if: of }));
const nameOf = (each: string | { readonly name: string }): string =>
  typeof each === 'string' ? each : each.name;
const features = maybe(fc.uniqueArray(feature, { minLength: 1, maxLength: 2, selector: nameOf }));
const more = fc.record({ if: maybe(condition), features });

const TYPES = ['str', 'int', 'uint8', 'size', 'bool', 'any', 'E0', 'E1', 'S0', 'S1', 'U0', 'A0'];
const type = fc.constantFrom<unknown>(...TYPES, ...TYPES.map((name) => [name]));

/** Members with the letter in their names, so that those of a base and of a branch never clash. */
function members(letter: string): fc.Arbitrary<Record<string, unknown>> {
  const member = fc.tuple(fc.boolean(), type, maybe(more)).map(([optional, of, rest]) => ({
    optional: optional ? '*' : '',
    value: rest === undefined ? of : { type: of, ...rest },
  }));
  return fc
    .array(member, { maxLength: 4 })
    .map((list) =>
      Object.fromEntries(list.map(({ optional, value }, index) => [`${optional}${letter}-${index}`, value])),
    );
}

const branch = fc
  .tuple(fc.constantFrom('S0', 'S1'), maybe(condition))
  .map(([name, of]) => (of === undefined ? name : { type: name, if: of }));
const value = (name: string) => maybe(more).map((rest) => (rest === undefined ? name : { name, ...rest }));

const definitions = fc.tuple(
  more,
  fc.record({ enum: fc.constant('E0'), data: fc.tuple(value('a'), value('b'), value('c')) }),
  fc.record({ enum: fc.constant('E1'), data: fc.tuple(value('x')), prefix: maybe(fc.constant('P')) }),
  fc.record({ struct: fc.constant('S0'), data: members('s').map((rest) => ({ id: 'str', ...rest })) }),
  fc.record({ struct: fc.constant('S1'), base: fc.constant('S0'), data: members('t') }),
  fc.record({
    union: fc.constant('U0'),
    base: members('u').map((rest) => ({ tag: 'E0', ...rest })),
    discriminator: fc.constant('tag'),
    data: fc.record({ a: branch, c: branch }, { requiredKeys: ['c'] }),
  }),
  fc.record({
    alternate: fc.constant('A0'),
    data: fc.record({ s: fc.constant('str'), o: branch, n: fc.constant('null') }, { requiredKeys: ['o'] }),
  }),
  fc.record({
    command: fc.constant('c-one'),
    data: maybe(members('d')),
    returns: maybe(fc.constantFrom('S0', 'U0', ['S1'])),
    'allow-oob': maybe(fc.constant(true)),
  }),
  fc.record({
    command: fc.constant('c-two'),
    boxed: fc.constant(true),
    data: fc.constantFrom('U0', 'S1'),
    coroutine: maybe(fc.constant(true)),
  }),
  fc.record({ event: fc.constant('EV'), data: maybe(fc.constantFrom('S0', 'S1')) }),
);

/** The text of a schema. */
export const schemaText: fc.Arbitrary<string> = definitions.map(([common, ...list]) =>
  list
    .map((each) => JSON.stringify({ ...each, ...(each === list[7] && common) }).replaceAll('"', "'"))
    .join('\n'),
);
