/**
 * The reference server as a command: spoken to over a bare socket.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import {
  freePort,
  qmpspec,
  REFERENCE_SCHEMA,
  start,
  startFake,
  until,
  workFolder,
  type Running,
} from './support.js';

/** Sends lines once the greeting has come, and returns what came in, without events: the greeting and the replies. */
async function talk(t: Test, where: NetConnectOpts, ...lines: readonly string[]): Promise<string[]> {
  const socket = connect(where);
  t.teardown(() => socket.destroy());
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const received = (): string[] =>
    text
      .split('\r\n')
      .slice(0, -1)
      .filter((line) => !line.startsWith('{"event"'));
  await Promise.race([until(() => text.includes('\r\n')), closed]);
  for (const line of lines) socket.write(`${line}\n`);
  await Promise.race([until(() => received().length > lines.length), closed]);
  return received();
}

const NEGOTIATE = '{"execute":"qmp_capabilities","id":"n"}';
const NEGOTIATED = '{"return":{},"id":"n"}';
const QUIT = '{"execute":"quit","id":"q"}';

function parsed(line: string | undefined): Record<string, unknown> {
  return JSON.parse(line ?? '') as Record<string, unknown>;
}

t.jobs = 3;

void t.test('greets, answers, and quits with status 0', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path, ended } = await startFake(t, folder);
  t.equal(statSync(path).mode & 0o777, 0o600, 'the socket is for its owner');
  const [greeting, negotiated, status, unknown] = await talk(
    t,
    { path },
    NEGOTIATE,
    '{"execute":"query-status"}',
    '{"execute":"x","id":7}',
  );
  t.match(parsed(greeting), {
    QMP: { version: { qemu: { major: Number } }, capabilities: ['oob'] },
  });
  t.equal(negotiated, NEGOTIATED);
  t.match(parsed(status), { return: { status: 'running', running: true } });
  t.match(parsed(unknown), { error: { class: 'CommandNotFound', desc: String }, id: 7 });
  const last = await talk(t, { path }, NEGOTIATE, QUIT);
  t.equal(last[2], '{"return":{},"id":"q"}');
  t.match(await ended, { status: 0, stdout: '' });
  t.notOk(existsSync(path), 'the socket is gone');
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  void t.test(`${signal} ends it with status 0`, { buffered: true }, async (t) => {
    const folder = workFolder(t);
    const fake = await startFake(t, folder);
    // A client that stays does not keep it.
    await talk(t, { path: fake.path }, NEGOTIATE);
    fake.signal(signal);
    t.match(await fake.ended, { status: 0, stdout: '' });
    t.notOk(existsSync(fake.path), 'the socket is gone');
  });
}

void t.test('listens on a TCP port of this machine', { buffered: true }, async (t) => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const port = await freePort();
    const fake = start(t, workFolder(t), ['fake', '--listen', `tcp:${host}:${port}`]);
    await listening(fake);
    t.match(fake.stderr(), `listening on tcp:${host}:${port}\n`);
    t.equal((await talk(t, { host, port }, NEGOTIATE, QUIT))[1], NEGOTIATED);
    t.match(await fake.ended, { status: 0 });
  }
});

void t.test('without --listen it takes a fresh folder, and says which', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const fake = start(t, folder, ['fake']);
  await listening(fake);
  const [, path = ''] = /listening on unix:(.*)\n/.exec(fake.stderr()) ?? [];
  t.equal(statSync(join(path, '..')).mode & 0o777, 0o700, 'the folder is for its owner');
  await talk(t, { path }, NEGOTIATE, QUIT);
  t.match(await fake.ended, { status: 0 });
  t.strictSame(readdirSync(join(folder, 'tmp')), [], 'the folder is gone');
});

void t.test('is a guest agent when told so', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder, ['--protocol', 'qga']);
  const { status } = await qmpspec(t, folder, ['run', '--protocol', 'qga', '--target', `unix:${path}`]);
  t.equal(status, 0);
  const args = ['fake', '--fault', 'id-lost', '--fault', 'agent-greets'];
  t.match(await qmpspec(t, folder, args), {
    status: 2,
    stderr: "qmpspec: 'agent-greets' is a fault of a guest agent; add --protocol qga\n",
  });
});

