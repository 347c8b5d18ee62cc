/**
 * Whole runs against a real QEMU, by way of the command line: a QEMU as it was released has to conform.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { writeJson } from '../../src/json/index.js';
import { Connection } from '../../src/qmp/index.js';
import { suites } from '../../suites/index.js';
import {
  argumentsOf,
  idsWith,
  qmpspec,
  readReport,
  start as startQmpspec,
  until,
  workFolder,
  type Report,
} from '../cli/support.js';
import { requireBinary, start } from './support.js';

const QEMU = 'qemu-system-x86_64';
const STORAGE_DAEMON = 'qemu-storage-daemon';
/** As the README has it. */
const SPAWN_STORAGE_DAEMON = `${STORAGE_DAEMON} --chardev socket,id=c,path={socket},server=on,wait=off --monitor chardev=c`;
/** The deviations of released QEMUs that are known, and waived. */
const WAIVED = ['id.overflow'];

const allIds = suites.flatMap((suite) => suite.rules.map(({ id }) => id));
const timeout = 300_000;
t.jobs = 2;

function checkConformant(t: Test, report: Report, waived: readonly string[] = WAIVED): void {
  t.match(report, { complete: true, verdict: 'conformant', totals: { failed: 0, errored: 0, notRun: 0 } });
  t.strictSame(idsWith(report, 'failed'), []);
  t.strictSame(idsWith(report, 'waived'), waived);
  t.strictSame(
    report.results.map(({ id }) => id),
    allIds,
    'every rule has a result',
  );
}

/** Without the thousands of generated requests. */
const BRIEF = ['--exclude', 'args.*'];

/** Rules that were skipped for another reason than the profile. */
function inapplicable(report: Report): string[] {
  return report.results
    .filter(({ suite, id }) => suite !== 'qga' && !id.startsWith('args.'))
    .filter(({ status, reason = '' }) => status === 'skipped' && !reason.startsWith('needs --profile'))
    .map(({ id }) => id);
}

for (const profile of ['readonly', 'safe', 'full']) {
  void t.test(`QEMU, profile ${profile}`, { buffered: true, timeout }, async (t) => {
    if (requireBinary(t, QEMU) === undefined) return;
    const folder = workFolder(t);
    // Generated arguments once, where a real QEMU takes least time for them.
    const generated = profile === 'safe';
    const args = ['run', '--qemu', QEMU, '--profile', profile, ...(generated ? [] : BRIEF)];
    t.equal((await qmpspec(t, folder, args)).status, 0);
    const report = readReport(folder);
    checkConformant(t, report, generated ? [...WAIVED, 'args.documented-class'] : WAIVED);
    // Without the commands that change state no error and no event need come.
    if (profile === 'full') t.strictSame(inapplicable(report), ['intro.agrees-with-file']);
    t.ok((report.totals.passed ?? 0) > 100, 'a lot was checked');
  });
}

void t.test('QEMU without built-in waivers', { buffered: true, timeout }, async (t) => {
  if (requireBinary(t, QEMU) === undefined) return;
  const folder = workFolder(t);
  const { status, stderr } = await qmpspec(t, folder, [
    'run',
    '--qemu',
    QEMU,
    '--no-builtin-waivers',
    ...BRIEF,
  ]);
  t.equal(status, 1);
  t.match(stderr, 'nonconformant: 1 rule does not hold\n');
  const report = readReport(folder);
  t.strictSame(idsWith(report, 'failed'), WAIVED);
  t.strictSame(idsWith(report, 'waived'), []);
  for (const { failures } of report.results) {
    for (const { replay } of failures) {
      const again = await qmpspec(t, folder, argumentsOf(replay));
      t.equal(again.status, 1, replay);
      t.match(again.stdout, /\nfailed: it shows again\n$/);
    }
  }
});

void t.test('QEMU, whatever the seed', { buffered: true, timeout }, async (t) => {
  if (requireBinary(t, QEMU) === undefined) return;
  const folder = workFolder(t);
  for (const seed of [2, 20_240_229, 2 ** 31]) {
    const { status } = await qmpspec(t, folder, ['run', '--qemu', QEMU, '--seed', String(seed), ...BRIEF]);
    t.equal(status, 0, `seed ${seed}`);
    checkConformant(t, readReport(folder));
  }
});

void t.test('the storage daemon', { buffered: true, timeout }, async (t) => {
  if (requireBinary(t, STORAGE_DAEMON) === undefined) return;
  const folder = workFolder(t);
  const { status } = await qmpspec(t, folder, ['run', '--spawn', SPAWN_STORAGE_DAEMON, ...BRIEF]);
  t.equal(status, 0);
  const report = readReport(folder);
  checkConformant(t, report);
  t.equal(report.options.profile, 'full');
  t.ok((report.totals.passed ?? 0) > 80, 'a lot was checked');
});

/** What a safe run must leave as it was. */
const STATE = ['query-status', 'query-chardev', 'query-named-block-nodes', 'query-migrate-capabilities'];

