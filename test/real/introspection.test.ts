/**
 * What real programs tell of themselves, against the introspection of the schema that they were built from:
 * QMPSPEC_QEMU_SOURCE names an unpacked source tree, of the same release as the programs on PATH.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { isObject, jsonEqual, member, type Json } from '../../src/json/index.js';
import {
  compareDumps,
  definesFrom,
  introspect,
  loadSchema,
  schemaFromIntrospection,
} from '../../src/qapi/index.js';
import { Session } from '../../src/qmp/index.js';
import { qemuSource, spawnSource, type TargetSource } from '../../src/target/index.js';
import { must } from '../qapi/support.js';
import { requireBinary, requireSource } from './support.js';

const STORAGE_DAEMON = [
  'qemu-storage-daemon',
  '--chardev',
  'socket,id=c,path={socket},server=on,wait=off',
  '--monitor',
  'chardev=c',
];
const programs: [program: string, root: string, source: TargetSource][] = [
  ['qemu-system-x86_64', 'qapi/qapi-schema.json', qemuSource('qemu-system-x86_64')],
  [
    'qemu-storage-daemon',
    'storage-daemon/qapi/qapi-schema.json',
    spawnSource(STORAGE_DAEMON, STORAGE_DAEMON.join(' ')),
  ],
];

/** The release that a server greets with, and what query-qmp-schema returns. */
async function ask(source: TargetSource): Promise<{ readonly release: string; readonly data: Json[] }> {
  const target = await source.start();
  try {
    const session = await Session.open(must(target.monitors[0]), { timeoutMs: 10_000 });
    await session.negotiate();
    const reply = await session.execute('query-qmp-schema');
    await session.close();
    if (!('return' in reply) || !Array.isArray(reply.return)) throw new Error('no introspection');
    let version: Json | undefined = session.greeting;
    for (const name of ['QMP', 'version', 'qemu'])
      version = isObject(version) ? member(version, name) : undefined;
    const { major, minor, micro } = isObject(version) ? version : {};
    return { release: [major, minor, micro].map(Number).join('.'), data: reply.return };
  } finally {
    await target.stop();
  }
}

function check(t: Test, file: string, data: Json[]): void {
  const schema = must(loadSchema(file).schema);
  const found = definesFrom(schema, schemaFromIntrospection(data).schema);
  t.strictSame(found.contradictions, []);
  const ours = introspect(schema, found);
  t.strictSame(compareDumps(ours, data), [], `under ${found.defines.join(' ')}`);
  t.ok(jsonEqual(ours, data), 'even names of types and the order of entries are the same');
}

const tree = requireSource(t);
if (tree !== undefined) {
  const release = readFileSync(join(tree, 'VERSION'), 'utf8').trim();
  for (const [program, root, source] of programs) {
    void t.test(`${program} and ${root}`, async (t) => {
      if (requireBinary(t, program) === undefined) return;
      const answer = await ask(source);
      const other = `the source is ${release}, the program ${answer.release}`;
      if (answer.release === release) check(t, join(tree, root), answer.data);
      else t.pass(other, { skip: other });
    });
  }
}
