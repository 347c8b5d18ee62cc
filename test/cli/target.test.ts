/**
 * Targets that cannot be tested: exit code 3, why, and a report all the same.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { suites } from '../../suites/index.js';
import {
  freePort,
  idsWith,
  qmpspec,
  readReport,
  serveTcp,
  startFake,
  warmQmpspec,
  workFolder,
} from './support.js';

const rules = suites.flatMap((suite) => suite.rules);
t.jobs = 3;
const warm = warmQmpspec(t);

interface Hopeless {
  readonly name: string;
  readonly args: (t: Test, folder: string) => Promise<string[]> | string[];
  readonly says: RegExp;
}

async function serve(t: Test, onClient: (client: Socket) => void): Promise<string> {
  return `tcp:127.0.0.1:${await serveTcp(t, onClient)}`;
}

const cases: Hopeless[] = [
  {
    name: 'no such socket',
    args: (_, folder) => ['--target', `unix:${join(folder, 'nobody')}`],
    says: /cannot connect to unix:.*nobody: there is no such socket/,
  },
  {
    name: 'nobody listens on the port',
    args: async () => ['--target', `tcp:127.0.0.1:${await freePort()}`],
    says: /cannot connect to tcp:127\.0\.0\.1:\d+: nobody listens there/,
  },
  {
    name: 'a server that speaks HTTP',
    args: async (t) => [
      '--target',
      await serve(t, (client) => client.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    ],
    says: /this is no QMP server: the server sent what is no JSON/,
  },
  {
    name: 'a server that says nothing',
    args: async (t) => ['--timeout', '200', '--target', await serve(t, () => undefined)],
    says: /this is no QMP server: .*200 ms, .*; if it is a guest agent, .* try --protocol qga/,
  },
  {
    name: 'a server that says nothing to an agent either',
    args: async (t) => [
      ...['--protocol', 'qga', '--timeout', '200'],
      ...['--target', await serve(t, () => undefined)],
    ],
    says: /this is no guest agent: no answer to guest-sync-delimited within 200 ms; .*--protocol qmp/,
  },
  {
    name: 'a monitor that is taken for a guest agent',
    args: async (t, folder) => [
      ...['--protocol', 'qga', '--target'],
      `unix:${(await startFake(t, folder)).path}`,
    ],
    says: /this is no guest agent: .*; it greets as a QMP server does: try --protocol qmp/,
  },
  {
    name: 'a guest agent that is taken for a monitor',
    args: async (t, folder) => [
      ...['--timeout', '200', '--target'],
      `unix:${(await startFake(t, folder, ['--protocol', 'qga'])).path}`,
    ],
    says: /this is no QMP server: .*try --protocol qga/,
  },
  {
    name: 'a server that hangs up',
    args: async (t) => ['--target', await serve(t, (client) => client.end())],
    says: /this is no QMP server: .*closed the connection/,
  },
  {
    name: 'a program that does not exist',
    args: () => ['--spawn', 'no-such-program-anywhere {socket}'],
    says: /cannot start the target: there is no program 'no-such-program-anywhere'/,
  },
  {
    name: 'a QEMU that does not exist',
    args: () => ['--qemu', './no-such-qemu'],
    says: /cannot start the target: there is no program '\.\/no-such-qemu'/,
  },
  {
    name: 'a program that ends at once',
    args: () => ['--spawn', `sh -c 'echo "bad option: $0" >&2; exit 3' {socket}`],
    says: /sh ended at once \(exit status 3\); it wrote:\n\s*bad option: \//,
  },
  {
    name: 'a program that ends at once without a word',
    args: () => ['--spawn', 'true {socket}'],
    says: /true ended at once \(exit status 0\); it wrote nothing/,
  },
  {
    name: 'a program that crashes at once',
    args: () => ['--spawn', `sh -c 'kill -SEGV $$' {socket}`],
    says: /sh ended at once \(killed by SIGSEGV\)/,
  },
];

for (const { name, args, says } of cases) {
  void t.test(name, { buffered: true }, async (t) => {
    const folder = workFolder(t);
    const { status, stdout, stderr } = await warm(folder, ['run', ...(await args(t, folder))]);
    t.equal(status, 3);
    t.match(stderr, /^not-testable: /m);
    t.match(stderr, says);
    t.notMatch(stderr, /\n\s+at /, 'no stack trace');
    t.match(stdout, /^Bail out! the run is incomplete: /m);
    const report = readReport(folder);
    t.equal(report.complete, false);
    t.equal(report.stopped, 'unreachable');
    t.equal(report.verdict, 'not-testable');
    t.match(report.verdictReason, says);
    t.strictSame(
      idsWith(report, 'notRun'),
      rules.map(({ id }) => id),
      'every rule has a result',
    );
    t.strictSame(readdirSync(join(folder, 'tmp')), [], 'nothing is left behind');
  });
}

void t.test('quiet says it by the exit code alone', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const args = ['run', '--reporter', 'quiet', '--target', 'unix:nobody'];
  t.strictSame(await qmpspec(t, folder, args), { status: 3, stdout: '', stderr: '' });
});

void t.test('replay', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const transcript = { schemaVersion: 1, rule: 'id.echo', requirement: 'r', steps: [] };
  writeFileSync(join(folder, 'transcript.json'), JSON.stringify(transcript));
  const args = ['replay', 'transcript.json', '--target', 'unix:nobody'];
  const { status, stderr } = await qmpspec(t, folder, args);
  t.equal(status, 3);
  t.equal(stderr, 'qmpspec: cannot connect to unix:nobody: there is no such socket\n');
});
