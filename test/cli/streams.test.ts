/**
 * stdout and stderr that take nothing: what a command has found holds all the same.
 */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { MAIN, readReport, startProgram, workFolder, type Ended } from './support.js';

t.jobs = 2;

const TITLE = 'stdout could not be written: ENOSPC';

/** `qmpspec` in a shell, which says where its output goes. */
function redirected(t: Test, folder: string, args: string, to: string): Promise<Ended> {
  const line = `'${process.execPath}' '${MAIN}' ${args} ${to}`;
  return startProgram(t, folder, 'bash', ['-c', `set -o pipefail; ${line}`]).ended;
}

const GOOD = '--rule id.echo';
const BAD = `${GOOD} --spawn "'${process.execPath}' '${MAIN}' fake --fault id-lost --listen unix:{socket}"`;

for (const [to, says] of [
  ['>/dev/full', true],
  ['>&-', false],
  ['2>&-', false],
  ['>&- 2>&-', false],
  ['2>/dev/full', false],
  ['>/dev/full 2>/dev/full', false],
  ['| head -1', false],
  ['2>&1 | head -1', false],
  ['2>&1 | true', false],
] as const) {
  void t.test(`a verdict: ${to}`, { buffered: true }, async (t) => {
    const folder = workFolder(t);
    for (const reporter of to === '>/dev/full' ? ['tap', 'pretty', 'github'] : ['tap']) {
      for (const [rules, code, verdict] of [
        [GOOD, 0, 'conformant'],
        [BAD, 1, 'nonconformant'],
      ] as const) {
        const { status, stderr } = await redirected(t, folder, `run ${rules} --reporter ${reporter}`, to);
        t.equal(status, code, `${reporter}: ${stderr}`);
        t.equal(stderr.includes(TITLE), says);
        t.notMatch(stderr, /\n\s+at /, 'no stack trace');
        t.match(readReport(folder), { complete: true, verdict });
      }
    }
  });
}

void t.test('a replay that nobody reads', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  await redirected(t, folder, `run ${BAD} --reporter quiet`, '');
  const replay = `replay ${join('reports', 'latest', 'replay', 'id.echo-1.json')}`;
  t.match(await redirected(t, folder, replay, '>/dev/full'), { status: 0, stderr: TITLE });
  const again = `${replay} ${BAD.slice(GOOD.length)}`;
  t.match(await redirected(t, folder, again, '>/dev/full'), { status: 1, stderr: TITLE });
  t.match(await redirected(t, folder, again, '| true'), { status: 1, stderr: '' });
});

const products = ['list', 'list --json', 'faults', 'faults --json', '--help', 'help run', '--version'];

for (const args of products) {
  void t.test(`a product: ${args}`, { buffered: true }, async (t) => {
    const folder = workFolder(t);
    t.match(await redirected(t, folder, args, '>/dev/full'), { status: 70, stderr: TITLE });
    t.match(await redirected(t, folder, args, '>/dev/full 2>/dev/full'), { status: 70, stderr: '' });
    t.match(await redirected(t, folder, args, '| head -1'), { status: 0, stderr: '' });
    t.match(await redirected(t, folder, args, '| true'), { status: 0, stderr: '' });
  });
}

void t.test('an error that nobody hears', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  for (const to of ['2>/dev/full', '2>&-', '2>&1 | true']) {
    t.equal((await redirected(t, folder, 'run --bogus', to)).status, 2, to);
    t.equal((await redirected(t, folder, 'run --rule none', to)).status, 2, to);
    t.equal((await redirected(t, folder, 'run --target unix:nobody', to)).status, 3, to);
  }
});
