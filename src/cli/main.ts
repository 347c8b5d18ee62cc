#!/usr/bin/env node
/**
 * The command line. Each command has a file of its own, loaded when it is called: whoever wants a list of rules does
 * not wait for a QMP client.
 */
import { Command, CommanderError, Help } from 'commander';
import { packageVersion } from '../package.js';
import { fakeCommand } from './commands/fake.js';
import { faultsCommand } from './commands/faults.js';
import { listCommand } from './commands/list.js';
import { replayCommand } from './commands/replay.js';
import { runCommand } from './commands/run.js';
import { schemaCommand } from './commands/schema.js';
import { selftestCommand } from './commands/selftest.js';
import { watchForDefects } from './defects.js';
import { DEFECT, exitCodeOf, explain } from './errors.js';
import { say, sayLines } from './stderr.js';
import { print, stdoutFailure } from './stdout.js';

const EXAMPLES = `
Examples:
  qmpspec run                                 check the bundled fake
  qmpspec run --qemu qemu-system-x86_64       check a QEMU
  qmpspec list --suite yank                   what is checked?
  qmpspec help run                            all about one command

Exit codes: 0 it holds, 1 it does not, 2 usage or input error, 3 the target cannot be tested,
70 qmpspec itself failed, 130 interrupted.`;

const program = new Command('qmpspec')
  .description('Conformance tests for QMP, the QEMU Machine Protocol')
  .version(packageVersion(), '-V, --version')
  .showHelpAfterError('(try --help)')
  .exitOverride()
  .configureOutput({
    writeOut: print,
    writeErr: (text) => {
      sayLines(text.replace(/\n$/, ''));
    },
  })
  // That a repeatable option is empty by default need not be said.
  .configureHelp({
    optionDescription: (option) => new Help().optionDescription(option).replace(' (default: [])', ''),
  })
  .addHelpText('after', EXAMPLES);
for (const command of [
  runCommand(),
  listCommand(),
  fakeCommand(),
  faultsCommand(),
  selftestCommand(),
  replayCommand(),
  schemaCommand(),
]) {
  for (const each of [command, ...command.commands]) each.copyInheritedSettings(program);
  program.addCommand(command);
}

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

try {
  await program.parseAsync();
} catch (error) {
  // Commander has said what was wrong with the command line, and why there is help.
  if (!(error instanceof CommanderError)) say(explain(error));
  const code = exitCodeOf(error);
  if (code !== 0) process.exitCode = code;
}
answered = true;
