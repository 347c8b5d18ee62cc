/**
 * Generated arguments: how fast they are judged on the fake and on a real QEMU, against a bare client that sends the same
 * bytes with as many requests in flight and only parses the replies; what building the generators costs; what a second
 * target gains; and that memory does not grow with the number of cases.
 *
 * With QMPSPEC_QEMU_SOURCE (an unpacked source tree) the fake serves QEMU's own schema.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentGenerator } from '../src/generate/index.js';
import { packageFile } from '../src/package.js';
import { loadSchema } from '../src/qapi/index.js';
import type { OptionsReport } from '../src/result/index.js';
import { isCaseRule } from '../src/rules/index.js';
import { fakeSource } from '../src/target/bundled-fake.js';
import {
  endpointSource,
  makePrivateFolder,
  qemuSource,
  removePrivateFolder,
  type TargetSource,
} from '../src/target/index.js';
import type { Endpoint } from '../src/qmp/index.js';
import { suites } from '../suites/index.js';
import { record, sendPipelined, timed } from './conversation.js';
import { runQuietly } from './run.js';
import { compare, median, verdict } from './support.js';

const sourceTree = process.env.QMPSPEC_QEMU_SOURCE;
const schemaFile =
  sourceTree === undefined
    ? packageFile('fixtures', 'schemas', 'reference', 'qapi-schema.json')
    : join(sourceTree, 'qapi', 'qapi-schema.json');
const whose = sourceTree === undefined ? 'the bundled schema' : 'the schema of QEMU';

/** The rules whose requests are generated, and nothing else. */
const generated = suites
  .map((suite) => ({ ...suite, rules: suite.rules.filter(isCaseRule) }))
  .filter(({ rules }) => rules.length > 0);

function runGenerated(source: TargetSource, options: Partial<OptionsReport> = {}): Promise<void> {
  return runQuietly(source, generated, { runs: 10, ...options });
}

/** Judged against bare, on a server that runs already. */
async function rates(what: string, endpoint: Endpoint, rounds: number, least: number): Promise<void> {
  if (endpoint.kind !== 'unix') throw new Error('the target has no Unix socket');
  const folder = await makePrivateFolder();
  try {
    const conversations = await record(endpoint, join(folder, 'proxy'), (source) => runGenerated(source));
    const sent = conversations.flat().map((piece) => piece.sent);
    const bytes = sent.reduce((sum, piece) => sum + piece.length, 0);
    const requests = sent.reduce((sum, piece) => sum + piece.toString('latin1').split('\n').length - 1, 0);
    const { ratio, a, b } = await compare(
      rounds,
      () => timed(() => runGenerated(endpointSource(endpoint))),
      () => timed(() => sendPipelined(endpoint, conversations)),
    );
    const rate = (ms: number): string => `${Math.round(requests / (ms / 1000)).toLocaleString('en')}/s`;
    verdict(
      `${what}: judged / bare rate of generated requests`,
      1 / ratio,
      `at least ${least}`,
      1 / ratio >= least,
      `${rate(a)} judged, ${rate(b)} bare; ${requests} requests, ${(bytes / requests).toFixed(0)} bytes each`,
    );
  } finally {
    await removePrivateFolder(folder);
  }
}

async function onFake(): Promise<void> {
  const folder = await makePrivateFolder();
  const path = join(folder, 'qmp');
  const main = packageFile('dist', 'src', 'cli', 'main.js');
  const options = ['fake', '--listen', `unix:${path}`, '--schema', schemaFile];
  const fake = spawn(process.execPath, [main, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise((resolve) => fake.stderr.once('data', resolve));
  try {
    await rates(`the fake with ${whose}`, { kind: 'unix', path }, 5, 0.4);
  } finally {
    fake.kill();
    await removePrivateFolder(folder);
  }
}

async function onQemu(): Promise<void> {
  const source = qemuSource(process.argv[2] ?? 'qemu-system-x86_64');
  const target = await source.start();
  try {
    const [endpoint] = target.monitors;
    if (endpoint !== undefined) await rates('a real QEMU', endpoint, 3, 0.9);
  } finally {
    await target.stop();
  }
  const { ratio, a, b } = await compare(
    3,
    () => timed(() => runGenerated(source, { jobs: 1 })),
    () => timed(() => runGenerated(source, { jobs: 2 })),
  );
  verdict(
    'a real QEMU: --jobs 1 / --jobs 2',
    ratio,
    'at least 1.7 on two free cores',
    ratio >= 1.7,
    `${a.toFixed(0)} ms, ${b.toFixed(0)} ms`,
  );
}

/** Reading a schema, against all that has to be there before its first case can be made. */
async function building(): Promise<void> {
  const load = () => {
    const { schema } = loadSchema(schemaFile);
    if (schema === undefined) throw new Error('the schema cannot be read');
    return schema;
  };
  const schema = load();
  const build = (): void => {
    const generator = new ArgumentGenerator({ schema, wants: () => true, checked: () => true, depth: 4 });
    for (const command of generator.commands)
      for (const faults of [0, 1, 2] as const) generator.random(command, faults);
  };
  const { ratio, a, b } = await compare(
    15,
    () =>
      timed(() => {
        build();
        return Promise.resolve();
      }),
    () => timed(() => Promise.resolve(load())),
  );
  const numbers = `${a.toFixed(0)} ms, ${b.toFixed(0)} ms`;
  verdict(`building generators / reading ${whose}`, ratio, 'at most 1', ratio <= 1, numbers);
}

/** The peak of a process that sends random cases to the fake in it, in kilobytes. */
function peak(runs: number): number {
  const { stdout, status } = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), 'child', String(runs)],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  if (status !== 0) throw new Error('the run failed');
  return Number(stdout);
}

function memory(): void {
  const [few, many] = [300, 3000];
  const ratios = [1, 2, 3].map(() => peak(many) / peak(few));
  verdict(
    'peak memory at ten times as many random cases',
    median(ratios),
    'at most 1.3',
    median(ratios) <= 1.3,
    '',
  );
}

if (process.argv[2] === 'child') {
  await runGenerated(fakeSource(), { runs: Number(process.argv[3]), rules: ['args.random-invalid'] });
  process.stdout.write(String(process.resourceUsage().maxRSS));
} else {
  await building();
  await onFake();
  memory();
  await onQemu();
}
