/**
 * The sweep visits every enum value, branch and optional member of a schema; a walk of its own says which there are.
 */
import t from 'tap';
import type { Member } from '../../src/qapi/index.js';
import { checkSweep } from './sweep.js';
import { referenceSchema } from './support.js';
import { look, missing, wantedOf } from './walker.js';

void t.test('the bundled schema', (t) => {
  const numbers = checkSweep(t, referenceSchema());
  t.ok(numbers['enum value'] > 50, `${numbers['enum value']} enum values`);
  t.ok(numbers.branch > 50, `${numbers.branch} branches`);
  t.ok(numbers['optional member'] > 200, `${numbers['optional member']} optional members`);
  t.end();
});

void t.test('the walk finds what is missing', (t) => {
  const command = referenceSchema().commands.get('yank');
  if (command?.arguments === undefined) throw new Error('there is no yank');
  const wanted = wantedOf(command, 4);
  const seen = new Map<Member, Set<string>>();
  look(command.arguments, { instances: [{ type: 'chardev', id: 'x' }, { type: 'migration' }] }, seen);
  t.same(
    missing(wanted, seen).map(({ kind, where }) => `${kind}: ${where}`),
    ['branch: yank instances.type block-node'],
  );
  t.end();
});
