/**
 * Failures that are saved show again on the target that had them, and hold on one that is good.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'shell-quote';
import t, { type Test } from 'tap';
import { suites } from '../../suites/index.js';
import { faults, faultsById, type Fault } from '../../src/fake/index.js';
import { success, type Finding } from '../../src/judge/index.js';
import { isObject } from '../../src/json/index.js';
import { packageFile } from '../../src/package.js';
import type { Step, Transcript } from '../../src/exchange/index.js';
import type { Failure } from '../../src/result/index.js';
import { isCaseRule, isSurvivalRule, isWatchRule, type Probe, type Rule } from '../../src/rules/index.js';
import { readTranscript, replay, replaySaver } from '../../src/run/index.js';
import { bundledSchema, fakeSource } from '../../src/target/bundled-fake.js';
import {
  endpointSource,
  makePrivateFolder,
  removePrivateFolder,
  spawnSource,
  type TargetSource,
} from '../../src/target/index.js';
import { impostor } from './hostile.js';
import { checking, failuresOf, faulty, find, ran, schemaProblems, suite } from './support.js';

const RULES = suites.flatMap((all) => all.rules);
const exec = promisify(execFile);
/** Many faults show as silence, which takes this long. */
const TIMEOUT_MS = 1000;
/** Of generated requests few are not answered, and the machine is busy with the many others. */
const BUSY_MS = 3000;

async function scratch(t: Test): Promise<string> {
  const folder = await makePrivateFolder();
  t.teardown(() => removePrivateFolder(folder));
  return folder;
}

/** The words of a replay line. */
function words(line: string): string[] {
  return parse(line).map((word) => (typeof word === 'string' ? word : '(not a word)'));
}

/** The transcript that a replay line names; reading it checks it against its schema. */
async function savedBy(failure: Failure): Promise<Transcript> {
  const [npx, tool, command, path = ''] = words(failure.replay);
  if (npx !== 'npx' || tool !== 'qmpspec' || command !== 'replay') throw new Error(failure.replay);
  const problems = schemaProblems('transcript', JSON.parse(await readFile(path, 'utf8')));
  if (problems !== '') throw new Error(`${path}: ${problems}`);
  return readTranscript(path);
}

async function again(
  transcript: Transcript,
  source: TargetSource,
  rules: readonly Rule[] = RULES,
  timeoutMs = TIMEOUT_MS,
): Promise<readonly Finding[]> {
  const replayed = await replay({
    transcript,
    source,
    rules,
    fileSchema: bundledSchema(source.protocol),
    timeoutMs,
    onStep: () => undefined,
  });
  if ('problem' in replayed) throw new Error(replayed.problem);
  return replayed.findings;
}

/** A rule that watches needs something to see. */
const TRAFFIC = [
  'greeting.each-connection',
  'event.all-sessions',
  'id.echo*',
  'framing.non-ascii-id',
  'class.*',
  'resp.typed',
  'resp.valid-json',
];

/** What has to be selected with a rule that sends nothing itself. */
function trafficFor(rule: Rule): readonly string[] {
  if (isSurvivalRule(rule)) return ['args.returned', 'args.discriminator-null'];
  return isWatchRule(rule) ? TRAFFIC : [];
}

/**
 * One of a few faults, and all those that a watching rule names: they are saved in another way. Generated cases are all
 * saved in the same.
 */
function chosen(): [Fault, Rule][] {
  const pairs = faults.flatMap((fault) =>
    RULES.filter(({ detects }) => detects.includes(fault.id)).map((rule): [Fault, Rule] => [fault, rule]),
  );
  const every = (step: number, wanted: (rule: Rule) => boolean): [Fault, Rule][] =>
    pairs.filter(([, rule]) => wanted(rule)).filter((_, index) => index % step === 0);
  return [
    ...every(1, isWatchRule),
    ...every(5, (rule) => !isWatchRule(rule) && !isCaseRule(rule)),
    ...every(20, isCaseRule),
  ];
}

