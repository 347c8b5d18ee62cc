/**
 * The package as others get it: packed, unpacked into a project of somebody else's, with nothing beside it but the
 * dependencies that it declares. No registry is asked.
 */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { packageFile, packageRoot } from '../../src/package.js';
import { ENTRY_POINTS } from './surface.js';

const execute = promisify(execFile);

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

const EXAMPLES = readdirSync(packageFile('examples')).filter((name) => /\.(js|ts)$/.test(name));
/** What somebody who writes TypeScript has beside the package. */
const TOOLS = ['typescript', '@types/node', 'undici-types'];

/** A project of somebody else's that has installed the package. */
async function project(t: Test): Promise<{ readonly folder: string; readonly files: readonly string[] }> {
  // Not below this one: what is missing would be found in our own node_modules.
  const folder = mkdtempSync(join(tmpdir(), 'qmpspec-project-'));
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const modules = join(folder, 'node_modules');
  const unpacked = join(modules, 'qmpspec');
  mkdirSync(unpacked, { recursive: true });
  const { stdout } = await execute(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    { cwd: packageRoot, maxBuffer: 2 ** 26 },
  );
  const [packed] = JSON.parse(stdout) as [Packed];
  await execute('tar', ['-xzf', join(folder, packed.filename), '-C', unpacked, '--strip-components=1']);
  const { dependencies } = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as Manifest;
  for (const name of [...Object.keys(dependencies), ...TOOLS]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(packageFile('node_modules', name), join(modules, name));
  }
  for (const name of EXAMPLES) cpSync(packageFile('examples', name), join(folder, name));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  return { folder, files: packed.files.map(({ path }) => path) };
}

/** Runs a module in a process of its own, without what tap adds to those that it starts. */
async function runModule(
  folder: string,
  file: string,
  args: readonly string[] = [],
): Promise<{ status: number | null; stdout: string; stderr: string; message: unknown }> {
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: tmpdir() };
  const child = fork(join(folder, file), args, { cwd: folder, silent: true, env, execArgv: [] });
  let stdout = '';
  let stderr = '';
  let message: unknown;
  child.stdout?.on('data', (bytes) => (stdout += String(bytes)));
  child.stderr?.on('data', (bytes) => (stderr += String(bytes)));
  child.on('message', (value) => (message = value));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr, message };
}

/** Says what the import of a module has changed in the process, to whoever has started it. */
const PROBE = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const touched = [];
for (const name of ['readFileSync', 'readFile', 'openSync', 'open', 'readdirSync', 'writeFileSync', 'mkdirSync']) {
  const original = fs[name];
  fs[name] = (...args) => {
    // The loader reads modules, and their source maps if somebody wants them.
    if (!/[.][cm]?js([.]map)?$/.test(String(args[0]))) touched.push(name + ' ' + String(args[0]));
    return original(...args);
  };
}
syncBuiltinESMExports();
const listeners = () =>
  Object.fromEntries(process.eventNames().map((name) => [String(name), process.listenerCount(name)]).sort());
