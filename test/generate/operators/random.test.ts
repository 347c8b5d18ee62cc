/**
 * Random arguments: valid ones, and such with one mutation or two; what is drawn follows from the seed alone.
 */
import fc from 'fast-check';
import t from 'tap';
import {
  ArgumentGenerator,
  INVALID_OPERATORS,
  recheckFailure,
  type RandomArguments,
} from '../../../src/generate/index.js';
import { writeJson } from '../../../src/json/index.js';
import { checkArguments } from '../../../src/judge/index.js';
import { introspect, schemaFromIntrospection, type Command, type Schema } from '../../../src/qapi/index.js';
import { referenceSchema } from '../../../src/target/bundled-fake.js';
import { must, schemaOf } from '../../qapi/support.js';
import { generatorFor } from '../cases.js';

const reference = referenceSchema();
const RUNS = 30;

function draws(
  generator: ArgumentGenerator,
  command: Command,
  mutations: 0 | 1 | 2,
  seed = 1,
  numRuns = RUNS,
): RandomArguments[] {
  const arbitrary = generator.random(command, mutations);
  return arbitrary === undefined ? [] : fc.sample(arbitrary, { seed, numRuns });
}

/** Commands that take arguments. */
function commandsOf(schema: Schema): Command[] {
  return [...schema.commands.values()].filter((command) => (command.arguments?.members.length ?? 0) > 0);
}

for (const [what, schema] of [
  ['the reference schema', reference],
  ['the same as introspection tells it', schemaFromIntrospection(introspect(reference)).schema],
] as const) {
  void t.test(`${what}: valid arguments are valid, and have mutations that are asked for`, (t) => {
    const generator = generatorFor(schema);
    let [one, two] = [0, 0];
    for (const command of commandsOf(schema)) {
      for (const { arguments: args, mutations } of draws(generator, command, 0)) {
        t.equal(mutations.length, 0);
        const reason = recheckFailure(command, args, undefined);
        if (reason !== undefined) t.fail(`${command.name} ${writeJson(args)}: ${reason}`);
      }
      for (const { arguments: args, mutations } of draws(generator, command, 1)) {
        const [mutation, ...others] = mutations;
        t.equal(others.length, 0);
        // Of arguments that are all of the type any there is no mutation.
        if (mutation === undefined) continue;
        const reason = recheckFailure(command, args, mutation);
        if (reason !== undefined)
          t.fail(`${command.name} ${writeJson(args)} ${mutation.operator} at ${mutation.path}: ${reason}`);
        one += 1;
      }
      for (const { arguments: args, mutations } of draws(generator, command, 2)) {
        if (mutations.length < 2) continue;
        if (checkArguments({ ...command, checked: true }, args).length > 0) two += 1;
      }
    }
    t.ok(one > 1000, `${one} with one mutation`);
    t.ok(two > 800, `${two} with two mutations`);
    t.end();
  });
}

void t.test('every mutation has its turn', (t) => {
  const schema = schemaOf(`
    { 'enum': 'Kind', 'data': [ 'lamp', 'bell' ] }
    { 'struct': 'Lamp', 'data': { 'watts': 'uint8', 'a-volt': 'bool' } }
    { 'struct': 'Bell', 'data': { 'list': [ 'str' ], 'hue': 'Kind' } }
    { 'union': 'Device', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind',
      'data': { 'lamp': 'Lamp', 'bell': 'Bell' } }
    { 'alternate': 'Either', 'data': { 'device': 'Device', 'no': 'null' } }
    { 'command': 'c', 'data': { 'device': 'Device', 'either': 'Either', 'word': 'str' } }
  `);
  const drawn = draws(generatorFor(schema), must(schema.commands.get('c')), 1, 1, 3000);
  const seen = new Set(drawn.flatMap(({ mutations }) => mutations.map(({ operator }) => operator)));
  t.strictSame(
    INVALID_OPERATORS.filter((operator) => !seen.has(operator)),
    ['arguments-unwanted', 'arguments-wrong-type'],
    'but those that are about arguments as a whole',
  );
  t.end();
});

void t.test('two mutations are never one, and never none', (t) => {
  const generator = generatorFor(reference);
  for (const command of commandsOf(reference)) {
    for (const { arguments: args, mutations } of draws(generator, command, 2)) {
      if (mutations.length === 2 && checkArguments({ ...command, checked: true }, args).length === 0)
        t.fail(`${command.name} ${writeJson(args)} ${mutations.map(({ operator }) => operator).join()}`);
    }
  }
  t.end();
});

