/**
 * What an exception means, to the exit code and in words.
 */
import { CommanderError } from 'commander';
import t from 'tap';
import { exitCodeOf, explain } from '../../src/cli/errors.js';
import { InputError } from '../../src/input-error.js';
import { TargetError } from '../../src/qmp/index.js';

void t.test('exit codes', (t) => {
  t.equal(exitCodeOf(new CommanderError(0, 'commander.helpDisplayed', '(help)')), 0);
  t.equal(exitCodeOf(new CommanderError(1, 'commander.unknownOption', 'unknown option')), 2);
  t.equal(exitCodeOf(new InputError('bad')), 2);
  t.equal(exitCodeOf(new TargetError('gone')), 3);
  for (const defect of [new TypeError('x is undefined'), new Error('odd'), 'a string', undefined, null]) {
    t.equal(exitCodeOf(defect), 70, String(defect));
  }
  t.end();
});

void t.test('what the user can mend is said without a stack trace', (t) => {
  t.equal(explain(new InputError('bad option')), 'qmpspec: bad option');
  t.equal(explain(new TargetError('nobody listens')), 'qmpspec: nobody listens');
  t.end();
});

void t.test('a defect of qmpspec asks for a report, with all that is known', (t) => {
  const text = explain(new TypeError('x is undefined'));
  t.match(text, /should not have happened, and it is not your fault/);
  t.match(text, /Please report it/);
  t.match(text, /TypeError: x is undefined\n\s+at /);
  t.match(explain('a string'), /Please report it[^]*\na string$/);
  t.end();
});
