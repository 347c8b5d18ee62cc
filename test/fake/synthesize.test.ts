/**
 * Made-up values: valid for every command, and always the same for a seed.
 */
import t from 'tap';
import { jsonEqual, writeJson } from '../../src/json/index.js';
import { checkReturn } from '../../src/judge/index.js';
import { introspect, schemaFromIntrospection } from '../../src/qapi/index.js';
import { Synthesizer } from '../../src/fake/synthesize.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { must, schemaOf } from '../qapi/support.js';

const SEEDS = Array.from({ length: 20 }, (_, index) => index);

void t.test('every command, every seed: the value conforms to the schema', (t) => {
  const reference = referenceSchema();
  for (const schema of [reference, schemaFromIntrospection(introspect(reference)).schema]) {
    for (const command of schema.commands.values()) {
      const problems = SEEDS.flatMap((seed) => {
        const value = new Synthesizer(seed).valueFor(command);
        return checkReturn(command, value).map(({ path, message }) => `${seed}: ${path} ${message}`);
      });
      t.strictSame(problems, [], `${command.name}, ${schema.source.kind}`);
    }
  }
  t.end();
});

void t.test('the same seed makes the same value, another one another', (t) => {
  const varied = new Set<string>();
  for (const command of referenceSchema().commands.values()) {
    const first = new Synthesizer(7);
    const value = first.valueFor(command);
    t.ok(jsonEqual(first.valueFor(command), value), 'asked again');
    t.ok(jsonEqual(new Synthesizer(7).valueFor(command), value), 'made anew');
    const texts = new Set(SEEDS.map((seed) => writeJson(new Synthesizer(seed).valueFor(command))));
    if (texts.size > 1) varied.add(command.name);
    else t.strictSame(value, {}, `${command.name} leaves no choice`);
  }
  t.ok(varied.size > 20, `${varied.size} commands`);
  t.end();
});

void t.test('a command that returns nothing returns an empty object', (t) => {
  const command = must(schemaOf("{ 'command': 'c' }").commands.get('c'));
  t.strictSame(new Synthesizer(1).valueFor(command), {});
  t.end();
});

void t.test('types that library or recursion make difficult', (t) => {
  const schema = schemaOf(`
    { 'pragma': { 'command-returns-exceptions': [ 'tiny', 'wide', 'choice', 'read-any', 'read-number' ] } }
    { 'enum': 'Kind', 'data': [ 'pair', 'leaf' ] }
    { 'struct': 'Pair', 'data': { 'left': 'Tree', 'right': 'Tree' } }
    { 'struct': 'Leaf', 'data': { 'text': 'str' } }
    { 'union': 'Tree', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind',
      'data': { 'pair': 'Pair', 'leaf': 'Leaf' } }
    { 'alternate': 'Choice', 'data': { 'tree': 'Tree', 'many': [ 'int8' ], 'null': 'null' } }
    { 'struct': 'Chain', 'data': { '*next': 'Chain', '*ref': 'Choice' } }
    { 'command': 'tree', 'returns': 'Tree' }
    { 'command': 'chain', 'returns': [ 'Chain' ] }
    { 'command': 'choice', 'returns': 'Choice' }
    { 'command': 'tiny', 'returns': [ 'int8' ] }
    { 'command': 'wide', 'returns': [ 'uint64' ] }
    { 'command': 'read-number', 'returns': 'number' }
    { 'command': 'read-any', 'returns': 'any' }
  `);
  for (const command of schema.commands.values()) {
    for (const seed of SEEDS) {
      const value = new Synthesizer(seed).valueFor(command);
      t.strictSame(checkReturn(command, value), [], `${command.name} ${seed}`);
    }
  }
  t.end();
});

void t.test('of a type that has no values something is made all the same', (t) => {
  const schema = schemaOf(`
    { 'struct': 'Endless', 'data': { 'a': 'Endless', 'b': 'Endless' } }
    { 'command': 'c', 'returns': 'Endless' }
  `);
  t.doesNotThrow(() => new Synthesizer(1).valueFor(must(schema.commands.get('c'))));
  t.end();
});
