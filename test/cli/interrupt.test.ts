/**
 * Runs that do not come to their end: interrupted by the user, or left by their target.
 */
import { existsSync, readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { suites } from '../../suites/index.js';
import {
  idsWith,
  isAlive,
  MAIN,
  readReport,
  serveTcp,
  start,
  startFake,
  startRecorder,
  until,
  workFolder,
  type Report,
  type Running,
} from './support.js';

const allIds = suites.flatMap((suite) => suite.rules.map(({ id }) => id));
t.jobs = 3;

/** A command line for --spawn that starts the fake by way of a shell script, which finds its process id in `$$`. */
function spawnFake(script: string): string {
  return `sh -c '${script}' '${process.execPath}' '${MAIN}' fake --listen unix:{socket}`;
}

const SPAWN_FAKE = spawnFake('echo $$ >pid; exec "$0" "$@"');

async function pidIn(folder: string): Promise<number> {
  const path = join(folder, 'pid');
  await until(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'));
  return Number(readFileSync(path, 'utf8'));
}

/** In the middle: some rules have been reported, and many have not. */
function midRun(running: Running): Promise<void> {
  return until(() => /^ok 10 /m.test(running.stdout()));
}

function checkIncomplete(t: Test, report: Report, stopped: string): void {
  t.match(report, { complete: false, stopped });
  t.strictSame(
    report.results.map(({ id }) => id),
    allIds,
    'every rule has a result',
  );
  t.ok(idsWith(report, 'passed').length >= 10, 'what has been measured stays');
  t.ok(idsWith(report, 'notRun').length > 0, 'what has not been checked is not said to hold');
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  void t.test(`${signal} in mid-run`, { buffered: true }, async (t) => {
    const folder = workFolder(t);
    const running = start(t, folder, ['run', '--spawn', SPAWN_FAKE]);
    await midRun(running);
    running.signal(signal);
    const { status, stdout, stderr } = await running.ended;
    t.equal(status, 130);
    t.match(stdout, /\nBail out! the run is incomplete: the run ended early \(interrupted\)\n$/);
    t.notMatch(stdout, /^not ok/m, 'no rule fails for what was cut short');
    t.match(stderr, 'reports: reports/latest\n');
    t.notMatch(stderr, /\n\s+at /);
    const report = readReport(folder);
    checkIncomplete(t, report, 'interrupted');
    t.equal(report.verdict, 'not-testable');
    t.notOk(isAlive(await pidIn(folder)), 'the target is gone');
    t.strictSame(readdirSync(join(folder, 'tmp')), [], 'nothing is left behind');
  });
}

void t.test('SIGINT during a single long check', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder);
  const recorder = await startRecorder(t, folder, path);
  const args = ['--rule', 'id.random', '--runs', '100000000', '--reporter', 'quiet'];
  const running = start(t, folder, ['run', '--target', `unix:${recorder.path}`, ...args]);
  await until(() => recorder.sent().some(({ length }) => length > 50_000));
  running.signal('SIGINT');
  t.strictSame(await running.ended, { status: 130, stdout: '', stderr: '' });
  t.match(readReport(folder), { complete: false, totals: { failed: 0, notRun: 1 } });
});

void t.test('SIGINT while the target says nothing', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  let connected = false;
  const port = await serveTcp(t, () => {
    connected = true;
  });
  const args = ['run', '--target', `tcp:127.0.0.1:${port}`, '--timeout', '500000'];
  const running = start(t, folder, args);
  await until(() => connected);
  running.signal('SIGINT');
  t.match(await running.ended, { status: 130, stdout: /\nBail out! / });
  t.match(readReport(folder), { complete: false, stopped: 'interrupted' });
});

void t.test('a second SIGINT ends at once', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  // A target that cannot be asked to end: it would be waited for.
  const stubborn = spawnFake('echo $$ >pid; trap "" TERM; "$0" "$@"; touch stopping; sleep 100');
  const running = start(t, folder, ['run', '--spawn', stubborn, '--reporter', 'quiet']);
  const pid = await pidIn(folder);
  running.signal('SIGINT');
  await until(() => existsSync(join(folder, 'stopping')));
  running.signal('SIGINT');
  t.strictSame(await running.ended, { status: 130, stdout: '', stderr: '' });
  const report = join(folder, 'reports', 'latest', 'report.json');
  t.equal(readFileSync(report, 'utf8'), '', 'no report was waited for');
  t.notOk(isAlive(pid), 'the target is gone all the same');
  t.strictSame(readdirSync(join(folder, 'tmp')), [], 'nothing is left behind');
});

void t.test('a signal leaves no server of a replay behind', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const lost = start(t, folder, ['run', '--rule', 'id.echo', '--spawn', `${SPAWN_FAKE} --fault id-lost`]);
  t.equal((await lost.ended).status, 1);
  const replay = join('reports', 'latest', 'replay', 'id.echo-1.json');
  unlinkSync(join(folder, 'pid'));
  const neverListens = "sh -c 'echo $$ >pid; exec sleep 100' {socket}";
  const running = start(t, folder, ['replay', replay, '--spawn', neverListens]);
  const pid = await pidIn(folder);
  running.signal('SIGTERM');
  t.equal((await running.ended).status, 143);
  await until(() => !isAlive(pid));
  t.strictSame(readdirSync(join(folder, 'tmp')), [], 'nothing is left behind');
});

void t.test('a target that dies in mid-run is a finding', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const running = start(t, folder, ['run', '--spawn', SPAWN_FAKE]);
  await midRun(running);
  process.kill(await pidIn(folder), 'SIGKILL');
  const { status, stdout, stderr } = await running.ended;
  t.equal(status, 1);
  t.match(stdout, /\nBail out! /);
  t.match(stderr, /nonconformant: 1 rule does not hold; the target went away: it ended, killed by SIGKILL/);
  const report = readReport(folder);
  checkIncomplete(t, report, 'target-lost');
  t.equal(report.verdict, 'nonconformant');
  t.match(report.target.exit, 'killed by SIGKILL');
});
