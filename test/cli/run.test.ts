/**
 * Runs against the fake: what goes to stdout, what is written, what the options do.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import t, { type Test } from 'tap';
import { Parser, type FinalResults, type Result } from 'tap-parser';
import { isObject, JsonReader, member, qemuDialect, type Json } from '../../src/json/index.js';
import { packageFile, packageVersion } from '../../src/package.js';
import { verifyDigest } from '../../src/report/index.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { suites } from '../../suites/index.js';
import {
  idsWith,
  MAIN,
  qmpspec,
  readReport,
  REFERENCE_SCHEMA,
  start,
  startFake,
  startProgram,
  startRecorder,
  warmQmpspec,
  workFolder,
} from './support.js';

const rules = suites.flatMap((suite) => suite.rules);
const allIds = rules.map(({ id }) => id);
/** What a monitor is not asked. */
const agentIds = rules.filter(({ needs }) => needs?.protocol === 'qga').map(({ id }) => id);
const CONFORMANT = 'conformant: all ';
t.jobs = 2;
const warm = warmQmpspec(t);

function parseTap(text: string): { points: Result[]; final: FinalResults } {
  const points: Result[] = [];
  let final: FinalResults | undefined;
  const parser = new Parser({ strict: true }, (results) => {
    final = results;
  });
  parser.on('assert', (point: Result) => points.push(point));
  parser.end(text);
  if (final === undefined) throw new Error('the stream has no end');
  return { points, final };
}

const validateReport = new Ajv2020({ strict: false }).compile(
  JSON.parse(
    readFileSync(packageFile('fixtures', 'schemas', 'report.schema.json'), 'utf8'),
  ) as AnySchemaObject,
);

function checkReportFile(t: Test, folder: string, reportDir?: string): void {
  const report = readReport(folder, reportDir) as unknown as Json;
  t.ok(validateReport(report), JSON.stringify(validateReport.errors));
  t.strictSame(verifyDigest(report), { status: 'valid' });
}

void t.test('the bundled fake conforms', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { status, stdout, stderr } = await qmpspec(t, folder, ['run']);
  t.equal(status, 0);

  const { points, final } = parseTap(stdout);
  t.ok(final.ok);
  t.equal(points.length, allIds.length);
  t.strictSame(points.map(({ name }) => name.replace(/: .*/, '')).sort(), [...allIds].sort());
  t.match(stdout, `# ${CONFORMANT}`, 'the verdict is a comment');

  t.match(stderr, new RegExp(`^${CONFORMANT}\\d+ rules that apply hold\nreports: reports/latest\n$`, 'm'));
  t.notMatch(stderr, /^(not )?ok /m, 'TAP is for stdout alone');

  checkReportFile(t, folder);
  t.strictSame(readdirSync(join(folder, 'reports', 'latest')).sort(), [
    'junit.xml',
    'report.json',
    'report.tap',
    'summary.md',
  ]);
  t.equal(
    readFileSync(join(folder, 'reports', 'latest', 'report.tap'), 'utf8').split('\n')[0],
    'TAP version 14',
  );
  t.match(readFileSync(join(folder, 'reports', 'latest', 'junit.xml'), 'utf8'), '<testsuites');
  t.match(readFileSync(join(folder, 'reports', 'latest', 'summary.md'), 'utf8'), packageVersion());

  const report = readReport(folder);
  t.match(report, {
    complete: true,
    verdict: 'conformant',
    options: { profile: 'full', level: 'should', seed: 1 },
  });
  t.strictSame(
    report.results.map(({ id }) => id),
    allIds,
    'every rule has a result',
  );
  t.strictSame(
    idsWith(report, 'skipped'),
    ['intro.agrees-with-file', ...agentIds, 'args.integer-range'],
    'only what needs a schema file, or a guest agent, is skipped',
  );
  t.strictSame(readdirSync(join(folder, 'tmp')), [], 'nothing is left behind');
});

