/**
 * What is known to kill is not sent again, nor what is much like it; and enough is enough.
 */
import t from 'tap';
import { KnownCrashes } from '../../src/campaign/known-crashes.js';
import type { Case } from '../../src/exchange/index.js';
import { saying } from '../run/mortal.js';

interface About {
  readonly command?: string;
  readonly label?: string;
  readonly valid?: boolean;
  readonly operator?: string;
}

/** A case with arguments of its own, about some place. */
function made(
  word: string,
  { command = 'c', label = word, valid = true, operator = 'string' }: About = {},
): Case {
  return {
    ...saying(word),
    request: { execute: command, arguments: { word } },
    about: { name: word, command, path: label, label, valid, operator },
  };
}

void t.test('nothing is passed over before anything has died', (t) => {
  const deaths = new KnownCrashes();
  t.notOk(deaths.skips(made('a')));
  t.equal(deaths.skipped.size, 0);
  t.end();
});

void t.test('the same request is not sent again, whatever it is a case of', (t) => {
  const deaths = new KnownCrashes();
  deaths.add(made('a', { label: 'here' }));
  t.ok(deaths.skips(made('a', { label: 'elsewhere', operator: 'other-value' })));
  t.notOk(deaths.skips(made('b', { label: 'elsewhere' })));
  t.notOk(deaths.skips({ ...made('a', { label: 'elsewhere' }), request: { execute: 'c' } }));
  t.ok(deaths.skips({ ...made('a'), request: { execute: 'c', id: 'x', arguments: { word: 'a' } } }));
  t.end();
});

void t.test('two deaths at a place are enough', (t) => {
  const deaths = new KnownCrashes();
  deaths.add(made('a', { label: 'here' }));
  t.notOk(deaths.skips(made('b', { label: 'here' })));
  deaths.add(made('b', { label: 'here' }));
  t.ok(deaths.skips(made('c', { label: 'here' })));
  t.notOk(deaths.skips(made('c', { label: 'there' })));
  t.notOk(deaths.skips(made('c', { label: 'here', valid: false })), 'what is refused is another matter');
  t.notOk(deaths.skips(made('c', { label: 'here', command: 'd' })));
  t.end();
});

void t.test('six deaths of a command are enough', (t) => {
  const deaths = new KnownCrashes();
  for (const word of ['a', 'b', 'c', 'd', 'e']) deaths.add(made(word));
  t.notOk(deaths.skips(made('x')));
  deaths.add(made('f'));
  t.ok(deaths.skips(made('x')));
  t.notOk(deaths.skips(made('x', { valid: false })));
  t.notOk(deaths.skips(made('x', { command: 'd' })));
  t.end();
});

void t.test('what has a deadly branch in it kills as well', (t) => {
  const deaths = new KnownCrashes();
  deaths.add(made('a', { label: '{nbd}', operator: 'branch' }));
  t.ok(deaths.skips(made('b', { label: '{nbd}.server' })));
  t.notOk(deaths.skips(made('b', { label: '{file}' })));
  t.end();
});

void t.test('what is only known to kill counts as no death', (t) => {
  const deaths = new KnownCrashes();
  deaths.add(made('a', { label: 'here' }));
  for (const word of ['b', 'c', 'd', 'e', 'f', 'g']) deaths.know(made(word, { label: 'here' }));
  t.ok(deaths.skips(made('g', { label: 'elsewhere' })));
  t.notOk(deaths.skips(made('x', { label: 'here' })));
  t.end();
});

void t.test('what is passed over is counted, by command', (t) => {
  const deaths = new KnownCrashes();
  deaths.add(made('a'));
  deaths.add(made('a', { command: 'd', valid: false }));
  for (const one of [made('a'), made('a'), made('a', { command: 'd', valid: false }), made('b')])
    deaths.skips(one);
  t.strictSame(
    [...deaths.skipped],
    [
      ['c valid', 2],
      ['d invalid', 1],
    ],
  );
  t.end();
});

void t.test('sixty deaths are enough', (t) => {
  const deaths = new KnownCrashes();
  for (let count = 0; count < 30; count += 1) {
    t.notOk(deaths.tooMany);
    deaths.add(made(`w${count}`, { command: `c${count}` }));
    t.notOk(deaths.tooMany);
    deaths.addUnexplained();
  }
  t.ok(deaths.tooMany);
  t.end();
});