void t.test('the same seed makes the same bytes, another seed others', (t) => {
  const texts = (seed: number, mutations: 0 | 1 | 2): string =>
    commandsOf(reference)
      .map((command) => draws(generatorFor(reference), command, mutations, seed, 5))
      .flat()
      .map((drawn) => writeJson(drawn.arguments))
      .join('\n');
  for (const mutations of [0, 1, 2] as const) {
    t.equal(texts(1, mutations), texts(1, mutations));
    t.not(texts(1, mutations), texts(2, mutations));
  }
  t.end();
});

void t.test('what is drawn of one command does not hang on what was drawn before', (t) => {
  const [first, second] = commandsOf(reference) as [Command, Command];
  const alone = draws(generatorFor(reference), second, 1);
  const generator = generatorFor(reference);
  draws(generator, first, 0);
  draws(generator, second, 0);
  t.strictSame(draws(generator, second, 1), alone);
  t.end();
});

void t.test('of a type that contains itself without end something is made in no time', (t) => {
  const schema = schemaOf(`
    { 'struct': 'Tree', 'data': { 'forest': [ 'Tree' ], '*a': 'Tree', '*b': 'Tree', '*c': 'Tree', '*d': 'Ref' } }
    { 'alternate': 'Ref', 'data': { 'tree': 'Tree', 'many': [ 'Tree' ], 'name': 'str' } }
    { 'command': 'c', 'data': { 'tree': 'Tree' } }
  `);
  const command = must(schema.commands.get('c'));
  const generator = generatorFor(schema);
  const lengths = draws(generator, command, 0, 3, 200).map((drawn) => writeJson(drawn.arguments).length);
  t.ok(Math.max(...lengths) < 1_000_000, `${Math.max(...lengths)} bytes at most`);
  t.ok(new Set(lengths).size > 20);
  t.end();
});

void t.test('where there is nothing to draw', (t) => {
  const schema = schemaOf(`
    { 'struct': 'Endless', 'data': { 'self': 'Endless' } }
    { 'enum': 'Nothing', 'data': [] }
    { 'command': 'none' }
    { 'command': 'endless', 'data': 'Endless' }
    { 'command': 'nothing', 'data': { 'x': 'Nothing' } }
    { 'command': 'spared', 'data': { '*x': 'Nothing', '*y': 'Endless', '*list': [ 'Endless' ] } }
    { 'command': 'selfish', 'data': { 'x': 'bool' }, 'gen': false }
    { 'command': 'whatever', 'data': { '*x': 'any' } }
  `);
  const generator = generatorFor(schema);
  const command = (name: string): Command => must(schema.commands.get(name));
  for (const name of ['none', 'endless', 'nothing']) {
    for (const mutations of [0, 1, 2] as const)
      t.equal(generator.random(command(name), mutations), undefined, name);
  }
  t.strictSame(
    new Set(draws(generator, command('spared'), 0).map((drawn) => writeJson(drawn.arguments))),
    new Set(['{}', '{"list":[]}']),
  );
  t.ok(draws(generator, command('whatever'), 1).every(({ mutations }) => mutations.length === 1));
  t.end();
});

void t.test('of a command that checks its arguments itself no invalid ones are drawn', (t) => {
  const schema = schemaOf("{ 'command': 'c', 'data': { 'x': 'bool' } }");
  const command = must(schema.commands.get('c'));
  const generator = new ArgumentGenerator({
    schema,
    wants: () => true,
    checked: () => false,
    depth: 4,
  });
  t.ok(generator.random(command, 0));
  t.equal(generator.random(command, 1), undefined);
  t.equal(generator.random(command, 2), undefined);
  t.end();
});

void t.test('integers at every bound, strings of every kind', (t) => {
  const schema = schemaOf("{ 'command': 'c', 'data': { 'n': 'uint64', 'word': 'str' } }");
  const drawn = draws(generatorFor(schema), must(schema.commands.get('c')), 0, 1, 500);
  const texts = new Set(drawn.map(({ arguments: args }) => writeJson(args)));
  const some = (pattern: RegExp): boolean => [...texts].some((text) => pattern.test(text));
  for (const pattern of [
    /"n":18446744073709551615\b/,
    /"n":0\b/,
    /"n":9007199254740993\b/,
    /"word":""/,
    /l{300}/,
    /\\u0000/,
  ])
    t.ok(some(pattern), String(pattern));
  t.end();
});
