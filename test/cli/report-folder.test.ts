/**
 * The folder of the reports: what is lost in it, and what becomes of a run whose reports cannot be written.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { MAIN, readReport, start, startFake, until, warmQmpspec, workFolder, type Ended } from './support.js';

t.jobs = 2;
const warm = warmQmpspec(t);

const NAMES = ['junit.xml', 'report.json', 'report.tap', 'summary.md'];
const FAKE = `'${process.execPath}' '${MAIN}' fake --listen unix:{socket}`;

/** One that breaks the rule, for all tests here; what it is asked leaves no trace in it. */
const loser = startFake(t, workFolder(t), ['--fault', 'id-lost']);

/** A run with one rule that holds, or does not, with its reports in `out`. */
async function runInto(folder: string, holds: boolean): Promise<Ended> {
  const args = ['run', '--rule', 'id.echo', '--reporter', 'quiet', '--report-dir', 'out'];
  return warm(folder, [...args, ...(holds ? [] : ['--target', `unix:${(await loser).path}`])]);
}

function outFolder(t: Test): { folder: string; out: string } {
  const folder = workFolder(t);
  const out = join(folder, 'out');
  mkdirSync(out);
  return { folder, out };
}

void t.test('what others have in the folder stays', { buffered: true }, async (t) => {
  const { folder, out } = outFolder(t);
  const theirs: Record<string, string> = {
    'replay/replay.c': '/* record and replay of a VM */',
    'replay/meson.build': 'system_ss.add(…)',
    'replay/id.echo-1.json': '{"rule":"id.echo","schemaVersion":1}',
    'replay/id.echo-2.json': '{"schemaVersion":1,"rule":"id.other","requirement":"","steps":[]}',
    'replay/id.echo-3.json': '',
    'replay/sub/id.echo-1.json': '{"schemaVersion":1,"rule":"id.echo","requirement":"","steps":[]}',
    'replay/notes.json': '{"schemaVersion":1,"rule":"notes","requirement":"","steps":[]}',
    'report.txt': 'a report',
  };
  mkdirSync(join(out, 'replay', 'sub'), { recursive: true });
  for (const [name, text] of Object.entries(theirs)) writeFileSync(join(out, name), text);
  for (const holds of [false, true, false]) {
    t.match(await runInto(folder, holds), { status: holds ? 0 : 1, stderr: '' });
    for (const [name, text] of Object.entries(theirs)) t.equal(readFileSync(join(out, name), 'utf8'), text);
    const ours = readdirSync(join(out, 'replay')).filter((name) => name === 'id.echo-4.json');
    t.strictSame(ours, holds ? [] : ['id.echo-4.json'], 'ours comes beside them, and goes');
  }
  const [failed] = readReport(folder, 'out').results.filter(({ status }) => status === 'failed');
  t.match(failed?.failures[0]?.replay, 'out/replay/id.echo-4.json');
});

void t.test('what a run has left that was killed goes', { buffered: true }, async (t) => {
  const { folder, out } = outFolder(t);
  await runInto(folder, false);
  renameSync(join(out, 'replay', 'id.echo-1.json'), join(out, 'replay', 'id.echo-17.json'));
  writeFileSync(join(out, 'report.json'), '');
  t.match(await runInto(folder, true), { status: 0, stderr: '' });
  t.strictSame(readdirSync(out).sort(), NAMES);
});

void t.test('an empty folder that others made stays', { buffered: true }, async (t) => {
  const { folder, out } = outFolder(t);
  mkdirSync(join(out, 'replay'));
  await runInto(folder, true);
  t.ok(existsSync(join(out, 'replay')));
});

void t.test('no link is followed to something that is removed', { buffered: true }, async (t) => {
  const { folder, out } = outFolder(t);
  await runInto(folder, false);
  const elsewhere = join(folder, 'elsewhere');
  const kept = readFileSync(join(out, 'replay', 'id.echo-1.json'), 'utf8');
  renameSync(join(out, 'replay'), elsewhere);
  symlinkSync(elsewhere, join(out, 'replay'));
  await runInto(folder, false);
  t.ok(lstatSync(join(out, 'replay')).isSymbolicLink());
  t.equal(readFileSync(join(elsewhere, 'id.echo-1.json'), 'utf8'), kept);
  rmSync(join(out, 'replay'));
  mkdirSync(join(out, 'replay'));
  symlinkSync(join(elsewhere, 'id.echo-1.json'), join(out, 'replay', 'id.echo-1.json'));
  await runInto(folder, true);
  t.ok(lstatSync(join(out, 'replay', 'id.echo-1.json')).isSymbolicLink(), 'we make no links');
  t.equal(readFileSync(join(elsewhere, 'id.echo-1.json'), 'utf8'), kept);
});

const strangers: Readonly<Record<string, string>> = {
  'an object': '{}',
  'of another tool': '{"schemaVersion": 1, "complete": true, "tool": {"name": "other"}}',
  'a list': '[{"schemaVersion": 1, "complete": true, "tool": {"name": "qmpspec"}}]',
  'no JSON': 'a report of last year',
  'a mention':
    '{"text": "{\\"schemaVersion\\": 1, \\"complete\\": true, \\"tool\\": {\\"name\\": \\"qmpspec\\""}',
};

