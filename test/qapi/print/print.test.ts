/**
 * Schema → text → Schema: the same Schema.
 */
import fc from 'fast-check';
import t from 'tap';
import { printSchema, type Schema } from '../../../src/qapi/index.js';
import { schemaText } from '../arbitrary.js';
import { schemaAt, schemaFiles, schemaOf, SEED } from '../support.js';
import { viewOf } from '../view.js';

function again(schema: Schema): Schema {
  return schemaOf(printSchema(schema));
}

void t.test('what is printed reads as the same schema', (t) => {
  for (const path of schemaFiles) {
    const schema = schemaAt(path);
    t.strictSame(viewOf(again(schema)), viewOf(schema), path);
  }
  t.equal(again(schemaOf('#\n')).commands.size, 0, 'nothing');
  t.end();
});

void t.test('any schema', (t) => {
  fc.assert(
    fc.property(schemaText, (text) => {
      const schema = schemaOf(text);
      t.strictSame(viewOf(again(schema)), viewOf(schema));
    }),
    { seed: SEED, numRuns: 150 },
  );
  t.end();
});

void t.test('how it looks', (t) => {
  const text = `##
# @Pair:
#
# Two of them.
#
# @a: the first,
#     or none
##
{ 'struct': 'Pair',
  'data': { '*a': 'str',
    'b': { 'type': [ 'int' ],
      'if': { 'all': [ 'A', { 'not': 'B' } ] } } } }
`.replace('@a: the first,\n#     or none', '@a:\n#     the first,\n#     or none');
  t.equal(printSchema(schemaOf(text)), text);
  t.end();
});
