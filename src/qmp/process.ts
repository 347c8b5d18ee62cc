/**
 * A server process of our own: started, watched, its stderr kept, and ended for sure.
 */
import { spawn, type ChildProcess } from 'node:child_process';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** `exit status 1`, `killed by SIGKILL` */
export function showExit(exit: Exit): string {
  return exit.signal === null ? `exit status ${exit.code ?? 'unknown'}` : `killed by ${exit.signal}`;
}

const OUTPUT_KEPT = 64 * 1024;
const LAST_WORDS_MS = 200;

export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<Exit>;
  #exit: Exit | undefined;
  readonly #output = new Tail(OUTPUT_KEPT);

  private constructor(child: ChildProcess) {
    this.#child = child;
    // stdout and stderr are both what the server has to say to a person; QEMU uses the two without a system.
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        this.#output.add(text);
      });
    }
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        const exit = { code, signal };
        // What it started does not outlive it, whichever way it ended.
        this.kill('SIGKILL');
        const done = (): void => {
          this.#exit = exit;
          live.delete(this);
          resolve(exit);
        };
        // Its last output may still be in the pipe, but a child that has left the group may keep that open for ever.
        const timer = setTimeout(done, LAST_WORDS_MS);
        child.once('close', () => {
          clearTimeout(timer);
          done();
        });
      });
    });
    killAllOnExit();
    live.add(this);
  }

  /**
   * Starts a program, in a process group of its own so that nothing it starts outlives it.
   *
   * @throws Error with the reason, when the program cannot be started
   */
  static start(command: string, args: readonly string[]): Promise<ServerProcess> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      child.once('error', (error: NodeJS.ErrnoException) => {
        reject(new Error(error.code === 'ENOENT' ? `there is no program '${command}'` : error.message));
      });
      child.once('spawn', () => {
        resolve(new ServerProcess(child));
      });
    });
  }

  /** How the process ended; undefined while it runs. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** The end of what the process wrote to stdout and stderr, at most 64 KiB. */
  get output(): string {
    return this.#output.text;
  }

  /** Resolves when the process has ended, or with undefined after `timeoutMs`. */
  async waitForExit(timeoutMs: number): Promise<Exit | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, undefined);
    });
    const exit = await Promise.race([this.#exited, late]);
    clearTimeout(timer);
    return exit;
  }

  /** Sends a signal to the process and to all that it started. */
  kill(signal: NodeJS.Signals): void {
    const pid = this.#child.pid;
    if (pid === undefined || this.#exit !== undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It ended in this very moment.
    }
  }

  /** Ends the process: asks first, then insists. */
  async stop(): Promise<void> {
    if (this.#exit !== undefined) return;
    this.kill('SIGTERM');
    if ((await this.waitForExit(2000)) === undefined) {
      this.kill('SIGKILL');
      await this.waitForExit(2000);
    }
  }
}

/** The end of a text, in a fixed amount of memory: however fast it comes, each byte is copied once. */
class Tail {
  readonly #ring: Buffer;
  /** Where the next byte goes. */
  #at = 0;
  #full = false;

  constructor(size: number) {
    this.#ring = Buffer.alloc(size);
  }

  add(text: string): void {
    const ring = this.#ring;
    const bytes = Buffer.from(text);
    const last = bytes.subarray(Math.max(0, bytes.length - ring.length));
    const copied = last.copy(ring, this.#at);
    last.copy(ring, 0, copied);
    this.#full ||= this.#at + last.length >= ring.length;
    this.#at = (this.#at + last.length) % ring.length;
  }

  get text(): string {
    const ring = this.#ring;
    if (!this.#full) return ring.toString('utf8', 0, this.#at);
    const bytes = Buffer.concat([ring.subarray(this.#at), ring.subarray(0, this.#at)]);
    // It may begin in the middle of a character.
    let start = 0;
    while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
    return bytes.toString('utf8', start);
  }
}

const live = new Set<ServerProcess>();
let watchesExit = false;

/**
 * The last resort for an exit that nobody planned: leave no server behind. From the first server on, and not before: to
 * import this changes nothing in the process.
 */
function killAllOnExit(): void {
  if (watchesExit) return;
  watchesExit = true;
  process.on('exit', () => {
    for (const server of live) server.kill('SIGKILL');
  });
}