void t.test('a schema file to compare with', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const args = ['run', '--schema', REFERENCE_SCHEMA, '--reporter', 'quiet'];
  t.strictSame(await warm(folder, args), { status: 0, stdout: '', stderr: '' });
  const report = readReport(folder);
  t.strictSame(idsWith(report, 'skipped'), agentIds);
  t.strictSame(
    idsWith(report, 'passed'),
    allIds.filter((id) => !agentIds.includes(id)),
    'every rule applies',
  );
  t.match(report.schema, { source: REFERENCE_SCHEMA, sha256: /^[0-9a-f]{64}$/, commands: Number });

  writeFileSync(
    join(folder, 'other.json'),
    "{ 'command': 'qmp_capabilities' }\n{ 'command': 'query-nothing' }\n{ 'command': 'quit' }\n",
  );
  const other = await warm(folder, [
    'run',
    '--schema',
    'other.json',
    '--spawn',
    `'${process.execPath}' '${MAIN}' fake --listen unix:{socket}`,
    '--rule',
    'intro.agrees-with-file',
  ]);
  t.equal(other.status, 1);
  t.match(other.stdout, /query-nothing/);
});

void t.test('reporters', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder, ['--fault', 'id-lost']);
  const good = ['run', '--rule', 'id.echo', '--rule', 'greeting.shape', '--reporter'];
  const bad = ['run', '--target', `unix:${path}`, ...good.slice(1)];

  t.match(await warm(folder, [...good, 'tap']), {
    status: 0,
    stdout: /^TAP version 14\n1\.\.2\nok 1 - /,
  });
  const { status, stdout } = await warm(folder, [...bad, 'tap']);
  t.equal(status, 1);
  const { points, final } = parseTap(stdout);
  t.notOk(final.ok);
  t.strictSame(
    points.map(({ ok }) => ok),
    [false, true],
    'a watching rule comes last',
  );
  t.match(points[0]?.diag, { status: 'failed', failures: [{ replay: /^npx qmpspec replay / }] });

  const pretty = await warm(folder, [...good, 'pretty']);
  t.match(pretty, { status: 0, stdout: /✓ CONFORMANT\n/ });
  t.notMatch(pretty.stdout, '\x1b', 'no colours where no terminal is');
  t.match(await warm(folder, [...bad, 'pretty']), {
    status: 1,
    stdout: /✗ NONCONFORMANT\n/,
  });

  t.match(await warm(folder, [...good, 'github']), { status: 0, stderr: CONFORMANT });
  const github = await warm(folder, [...bad, 'github']);
  t.equal(github.status, 1);
  t.match(github.stdout, /^::error /m);
  t.match(github.stderr, 'nonconformant: 1 rule does not hold\n');

  t.strictSame(await warm(folder, [...good, 'quiet']), { status: 0, stdout: '', stderr: '' });
  t.strictSame(await warm(folder, [...bad, 'quiet']), { status: 1, stdout: '', stderr: '' });
  checkReportFile(t, folder);
});

void t.test('a reader that leaves early', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const stdoutGone = start(t, folder, ['run', '--suite', 'yank', '--report-dir', 'a']);
  stdoutGone.child.stdout?.once('data', () => stdoutGone.child.stdout?.destroy());
  t.match(await stdoutGone.ended, { status: 0, stderr: CONFORMANT });
  t.equal(readReport(folder, 'a').complete, true, 'the run goes on to its end');
  const bothGone = start(t, folder, ['run', '--suite', 'yank', '--report-dir', 'b']);
  bothGone.child.stdout?.destroy();
  bothGone.child.stderr?.destroy();
  t.equal((await bothGone.ended).status, 0);
  t.equal(readReport(folder, 'b').complete, true);
  const list = start(t, folder, ['list', '--json']);
  list.child.stdout?.destroy();
  t.match(await list.ended, { status: 0, stderr: '' });
});

void t.test('selections', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const selected = async (...args: string[]): Promise<string[]> => {
    t.equal((await warm(folder, ['run', '--reporter', 'quiet', '--exclude', 'args.*', ...args])).status, 0);
    const { results } = readReport(folder);
    t.strictSame(
      results.map(({ id }) => id),
      allIds,
    );
    return results.filter(({ reason }) => reason !== 'not selected').map(({ id }) => id);
  };
  const yank = allIds.filter((id) => id.startsWith('yank.'));
  t.strictSame(await selected('--suite', 'yank'), yank);
  t.strictSame(await selected('--rule', 'yank.*', '--exclude', 'yank.chardev*'), [
    ...yank.filter((id) => !id.startsWith('yank.chardev')),
  ]);
  t.strictSame(await selected('--rule', 'id.echo', '--rule', 'greeting.first'), [
    'greeting.first',
    'id.echo',
  ]);
});