/** Finds a fault, and replays the first failures that tell of it; returns how many those were. */
async function findAndReplay(t: Test, folder: string, fault: Fault, rule: Rule): Promise<number> {
  const name = `${rule.id} on ${fault.id}`;
  const { protocol = 'qmp' } = fault;
  const source = fakeSource({ protocol, faults: [fault] });
  const fileSchema = bundledSchema(protocol);
  const timeoutMs = rule.id.startsWith('args.') ? BUSY_MS : TIMEOUT_MS;
  const { report } = await ran(source, {
    fileSchema,
    selection: { rules: [rule.id, ...trafficFor(rule)] },
    options: { timeoutMs, level: 'info', runs: 20 },
    saveReplay: replaySaver(join(folder, fault.id), source.arguments),
  });
  const { failures, status } = find(report, rule.id);
  t.equal(status, 'failed', name);
  const saved = await Promise.all(failures.map(savedBy));
  const replayed = [...saved.entries()].slice(0, 2);
  for (const [index, transcript] of replayed) {
    const kind = failures[index]?.key.split('|').at(-1);
    const findings = await again(transcript, fakeSource({ protocol, faults: [fault] }), RULES, timeoutMs);
    // How a target was lost is what the runner makes of it.
    const ends = kind === 'target-lost' || isSurvivalRule(rule);
    const shown = ends ? findings.length > 0 : findings.some((finding) => finding.kind === kind);
    t.ok(shown, `${name} again: ${kind ?? ''}`);
    t.same(
      await again(transcript, fakeSource({ protocol }), RULES, timeoutMs),
      [],
      `${name}: a good server holds`,
    );
  }
  return replayed.length;
}

void t.test('what was found on a faulty server is found there again, and not on a good one', async (t) => {
  const folder = await scratch(t);
  const queue = chosen();
  let replayed = 0;
  // Much of it is waiting for what does not come.
  const workers = Array.from({ length: 8 }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const count = await findAndReplay(t, folder, ...next);
      replayed += count;
    }
  });
  await Promise.all(workers);
  t.ok(replayed > 60, `${replayed} failures were replayed`);
});

/** Runs a rule made by hand on a source, and replays its only failure on it. */
async function playAndReplay(
  t: Test,
  check: (probe: Probe) => Promise<void>,
  source: TargetSource,
): Promise<{ readonly failure: Failure; readonly transcript: Transcript; readonly kinds: string[] }> {
  const rules = [checking('a.x', check)];
  const { report } = await ran(source, {
    suites: suite(...rules),
    options: { timeoutMs: 1000 },
    saveReplay: replaySaver(await scratch(t), source.arguments),
  });
  const [failure, ...others] = failuresOf(report);
  t.same(others, []);
  if (failure === undefined) throw new Error('it did not fail');
  const transcript = await savedBy(failure);
  const kinds = (await again(transcript, source, rules)).map(({ kind }) => kind);
  t.same(await again(transcript, fakeSource(), rules), [], 'a good server holds');
  return { failure, transcript, kinds };
}

function refusingId(bad: number): TargetSource {
  return faulty(({ reply }) => ({
    reply: (request, outcome, session) =>
      isObject(request) && request.id === bad
        ? [{ error: { class: 'GenericError', desc: 'no' }, id: bad }]
        : reply(request, outcome, session),
  }));
}

void t.test('of a long history enough is kept', async (t) => {
  const check = async (probe: Probe): Promise<void> => {
    await (await probe.negotiated()).close();
    const qmp = await probe.negotiated({ oob: true });
    for (let count = 0; count < 500; count += 1) await qmp.ask({ execute: 'query-name' }, success);
  };
  const { transcript, kinds } = await playAndReplay(t, check, refusingId(450));
  t.same(kinds, ['refused']);
  t.equal(transcript.steps.length, 200);
  t.same(
    transcript.steps.filter((step) => step.do === 'connect').map(({ conn }) => conn),
    ['c1'],
    'what was closed is forgotten first',
  );
});

void t.test('of a history of many connections the last is kept', async (t) => {
  const check = async (probe: Probe): Promise<void> => {
    for (let count = 0; count < 150; count += 1) {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'query-name', id: 1000 + count }, success);
      await qmp.close();
    }
  };
  const { transcript, kinds } = await playAndReplay(t, check, refusingId(1140));
  t.same(kinds, ['refused']);
  t.ok(transcript.steps.length <= 200);
});