const before = { listeners: listeners(), resources: process.getActiveResourcesInfo().sort() };
await import(process.argv[2]);
const after = { listeners: listeners(), resources: process.getActiveResourcesInfo().sort() };
process.send({ before, after, touched }, () => process.disconnect());
`;

const DEEP = [
  'qmpspec/dist/src/library/index.js',
  'qmpspec/dist/src/run/index.js',
  'qmpspec/dist/suites/index.js',
  'qmpspec/library',
  'qmpspec/src/qapi/index.js',
  'qmpspec/fixtures/schemas/report.schema.json',
];

void t.test('in a project of somebody else', async (t) => {
  const { folder, files } = await project(t);

  await t.test('the package holds what is needed to use it, and no more', (t) => {
    for (const file of ['dist/src/library/index.js', 'dist/src/library/index.d.ts', 'dist/suites/index.js'])
      t.ok(files.includes(file), file);
    const superfluous = /(^|\/)(test|bench|examples|docs)\/|\.map$|\.tsbuildinfo$|(?<!\.d)\.ts$/;
    t.same(
      files.filter((file) => superfluous.test(file)),
      [],
    );
    t.end();
  });

  await t.test('the examples in TypeScript are right by strict rules', async (t) => {
    const sources = EXAMPLES.filter((name) => name.endsWith('.ts'));
    const tsc = packageFile('node_modules', 'typescript', 'bin', 'tsc');
    const options = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--module',
      'nodenext',
      '--target',
      'es2023',
    ];
    const checked = await execute(process.execPath, [tsc, ...options, ...sources], { cwd: folder }).catch(
      (error: unknown) => error as { readonly stdout: string },
    );
    t.equal(checked.stdout, '');
  });

  for (const name of EXAMPLES) {
    await t.test(`example ${name}`, async (t) => {
      const { status, stdout, stderr } = await runModule(folder, name.replace(/\.ts$/, '.js'));
      t.equal(stderr, '');
      t.equal(status, 0);
      t.match(stdout, OUTPUT[name] ?? /nobody said what this example prints/);
    });
  }

  writeFileSync(join(folder, 'probe.js'), PROBE);
  for (const entryPoint of Object.keys(ENTRY_POINTS)) {
    await t.test(`import of ${entryPoint} changes nothing in the process`, async (t) => {
      const { status, stdout, stderr, message } = await runModule(folder, 'probe.js', [entryPoint]);
      t.strictSame({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
      const { before, after, touched } = message as Record<'before' | 'after' | 'touched', unknown>;
      t.strictSame(after, before);
      t.strictSame(touched, []);
    });
  }

  await t.test('everything else is closed', async (t) => {
    writeFileSync(
      join(folder, 'deep.js'),
      `await import(process.argv[2]).catch(({ code }) => process.send(code));
       process.disconnect();`,
    );
    for (const path of DEEP) {
      t.equal((await runModule(folder, 'deep.js', [path])).message, 'ERR_PACKAGE_PATH_NOT_EXPORTED', path);
    }
  });

  await t.test('the command is there', async (t) => {
    const { stdout } = await runModule(folder, 'node_modules/qmpspec/dist/src/cli/main.js', ['--version']);
    t.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });
});

/** What each example has to print. */
const OUTPUT: Readonly<Record<string, RegExp>> = {
  'gate.js': /CONFORMANT/,
  'json.js': /18446744073709551615n\n.*"ratio":1\.0}\nSTOP\nexpected a value/,
  'schema.ts':
    /^bad\.json:1: .*string.*\n.*\ngreet\/arguments\/times: mandatory member added.*\n\[{"name":"greet".*\n{"\$schema"/,
  'talk.ts': /running: true[^]*\nevent STOP\nrefused: device_del DeviceNotFound\n$/,
  'test-a-client.test.js': /# pass 3\n# fail 0/,
};

void t.test('the README shows what is tested', (t) => {
  const readme = readFileSync(packageFile('README.md'), 'utf8');
  const [, section = ''] = /\n## As a library\n([^]*?)\n## /.exec(readme) ?? [];
  const blocks = [...section.matchAll(/```[jt]s\n([^]*?)```/g)].map(([, block = '']) => block.trim());
  t.ok(blocks.length >= 3);
  const examples = EXAMPLES.map((name) => readFileSync(packageFile('examples', name), 'utf8'));
  for (const block of blocks) {
    const lines = block.split('\n').filter((line) => line.trim() !== '');
    const found = examples.some((text) => containsInOrder(text, lines));
    t.ok(found, lines[0] ?? 'an empty block');
  }
  t.end();
});

/** Does a text have these lines, in this order, perhaps with others between them? Indentation is not compared. */
function containsInOrder(text: string, lines: readonly string[]): boolean {
  const all = text.split('\n').map((line) => line.trim());
  let from = 0;
  return lines.every((line) => {
    const at = all.indexOf(line.trim(), from);
    from = at + 1;
    return at >= 0;
  });
}