void t.test('--level says what is judged', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder, [
    '--fault',
    'single-quotes-refused',
    '--fault',
    'flawed-json-accepted',
  ]);
  const run = async (rule: string, level?: string): Promise<number | null> => {
    const levelArgs = level === undefined ? [] : ['--level', level];
    const args = ['run', '--target', `unix:${path}`, '--rule', rule, '--reporter', 'quiet', ...levelArgs];
    return (await warm(folder, args)).status;
  };
  const [should, info] = ['json.single-quotes', 'json.repeated-name'];
  t.equal(rules.find(({ id }) => id === should)?.level, 'should');
  t.equal(rules.find(({ id }) => id === info)?.level, 'info');
  t.equal(await run(should), 1);
  t.equal(await run(should, 'info'), 1);
  t.not(await run(should, 'must'), 1);
  t.match(
    readReport(folder).results.find(({ id }) => id === should),
    { status: 'skipped', reason: /not judged/, failures: [{}] },
    'it is shown all the same',
  );
  t.not(await run(info), 1);
  t.equal(await run(info, 'info'), 1);
});

void t.test('a waiver covers a known deviation, and is shown', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder, ['--fault', 'id-lost']);
  const args = ['run', '--target', `unix:${path}`, '--rule', 'id.echo', '--reporter', 'pretty'];
  t.equal((await warm(folder, args)).status, 1);
  const [failed] = readReport(folder).results.filter(({ status }) => status === 'failed');
  const kind = failed?.failures[0]?.key.split('|').at(-1) ?? '';
  const waiver = {
    rule: 'id.echo',
    kind,
    reason: 'this is how it has always been',
    evidence: { requirement: 'r', request: 'q', reply: 'a' },
  };
  writeFileSync(join(folder, 'waivers.json'), JSON.stringify({ schemaVersion: 1, waivers: [waiver] }));
  const waived = await warm(folder, [...args, '--waivers', 'waivers.json']);
  t.equal(waived.status, 0);
  t.match(waived.stdout, /this is how it has always been/);
  t.match(readReport(folder), { verdict: 'conformant', totals: { waived: 1, failed: 0 } });
  const elsewhere = { ...waiver, versions: { from: '5.2', to: '6.0' } };
  writeFileSync(join(folder, 'waivers.json'), JSON.stringify({ schemaVersion: 1, waivers: [elsewhere] }));
  t.equal((await warm(folder, [...args, '--waivers', 'waivers.json'])).status, 1, 'not for this release');
});

void t.test('--max-failures and --repeat', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder, ['--fault', 'yank-unknown-generic-error']);
  const args = ['run', '--target', `unix:${path}`, '--suite', 'yank', '--reporter', 'quiet'];
  t.equal((await warm(folder, [...args, '--max-failures', '2'])).status, 1);
  const report = readReport(folder);
  t.match(report, { complete: false, stopped: 'max-failures', totals: { failed: 2 } });
  t.ok((report.totals.notRun ?? 0) > 0);
  const casesOf = async (repeat: string): Promise<number | undefined> => {
    await warm(folder, ['run', '--rule', 'id.echo', '--repeat', repeat, '--reporter', 'quiet']);
    return readReport(folder).results.find(({ id }) => id === 'id.echo')?.cases;
  };
  const once = (await casesOf('1')) ?? 0;
  t.ok(once > 0);
  t.equal(await casesOf('3'), 3 * once);
});

void t.test('--jobs, --shard and --command', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const args = ['run', '--rule', 'args.unknown-member', '--reporter', 'quiet'];
  const cases = async (...others: string[]): Promise<number> => {
    t.equal((await warm(folder, [...args, ...others])).status, 0, others.join(' '));
    return readReport(folder).results.find(({ id }) => id === 'args.unknown-member')?.cases ?? 0;
  };
  const whole = await cases();
  t.ok(whole > 100, `${whole} cases`);
  t.equal(await cases('--jobs', '2'), whole);
  t.equal(readReport(folder).options.jobs, 2);
  const parts = [await cases('--shard', '1/2'), await cases('--shard=2/2', '--jobs=2')];
  t.strictSame(readReport(folder).options.shard, { index: 1, count: 2 });
  t.equal((parts[0] ?? 0) + (parts[1] ?? 0), whole);
  const some = await cases('--command', 'query-*', '--command', 'chardev-add');
  t.ok(some > 0 && some < whole, `${some} cases`);
});

