/**
 * Exceptions that nobody catches: defects of qmpspec. They end it with an exit code of its own and a request to report
 * them, and what a run has found by then is still written.
 */
import { DEFECT, explain } from './errors.js';
import { say } from './stderr.js';

/** A run that has been told to end may take this long to write its reports, in milliseconds. */
const RESCUE_MS = 10_000;

let seen = false;
let rescue: (() => void) | undefined;

/** From now on, an exception that nobody catches is reported; a rejected promise becomes one. */
export function watchForDefects(): void {
  process.on('uncaughtException', (error) => {
    // What follows from the first one teaches nothing.
    if (seen) return;
    seen = true;
    say(explain(error));
    if (rescue === undefined) process.exit(DEFECT);
    setTimeout(() => process.exit(DEFECT), RESCUE_MS).unref();
    rescue();
  });
  process.on('exit', () => {
    if (seen) process.exitCode = DEFECT;
  });
}

/**
 * @param end ends what goes on in good order; undefined when nothing has to be rescued any more
 */
export function onDefect(end: (() => void) | undefined): void {
  rescue = end;
}
