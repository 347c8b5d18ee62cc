/**
 * What tests against real programs share: is the program there.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Test } from 'tap';

/**
 * Looks for a program on PATH. Without it the test is skipped; where CI is set it fails, so that no pipeline goes
 * green by testing nothing.
 *
 * @returns the path of the program; undefined when the test has nothing more to do
 */
export function requireBinary(t: Test, name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && isProgram(path)) return path;
  }
  const missing = `${name} is not on PATH: nothing was compared with it`;
  if (process.env.CI === undefined) t.pass(missing, { skip: missing });
  else t.fail(missing);
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Starts a program that dies with the test; what it writes to stderr becomes a comment. */
export function start(t: Test, program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
    child.once('error', (error) => {
      t.comment(error.message);
      resolve();
    });
  });
  child.stderr.on('data', (text: Buffer) => {
    t.comment(text.toString());
  });
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return child;
}

/**
 * Looks for the source tree of a QEMU, which QMPSPEC_QEMU_SOURCE names. Without it the test is skipped; whoever sets it
 * in a pipeline wants it used.
 *
 * @returns the path of the tree; undefined when the test has nothing more to do
 */
export function requireSource(t: Test): string | undefined {
  const tree = process.env.QMPSPEC_QEMU_SOURCE;
  if (tree !== undefined && statSync(tree, { throwIfNoEntry: false })?.isDirectory() === true) return tree;
  const missing =
    tree === undefined
      ? 'QMPSPEC_QEMU_SOURCE is not set: no schema of a real QEMU was read'
      : `QMPSPEC_QEMU_SOURCE names ${tree}, which is no folder: no schema of a real QEMU was read`;
  if (tree !== undefined && process.env.CI !== undefined) t.fail(missing);
  else t.pass(missing, { skip: missing });
  return undefined;
}
