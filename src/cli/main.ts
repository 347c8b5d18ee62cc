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
import { exitCodeOf, explain } from './errors.js';

const EXAMPLES = `
Examples:
  qmpspec run                                 check the bundled fake
  qmpspec run --qemu qemu-system-x86_64       check a QEMU
  qmpspec list --suite yank                   what is checked?
  qmpspec help run                            all about one command`;

const program = new Command('qmpspec')
  .description('Conformance tests for QMP, the QEMU Machine Protocol')
  .version(packageVersion, '-V, --version')
  .showHelpAfterError('(try --help)')
  .exitOverride()
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

// A reader that has seen enough (`| head`) is no error, and no reason to leave a run without its reports and exit code.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// A signal that nobody minds would end the process without its exit handlers, which end the servers it has started.
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(status);
  });
}

try {
  await program.parseAsync();
} catch (error) {
  // Commander has said what was wrong with the command line, and why there is help.
  if (!(error instanceof CommanderError)) process.stderr.write(`${explain(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
