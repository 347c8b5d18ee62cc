/**
 * What makes two failures the same.
 */
import t from 'tap';
import { failureKey } from '../../src/rules/index.js';

void t.test('rule, command, path and kind; positions in lists make no difference', (t) => {
  const finding = { kind: 'refused', message: 'm', command: 'c', path: 'a[3].b' };
  t.equal(failureKey('r.x', finding), 'r.x|c|a[].b|refused');
  t.equal(failureKey('r.x', { ...finding, path: 'a[0].b', message: 'n' }), 'r.x|c|a[].b|refused');
  t.equal(failureKey('r.x', { kind: 'k', message: '' }), 'r.x|||k');
  t.end();
});

void t.test('a crash with a signature is one, whichever command it was found by', (t) => {
  const crash = { kind: 'killed', message: 'm', signature: 's' };
  const keys = ['a', 'b'].map((command) => failureKey('r.x', { ...crash, command, path: command }));
  t.strictSame(keys, ['r.x||s|killed', 'r.x||s|killed']);
  t.end();
});
