/**
 * Generated arguments over the schemas of a real QEMU: the files of its source, which QMPSPEC_QEMU_SOURCE names, and
 * what programs on PATH tell of themselves.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { recheckFailure } from '../../src/generate/index.js';
import { checkArguments } from '../../src/judge/index.js';
import { loadSchema, schemaFromIntrospection, type Schema } from '../../src/qapi/index.js';
import { qemuSource, spawnSource, type TargetSource } from '../../src/target/index.js';
import { Session } from '../../src/qmp/index.js';
import { EVERYTHING, generatorFor } from '../generate/cases.js';
import { agreeOnArguments, agreeOnReturns } from '../generate/second-opinion.js';
import { must } from '../qapi/support.js';
import { requireBinary, requireSource } from './support.js';

const timeout = 120_000;

/** Every case is what it says, has a name of its own, and none is dropped; random ones too. */
function checkCases(t: Test, schema: Schema, least: number): void {
  const generator = generatorFor(schema);
  const names = new Set<string>();
  for (const { about, command, arguments: args } of generator.cases(EVERYTHING)) {
    const { name, valid } = about;
    if (names.has(name)) t.fail(`${name} twice`);
    names.add(name);
    if (valid !== (checkArguments({ ...command, checked: true }, args).length === 0)) t.fail(name);
  }
  t.strictSame(generator.dropped, [], 'nothing is dropped');
  t.ok(names.size > least, `${names.size} cases`);
  for (const command of schema.commands.values()) {
    for (const mutations of [0, 1] as const) {
      const arbitrary = generator.random(command, mutations);
      for (const drawn of arbitrary === undefined ? [] : fc.sample(arbitrary, { seed: 1, numRuns: 10 })) {
        if (drawn.mutations.length !== mutations) continue;
        const reason = recheckFailure(command, drawn.arguments, drawn.mutations[0]);
        if (reason !== undefined) t.fail(`${command.name} at random: ${reason}`);
      }
    }
  }
}

const tree = requireSource(t);
const files: [string, number][] = [
  ['qapi/qapi-schema.json', 20_000],
  ['storage-daemon/qapi/qapi-schema.json', 10_000],
  ['qga/qapi-schema.json', 800],
];
if (tree !== undefined) {
  for (const [file, least] of files) {
    const load = (): Schema => must(loadSchema(join(tree, file)).schema);
    void t.test(`${file}: every case is what it says`, { timeout }, (t) => {
      checkCases(t, load(), least);
      t.end();
    });
    void t.test(`${file}: the published JSON Schema agrees`, { timeout }, (t) => {
      const schema = load();
      const args = agreeOnArguments(t, schema, { cases: 40, random: 3 });
      t.ok(args.valid > 300 && args.invalid > 300, `${args.valid} valid, ${args.invalid} invalid arguments`);
      const returns = agreeOnReturns(t, schema, { seeds: 2, changes: 5 });
      t.ok(
        returns.valid > 50 && returns.invalid > 50,
        `${returns.valid} valid, ${returns.invalid} invalid returns`,
      );
      t.end();
    });
  }
}

/** What a program says of itself. */
async function introspectionOf(source: TargetSource): Promise<Schema> {
  const target = await source.start();
  try {
    const session = await Session.open(must(target.monitors[0]), { timeoutMs: 10_000 });
    await session.negotiate();
    const reply = await session.execute('query-qmp-schema');
    await session.close();
    const { schema, problems } = schemaFromIntrospection(must('return' in reply ? reply.return : undefined));
    if (problems.length > 0) throw new Error(problems[0]?.message);
    return schema;
  } finally {
    await target.stop();
  }
}

const STORAGE_DAEMON = [
  'qemu-storage-daemon',
  '--chardev',
  'socket,id=c,path={socket},server=on,wait=off',
  '--monitor',
  'chardev=c',
];
const programs: [string, TargetSource][] = [
  ['qemu-system-x86_64', qemuSource('qemu-system-x86_64')],
  ['qemu-storage-daemon', spawnSource(STORAGE_DAEMON, STORAGE_DAEMON.join(' '))],
];
for (const [program, source] of programs) {
  void t.test(`${program}: what it tells of itself`, { timeout }, async (t) => {
    if (requireBinary(t, program) === undefined) return;
    checkCases(t, await introspectionOf(source), 10_000);
  });
}
