#!/usr/bin/env node
/**
 * The process of a command line: what ends it, and what it ends with.
 */
import { DEFECT } from './errors.js';
import { watchForDefects } from './defects.js';
import { obey } from './program.js';
import { say } from './stderr.js';
import { stdoutFailure } from './stdout.js';

watchForDefects();

// An exit code that a command has set is its verdict, which holds whoever reads it. Else stdout is all that was asked for.
process.on('exit', () => {
  const failure = stdoutFailure();
  if (failure === undefined) return;
  say(`qmpspec: stdout could not be written: ${failure.message}`);
  process.exitCode ??= DEFECT;
});

// A signal that nobody minds would end the process without its exit handlers, which end the servers it has started.
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(status);
  });
}

let answered = false;
process.on('beforeExit', () => {
  if (!answered) throw new Error('the command waits for something that will never come');
});

await obey(process.argv.slice(2));
answered = true;
