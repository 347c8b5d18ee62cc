/**
 * Server processes: started, watched, and ended for sure.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ServerProcess, showExit } from '../../src/qmp/index.js';
import { scratchFolder } from '../scratch-folder.js';
import { PATIENCE } from './support.js';

/** A shell script as a server, ended when the test ends. */
async function script(t: Test, text: string): Promise<ServerProcess> {
  const server = await ServerProcess.start('sh', ['-c', text]);
  t.teardown(() => server.stop());
  return server;
}

/** Waits until the process has written a text. */
async function written(server: ServerProcess, text: string): Promise<void> {
  while (!server.output.includes(text)) {
    if (server.exit !== undefined) throw new Error(`it ended without a word of ${text}: ${server.output}`);
    await sleep(5);
  }
}

/** Is there such a process? One that has ended and that nobody has asked after is none. */
function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

async function dies(pid: number): Promise<boolean> {
  for (let count = 0; count < 400; count += 1) {
    if (!lives(pid)) return true;
    await sleep(5);
  }
  return false;
}

void t.test('a process runs until it ends by itself', async (t) => {
  const server = await ServerProcess.start('sh', ['-c', 'read line; exit 3']);
  const exit = await server.waitForExit(PATIENCE);
  t.strictSame(exit, { code: 3, signal: null }, 'its stdin is empty');
  t.strictSame(server.exit, exit);
  t.strictSame(await server.waitForExit(0), exit, 'also afterwards');
  t.equal(showExit({ code: 3, signal: null }), 'exit status 3');
  // There is nothing left to signal or to stop.
  server.kill('SIGKILL');
  await server.stop();
  t.strictSame(server.exit, exit);
});

void t.test('arguments are handed over as they are', async (t) => {
  const server = await ServerProcess.start('sh', ['-c', 'printf "<%s>" "$@"', '0', 'a b', '', '$HOME']);
  await server.waitForExit(PATIENCE);
  t.equal(server.output, '<a b><><$HOME>');
});

void t.test('a process that runs has no exit yet', async (t) => {
  const server = await script(t, 'exec sleep 1000');
  t.equal(server.exit, undefined);
  t.equal(await server.waitForExit(1), undefined);
});

void t.test('a program that cannot be started is an error that names it', async (t) => {
  await t.rejects(
    ServerProcess.start('qmpspec-no-such-program', []),
    new Error("there is no program 'qmpspec-no-such-program'"),
  );
  const file = join(scratchFolder(t), 'no-program');
  writeFileSync(file, '', { mode: 0o600 });
  await t.rejects(ServerProcess.start(file, []), { message: /no-program.*EACCES/ });
});

void t.test('a signal that ends the process is told', async (t) => {
  const server = await script(t, 'kill -9 $$');
  t.strictSame(await server.waitForExit(PATIENCE), { code: null, signal: 'SIGKILL' });
  t.equal(showExit({ code: null, signal: 'SIGKILL' }), 'killed by SIGKILL');
});

void t.test('both outputs are kept, up to the end', async (t) => {
  const server = await script(t, 'echo one; echo two >&2; sleep 0.05; printf "caf\\303\\251" >&2; exit 1');
  await server.waitForExit(PATIENCE);
  t.strictSame(server.output.split('\n').sort(), ['café', 'one', 'two']);
});

void t.test('of much output the end is kept', async (t) => {
  const server = await script(t, 'i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done');
  await server.waitForExit(PATIENCE);
  t.equal(server.output.length, 64 * 1024);
  t.match(server.output, /line 19998\nline 19999\n$/);
});

void t.test('stopping asks first', async (t) => {
  const server = await script(t, 'trap "echo asked; exit 5" TERM; echo ready; while :; do sleep 0.01; done');
  await written(server, 'ready');
  await server.stop();
  t.match(server.output, /asked/);
  t.strictSame(server.exit, { code: 5, signal: null });
});

void t.test('stopping insists when asking does not help', async (t) => {
  const server = await script(t, 'trap "" TERM; echo ready; while :; do sleep 0.01; done');
  await written(server, 'ready');
  await server.stop();
  t.strictSame(server.exit, { code: null, signal: 'SIGKILL' });
});

/** Starts a child that ignores SIGTERM and says its process id, then goes on as told. */
const withChild = (rest: string): string =>
  `(trap "" TERM; echo "child ready"; while :; do sleep 0.01; done) & echo "pid=$!="; ${rest}`;

async function childOf(server: ServerProcess): Promise<number> {
  await written(server, 'child ready');
  await written(server, '=\n');
  return Number(/pid=(\d+)=/.exec(server.output)?.[1]);
}

void t.test('what a process has started does not outlive its being stopped', async (t) => {
  const server = await script(t, withChild('wait'));
  const child = await childOf(server);
  t.ok(lives(child));
  await server.stop();
  t.strictSame(server.exit, { code: null, signal: 'SIGTERM' });
  t.ok(await dies(child));
});

void t.test('nor its own end', async (t) => {
  const server = await script(t, withChild('sleep 0.1; exit 0'));
  const child = await childOf(server);
  t.strictSame(await server.waitForExit(PATIENCE), { code: 0, signal: null });
  t.ok(await dies(child));
});

void t.test('a child that keeps the output open does not keep the end from being told', async (t) => {
  // The child leaves the group, so nobody ends it but itself.
  const left = join(scratchFolder(t), 'left');
  const child = `setsid sh -c '> "$1"; exec sleep 3' 0 "$1"`;
  const text = `${child} & until [ -e "$1" ]; do sleep 0.01; done; echo bye`;
  const server = await ServerProcess.start('sh', ['-c', text, '0', left]);
  t.strictSame(await server.waitForExit(2000), { code: 0, signal: null });
  t.equal(server.output, 'bye\n');
});
