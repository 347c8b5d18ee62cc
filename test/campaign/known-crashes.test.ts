/**
 * What is known to crash targets is not sent again, nor what is much like it; and enough is enough.
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

void t.test('nothing is skipped before anything has died', (t) => {
  const crashes = new KnownCrashes();
  t.notOk(crashes.skips(made('a')));
  t.equal(crashes.skipped.size, 0);
  t.end();
});

void t.test('the same request is not sent again, whatever it is a case of', (t) => {
  const crashes = new KnownCrashes();
  crashes.add(made('a', { label: 'here' }));
  t.ok(crashes.skips(made('a', { label: 'elsewhere', operator: 'other-value' })));
  t.notOk(crashes.skips(made('b', { label: 'elsewhere' })));
  t.notOk(crashes.skips({ ...made('a', { label: 'elsewhere' }), request: { execute: 'c' } }));
  t.ok(crashes.skips({ ...made('a'), request: { execute: 'c', id: 'x', arguments: { word: 'a' } } }));
  t.end();
});

void t.test('two crashes at a place are enough', (t) => {
  const crashes = new KnownCrashes();
  crashes.add(made('a', { label: 'here' }));
  t.notOk(crashes.skips(made('b', { label: 'here' })));
  crashes.add(made('b', { label: 'here' }));
  t.ok(crashes.skips(made('c', { label: 'here' })));
  t.notOk(crashes.skips(made('c', { label: 'there' })));
  t.notOk(crashes.skips(made('c', { label: 'here', valid: false })), 'what is refused is another matter');
  t.notOk(crashes.skips(made('c', { label: 'here', command: 'd' })));
  t.end();
});

void t.test('six crashes of a command are enough', (t) => {
  const crashes = new KnownCrashes();
  for (const word of ['a', 'b', 'c', 'd', 'e']) crashes.add(made(word));
  t.notOk(crashes.skips(made('x')));
  crashes.add(made('f'));
  t.ok(crashes.skips(made('x')));
  t.notOk(crashes.skips(made('x', { valid: false })));
  t.notOk(crashes.skips(made('x', { command: 'd' })));
  t.end();
});

void t.test('what has a branch in it that crashes the target is skipped as well', (t) => {
  const crashes = new KnownCrashes();
  crashes.add(made('a', { label: '{nbd}', operator: 'branch' }));
  t.ok(crashes.skips(made('b', { label: '{nbd}.server' })));
  t.notOk(crashes.skips(made('b', { label: '{file}' })));
  t.end();
});

void t.test('what is only known to end targets counts as no crash', (t) => {
  const crashes = new KnownCrashes();
  crashes.add(made('a', { label: 'here' }));
  for (const word of ['b', 'c', 'd', 'e', 'f', 'g']) crashes.addRequest(made(word, { label: 'here' }));
  t.ok(crashes.skips(made('g', { label: 'elsewhere' })));
  t.notOk(crashes.skips(made('x', { label: 'here' })));
  t.end();
});

void t.test('what is skipped is counted, by command', (t) => {
  const crashes = new KnownCrashes();
  crashes.add(made('a'));
  crashes.add(made('a', { command: 'd', valid: false }));
  for (const one of [made('a'), made('a'), made('a', { command: 'd', valid: false }), made('b')])
    crashes.skips(one);
  t.strictSame(
    [...crashes.skipped],
    [
      ['c valid', 2],
      ['d invalid', 1],
    ],
  );
  t.end();
});

void t.test('sixty crashes are enough', (t) => {
  const crashes = new KnownCrashes();
  for (let count = 0; count < 30; count += 1) {
    t.notOk(crashes.tooMany);
    crashes.add(made(`w${count}`, { command: `c${count}` }));
    t.notOk(crashes.tooMany);
    crashes.addUnexplained();
  }
  t.ok(crashes.tooMany);
  t.end();
});
