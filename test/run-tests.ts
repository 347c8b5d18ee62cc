/**
 * Runs the tests, in two processes at a time, and says what failed. Slow files have a process of their own, quick ones
 * share one with those of their folder.
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
import { type Outcome, compiled, runTestPrograms } from './test-process.js';

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
  .filter((file) => positionals.length === 0 || positionals.some((path) => file.startsWith(path)));

/** The files of each process, by a name for it. */
const processes = new Map<string, string[]>();
for (const file of files) {
  const name = isSlow(file) ? file : file.replace(/\/.*/, '/');
  processes.set(name, [...(processes.get(name) ?? []), file]);
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const outcomes: [name: string, Outcome][] = [];
// What takes long comes first, so that it is not waited for at the end.
const waiting = [...processes].sort(([a, some], [b, others]) => {
  return Number(isSlow(b)) - Number(isSlow(a)) || others.length - some.length;
});
async function worker(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, files] = next;
    const outcome = await runTestPrograms(files.map(compiled));
    outcomes.push([name, outcome]);
    say(`${lineOf(name, outcome)}  (${outcomes.length}/${processes.size})`);
    for (const text of details(outcome)) say(text);
  }
}
await Promise.all(Array.from({ length: Number(values.jobs) || 2 }, worker));

function lineOf(name: string, { passed, failures, skipped, seconds }: Outcome): string {
  const counts = [`${passed} passed`];
  if (failures.length > 0) counts.push(`${failures.length} failed`);
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
  return `${failures.length > 0 ? 'FAIL' : 'ok  '}  ${name}  ${counts.join(', ')}  ${seconds.toFixed(1)} s`;
}

function details({ failures, skipped, stderr }: Outcome): string[] {
  const said = [...failures.map((text) => `not ok: ${text}`), ...skipped.map((text) => `skipped: ${text}`)];
  if (stderr.trim() !== '' && said.length > 0) said.push(`stderr: ${stderr.trim()}`);
  return said.map((text) => text.replace(/^/gm, '      '));
}

const bad = outcomes.filter(([, { failures }]) => failures.length > 0);
if (bad.length > 0) {
  // Once more, for those who see only the end.
  say('\nFailed:');
  for (const [name, outcome] of bad) {
    say(lineOf(name, outcome));
    for (const text of outcome.failures) say(`      not ok: ${text.split('\n')[0] ?? ''}`);
  }
}
if (files.length === 0) say(`No test starts with ${positionals.join(' or ')}.`);

const total = (count: (outcome: Outcome) => number): number =>
  outcomes.reduce((sum, [, one]) => sum + count(one), 0);
const failed = total(({ failures }) => failures.length);
const summary = `${total(({ passed }) => passed)} passed, ${failed} failed, ${total(({ skipped }) => skipped.length)} skipped`;
say(summary);
if (values.summary !== undefined) writeFileSync(values.summary, `${summary}\n`);
process.exitCode = failed > 0 || files.length === 0 ? 1 : 0;