void t.test('replies in a pipeline', async (t) => {
  const check = async (probe: Probe): Promise<void> => {
    const qmp = await probe.negotiated();
    await qmp.pipeline(
      Array.from({ length: 100 }, () => ({ request: { execute: 'query-name' }, oneOf: [success] })),
    );
  };
  const changing = (change: (id: number, answer: readonly unknown[]) => readonly unknown[]): TargetSource =>
    faulty(({ reply }) => ({
      reply: (request, outcome, session) => {
        const answer = reply(request, outcome, session);
        const id = isObject(request) && typeof request.id === 'number' ? request.id : 0;
        return change(id, answer) as typeof answer;
      },
    }));
  const cases: [string, TargetSource, string, number][] = [
    ['wrong', refusingId(50), 'refused', 1],
    ['lost', changing((id, answer) => (id === 50 ? [] : answer)), 'id-differs', 2],
    [
      'one too many',
      changing((id, answer) => (id === 50 ? [...answer, ...answer] : answer)),
      'extra-reply',
      1,
    ],
  ];
  for (const [what, source, kind, requests] of cases) {
    const { transcript, kinds } = await playAndReplay(t, check, source);
    t.equal(kinds[0], kind, what);
    t.same(
      transcript.steps.map((step) => step.do),
      ['connect', 'exchange', 'exchange'],
    );
    const last = transcript.steps.at(-1);
    t.equal(
      last?.do === 'exchange' ? last.expect.replies.length : 0,
      requests,
      'no more requests than it takes',
    );
  }
});

/** The bundled fake as a program. */
function spawnedFake(...options: string[]): TargetSource {
  const cli = packageFile('dist', 'src', 'cli', 'main.js');
  const argv = [process.execPath, cli, 'fake', '--listen', 'unix:{socket}', ...options];
  return spawnSource(argv, argv.map((word) => `'${word}'`).join(' '));
}

void t.test('a crash shows again', async (t) => {
  const check = async (probe: Probe): Promise<void> => {
    const qmp = await probe.negotiated();
    await qmp.ask({ execute: 'quit' }, success);
    await probe.connect();
  };
  const rules = [checking('a.crash', check)];
  const source = spawnedFake();
  const { report } = await ran(source, {
    suites: suite(...rules),
    options: { timeoutMs: 5000 },
    saveReplay: replaySaver(await scratch(t), source.arguments),
  });
  t.equal(report.stopped, 'target-lost');
  for (const failure of failuresOf(report)) {
    const findings = await again(await savedBy(failure), source, rules);
    t.ok(
      findings.some(({ kind }) => kind === 'connection-refused' || kind === 'connection-lost'),
      failure.key,
    );
  }
});

void t.test('the line can be pasted into a shell', async (t) => {
  const folder = join(await scratch(t), 'it\'s a $HOME `of` "reports" & more');
  for (const [fault, rule] of [
    ['id-lost', 'id.echo'],
    ['lf-only', 'framing.crlf'],
    ['return-member-missing', 'resp.typed'],
  ] as const) {
    const source = spawnedFake('--fault', fault);
    const { report } = await ran(source, {
      selection: { rules: [rule, 'id.echo'] },
      options: { timeoutMs: 1000 },
      saveReplay: replaySaver(folder, source.arguments),
    });
    const [failure] = find(report, rule).failures;
    const line = failure?.replay ?? '';
    const { stdout: seen } = await exec('sh', ['-c', `printf '%s\\0' ${line}`]);
    const [npx, tool, ...args] = seen.split('\0').slice(0, -1);
    t.same([npx, tool, args[0]], ['npx', 'qmpspec', 'replay'], line);
    t.equal(args[1], join(folder, 'replay', `${rule}-1.json`), 'a shell reads the path as it was meant');
    const cli = packageFile('dist', 'src', 'cli', 'main.js');
    const failing = exec(process.execPath, [cli, ...args]);
    await t.rejects(failing, { code: 1, stdout: /failed: it shows again/ }, line);
    const good = exec(process.execPath, [cli, ...args.slice(0, 2)]);
    t.match(await good, { stdout: /held: the failure does not show again/ }, 'on the bundled fake');
  }
});

