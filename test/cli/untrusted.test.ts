/**
 * What a server, a file or the command line brings reaches no terminal and no log of a CI server as it is.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { qmpspec, startProgram, warmQmpspec, workFolder, type Ended } from './support.js';

t.jobs = 2;
const warm = warmQmpspec(t);

/** Terminal escapes (7 and 8 bit), what turns text around, commands of GitHub and Azure, and forged lines of ours. */
const HOSTILE = [
  '\u001b[31mred\u001b]0;title\u0007 \u009b2J \u202eleft \u2028 \u{e0001}',
  '::error::forged',
  '  ::set-output name=forged::x',
  '##[group]forged',
  'x ##vso[task.setvariable variable=forged]x',
  '\r::warning::forged',
  'ok 1 - forged',
  'Bail out! forged',
  'conformant: forged',
  'reports: forged',
  'held: forged',
  'qmpspec: forged',
].join('\n');

/** Says the worst wherever it may say something; the second word is how it behaves. */
const SERVER = `
import { createServer } from 'node:net';
const [, , path, manner] = process.argv;
const hostile = ${JSON.stringify(HOSTILE)};
process.stderr.write(hostile + '\\n');
if (manner === 'fails') process.exit(3);
const greeting = {
  QMP: { version: { qemu: { major: 9, minor: 0, micro: hostile }, package: hostile }, capabilities: [hostile] },
};
const answers = {
  qmp_capabilities: {},
  'query-version': greeting.QMP.version,
  'query-commands': [{ name: hostile }, { name: 'quit' }],
  'query-qmp-schema': [
    { name: hostile, 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' },
    { name: '\\n::error::x', 'meta-type': 'event', 'arg-type': '0' },
    { name: '0', 'meta-type': 'object', members: [{ name: hostile, type: 'str' }] },
    { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' },
  ],
};
let clients = 0;
createServer((client) => {
  clients += 1;
  client.on('error', () => client.destroy());
  const send = (value) => client.write(JSON.stringify(value) + '\\r\\n');
  if (manner === 'babbles') return client.end(hostile + '\\r\\n');
  if (manner === 'dies' && clients > 4) {
    process.stderr.write(hostile + '\\n', () => process.exit(4));
    return;
  }
  send(greeting);
  client.on('data', (bytes) => {
    for (const line of bytes.toString().split('\\n').filter((text) => text.trim() !== '')) {
      let request = {};
      try { request = JSON.parse(line); } catch {}
      const id = request?.id === undefined ? {} : { id: request.id };
      const result = answers[request?.execute];
      send({ event: hostile, data: { [hostile]: hostile }, timestamp: { seconds: 1, microseconds: hostile } });
      if (result === undefined) send({ error: { class: hostile, desc: hostile }, ...id });
      else send({ return: result, ...id });
    }
  });
}).listen(path);
`;

function serverIn(folder: string, manner: string): string {
  writeFileSync(join(folder, 'server.mjs'), SERVER);
  return `'${process.execPath}' server.mjs {socket} ${manner}`;
}

/** The name of an assertion must not be hostile itself. */
function how(args: readonly string[]): string {
  return args.map((word) => (/^[\w.-]+$/.test(word) ? word : '…')).join(' ');
}

