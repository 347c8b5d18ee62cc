/**
 * The one way to stdout; the linter forbids others. What goes there was asked for, and is in a format whose writer
 * takes care of untrusted text; that nothing steers a terminal is made sure of here once more.
 *
 * Nothing here throws: a run whose reader has gone still has its reports to write and its verdict to tell.
 */
import { paintedText, visibleJson } from '../text.js';

let failure: NodeJS.ErrnoException | undefined;
process.stdout.on('error', fail);

/** What has to be known of the terminal, if stdout is one. */
export const terminal: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> = process.stdout;

/** Prints text for people, or in a format of lines. */
export function print(text: string): void {
  write(paintedText(text));
}

/** Prints a JSON text and ends the line. */
export function printJson(json: string): void {
  write(`${visibleJson(json)}\n`);
}

/** Why not everything could be written. A reader that has seen enough (`| head`) is no reason. */
export function stdoutFailure(): Error | undefined {
  return failure?.code === 'EPIPE' ? undefined : failure;
}

function write(text: string): void {
  // What comes after something that is missing would make no sense.
  if (failure !== undefined) return;
  try {
    process.stdout.write(text);
  } catch (error) {
    // A stream to a file may also throw where others emit an error.
    fail(error as NodeJS.ErrnoException);
  }
}

function fail(error: NodeJS.ErrnoException): void {
  failure ??= error;
}