void t.test('steps that cannot be saved spoil no run', async (t) => {
  const folder = await scratch(t);
  await writeFile(join(folder, 'file'), '');
  const source = fakeSource({ faults: faultsById(['id-lost']) });
  const { report } = await ran(source, {
    selection: { rules: ['id.echo'] },
    saveReplay: replaySaver(join(folder, 'file'), source.arguments),
  });
  t.match(find(report, 'id.echo').failures[0]?.replay, /^\(the steps could not be saved: /);
});

/** Replays steps that nobody recorded. */
async function replayed(t: Test, steps: readonly unknown[]): Promise<readonly Finding[]> {
  const folder = await scratch(t);
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'made-up.json');
  await writeFile(path, JSON.stringify({ schemaVersion: 1, rule: 'a.x', requirement: 'r', steps }));
  return again(await readTranscript(path), fakeSource());
}

void t.test('a transcript that makes no sense is an input error', async (t) => {
  const connect = { do: 'connect', conn: 'c0', monitor: 0 };
  const exchange = { do: 'exchange', conn: 'c0', send: ['x'], expect: { replies: [] } };
  const cases: [unknown[], RegExp][] = [
    [[exchange], /^step 1 of the transcript makes no sense: no step opened the connection 'c0'$/],
    [[connect, { ...exchange, conn: 'c1' }], /^step 2 .* no step opened the connection 'c1'$/],
    [[{ do: 'await-ended', peer: 'p' }], /^step 1 .* no step made the peer 'p'$/],
    [[{ do: 'end-sending', conn: 'c0' }], /^step 1 .* no step opened the connection 'c0'$/],
    [
      [connect, { ...exchange, send: ['é'] }],
      /^step 2 of the transcript makes no sense: expected printable ASCII/,
    ],
    [[connect, { ...exchange, send: ['x\\...(5 more bytes)'] }], /^step 2 .* the bytes were cut off/],
    [[{ do: 'dial', peer: '../../x' }], /made-up\.json: \/steps\/0/],
    [[{ do: 'listen', peer: 'a/b', serve: 'silence' }], /made-up\.json: \/steps\/0/],
    [[{ do: 'run', command: 'rm' }], /made-up\.json: \/steps\/0/],
    [[{ ...connect, monitor: 7 }], /made-up\.json: \/steps\/0\/monitor must be equal/],
    [Array.from({ length: 10_001 }, () => connect), /must NOT have more than 10000 items/],
  ];
  for (const [steps, message] of cases)
    await t.rejects(replayed(t, steps), { name: 'InputError', message }, String(message));
  await t.rejects(readTranscript('/nonexistent.json'), { name: 'InputError' });
  t.same(await replayed(t, []), [], 'nothing to do, nothing to find');
  t.same(await replayed(t, [connect, { do: 'close', conn: 'c0' }, { do: 'close', conn: 'c9' }]), []);
});

void t.test('steps that wait in vain are findings', async (t) => {
  const waits: [Step[], string][] = [
    [[{ do: 'await-socket', peer: 'p' }], 'peer-refused'],
    [[{ do: 'dial', peer: 'p' }], 'peer-refused'],
    [
      [
        { do: 'listen', peer: 'p', serve: 'silence' },
        { do: 'await-connected', peer: 'p' },
      ],
      'peer-not-connected',
    ],
    [[{ do: 'await-exit', status: 0 }], 'wrong-exit'],
  ];
  for (const [steps, kind] of waits)
    t.same(
      (await replayed(t, steps)).map((finding) => finding.kind),
      [kind],
      kind,
    );
});

void t.test('a target that cannot be reached is no finding, and nothing is left open', async (t) => {
  const transcript: Transcript = { schemaVersion: 1, rule: 'a.x', requirement: 'r', steps: [] };
  const path = join(await scratch(t), 'nobody');
  await t.rejects(again(transcript, endpointSource({ kind: 'unix', path })), {
    message: /there is no such socket/,
  });
  await t.rejects(again(transcript, impostor('closes at once')), {
    message: /^this is no QMP server: the connection ended/,
  });
  const clients = new Set<Socket>();
  const silent = createServer((client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    client.resume();
  });
  silent.listen(path);
  await once(silent, 'listening');
  await t.rejects(again(transcript, endpointSource({ kind: 'unix', path })), {
    message: new RegExp(`no answer within ${TIMEOUT_MS} ms`),
  });
  for (const client of clients) await once(client, 'close');
  t.equal(clients.size, 0);
  silent.close();
});
