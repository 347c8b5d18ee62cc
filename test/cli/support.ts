/**
 * What tests of the built command line share: to run it as a user does, and to listen in on what it sends.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'shell-quote';
import type { Test } from 'tap';
import { packageFile } from '../../src/package.js';
import { scratchFolder } from '../scratch-folder.js';
import type { Order } from './warm-process.js';

export const MAIN = packageFile('dist', 'src', 'cli', 'main.js');
export const REFERENCE_SCHEMA = packageFile('fixtures', 'schemas', 'reference', 'qapi-schema.json');

/** How a command ended and what it said. */
export interface Ended {
  /** The exit code; null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What has come so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
}

/** A folder to call the command line in; `tmp` inside it is where the command line finds room for its own files. */
export function workFolder(t: Test): string {
  const folder = scratchFolder(t);
  mkdirSync(join(folder, 'tmp'));
  return folder;
}

/**
 * Starts `qmpspec` with these arguments in a folder of {@link workFolder}. It dies with the test.
 *
 * The environment is small, so that nothing of the test's own shines through; `env -u` keeps the hooks of the test
 * runner out of the process.
 */
export function start(
  t: Test,
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Running {
  return startProgram(t, folder, process.execPath, [MAIN, ...args], environment);
}

/** The same for any program. */
export function startProgram(
  t: Test,
  folder: string,
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn('env', ['-u', 'NODE_OPTIONS', program, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', TMPDIR: join(folder, 'tmp'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ status, ...texts });
    });
  });
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    ended,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    signal: (signal) => child.kill(signal),
  };
}

/** Runs `qmpspec` to its end. */
export function qmpspec(
  t: Test,
  folder: string,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<Ended> {
  return start(t, folder, args, environment).ended;
}

/**
 * A `qmpspec` that stays: a process that obeys one command line after the other, for what they say and their exit
 * codes. That is several times cheaper than a process for each. What is about the process itself (signals, streams that
 * break, defects, files left to its end) calls {@link qmpspec}, and so does one of each kind of call at least.
 *
 * @param t the test with which it ends
 */
export function warmQmpspec(t: Test): (folder: string, args: readonly string[]) => Promise<Ended> {
  let child: ChildProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();
  t.teardown(() => child?.kill('SIGKILL'));
  const order = (order: Order): Promise<Ended> => {
    const warm = (child ??= fork(new URL('warm-process.js', import.meta.url), {
      execPath: 'env',
      execArgv: ['-u', 'NODE_OPTIONS', process.execPath],
      env: { PATH: process.env.PATH ?? '' },
    }));
    return new Promise((resolve, reject) => {
      const died = (status: number | null): void => {
        reject(new Error(`it ended with ${status}, obeying qmpspec ${order.words.join(' ')}`));
      };
      warm.once('exit', died);
      warm.once('message', (ended: Ended) => {
        warm.off('exit', died);
        resolve(ended);
      });
      warm.send(order);
    });
  };
  return (folder, words) => {
    const ended = last.then(() => order({ folder, tmp: join(folder, 'tmp'), words }));
    last = ended.catch(() => undefined);
    return ended;
  };
}

/** Waits until something holds; a test that waits for ever runs into its own time limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10);
}

/** `qmpspec fake` on a Unix socket in the folder, ready to be used. */
export async function startFake(
  t: Test,
  folder: string,
  args: readonly string[] = [],
  name = 'fake.sock',
): Promise<Running & { readonly path: string }> {
  const path = join(folder, name);
  const fake = start(t, folder, ['fake', '--listen', `unix:${path}`, ...args]);
  await Promise.race([until(() => fake.stderr().includes('listening on')), fake.ended]);
  t.match(fake.stderr(), `listening on unix:${path}`);
  return { ...fake, path };
}

/** The words of a command line for `npx qmpspec`, without those two. */
export function argumentsOf(commandLine: string): string[] {
  const [npx, name, ...words] = parse(commandLine).map(String);
  if (npx !== 'npx' || name !== 'qmpspec') throw new Error(`no call of qmpspec: ${commandLine}`);
  return words;
}

/** What a report is looked at for. */
export interface Report {
  readonly complete: boolean;
  readonly stopped?: string;
  readonly verdict: string;
  readonly verdictReason: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly target: Readonly<Record<string, string>>;
  readonly schema: { readonly source: string; readonly sha256?: string; readonly commands: number };
  readonly totals: Readonly<Record<string, number>>;
  readonly results: readonly {
    readonly id: string;
    readonly suite: string;
    readonly level: string;
    readonly status: string;
    readonly reason?: string;
    readonly cases: number;
    readonly failures: readonly { readonly key: string; readonly replay: string }[];
  }[];
  readonly coverage: { readonly commands: Readonly<Record<string, { readonly succeeded: number }>> };
}

/** The report in a report folder. */
export function readReport(folder: string, reportDir = 'reports/latest'): Report {
  return JSON.parse(readFileSync(join(folder, reportDir, 'report.json'), 'utf8')) as Report;
}

/** The ids of the rules with some status. */
export function idsWith(report: Report, status: string): string[] {
  return report.results.filter((result) => result.status === status).map(({ id }) => id);
}

/** Stands between a client and a server, and keeps what the client sends. */
export interface Recorder {
  readonly path: string;
  /** What was sent on each connection, in the order in which they were opened. */
  readonly sent: () => Buffer[];
}

/** Starts a recorder in the folder, in front of the Unix socket `server`. */
export async function startRecorder(t: Test, folder: string, server: string): Promise<Recorder> {
  const path = join(folder, 'recorder.sock');
  const sockets = new Set<Socket>();
  const connections: Buffer[][] = [];
  const relay = createServer({ allowHalfOpen: true }, (client) => {
    const chunks: Buffer[] = [];
    connections.push(chunks);
    const upstream = connect({ path: server, allowHalfOpen: true });
    client.on('data', (chunk) => chunks.push(chunk));
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        if (!from.readableEnded) to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => relay.listen(path, resolve));
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => relay.close(resolve));
  });
  return { path, sent: () => connections.map((chunks) => Buffer.concat(chunks)) };
}

/**
 * A TCP server on this machine that ends with the test.
 *
 * @param serve what to do with each client
 * @returns its port
 */
export async function serveTcp(t: Test, serve: (client: Socket) => void): Promise<number> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('error', () => client.destroy());
    serve(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => {
    for (const client of clients) client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return portOf(server);
}

/** A port on which nobody listens; it was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Does a process still run? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that nobody has waited for yet has ended all the same.
    const status = `/proc/${pid}/status`;
    return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
  } catch {
    return false;
  }
}
