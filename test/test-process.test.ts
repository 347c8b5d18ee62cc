/**
 * What the runner of the tests says of files that do what a test file may do.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { scratchFolder } from './scratch-folder.js';
import { runTestPrograms } from './test-process.js';

interface Expected {
  readonly program: string;
  readonly passed?: number;
  readonly failures?: readonly RegExp[];
  readonly skipped?: readonly RegExp[];
}

const print = (...lines: string[]): string => `console.log(${JSON.stringify(lines.join('\n'))});`;

const expected: Readonly<Record<string, Expected>> = {
  'assertions are counted, not the tests that hold them': {
    program: print('# Subtest: a', '    ok 1 - one', '    ok 2 - two', '    1..2', 'ok 1 - a', '1..1'),
    passed: 2,
  },
  'what fails is shown with its test and its values': {
    program: print(
      '# Subtest: a',
      '    not ok 1 - one',
      '      ---',
      '      found: 7',
      '      ...',
      '    1..1',
      'not ok 1 - a',
      '1..1',
    ),
    failures: [/^a > one\n.*found: 7/s],
  },
  'a test that fails by itself counts': {
    program: print('# Subtest: a', '    ok 1 - one', '    1..1', 'not ok 1 - a', 'ok 2 - b', '1..2'),
    passed: 2,
    failures: [/a/],
  },
  'what is skipped has a reason': {
    program: print('ok 1 - one', 'ok 2 - two # SKIP no such program', '1..2'),
    passed: 1,
    skipped: [/no such program/],
  },
  'an exit code is a failure': {
    program: `${print('ok 1 - one', '1..1')} process.exitCode = 3;`,
    passed: 1,
    failures: [/exit code 3/],
  },
  'so is a signal': {
    program: `${print('ok 1 - one', '1..1')} process.kill(process.pid, 'SIGKILL');`,
    failures: [/SIGKILL/],
  },
  'so is an end before the plan': { program: print('1..2', 'ok 1 - one'), passed: 1, failures: [/./] },
  'and what failed before it is said': {
    program: print('# Subtest: a', '    ok 1 - one', '    not ok 2 - two'),
    passed: 1,
    failures: [/^a > two/],
  },
  'so is nothing at all': { program: '', failures: [/./] },
  'so is a plan of nothing': { program: print('1..0'), failures: [/asserts nothing/] },
};

for (const [title, { program, passed = 0, failures = [], skipped = [] }] of Object.entries(expected)) {
  void t.test(title, async (t) => {
    const path = join(scratchFolder(t), 'test.cjs');
    writeFileSync(path, program);
    const outcome = await runTestPrograms([path]);
    if (!program.includes('SIGKILL')) t.equal(outcome.passed, passed);
    t.equal(outcome.failures.length, failures.length, 'failures');
    failures.forEach((pattern, i) => t.match(outcome.failures[i], pattern));
    t.equal(outcome.skipped.length, skipped.length, 'skips');
    skipped.forEach((pattern, i) => t.match(outcome.skipped[i], pattern));
  });
}

void t.test('several files are one process, and its end is that of all', async (t) => {
  const folder = scratchFolder(t);
  const program = (name: string, text: string): string => {
    const path = join(folder, `${name}.mjs`);
    writeFileSync(path, `import t from ${JSON.stringify(import.meta.resolve('tap'))}; ${text}`);
    return path;
  };
  const passes = program('passes', "t.test('a', async (t) => { t.pass(String(process.pid)); })");
  const fails = program('fails', "t.test('b', async (t) => { t.fail('on purpose'); })");
  const throws = program('throws', "throw new Error('at its top');");
  const outcomes = [
    [passes, passes],
    [passes, fails],
    [passes, throws, passes],
  ].map(runTestPrograms);
  const [good, bad, broken] = await Promise.all(outcomes);
  t.match(good, { passed: 1, failures: [] }, 'a module is loaded once');
  t.match(bad, { passed: 1, failures: [/^b > on purpose/] });
  t.match(broken?.failures.join(), /at its top|exit code/);
});
