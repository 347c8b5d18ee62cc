/**
 * Reading a schema: how long it takes, and that time grows with the size of the schema and no faster.
 *
 * With QMPSPEC_QEMU_SOURCE (an unpacked source tree) QEMU's own schema is read, and from process start to printed
 * introspection compared with QEMU's own front end, which generates all its code meanwhile.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageFile } from '../src/package.js';
import { filesInMemory, introspect, loadSchema } from '../src/qapi/index.js';
import { makePrivateFolder } from '../src/target/index.js';
import { compare, median, verdict } from './support.js';

/** The schema that is read where no tree is named. */
const reference = packageFile('fixtures', 'schemas', 'reference', 'qapi-schema.json');

function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function run(program: string, args: readonly string[], cwd: string): Promise<number> {
  return Promise.resolve(
    milliseconds(() => {
      const { status } = spawnSync(program, args, { cwd, stdio: 'ignore' });
      if (status !== 0) throw new Error(`${program} failed`);
    }),
  );
}

async function againstQemu(tree: string): Promise<void> {
  const file = join('qapi', 'qapi-schema.json');
  const out = await makePrivateFolder();
  try {
    const theirs = () => run('python3', ['-B', 'scripts/qapi-gen.py', '-b', '-o', out, file], tree);
    for (const [what, args] of [
      ['schema introspect', [packageFile('dist', 'src', 'cli', 'main.js'), 'schema', 'introspect', file]],
      // What Node leaves to be won: this one checks next to nothing.
      ['the least front end', [packageFile('dist', 'bench', 'least-front-end.js'), file]],
      ['Node that does nothing', ['-e', '0']],
    ] as const) {
      const { ratio, a, b } = await compare(7, theirs, () => run(process.execPath, args, tree));
      verdict(
        `QEMU's front end / ${what}, from process start`,
        ratio,
        'at least 10',
        ratio >= 10,
        `${a.toFixed(0)} ms, ${b.toFixed(0)} ms`,
      );
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function read(path: string, readFile?: Parameters<typeof filesInMemory>[0]): void {
  const { schema } = loadSchema(path, readFile === undefined ? {} : { readFile: filesInMemory(readFile) });
  if (schema === undefined) throw new Error('the schema cannot be read');
  introspect(schema);
}

function warm(tree: string): void {
  const path = join(tree, 'qapi', 'qapi-schema.json');
  const load = (): number =>
    milliseconds(() => {
      if (loadSchema(path).schema === undefined) throw new Error('the schema cannot be read');
    });
  const times = Array.from({ length: 30 }, load).slice(10);
  const middle = median(times);
  verdict('reading and checking the schema of QEMU, warm, in ms', middle, 'at most 120', middle <= 120, '');
}

/** A schema with so many definitions. */
function generated(count: number): Record<string, string> {
  const parts = Array.from({ length: count / 4 }, (_, index) => {
    const other = (index * 7919) % (count / 4);
    return `##
# @E${index}:
#
# Values.
#
# @a: one
#
# @b: another
##
{ 'enum': 'E${index}', 'data': [ 'a', { 'name': 'b', 'if': 'S${index % 100}' } ] }

{ 'struct': 'S${index}', 'data': { 'x': 'int', '*y': [ 'E${index}' ], '*z': 'S${other}' } }

{ 'union': 'U${index}', 'base': { 'e': 'E${index}' }, 'discriminator': 'e', 'data': { 'a': 'S${other}' } }

{ 'command': 'c${index}', 'boxed': true, 'data': 'U${index}', 'returns': 'S${index}' }
`;
  });
  return { main: parts.join('\n') };
}

/** Modules that include one another, each with a definition. */
function nested(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const include = index + 1 < count ? `{ 'include': 'm${index + 1}' }\n` : '';
      return [
        index === 0 ? 'main' : `m${index}`,
        `${include}{ 'struct': 'S${index}', 'data': { 'x': 'str' } }\n`,
      ];
    }),
  );
}

async function linear(
  what: string,
  make: (count: number) => Record<string, string>,
  most: number,
): Promise<void> {
  const [few, many] = [make(most / 10), make(most)];
  const { ratio, a, b } = await compare(
    5,
    () =>
      Promise.resolve(
        milliseconds(() => {
          read('main', many);
        }),
      ),
    () =>
      Promise.resolve(
        milliseconds(() => {
          read('main', few);
        }),
      ),
  );
  const detail = `${a.toFixed(0)} ms, ${b.toFixed(0)} ms`;
  verdict(`${most} ${what} / ${most / 10} ${what}`, ratio, 'at most 20', ratio <= 20, detail);
}

const tree = process.env.QMPSPEC_QEMU_SOURCE;
if (tree === undefined) read(reference);
else {
  await againstQemu(tree);
  warm(tree);
}
await linear('definitions', generated, 100_000);
await linear('nested includes', nested, 1000);
