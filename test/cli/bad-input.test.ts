/**
 * Whatever is wrong with what a user gives: the exit code, and a message that says so instead of a stack trace.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { MAIN, qmpspec, serveTcp, startFake, warmQmpspec, workFolder } from './support.js';

interface BadInput {
  readonly name: string;
  readonly args: readonly string[];
  /** What stderr has to say. */
  readonly says: RegExp;
}

const folder = workFolder(t);
const waiver = {
  rule: 'id.overflow',
  kind: 'invalid-json',
  reason: 'known',
  evidence: { requirement: 'r', request: 'q', reply: 'a' },
};
const files: Record<string, string> = {
  'empty.json': '',
  'circle.json': "{ 'include': 'half.json' }\n",
  'half.json': "{ 'include': 'circle.json' }\n",
  'syntax.json': "# a comment\n{ 'command': 'x',\n",
  'object.json': '{ "a": 1 }',
  'numbers.json': '[1, 2]',
  'cut.json': '[{"name": "x"',
  'fine.json': "{ 'command': 'query-version' }\n",
  'other.json': "{ 'command': 'query-version' } { 'command': 'x-nobody-has-it' }\n",
  'waiver-without-kind.json': JSON.stringify({ schemaVersion: 1, waivers: [{ ...waiver, kind: undefined }] }),
  'waiver-of-no-rule.json': JSON.stringify({
    schemaVersion: 1,
    waivers: [{ ...waiver, rule: 'id.overlow' }],
  }),
  'waiver-for-nothing.json': JSON.stringify({ schemaVersion: 1, waivers: [waiver] }),
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
mkdirSync(join(folder, 'directory'));
const longPath = `/${'x'.repeat(110)}`;
const onlyOne = ['--rule', 'id.overflow', '--reporter', 'quiet'];

const schemas: BadInput[] = [
  { name: 'missing', args: ['missing.json'], says: /missing\.json does not exist/ },
  { name: 'a directory', args: ['directory'], says: /directory:1: directory is a directory/ },
  { name: 'empty', args: ['empty.json'], says: /empty\.json is empty/ },
  { name: 'including itself', args: ['circle.json'], says: /inclusion loop: circle\.json → half\.json/ },
  { name: 'with a syntax error', args: ['syntax.json'], says: /syntax\.json:\d+: expected/ },
  { name: 'an object that is no reply', args: ['object.json'], says: /neither an array of SchemaInfo/ },
  { name: 'an array that is no dump', args: ['numbers.json'], says: /numbers\.json:1: .*object/ },
  { name: 'JSON that is cut off', args: ['cut.json'], says: /cut\.json is not a JSON document/ },
].flatMap(({ name, args, says }) => [
  { name: `a schema to run with: ${name}`, args: ['run', '--schema', ...args], says },
  { name: `a schema to introspect: ${name}`, args: ['schema', 'introspect', ...args], says },
]);

const targets: BadInput[] = [
  {
    name: '--target and --spawn',
    args: ['--target', 'unix:/x', '--spawn', 'x {socket}'],
    says: /'--target <address>' cannot be used with option '--spawn/,
  },
  {
    name: '--qemu and --target',
    args: ['--qemu', 'qemu', '--target', 'unix:/x'],
    says: /'--target <address>' cannot be used with option '--qemu/,
  },
  {
    name: '--qemu and --spawn',
    args: ['--qemu', 'qemu', '--spawn', 'x {socket}'],
    says: /cannot be used with option/,
  },
  { name: 'port 0', args: ['--target', 'tcp:127.0.0.1:0'], says: /port 0 is out of range; ports are 1 to/ },
  { name: 'port 65536', args: ['--target', 'tcp:127.0.0.1:65536'], says: /65536 is out of range/ },
  { name: 'no port', args: ['--target', 'tcp:127.0.0.1'], says: /no TCP address; write tcp:HOST:PORT/ },
  { name: 'a port in words', args: ['--target', 'tcp:localhost:qmp'], says: /no TCP address/ },
  { name: 'IPv6 without brackets', args: ['--target', 'tcp:::1:4444'], says: /an IPv6 host in brackets/ },
  { name: 'a bare path', args: ['--target', '/run/qmp'], says: /no address; write unix:PATH or tcp:HOST/ },
  { name: 'an empty address', args: ['--target', ''], says: /no address; write unix:PATH/ },
  { name: 'another scheme', args: ['--target', 'http://localhost'], says: /no address; write unix:PATH/ },
  { name: 'no path', args: ['--target', 'unix:'], says: /names no path; write unix:PATH/ },
  {
    name: 'a long path',
    args: ['--target', `unix:${longPath}`],
    says: /at most 107 bytes, this one has 111/,
  },
  { name: '--spawn without {socket}', args: ['--spawn', 'server --qmp'], says: /--spawn needs \{socket\}/ },
  { name: '--spawn of nothing', args: ['--spawn', ''], says: /--spawn names no program/ },
  {
    name: '--qemu with the protocol of guest agents',
    args: ['--qemu', 'qemu', '--protocol', 'qga'],
    says: /--qemu starts a system emulator, which is no guest agent; use --spawn or --target/,
  },
  { name: 'an unknown protocol', args: ['--protocol', 'qgs'], says: /Allowed choices are qmp, qga/ },
  { name: '--qemu of nothing', args: ['--qemu', ''], says: /--qemu names no program/ },
  ...['x {socket} | tee log', 'x {socket} > log', 'x {socket} && y', 'x {socket} # y'].map((line) => ({
    name: `--spawn '${line}'`,
    args: ['--spawn', line],
    says: /starts a program and no shell, so .* means nothing; use sh -c/,
  })),
].map(({ args, ...rest }) => ({ ...rest, args: ['run', ...args] }));

const selections: BadInput[] = ['run', 'list'].flatMap((command) => [
  {
    name: `${command}: an unknown suite`,
    args: [command, '--suite', 'protocl'],
    says: /no suite 'protocl' \(did you mean 'protocol'\?\)/,
  },
  {
    name: `${command}: an unknown rule`,
    args: [command, '--rule', 'id.overlow'],
    says: /--rule id\.overlow matches no rule \(did you mean 'id\.overflow'\?\)/,
  },
  {
    name: `${command}: a pattern of an unknown group`,
    args: [command, '--rule', 'yenk.*'],
    says: /--rule yenk\.\* matches no rule \(did you mean 'yank\.\*'\?\)/,
  },
  {
    name: `${command}: one good pattern and one bad`,
    args: [command, '--rule', 'yank.*', '--rule', 'nothing-like-it'],
    says: /--rule nothing-like-it matches no rule/,
  },
  {
    name: `${command}: nothing to exclude`,
    args: [command, '--exclude', 'id.overlow'],
    says: /--exclude id\.overlow matches no rule/,
  },
  {
    name: `${command}: everything excluded`,
    args: [command, '--rule', 'yank.*', '--exclude', 'yank.*'],
    says: /selection leaves no rule/,
  },
  {
    name: `${command}: a suite without such rules`,
    args: [command, '--suite', 'yank', '--rule', 'json.*'],
    says: /selection leaves no rule/,
  },
]);

/** Every number that can be given, with the least that is allowed. */
const numbers = [
  { args: ['run', '--seed'], min: 0 },
  { args: ['run', '--runs'], min: 0 },
  { args: ['run', '--timeout'], min: 1 },
  { args: ['run', '--jobs'], min: 1 },
  { args: ['run', '--max-failures'], min: 1 },
  { args: ['run', '--repeat'], min: 1 },
  { args: ['replay', 'missing.json', '--timeout'], min: 1 },
  { args: ['selftest', '--timeout'], min: 1 },
  { args: ['fake', '--seed'], min: 0 },
];
const badNumbers: BadInput[] = numbers.flatMap(({ args, min }) => {
  const option = args.at(-1) ?? '';
  return ['x', `${min - 1}`, '1.5', '', '99999999999999999999'].map((value) => ({
    name: `${args.join(' ')}=${value}`,
    args: [...args.slice(0, -1), `${option}=${value}`],
    says: new RegExp(`'${option} .*' argument '.*' is invalid\\. It must be a whole number from ${min} `),
  }));
});

const shards: BadInput[] = ['', '1', '0/2', '3/2', '1/0', '1/-2', 'a/b', '1/2/3', '1.5/2', ' 1/2'].map(
  (value) => ({
    name: `run --shard=${value}`,
    args: ['run', `--shard=${value}`],
    says: /'--shard <i\/n>' argument '.*' is invalid\. It must be I\/N: the I-th of N parts, such as 1\/4\./,
  }),
);

const choices: BadInput[] = ['level', 'profile', 'reporter'].map((option) => ({
  name: `an unknown ${option}`,
  args: ['run', `--${option}`, 'none-such'],
  says: /argument 'none-such' is invalid\. Allowed choices are/,
}));

const words: BadInput[] = [
  { name: 'no command', args: [], says: /Usage: qmpspec/ },
  { name: 'an unknown command', args: ['runn'], says: /unknown command 'runn'\n\(Did you mean run\?\)/ },
  { name: 'a word too many', args: ['run', 'extra'], says: /too many arguments for 'run'/ },
  { name: 'an unknown option', args: ['--bogus'], says: /unknown option '--bogus'\n\(try --help\)/ },
  {
    name: 'an unknown option of a command',
    args: ['run', '--sede', '1'],
    says: /unknown option '--sede'\n\(Did you mean --seed\?\)/,
  },
  { name: 'an option without value', args: ['run', '--seed'], says: /'--seed <n>' argument missing/ },
  { name: 'schema without command', args: ['schema'], says: /Usage: qmpspec schema/ },
  { name: 'an unknown command of schema', args: ['schema', 'chek'], says: /unknown command 'chek'/ },
  {
    name: 'nothing to check',
    args: ['schema', 'check'],
    says: /missing required argument 'file'\n\(try --help\)/,
  },
  { name: 'nothing to replay', args: ['replay'], says: /missing required argument 'file'/ },
  {
    name: '--define without a schema',
    args: ['run', '--define', 'CONFIG_LINUX'],
    says: /give one with --schema/,
  },
  {
    name: '--define beside --all-conditions',
    args: ['schema', 'introspect', 'fine.json', '--define', 'X', '--all-conditions'],
    says: /--all-conditions keeps everything/,
  },
];

const filesToRead: BadInput[] = [
  { name: 'no such waivers', args: ['run', '--waivers', 'missing.json'], says: /cannot read missing\.json/ },
  { name: 'empty waivers', args: ['run', '--waivers', 'empty.json'], says: /empty\.json is empty/ },
  { name: 'waivers that are cut off', args: ['run', '--waivers', 'cut.json'], says: /cut\.json:1:\d+: / },
  {
    name: 'waivers that are something else',
    args: ['run', '--waivers', 'object.json'],
    says: /object\.json: the file must/,
  },
  {
    name: 'a waiver that lacks a member',
    args: ['run', '--waivers', 'waiver-without-kind.json'],
    says: /waiver-without-kind\.json: \/waivers\/0 must have required property 'kind'/,
  },
  {
    name: 'a waiver of a rule that does not exist',
    args: ['run', '--waivers', 'waiver-of-no-rule.json'],
    says: /no rule 'id\.overlow' \(did you mean 'id\.overflow'\?\)/,
  },
  {
    name: 'a waiver that covers nothing',
    args: ['run', '--waivers', 'waiver-for-nothing.json', ...onlyOne],
    says: /this waiver covers nothing, take it out: id\.overflow, waiver-for-nothing\.json/,
  },
  { name: 'no such transcript', args: ['replay', 'missing.json'], says: /cannot read missing\.json/ },
  { name: 'an empty transcript', args: ['replay', 'empty.json'], says: /empty\.json is empty/ },
  { name: 'a transcript in another language', args: ['replay', 'syntax.json'], says: /syntax\.json:1:1: / },
  {
    name: 'a transcript that is something else',
    args: ['replay', 'object.json'],
    says: /object\.json: the file must have required property/,
  },
  { name: 'a transcript that is a folder', args: ['replay', 'directory'], says: /cannot read directory/ },
];

const foldersToWrite: BadInput[] = [
  { name: 'a file in the way', reportDir: 'fine.json' },
  { name: 'a file in the middle of the way', reportDir: 'fine.json/a/b' },
  { name: 'a place where nothing can be made', reportDir: '/proc/qmpspec/reports' },
].map(({ name, reportDir }) => ({
  name: `reports: ${name}`,
  args: ['run', '--report-dir', reportDir],
  says: new RegExp(`cannot write reports to ${reportDir}`),
}));

const fakes: BadInput[] = [
  {
    name: 'an unknown fault',
    args: ['fake', '--fault', 'id-los'],
    says: /no fault 'id-los' \(did you mean 'id-lost'\?\); see qmpspec faults/,
  },
  {
    name: 'a fake for everybody',
    args: ['fake', '--listen', 'tcp:0.0.0.0:4444'],
    says: /on this machine only, not on 0\.0\.0\.0; use 127\.0\.0\.1/,
  },
  { name: 'a fake elsewhere', args: ['fake', '--listen', 'tcp:192.0.2.1:4444'], says: /this machine only/ },
  {
    name: 'a fake where a file is',
    args: ['fake', '--listen', 'unix:fine.json'],
    says: /cannot listen on unix:fine\.json: .*in use/,
  },
  {
    name: 'a fake in a folder that does not exist',
    args: ['fake', '--listen', 'unix:nowhere/qmp'],
    says: /cannot listen on unix:nowhere\/qmp/,
  },
  { name: 'a fake without address', args: ['fake', '--listen', 'qmp'], says: /no address; write unix:PATH/ },
  {
    name: 'a fake of a schema that nobody can be served with',
    args: ['fake', '--schema', 'fine.json'],
    says: /the fake cannot serve this schema, for it has no command 'qmp_capabilities'/,
  },
  { name: 'a fake of a bad schema', args: ['fake', '--schema', 'syntax.json'], says: /syntax\.json:\d+: / },
];

writeFileSync(join(folder, 'locked.json'), '{}');
chmodSync(join(folder, 'locked.json'), 0);
/** Root may read what is locked, but nobody can read where no memory is. */
const locked = process.getuid?.() === 0 ? '/proc/self/mem' : 'locked.json';
const unreadable: BadInput[] = ['run --schema', 'run --waivers', 'replay', 'schema introspect'].map(
  (command) => ({
    name: `${command}: a file that cannot be read`,
    args: [...command.split(' '), locked],
    says: locked === 'locked.json' ? /locked\.json.*permission/ : /\/mem.*EIO/,
  }),
);

/** One of each kind is a process of its own; for the others it is what they say that matters. */
function firstInItsOwn(inputs: readonly BadInput[]): (BadInput & { readonly inItsOwn: boolean })[] {
  return inputs.map((input, index) => ({ ...input, inItsOwn: index === 0 }));
}

/** Each with exit code 2, and nothing for a program on stdout. */
const table: readonly (readonly BadInput[])[] = [
  schemas,
  targets,
  selections,
  shards,
  badNumbers,
  choices,
  words,
  filesToRead,
  unreadable,
  foldersToWrite,
  fakes,
];

t.jobs = 3;
const warm = warmQmpspec(t);

for (const { name, args, says, inItsOwn } of table.flatMap(firstInItsOwn)) {
  void t.test(name, { buffered: true }, async (t) => {
    const { status, stdout, stderr } = await (inItsOwn ? qmpspec(t, folder, args) : warm(folder, args));
    t.equal(status, 2);
    t.match(stderr, says);
    t.notMatch(stderr, /\n\s+at /, 'no stack trace');
    t.equal(stdout, '');
  });
}

const commands: BadInput[] = [
  {
    name: 'a --command that the target does not have',
    args: ['run', '--command', 'query-nmae'],
    says: /--command query-nmae matches no command \(did you mean 'query-name'\?\)/,
  },
  {
    name: 'a --command that the schema does not have',
    args: ['run', '--schema', 'fine.json', '--command', 'query-version', '--command', 'query-verzion'],
    says: /--command query-verzion matches no command \(did you mean 'query-version'\?\)/,
  },
  {
    name: 'a --command that the schema has, and the target has not',
    args: [
      'run',
      '--schema',
      'other.json',
      '--command',
      'x-nobody-has-*',
      '--spawn',
      `'${process.execPath}' '${MAIN}' fake --listen unix:{socket}`,
    ],
    says: /--command x-nobody-has-\* matches no command/,
  },
  {
    name: 'a schema that the fake cannot serve',
    args: ['run', '--schema', 'fine.json'],
    says: /the fake cannot serve this schema, for it has no command 'qmp_capabilities'/,
  },
];

for (const { name, args, says } of commands) {
  void t.test(name, { buffered: true }, async (t) => {
    const here = workFolder(t);
    for (const file of ['fine.json', 'other.json']) writeFileSync(join(here, file), files[file] ?? '');
    const { status, stdout, stderr } = await warm(here, [...args, '--reporter', 'quiet']);
    t.equal(status, 2);
    t.match(stderr, says);
    t.notMatch(stderr, /\n\s+at /, 'no stack trace');
    t.equal(stdout, '');
    t.notOk(existsSync(join(here, 'reports', 'latest', 'report.json')), 'no report');
    t.strictSame(readdirSync(join(here, 'tmp')), [], 'nothing is left behind');
  });
}

void t.test('a fake on a path or a port in use', { buffered: true }, async (t) => {
  const { path } = await startFake(t, folder);
  const second = await warm(folder, ['fake', '--listen', `unix:${path}`]);
  t.equal(second.status, 2);
  t.match(second.stderr, /cannot listen on unix:.*in use/);
  const port = await serveTcp(t, () => undefined);
  const onPort = await qmpspec(t, folder, ['fake', '--listen', `tcp:127.0.0.1:${port}`]);
  t.equal(onPort.status, 2);
  t.match(onPort.stderr, /cannot listen on tcp:127\.0\.0\.1:\d+: .*in use/);
  t.notMatch(onPort.stderr, /\n\s+at /);
});

void t.test('an invalid schema is an answer of schema check', { buffered: true }, async (t) => {
  const { status, stdout, stderr } = await qmpspec(t, folder, ['schema', 'check', 'syntax.json']);
  t.equal(status, 1);
  t.match(stderr, /^syntax\.json:\d+: expected/);
  t.notMatch(stderr, /\n\s+at /);
  t.equal(stdout, '');
});

void t.test('a bad call writes no report', { buffered: true }, async (t) => {
  const here = workFolder(t);
  await warm(here, ['run', '--suite', 'protocl']);
  t.throws(() => {
    mkdirSync(join(here, 'reports', 'latest', 'x'));
  }, 'there is no report folder');
});
