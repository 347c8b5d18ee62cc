/**
 * What the generator takes for known, tried on real binaries: the class that is due for names that nothing bears, and
 * outcomes of arguments that conform to their types. With QMPSPEC_QEMU_SOURCE, if that is the binary's own release,
 * integers go to the bounds of their types.
 */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { checksItself } from '../../src/generate/tables/checks-itself.js';
import { instanceArguments, instanceRows } from '../../src/generate/tables/instances.js';
import { restriction } from '../../src/generate/tables/string-roles.js';
import { predictableCommands, predicted } from '../../src/generate/tables/predictable.js';
import { cleanupOf } from '../../src/generate/tables/cleanup.js';
import { isObject, member, writeJson, type Json, type JsonObject } from '../../src/json/index.js';
import { loadSchema, schemaFromIntrospection, type Schema } from '../../src/qapi/index.js';
import { Session, type Reply } from '../../src/qmp/index.js';
import { PREFERRED, Variations } from '../generate/variations.js';
import { must } from '../qapi/support.js';
import { scratchFolder } from '../scratch-folder.js';
import { requireBinary, start } from './support.js';

const PER_COMMAND = 60;
/** All of these answer otherwise than their documentation says, and are waived. */
const DEVIATING = new Set([
  ...['block_resize', 'blockdev-snapshot-sync', 'change-backing-file', 'blockdev-backup', 'block-stream'],
  ...['block-dirty-bitmap-add', 'block-dirty-bitmap-remove', 'block-dirty-bitmap-clear', 'netdev_add'],
  ...['block-dirty-bitmap-enable', 'block-dirty-bitmap-disable', 'block-dirty-bitmap-merge'],
  ...['x-debug-block-dirty-bitmap-sha256', 'set_password', 'expire_password'],
]);

const servers: Readonly<Record<string, { args: (path: string) => string[]; schema: string }>> = {
  'qemu-system-x86_64': {
    args: (path) => [
      ...['-nodefaults', '-display', 'none', '-machine', 'none'],
      ...['-chardev', `socket,id=m,path=${path},server=on,wait=off`, '-mon', 'chardev=m,mode=control'],
    ],
    schema: 'qapi/qapi-schema.json',
  },
  'qemu-storage-daemon': {
    args: (path) => ['--chardev', `socket,id=m,path=${path},server=on,wait=off`, '--monitor', 'chardev=m'],
    schema: 'storage-daemon/qapi/qapi-schema.json',
  },
};

async function connect(t: Test, program: string, args: (path: string) => string[]): Promise<Session> {
  const path = join(scratchFolder(t), 'qmp');
  const child = start(t, program, args(path));
  if (child.pid === undefined) await once(child, 'spawn');
  while (!existsSync(path) && child.exitCode === null) await sleep(20);
  const session = await Session.open({ kind: 'unix', path }, { timeoutMs: 30_000 });
  t.teardown(() => session.close());
  await session.negotiate();
  return session;
}

async function returned(session: Session, command: string): Promise<Json> {
  const reply = await session.execute(command);
  if ('error' in reply) throw new Error(`${command} failed`);
  return reply.return;
}

function outcome(reply: Reply): string {
  return 'error' in reply ? reply.error.class : 'success';
}

interface Version {
  readonly major: number;
  readonly minor: number;
}

function versionOf(greeting: Json): Version {
  const find = (value: Json | undefined, name: string) => (isObject(value) ? member(value, name) : undefined);
  const qemu = find(find(find(greeting, 'QMP'), 'version'), 'qemu');
  return { major: Number(find(qemu, 'major')), minor: Number(find(qemu, 'minor')) };
}

/** The schema of the binary: from its sources where they are at hand, else as it tells. */
async function schemaOf(session: Session, file: string, { major, minor }: Version): Promise<Schema> {
  const tree = process.env.QMPSPEC_QEMU_SOURCE ?? '';
  const version = join(tree, 'VERSION');
  if (tree !== '' && existsSync(version)) {
    if (readFileSync(version, 'utf8').startsWith(`${major}.${minor}.`)) {
      return must(loadSchema(join(tree, file)).schema);
    }
  }
  const data = await returned(session, 'query-qmp-schema');
  return schemaFromIntrospection(data).schema;
}

for (const [program, { args, schema: file }] of Object.entries(servers)) {
  void t.test(program, { timeout: 300_000 }, async (t) => {
    if (requireBinary(t, program) === undefined) return;
    const session = await connect(t, program, args);
    const version = versionOf(session.greeting);
    const listed = (await returned(session, 'query-commands')) as { name: string }[];
    const has = new Set(listed.map(({ name }) => name));

    await t.test('names that nothing bears', async (t) => {
      let checked = 0;
      for (const row of instanceRows) {
        if (!has.has(row.command)) continue;
        const found = outcome(await session.execute(row.command, instanceArguments(row, 'none1')));
        const classes = row.basis === 'documented' && DEVIATING.has(row.command) ? undefined : row.classes;
        if (classes === undefined) t.notOk(row.classes.includes(found), `${row.command} deviates`);
        else t.ok(classes.includes(found), `${row.command}: ${found}`);
        checked++;
      }
      t.ok(checked > 20);
    });

    await t.test('predicted outcomes', async (t) => {
      const schema = await schemaOf(session, file, version);
      const variations = new Variations(7);
      for (const name of predictableCommands) {
        const type = schema.commands.get(name)?.arguments;
        if (type === undefined || !has.has(name) || checksItself(name, version)) continue;
        let checked = 0;
        for (let index = 0; index < PER_COMMAND; index++) {
          const args = variations.value(type, PREFERRED[name]);
          if (!isObject(args) || isKnownCrash(name, args, version)) continue;
          for (const member of Object.keys(args)) {
            const limited = restriction({ command: name, members: [member] });
            if (limited !== undefined && typeof limited.values[0] === 'number')
              args[member] = must(limited.values[1]);
          }
          const prediction = predicted(name, args);
          if (prediction === undefined) continue;
          const found = outcome(await session.execute(name, args));
          const due = prediction.success ? ['success'] : prediction.classes;
          if (!due.includes(found))
            t.fail(`${name}: ${found} instead of ${due.join()} for ${writeJson(args)}`);
          const cleanup = found === 'success' ? cleanupOf(name, args) : undefined;
          if (cleanup !== undefined)
            t.equal(outcome(await session.execute(cleanup.execute, cleanup.arguments)), 'success');
          checked++;
        }
        // Of its many parameters only some are predictable.
        t.ok(checked > 0 || name === 'migrate-set-parameters', `${name}: ${checked}`);
      }
    });
  });
}

/** QEMU 5.2 dies of it. */
function isKnownCrash(command: string, args: JsonObject, { major }: Version): boolean {
  return command === 'migrate-set-parameters' && major < 6 && args['tls-authz'] === null;
}