void t.test('a seed decides what is sent', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder);
  const recorder = await startRecorder(t, folder, path);
  const send = async (...args: string[]): Promise<string> => {
    const before = recorder.sent().length;
    const random = ['--rule', 'id.random', '--rule', 'recover.after-garbage', '--reporter', 'quiet'];
    const call = before === 0 ? qmpspec.bind(undefined, t) : warm;
    const { status } = await call(folder, ['run', '--target', `unix:${recorder.path}`, ...random, ...args]);
    t.equal(status, 0);
    return Buffer.concat(recorder.sent().slice(before)).toString('latin1');
  };
  const first = await send('--seed', '7');
  t.equal(await send('--seed', '7'), first, 'the same seed, the same bytes, in another process');
  t.not(await send('--seed', '8'), first, 'another seed, other bytes');
  t.equal(await send('--seed', '1'), await send(), 'the default is a seed as well');
  const few = await send('--seed', '7', '--runs', '5');
  t.ok(few.length < first.length, 'fewer runs, fewer bytes');
});

/** The commands that bytes ask for, as the server understands them. */
function commandsIn(bytes: Buffer): string[] {
  const reader = new JsonReader({ dialect: qemuDialect });
  return [...reader.push(bytes), ...reader.end()].flatMap((item) => {
    if (item.kind === 'error' || !isObject(item.value)) return [];
    const names = [member(item.value, 'execute'), member(item.value, 'exec-oob')];
    return names.filter((name) => typeof name === 'string');
  });
}

void t.test('the profile says what may be sent', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder);
  const recorder = await startRecorder(t, folder, path);
  const known = referenceSchema().commands;
  const sentUnder = async (profile?: string): Promise<Set<string>> => {
    const before = recorder.sent().length;
    const profileArgs = profile === undefined ? [] : ['--profile', profile];
    const target = ['--target', `unix:${recorder.path}`, '--exclude', 'args.*'];
    const args = ['run', ...target, '--reporter', 'quiet', ...profileArgs];
    t.equal((await warm(folder, args)).status, 0);
    t.equal(readReport(folder).options.profile, profile ?? 'safe', 'safe is the default of --target');
    return new Set(
      recorder
        .sent()
        .slice(before)
        .flatMap(commandsIn)
        .filter((name) => known.has(name)),
    );
  };
  const isQuery = (name: string): boolean => name === 'qmp_capabilities' || name.startsWith('query-');

  const readonly = await sentUnder('readonly');
  t.strictSame(
    [...readonly].filter((name) => !isQuery(name)),
    [],
  );
  t.ok(readonly.has('query-qmp-schema') && readonly.has('query-version'), 'the recorder hears something');

  const safe = await sentUnder();
  t.ok(safe.has('chardev-add') && safe.has('migrate'), 'malformed requests for other commands');
  const succeeded = Object.entries(readReport(folder).coverage.commands)
    .filter(([, counts]) => counts.succeeded > 0)
    .map(([name]) => name);
  t.strictSame(
    succeeded.filter((name) => !isQuery(name)),
    ['yank'],
    'nothing that changes state succeeds; a yank of nothing changes nothing',
  );

  const full = await sentUnder('full');
  t.ok(full.has('stop') && full.has('cont'));
  t.match(readReport(folder).coverage.commands, { 'chardev-add': { succeeded: Number } });
});

void t.test('colours only where a terminal is, and nobody minds', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  // `script` gives its command a terminal.
  const inTerminal = async (args: string, environment: Record<string, string>): Promise<string> => {
    const command = `'${process.execPath}' '${packageFile('dist', 'src', 'cli', 'main.js')}' run --rule id.echo ${args}`;
    const { stdout } = await startProgram(t, folder, 'script', ['-qec', command, '/dev/null'], {
      TERM: 'xterm',
      ...environment,
    }).ended;
    return stdout;
  };
  const colour = /\x1b\[3\dm/;
  const plain = await inTerminal('', {});
  t.match(plain, 'CONFORMANT', 'pretty is the default of a terminal');
  t.match(plain, colour);
  for (const [args, environment] of [
    ['--no-color', {}],
    ['', { NO_COLOR: '1' }],
    ['', { TERM: 'dumb' }],
  ] as const) {
    const text = await inTerminal(args, environment);
    t.match(text, 'CONFORMANT');
    t.notMatch(text, colour, `${args}${JSON.stringify(environment)}`);
  }
});