void t.test('shows the faults it is told to', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const args = ['--fault', 'id-lost-on-errors', '--fault', 'greeting-extra-member'];
  const { path } = await startFake(t, folder, args);
  const [greeting, , good, bad] = await talk(
    t,
    { path },
    NEGOTIATE,
    '{"execute":"query-version","id":1}',
    '{"execute":"x","id":2}',
  );
  t.ok(Object.keys(parsed(greeting)).length > 1);
  t.equal(parsed(good).id, 1);
  t.notOk('id' in parsed(bad));
});

void t.test('offers the schema it is given', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  writeFileSync(
    join(folder, 'small.json'),
    [
      "{ 'include': 'more.json' }",
      "{ 'command': 'qmp_capabilities' }",
      "{ 'command': 'query-conditional', 'if': 'CONFIG_SMALL' }",
      "{ 'command': 'query-number', 'returns': 'Number' }",
    ].join('\n'),
  );
  writeFileSync(
    join(folder, 'more.json'),
    "{ 'struct': 'Number', 'data': { 'value': 'int', 'text': 'str', 'flag': 'bool' } }\n",
  );
  const ask = ['{"execute":"query-number","id":1}', '{"execute":"query-conditional","id":2}'];
  const answers = async (...args: string[]): Promise<string[]> => {
    const { path, signal, ended } = await startFake(t, folder, ['--schema', 'small.json', ...args]);
    const [, , ...replies] = await talk(t, { path }, NEGOTIATE, ...ask);
    signal('SIGINT');
    await ended;
    return replies;
  };
  const bare = await answers('--define', 'CONFIG_OTHER');
  t.match(parsed(bare[0]), { return: { value: Number, text: String, flag: Boolean }, id: 1 });
  t.match(parsed(bare[1]), { error: { class: 'CommandNotFound' }, id: 2 });
  const [, conditional] = await answers('--define', 'CONFIG_SMALL');
  t.strictSame(parsed(conditional), { return: {}, id: 2 });
  t.strictSame(await answers('--seed', '1'), await answers('--seed', '1'), 'a seed makes the same values');
  t.not((await answers('--seed', '1'))[0], (await answers('--seed', '2'))[0], 'another one makes others');
});

void t.test('it offers what schema introspect says', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const all = symbolsOfReference().flatMap((symbol) => ['--define', symbol]);
  const schemas: [name: string, fake: string[], introspect: string[]][] = [
    ['bundled', [], all],
    ['bare', ['--schema', REFERENCE_SCHEMA], []],
    ['built', ['--schema', REFERENCE_SCHEMA, ...all.slice(0, 2)], all.slice(0, 2)],
  ];
  const sizes = new Set<number>();
  for (const [name, fakeArgs, introspectArgs] of schemas) {
    const fake = await startFake(t, folder, fakeArgs, name);
    const [, , reply] = await talk(t, { path: fake.path }, NEGOTIATE, '{"execute":"query-qmp-schema"}');
    const { stdout } = await qmpspec(t, folder, [
      'schema',
      'introspect',
      REFERENCE_SCHEMA,
      ...introspectArgs,
    ]);
    t.strictSame(parsed(reply).return, JSON.parse(stdout), name);
    sizes.add(stdout.length);
    fake.signal('SIGINT');
    await fake.ended;
  }
  t.equal(sizes.size, schemas.length, 'the three are not the same');
});

/** Every symbol in a condition of the reference schema. */
function symbolsOfReference(): string[] {
  const folder = dirname(REFERENCE_SCHEMA);
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  return [...new Set(texts.flatMap((text) => text.match(/'(?:CONFIG|HAVE)_\w+'/g) ?? []))]
    .map((quoted) => quoted.slice(1, -1))
    .sort();
}

async function listening(fake: Running): Promise<void> {
  await Promise.race([until(() => fake.stderr().includes('\n')), fake.ended]);
}
