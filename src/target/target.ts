/**
 * What is tested: an endpoint that runs already, or a server that qmpspec starts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Connection,
  ServerProcess,
  showEndpoint,
  showExit,
  TargetError,
  type Endpoint,
  type Exit,
  type Protocol,
} from '../qmp/index.js';
import { makePrivateFolder, removePrivateFolder } from './private-folder.js';

/** Starting a server may take this long on a busy machine, in milliseconds. */
const START_MS = 10_000;
/** A server that listens is ready before long, or never, in milliseconds. */
const UNREADY_MS = 1000;
/** A guest agent that has not hung up on its first client by then will serve it, in milliseconds. */
const SILENCE_MS = 20;
const POLL_MS = 10;

/** Where targets come from. */
export interface TargetSource {
  readonly protocol: Protocol;
  readonly address?: string;
  readonly command?: string;
  /** Each start gives a new server, which is ours to end. */
  readonly owned: boolean;
  /** Acts on nothing but itself, whatever the request: nothing has to be kept from it. */
  readonly sideEffectFree?: boolean;
  /** How to name this source on the command line of `qmpspec replay`; empty for the bundled fake. */
  readonly arguments: readonly string[];
  /**
   * Makes a target ready.
   *
   * @throws TargetError when it cannot be had
   */
  start(): Promise<Target>;
}

export interface Target {
  readonly protocol: Protocol;
  /** Monitors that can all be used at the same time. */
  readonly monitors: readonly Endpoint[];
  /** The server can reach Unix sockets in our folders. */
  readonly sharesFiles: boolean;
  /** How the target ended; undefined while it runs, or when that cannot be known. */
  exit?(): Exit | undefined;
  /** The same, waiting for it at most `timeoutMs` milliseconds. */
  waitForExit?(timeoutMs: number): Promise<Exit | undefined>;
  /** The end of what the target has written to stdout and stderr. */
  output?(): string;
  stop(): Promise<void>;
}

/** An endpoint that is already running; it is not ours to start or end. */
export function endpointSource(endpoint: Endpoint, protocol: Protocol = 'qmp'): TargetSource {
  const address = showEndpoint(endpoint);
  return {
    protocol,
    address,
    owned: false,
    arguments: ['--target', address, ...protocolArguments(protocol)],
    start: () =>
      Promise.resolve({
        protocol,
        monitors: [endpoint],
        sharesFiles: endpoint.kind === 'unix',
        stop: () => Promise.resolve(),
      }),
  };
}

/** The words that name a protocol on the command line; none for QMP, which is understood. */
export function protocolArguments(protocol: Protocol): string[] {
  return protocol === 'qmp' ? [] : ['--protocol', protocol];
}

/**
 * Any server: in its arguments `{socket}` becomes the path of the Unix socket on which it has to listen, and `{dir}`
 * that of a private folder for whatever else it keeps, which goes with it.
 */
export function spawnSource(
  argv: readonly string[],
  commandLine: string,
  protocol: Protocol = 'qmp',
): TargetSource {
  return {
    protocol,
    command: commandLine,
    owned: true,
    arguments: ['--spawn', commandLine, ...protocolArguments(protocol)],
    start: () =>
      startServer(protocol, (folder) => ({
        argv: argv.map((word) =>
          word.replaceAll('{socket}', join(folder, 'qmp')).replaceAll('{dir}', folder),
        ),
        sockets: [join(folder, 'qmp')],
      })),
  };
}

/** A QEMU system emulator with no machine and no guest, and two monitors. */
export function qemuSource(binary: string): TargetSource {
  return {
    protocol: 'qmp',
    command: `${binary} ${QEMU_ARGUMENTS.join(' ')} (and two monitors)`,
    owned: true,
    arguments: ['--qemu', binary],
    start: () =>
      startServer('qmp', (folder) => {
        const sockets = [join(folder, 'qmp0'), join(folder, 'qmp1')];
        const monitors = sockets.flatMap((path, index) => [
          '-chardev',
          `socket,id=qmpspec${index},path=${path},server=on,wait=off`,
          '-mon',
          `chardev=qmpspec${index},mode=control`,
        ]);
        return { argv: [binary, ...QEMU_ARGUMENTS, ...monitors], sockets };
      }),
  };
}

/** The machine `none` has no CPU and no devices, starts in no time, and still migrates. */
const QEMU_ARGUMENTS = ['-nodefaults', '-display', 'none', '-machine', 'none'];

async function startServer(
  protocol: Protocol,
  plan: (folder: string) => { argv: readonly string[]; sockets: readonly string[] },
): Promise<Target> {
  const folder = await makePrivateFolder();
  const { argv, sockets } = plan(folder);
  const [program = '', ...args] = argv;
  let server: ServerProcess;
  try {
    server = await ServerProcess.start(program, args);
  } catch (error) {
    await removePrivateFolder(folder);
    throw new TargetError(
      `cannot start the target: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const stop = async (): Promise<void> => {
    await server.stop();
    await removePrivateFolder(folder);
  };
  try {
    for (const path of sockets) await untilListening(server, path, program, protocol);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    protocol,
    monitors: sockets.map((path) => ({ kind: 'unix', path })),
    sharesFiles: true,
    exit: () => server.exit,
    waitForExit: (timeoutMs) => server.waitForExit(timeoutMs),
    output: () => server.output,
    stop,
  };
}

async function untilListening(
  server: ServerProcess,
  path: string,
  program: string,
  protocol: Protocol,
): Promise<void> {
  const deadline = performance.now() + START_MS;
  let unreadyUntil: number | undefined;
  for (;;) {
    if (server.exit !== undefined) {
      throw new TargetError(`${program} ended at once (${showExit(server.exit)})${outputText(server)}`);
    }
    const seen = existsSync(path) ? await firstContact(path, protocol) : 'nobody';
    if (seen === 'somebody') return;
    if (seen === 'hung-up') {
      unreadyUntil ??= performance.now() + UNREADY_MS;
      // A server that goes on like this is for the rules to judge.
      if (performance.now() > unreadyUntil) return;
    }
    if (performance.now() > deadline) {
      throw new TargetError(
        `${program} did not listen on its socket within ${START_MS} ms${outputText(server)}`,
      );
    }
    await sleep(POLL_MS);
  }
}

/**
 * Connects once and tells what is there. The path exists a moment before its owner listens, and qemu-storage-daemon
 * listens a moment before it has a monitor, and then hangs up on its client. A guest agent does not greet its client.
 */
async function firstContact(path: string, protocol: Protocol): Promise<'somebody' | 'hung-up' | 'nobody'> {
  let connection: Connection;
  try {
    connection = await Connection.open({ kind: 'unix', path }, { timeoutMs: START_MS });
  } catch {
    return 'nobody';
  }
  const incoming = await connection.receive(protocol === 'qga' ? SILENCE_MS : UNREADY_MS);
  await connection.close();
  return incoming.kind === 'closed' ? 'hung-up' : 'somebody';
}

function outputText(server: ServerProcess): string {
  const text = server.output.trim();
  return text === '' ? '; it wrote nothing' : `; it wrote:\n${text}`;
}
