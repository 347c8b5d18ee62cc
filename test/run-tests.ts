/**
 * Runs the tests, two files at a time, and says what failed.
 *
 *     node dist/test/run-tests.js [--quick] [--jobs N] [--summary FILE] [PATH…]
 *
 * A PATH is the start of a path below `test`: `campaign`, `cli/streams`. The last line is `N passed, N failed, N
 * skipped`, in assertions; `--summary` writes it to a file, too. `--quick` leaves out what `slow.ts` names.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isSlow } from './slow.js';
import { testFiles } from './test-files.js';
import { type Outcome, runTestFile } from './test-process.js';

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
    summary: { type: 'string' },
  },
  allowPositionals: true,
});

const files = testFiles()
  .filter((file) => !(values.quick && isSlow(file)))
  .filter((file) => positionals.length === 0 || positionals.some((path) => file.startsWith(path)))
  // What takes long comes first, so that it is not waited for at the end.
  .sort((a, b) => Number(isSlow(b)) - Number(isSlow(a)));

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const outcomes: Outcome[] = [];
const waiting = [...files];
async function lane(): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const outcome = await runTestFile(file);
    outcomes.push(outcome);
    say(`${lineOf(outcome)}  (${outcomes.length}/${files.length})`);
    for (const text of details(outcome)) say(text);
  }
}
await Promise.all(Array.from({ length: Number(values.jobs) || 2 }, lane));

function lineOf({ file, passed, failures, skipped, seconds }: Outcome): string {
  const counts = [`${passed} passed`];
  if (failures.length > 0) counts.push(`${failures.length} failed`);
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
  return `${failures.length > 0 ? 'FAIL' : 'ok  '}  ${file}  ${counts.join(', ')}  ${seconds.toFixed(1)} s`;
}

function details({ failures, skipped, stderr }: Outcome): string[] {
  const said = [...failures.map((text) => `not ok: ${text}`), ...skipped.map((text) => `skipped: ${text}`)];
  if (stderr.trim() !== '' && said.length > 0) said.push(`stderr: ${stderr.trim()}`);
  return said.map((text) => text.replace(/^/gm, '      '));
}

const bad = outcomes.filter(({ failures }) => failures.length > 0);
if (bad.length > 0) {
  // Once more, for those who see only the end.
  say('\nFailed:');
  for (const outcome of bad) {
    say(lineOf(outcome));
    for (const text of outcome.failures) say(`      not ok: ${text.split('\n')[0] ?? ''}`);
  }
}
if (files.length === 0) say(`No test starts with ${positionals.join(' or ')}.`);

const total = (count: (outcome: Outcome) => number): number => outcomes.reduce((sum, one) => sum + count(one), 0);
const failed = total(({ failures }) => failures.length);
const summary = `${total(({ passed }) => passed)} passed, ${failed} failed, ${total(({ skipped }) => skipped.length)} skipped`;
say(summary);
if (values.summary !== undefined) writeFileSync(values.summary, `${summary}\n`);
process.exitCode = failed > 0 || files.length === 0 ? 1 : 0;
