/**
 * Whole runs against a real guest agent, by way of the command line: it has to conform, and to leave this machine as it
 * is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { packageFile } from '../../src/package.js';
import { suites } from '../../suites/index.js';
import { argumentsOf, idsWith, qmpspec, readReport, workFolder, type Report } from '../cli/support.js';
import { requireBinary } from './support.js';

const AGENT = 'qemu-ga';
/** As the README has it. */
const SPAWN = `${AGENT} -m unix-listen -p {socket} -t {dir}`;
const TARGET = ['--protocol', 'qga', '--spawn', SPAWN];

const rules = suites.flatMap((suite) => suite.rules);
const timeout = 120_000;
t.jobs = 2;

/** Debian has it in a folder that not everybody has on PATH. */
process.env.PATH = `${process.env.PATH ?? ''}:/usr/sbin`;

function checkConformant(t: Test, report: Report): void {
  t.match(report, { complete: true, verdict: 'conformant', totals: { failed: 0, errored: 0, notRun: 0 } });
  t.match(report, { target: { protocol: 'qga' }, options: { protocol: 'qga' } });
  t.strictSame(idsWith(report, 'failed'), []);
  t.strictSame(idsWith(report, 'waived'), ['id.overflow'], 'it shares its writer of JSON with QEMU');
  const selected = report.results.filter(({ reason }) => reason !== 'not selected').map(({ id }) => id);
  t.strictSame(
    report.results.filter(({ reason }) => reason === 'the target speaks QGA').map(({ id }) => id),
    rules
      .filter(({ id, needs }) => (needs?.protocol ?? 'qmp') === 'qmp' && selected.includes(id))
      .map(({ id }) => id),
    'rules for monitors alone are skipped',
  );
}

/** Rules for guest agents that were skipped all the same. */
function inapplicable(report: Report): string[] {
  return report.results
    .filter(({ id, status }) => status === 'skipped' && !id.startsWith('args.'))
    .filter(({ reason }) => reason !== 'the target speaks QGA')
    .map(({ id }) => id);
}

for (const profile of ['readonly', 'safe', 'full']) {
  void t.test(`a guest agent, profile ${profile}`, { buffered: true, timeout }, async (t) => {
    if (requireBinary(t, AGENT) === undefined) return;
    const folder = workFolder(t);
    const { status } = await qmpspec(t, folder, ['run', ...TARGET, '--profile', profile]);
    t.equal(status, 0);
    const report = readReport(folder);
    checkConformant(t, report);
    t.match(report.target.version, /^\d+\.\d+/);
    const unasked = ['qga.agrees-with-file', 'qga.typed'];
    t.strictSame(
      inapplicable(report).filter((id) => profile !== 'readonly' || id !== 'qga.silent-refused'),
      // A release that disables nothing shows nothing of it.
      inapplicable(report).includes('qga.blocked') ? [...unasked, 'qga.blocked'] : unasked,
    );
    t.ok((report.totals.passed ?? 0) > 70, 'a lot was checked');
  });
}

void t.test('a guest agent, whatever the seed', { buffered: true, timeout }, async (t) => {
  if (requireBinary(t, AGENT) === undefined) return;
  const folder = workFolder(t);
  for (const seed of [2, 20_240_229, 2 ** 31]) {
    const args = ['run', ...TARGET, '--seed', String(seed), '--runs', '1000', '--exclude', 'args.*'];
    t.equal((await qmpspec(t, folder, args)).status, 0, `seed ${seed}`);
    checkConformant(t, readReport(folder));
  }
});

void t.test('a failure of a guest agent shows again', { buffered: true, timeout }, async (t) => {
  if (requireBinary(t, AGENT) === undefined) return;
  const folder = workFolder(t);
  const { status } = await qmpspec(t, folder, [
    'run',
    ...TARGET,
    '--no-builtin-waivers',
    '--exclude',
    'args.*',
  ]);
  t.equal(status, 1);
  const report = readReport(folder);
  t.strictSame(idsWith(report, 'failed'), ['id.overflow']);
  const [failed] = report.results.filter(({ status }) => status === 'failed');
  const again = await qmpspec(t, folder, argumentsOf(failed?.failures[0]?.replay ?? ''));
  t.match(again, { status: 1, stdout: /\nfailed: it shows again\n$/ });
});

void t.test('a command that is disabled by an option', { buffered: true, timeout }, async (t) => {
  if (requireBinary(t, AGENT) === undefined) return;
  const folder = workFolder(t);
  const spawn = `${SPAWN} -b guest-suspend-disk,guest-get-users`;
  const { status } = await qmpspec(t, folder, ['run', '--protocol', 'qga', '--spawn', spawn]);
  t.equal(status, 0);
  const report = readReport(folder);
  checkConformant(t, report);
  t.ok(idsWith(report, 'passed').includes('qga.blocked'));
});

void t.test('a guest agent and the schema file it was built from', { buffered: true, timeout }, async (t) => {
  const source = process.env.QMPSPEC_QEMU_SOURCE;
  if (source === undefined) {
    const missing = 'QMPSPEC_QEMU_SOURCE is not set: no agent was compared with its schema file';
    if (process.env.CI === undefined) t.pass(missing, { skip: missing });
    else t.fail(missing);
    return;
  }
  if (requireBinary(t, AGENT) === undefined) return;
  const schema = join(source, 'qga', 'qapi-schema.json');
  for (const profile of ['readonly', 'safe', 'full']) {
    const folder = workFolder(t);
    const args = ['run', ...TARGET, '--schema', schema, '--profile', profile];
    t.equal((await qmpspec(t, folder, args)).status, 0);
    const report = readReport(folder);
    const release = readFileSync(join(source, 'VERSION'), 'utf8').trim();
    t.equal(report.target.version, release, 'the sources are those of the binary');
    checkConformant(t, report);
    const passed = idsWith(report, 'passed');
    t.ok(passed.includes('qga.agrees-with-file') && passed.includes('qga.typed'));
    t.equal(report.schema.source, schema);
  }
});

void t.test('the bundled schema is that of the agent of 7.2', { buffered: true, timeout }, async (t) => {
  if (requireBinary(t, AGENT) === undefined) return;
  const folder = workFolder(t);
  const schema = packageFile('fixtures', 'schemas', 'qga', 'qapi-schema.json');
  const args = ['run', ...TARGET, '--schema', schema, '--rule', 'qga.*'];
  const { status } = await qmpspec(t, folder, args);
  const { target } = readReport(folder);
  if (/^7\.2\b/.test(target.version ?? '')) {
    t.equal(status, 0);
    t.strictSame(
      idsWith(readReport(folder), 'skipped').filter((id) => id.startsWith('qga.')),
      [],
    );
  } else t.pass('of another release', { skip: `the agent is of ${target.version ?? 'no release'}` });
});