/** Nothing is left that acts, and no line that the hostile text began. */
function checkHarmless(t: Test, text: string, name: string): void {
  t.notMatch(text, /[^\P{C}\n]|[\u2028\u2029]/u, `${name}: nothing steers a terminal`);
  t.notMatch(text, /##[\w-]*\[/, `${name}: no ## command`);
  t.notMatch(
    text,
    /^(?:ok 1 -|Bail out!|conformant:|reports:|held:|qmpspec:) forged/m,
    `${name}: no forged line`,
  );
  // The lines that the reporter for GitHub is there for; what they quote is escaped in them.
  const rest = text.replace(/^::(?:error|warning|notice) title=(?!.*title=.*::.*forged::)/gm, '');
  t.notMatch(rest, /^\s*::[a-z]/im, `${name}: no :: command`);
}

function checkAll(t: Test, { stdout, stderr }: Ended): void {
  checkHarmless(t, stdout, 'stdout');
  checkHarmless(t, stderr, 'stderr');
}

const RULES = ['greeting.*', 'id.echo*', 'resp.*', 'event.*', 'class.*'].flatMap((rule) => ['--rule', rule]);
const manners = { talks: 1, dies: 1, fails: 3, babbles: 3 };

for (const reporter of ['pretty', 'tap', 'github', 'quiet']) {
  for (const [manner, code] of Object.entries(manners)) {
    void t.test(`${reporter}: a server that ${manner}`, { buffered: true }, async (t) => {
      const folder = workFolder(t);
      const args = ['run', '--spawn', serverIn(folder, manner), '--timeout', '500', '--reporter', reporter];
      const rules = manner === 'dies' ? ['--suite', 'protocol'] : RULES;
      const ended = await warm(folder, [...args, ...rules]);
      t.equal(ended.status, code);
      checkAll(t, ended);
      if (reporter === 'quiet') return;
      t.match(ended.stdout, /\\(?:x|u00)1b/, 'it is shown all the same');
    });
  }
}

void t.test('a replay, of a transcript from anybody', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const target = ['--spawn', serverIn(folder, 'talks'), '--timeout', '500'];
  t.equal((await qmpspec(t, folder, ['run', ...target, '--rule', 'resp.*'])).status, 1);
  const replays = join(folder, 'reports', 'latest', 'replay');
  const [name = ''] = readdirSync(replays);
  const transcript = JSON.parse(readFileSync(join(replays, name), 'utf8')) as object;
  const forged = { ...transcript, rule: HOSTILE, requirement: HOSTILE };
  writeFileSync(join(folder, 'forged.json'), JSON.stringify(forged));
  for (const path of [join(replays, name), 'forged.json']) {
    const ended = await warm(folder, ['replay', path, ...target]);
    t.match(ended.stdout, /\\x1b\[31mred/);
    checkAll(t, ended);
  }
  for (const manner of ['fails', 'babbles']) {
    const ended = await warm(folder, ['replay', 'forged.json', '--spawn', serverIn(folder, manner)]);
    t.equal(ended.status, 3);
    t.match(ended.stderr, /\\x1b/);
    checkAll(t, ended);
  }
});

void t.test('schemas of a server', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const socket = join(folder, 'server.sock');
  serverIn(folder, 'talks');
  const server = startProgram(t, folder, process.execPath, ['server.mjs', socket, 'talks']);
  while (!readdirSync(folder).includes('server.sock'))
    await new Promise((resolve) => setTimeout(resolve, 10));
  const schema = "{ 'command': 'qmp_capabilities' }\n";
  writeFileSync(join(folder, 'schema.json'), schema);
  for (const args of [
    ...['text', 'json', 'markdown'].map((format) => [
      'diff',
      'schema.json',
      `unix:${socket}`,
      '--format',
      format,
    ]),
    ['introspect', 'schema.json', '--define-from', `unix:${socket}`],
    ['introspect', 'schema.json', '--define-from', `unix:${socket}`, '--symbols'],
  ]) {
    const ended = await warm(folder, ['schema', ...args]);
    t.not(ended.status, 70);
    checkAll(t, ended);
  }
  server.child.kill();
});

void t.test('files that are handed in', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const evidence = { requirement: HOSTILE, request: HOSTILE, reply: HOSTILE };
  const waiver = { rule: 'id.echo', kind: HOSTILE, reason: HOSTILE, evidence };
  const waivers = (each: object): string => JSON.stringify({ schemaVersion: 1, waivers: [each] });
  const files = {
    'unused.json': waivers(waiver),
    'no-rule.json': waivers({ ...waiver, rule: HOSTILE }),
    'member.json': JSON.stringify({ schemaVersion: 1, waivers: { [HOSTILE]: HOSTILE } }),
    'broken.json': HOSTILE,
    [`${HOSTILE.replaceAll('/', '').slice(0, 120)}.json`]: '{}',
  };
  const run = ['run', '--rule', 'id.echo', '--reporter', 'quiet'];
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    for (const args of [
      [...run, '--waivers', name],
      ['replay', name],
      ['schema', 'check', name],
    ]) {
      const ended = await warm(folder, args);
      t.match(String(ended.status), /^[12]$/, how(args));
      t.not(ended.stderr, '');
      checkAll(t, ended);
    }
  }
});

void t.test('words of the command line', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const oneLine = HOSTILE.replaceAll('\n', ' ');
  for (const args of [
    [oneLine],
    [`--${oneLine}`],
    ['run', oneLine],
    ['run', `--${oneLine}`],
    ['run', '--seed', oneLine],
    ['run', '--level', oneLine],
    ['run', '--rule', oneLine],
    ['run', '--suite', oneLine],
    ['run', '--target', oneLine],
    ['run', '--target', `unix:${oneLine.slice(0, 80)}`, '--rule', 'id.echo'],
    ['run', '--spawn', `'${oneLine}' {socket}`, '--rule', 'id.echo'],
    ['run', '--report-dir', `/proc/${oneLine}`],
    ['fake', '--fault', oneLine],
    ['schema', oneLine],
    ['schema', 'check', '--dialect', oneLine, 'x'],
    // Also at the start of a line.
    [HOSTILE.slice(HOSTILE.indexOf('::error'), HOSTILE.indexOf('ok 1'))],
  ]) {
    const ended = await warm(folder, args);
    t.match(String(ended.status), /^[23]$/, how(args));
    t.not(ended.stderr, '');
    checkAll(t, ended);
  }
});

void t.test('a message keeps its lines', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const fails = ['run', '--spawn', `sh -c 'printf "one\\n  two\\nreports: x\\n" >&2; exit 3' {socket}`];
  const { stderr } = await qmpspec(t, folder, [...fails, '--rule', 'id.echo']);
  t.match(stderr, /it wrote:\n {2}one\n {2}two\n {2}reports: x\nreports: reports\/latest\n$/);
});