for (const [name, text] of Object.entries(strangers)) {
  void t.test(`a report.json that is not ours: ${name}`, { buffered: true }, async (t) => {
    const { folder, out } = outFolder(t);
    writeFileSync(join(out, 'report.json'), text);
    const { status, stderr } = await runInto(folder, false);
    t.equal(status, 2);
    t.equal(stderr, 'qmpspec: out/report.json is no report of qmpspec; choose another --report-dir\n');
    t.equal(readFileSync(join(out, 'report.json'), 'utf8'), text);
    t.strictSame(readdirSync(out), ['report.json']);
  });
}

for (const name of NAMES.filter((each) => each !== 'report.json')) {
  void t.test(`a ${name} that is not ours`, { buffered: true }, async (t) => {
    const { folder, out } = outFolder(t);
    writeFileSync(join(out, name), 'of another tool');
    const { status, stderr } = await runInto(folder, true);
    t.equal(status, 2);
    t.match(stderr, `qmpspec: out/${name} would be overwritten`);
    t.equal(readFileSync(join(out, name), 'utf8'), 'of another tool');
    t.strictSame(readdirSync(out), [name]);
  });
}

void t.test('a report of ours is known however it is indented', { buffered: true }, async (t) => {
  const { folder, out } = outFolder(t);
  for (const indent of [undefined, 2, '\t']) {
    t.match(await runInto(folder, true), { status: 0, stderr: '' });
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as object;
    writeFileSync(join(out, 'report.json'), JSON.stringify(report, null, indent));
  }
  t.match(await runInto(folder, true), { status: 0, stderr: '' });
});

void t.test(
  'a call that turns out to be bad leaves a folder that can be used',
  { buffered: true },
  async (t) => {
    const { folder, out } = outFolder(t);
    await runInto(folder, true);
    const bad = ['run', '--command', 'no-such-command', '--report-dir', 'out'];
    t.equal((await warm(folder, bad)).status, 2);
    t.strictSame(readdirSync(out), []);
    t.match(await runInto(folder, true), { status: 0, stderr: '' });
  },
);

const isFolder = (path: string): void => {
  mkdirSync(path);
};
const isFull = (path: string): void => {
  symlinkSync('/dev/full', path);
};

for (const [name, obstruct, says] of [
  ['summary.md', isFolder, 'EISDIR'],
  ['junit.xml', isFull, 'ENOSPC'],
  ['report.tap', isFull, 'ENOSPC'],
] as const) {
  void t.test(`${name} cannot be written: ${says}`, { buffered: true }, async (t) => {
    const { folder, out } = outFolder(t);
    obstruct(join(out, name));
    for (const holds of [false, true]) {
      const { status, stderr } = await runInto(folder, holds);
      t.equal(status, holds ? 2 : 1);
      t.match(stderr, /^qmpspec: not all reports could be written: /);
      t.match(stderr, says);
      t.match(readReport(folder, 'out'), { verdict: holds ? 'conformant' : 'nonconformant' });
      for (const other of NAMES.filter((each) => each !== name && each !== 'report.json'))
        t.not(readFileSync(join(out, other), 'utf8'), '', `${other} is kept`);
    }
  });
}

void t.test('report.json cannot be written in the end', { buffered: true }, async (t) => {
  const { folder, out } = outFolder(t);
  symlinkSync('/dev/full', join(out, 'report.json'));
  const { status, stderr } = await runInto(folder, false);
  t.equal(status, 1);
  t.match(stderr, /not all reports could be written: ENOSPC/);
  t.match(readFileSync(join(out, 'summary.md'), 'utf8'), 'nonconformant');
});

/** Does something to the report folder in the middle of a run. */
async function spoiltMidRun(
  t: Test,
  folder: string,
  fault: string,
  spoil: (out: string) => void,
): Promise<Ended> {
  const rules = ['--rule', 'id.echo', '--suite', 'protocol', '--suite', 'yank', '--rule', 'yank.*'];
  const args = ['run', ...rules, '--report-dir', 'out', '--spawn', `${FAKE} ${fault}`];
  const running = start(t, folder, args);
  await until(() => /^(?:not )?ok 5 /m.test(running.stdout()));
  spoil(join(folder, 'out'));
  return running.ended;
}

for (const [fault, code, verdict] of [
  ['--fault yank-unknown-generic-error', 1, 'nonconformant: '],
  ['', 2, 'conformant: '],
] as const) {
  void t.test(`the folder becomes a file in mid-run: ${verdict}`, { buffered: true }, async (t) => {
    const { status, stdout, stderr } = await spoiltMidRun(t, workFolder(t), fault, (out) => {
      rmSync(out, { recursive: true });
      writeFileSync(out, 'a file');
    });
    t.equal(status, code);
    t.match(stdout, `\n# ${verdict}`, 'the verdict is said');
    t.match(stderr, `\n${verdict}`);
    t.match(stderr, /not all reports could be written: .*ENOTDIR/);
    t.notMatch(stderr, /\n\s+at /);
  });
}

void t.test('the folder goes in mid-run: it is made again', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { status } = await spoiltMidRun(t, folder, '--fault yank-unknown-generic-error', (out) => {
    rmSync(out, { recursive: true });
  });
  t.equal(status, 1);
  t.match(readReport(folder, 'out'), { complete: true, verdict: 'nonconformant' });
});
