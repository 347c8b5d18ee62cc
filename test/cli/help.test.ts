import t from 'tap';
import { packageVersion } from '../../src/package.js';
import { qmpspec, warmQmpspec, workFolder } from './support.js';

const folder = workFolder(t);
t.jobs = 3;
const warm = warmQmpspec(t);

const commands = [
  [],
  ['run'],
  ['list'],
  ['fake'],
  ['faults'],
  ['selftest'],
  ['replay'],
  ['schema'],
  ['schema', 'check'],
  ['schema', 'introspect'],
  ['schema', 'json-schema'],
];

for (const command of commands) {
  const name = ['qmpspec', ...command].join(' ');
  void t.test(`${name} --help`, { buffered: true }, async (t) => {
    const { status, stdout, stderr } = await warm(folder, [...command, '--help']);
    t.equal(status, 0);
    t.equal(stderr, '');
    t.match(stdout, `Usage: ${name} `);
    // An example is a line that could be typed.
    t.match(stdout, new RegExp(`^(Example: |  )${name} `, 'm'));
    t.notMatch(stdout, '[]', 'no empty list as a default');
  });
}

void t.test('the help names every command', { buffered: true }, async (t) => {
  const { stdout } = await qmpspec(t, folder, ['--help']);
  for (const [command] of commands) if (command !== undefined) t.match(stdout, `\n  ${command} `);
});

void t.test('help COMMAND is COMMAND --help', { buffered: true }, async (t) => {
  const asked = await warm(folder, ['help', 'run']);
  const option = await qmpspec(t, folder, ['run', '--help']);
  t.strictSame(asked, option);
  t.match(asked.stdout, /Exit codes: 0 conformant, 1 nonconformities found, 2 usage/);
  t.match(asked.stdout, '\n70 qmpspec itself failed, 130 interrupted.');
});

void t.test('--version', { buffered: true }, async (t) => {
  t.strictSame(await qmpspec(t, folder, ['--version']), {
    status: 0,
    stdout: `${packageVersion()}\n`,
    stderr: '',
  });
});
