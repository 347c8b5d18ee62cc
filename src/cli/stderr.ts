/**
 * The one way to stderr; the linter forbids others. What is said may quote a server, a file or the command line, so
 * all of it is escaped here, whoever wrote it and whatever was escaped before.
 */
import { paintedText, visible } from '../text.js';

// Who closes stderr, or fills its disk, only wants to hear nothing.
process.stderr.on('error', () => undefined);

/** For what has to know the terminal, or, as the progress bar, to draw on it. */
export const terminal = process.stderr;

/**
 * Says one thing to whoever watches. Lines after the first are indented: nothing that is quoted in a message can pass
 * for a message of its own.
 */
export function say(message: string): void {
  write(`${visible(message).replace(/\n(?! {2}|\n)/g, '\n  ')}\n`);
}

/** Says what is laid out already, line by line: nothing is indented. */
export function sayLines(text: string): void {
  write(`${visible(text)}\n`);
}

/** Says what has been made for a terminal: our own colours and tabs stay. */
export function sayPainted(text: string): void {
  write(`${paintedText(text)}\n`);
}

function write(text: string): void {
  try {
    process.stderr.write(text);
  } catch {
    // A stream to a file may also throw where others emit an error.
  }
}
