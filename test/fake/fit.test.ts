/**
 * What a model says, in the words of another schema.
 */
import t from 'tap';
import { fit } from '../../src/fake/fit.js';
import { checkValue } from '../../src/judge/index.js';
import type { Json } from '../../src/json/index.js';
import type { Type } from '../../src/qapi/index.js';
import { must, schemaOf } from '../qapi/support.js';

const schema = schemaOf(`
{ 'enum': 'Mood', 'data': [ 'calm', 'busy' ] }
{ 'struct': 'Inner', 'data': { 'text': 'str', '*state': 'Mood' } }
{ 'struct': 'Whole', 'data': { 'count': 'int', 'list': [ 'Inner' ], '*inner': 'Inner' } }
{ 'union': 'Either', 'base': { 'mood': 'Mood' }, 'discriminator': 'mood', 'data': { 'busy': 'Inner' } }
{ 'alternate': 'Any', 'data': { 's': 'str', 'o': 'Inner' } }
{ 'command': 'c', 'data': { 'a': 'Any', 'e': 'Either', 'w': 'Whole' } }
`);

function typed(name: string): Type {
  return must(schema.types.get(name));
}

void t.test('what conforms stays the same object', (t) => {
  const value: Json = { count: 1, list: [{ text: 'a', state: 'busy' }] };
  t.equal(fit(typed('Whole'), value), value);
  t.end();
});

void t.test('the rest is cut to what the type has, and filled up', (t) => {
  const cases: [string, Json, Json | undefined][] = [
    ['Whole', { count: 1, list: [], more: true }, { count: 1, list: [] }],
    ['Whole', { count: 1 }, { count: 1, list: [] }],
    ['Whole', { count: 1, list: [{ text: 'a' }, { text: 1 }, 2] }, { count: 1, list: [{ text: 'a' }] }],
    [
      'Whole',
      { count: 1, list: [], inner: { text: 'a', state: 'odd' } },
      { count: 1, list: [], inner: { text: 'a' } },
    ],
    ['Whole', { count: 1, list: [], inner: 7 }, { count: 1, list: [] }],
    ['Whole', { count: 'many', list: [] }, undefined],
    ['Whole', [], undefined],
    ['Mood', 'odd', undefined],
    ['Either', { mood: 'calm', text: 'a' }, { mood: 'calm' }],
    ['Either', { mood: 'busy' }, { mood: 'busy', text: '' }],
    ['Either', { mood: 'odd' }, undefined],
    ['Any', { text: 'a', more: 1 }, { text: 'a' }],
    ['Any', 1, undefined],
  ];
  for (const [name, value, expected] of cases) {
    const fitting = fit(typed(name), value);
    t.same(fitting, expected, `${name} ${JSON.stringify(value)}`);
    if (fitting !== undefined) t.same(checkValue(typed(name), fitting, 'output'), []);
  }
  t.end();
});