/** Connects as soon as somebody listens, which is a moment after the socket is there. */
async function connectTo(path: string, attempts = 500): Promise<Connection> {
  try {
    return await Connection.open({ kind: 'unix', path }, { timeoutMs: 10_000 });
  } catch (error) {
    if (attempts === 0) throw error;
    await sleep(20);
    return connectTo(path, attempts - 1);
  }
}

/** What the server behind a socket replies to those queries. */
async function stateOf(path: string): Promise<Record<string, string>> {
  const connection = await connectTo(path);
  const state: Record<string, string> = {};
  for (const command of ['', 'qmp_capabilities', ...STATE]) {
    if (command !== '') connection.send(JSON.stringify({ execute: command }));
    for (;;) {
      const incoming = await connection.receive(10_000);
      if (incoming.kind !== 'message') throw new Error(`${command}: ${incoming.kind}`);
      if (incoming.message.kind === 'event') continue;
      if (STATE.includes(command)) state[command] = writeJson(incoming.message.value);
      break;
    }
  }
  await connection.close();
  return state;
}

void t.test('a QEMU that runs already stays as it was', { buffered: true, timeout }, async (t) => {
  if (requireBinary(t, QEMU) === undefined) return;
  const folder = workFolder(t);
  const path = join(folder, 'qmp');
  const vm = start(t, QEMU, [
    ...['-nodefaults', '-display', 'none', '-machine', 'none'],
    ...['-qmp', `unix:${path},server=on,wait=off`],
    ...['-chardev', `socket,id=peer,path=${join(folder, 'peer')},server=on,wait=off`],
    ...['-blockdev', 'driver=null-co,node-name=disk'],
  ]);
  const before = await stateOf(path);
  t.match(before, {
    'query-status': '"running":true',
    'query-chardev': '"peer"',
    'query-named-block-nodes': '"disk"',
    'query-migrate-capabilities': '"return":[{',
  });
  const { status } = await qmpspec(t, folder, ['run', '--target', `unix:${path}`, ...BRIEF]);
  t.equal(status, 0);
  const report = readReport(folder);
  t.equal(report.options.profile, 'safe');
  checkConformant(t, report);
  t.equal(vm.exitCode, null, 'it is alive');
  t.equal(vm.signalCode, null);
  t.strictSame(await stateOf(path), before);
});

void t.test('a QEMU that is killed in mid-run', { buffered: true, timeout }, async (t) => {
  if (requireBinary(t, QEMU) === undefined) return;
  const folder = workFolder(t);
  const qemu = `${QEMU} -nodefaults -display none -machine none -qmp unix:"$0",server=on,wait=off`;
  const running = startQmpspec(t, folder, ['run', '--spawn', `sh -c 'echo $$ >pid; exec ${qemu}' {socket}`]);
  await until(() => /^ok 20 /m.test(running.stdout()));
  process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
  const { status, stderr } = await running.ended;
  t.equal(status, 1);
  t.match(stderr, /; the target went away: it ended, killed by SIGKILL/);
  t.notMatch(stderr, /\n\s+at /);
  const report = readReport(folder);
  t.match(report, { complete: false, stopped: 'target-lost', verdict: 'nonconformant' });
  t.match(report.target.exit, 'killed by SIGKILL');
  t.strictSame(
    report.results.map(({ id }) => id),
    allIds,
    'every rule has a result',
  );
  t.equal(idsWith(report, 'failed').length, 1, 'one rule fails, and not all that come after it');
  t.ok(idsWith(report, 'passed').length >= 10);
  t.ok(idsWith(report, 'notRun').length > 0);
});

const source = process.env.QMPSPEC_QEMU_SOURCE;

for (const [name, target, schema] of [
  [QEMU, ['--qemu', QEMU], 'qapi/qapi-schema.json'],
  [STORAGE_DAEMON, ['--spawn', SPAWN_STORAGE_DAEMON], 'storage-daemon/qapi/qapi-schema.json'],
] as const) {
  void t.test(`${name} and the schema files it was built from`, { buffered: true, timeout }, async (t) => {
    if (source === undefined) {
      const missing = 'QMPSPEC_QEMU_SOURCE is not set: no server was compared with its schema files';
      if (process.env.CI === undefined) t.pass(missing, { skip: missing });
      else t.fail(missing);
      return;
    }
    if (requireBinary(t, name) === undefined) return;
    const folder = workFolder(t);
    const { status } = await qmpspec(t, folder, [
      'run',
      ...target,
      '--schema',
      join(source, schema),
      ...BRIEF,
    ]);
    const report = readReport(folder);
    const release = readFileSync(join(source, 'VERSION'), 'utf8').trim();
    t.equal(report.target.version, release, 'the sources are those of the binary');
    t.equal(status, 0);
    checkConformant(t, report);
    t.ok(idsWith(report, 'passed').includes('intro.agrees-with-file'));
    t.equal(report.schema.source, join(source, schema));
  });
}
