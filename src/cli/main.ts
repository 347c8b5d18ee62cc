#!/usr/bin/env node
/**
 * The command line. Each command has a file of its own, loaded when it is called: whoever wants a list of rules does
 * not wait for a QMP client.
 */
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../package.js';
import { fakeCommand } from './commands/fake.js';
import { faultsCommand } from './commands/faults.js';
import { listCommand } from './commands/list.js';
import { replayCommand } from './commands/replay.js';
import { runCommand } from './commands/run.js';
import { schemaCommand } from './commands/schema.js';
import { selftestCommand } from './commands/selftest.js';
import { exitCodeOf, explain } from './errors.js';

const program = new Command('qmpspec')
  .description('Conformance tests for QMP, the QEMU Machine Protocol')
  .version(packageVersion, '-V, --version')
  .showHelpAfterError('(try --help)')
  .configureHelp({ showGlobalOptions: false });
for (const command of [
  runCommand(),
  listCommand(),
  fakeCommand(),
  faultsCommand(),
  selftestCommand(),
  replayCommand(),
  schemaCommand(),
]) {
  program.addCommand(command.copyInheritedSettings(program));
}
for (const command of [
  program,
  ...program.commands,
  ...program.commands.flatMap(({ commands }) => commands),
]) {
  command.exitOverride();
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  // Commander has said what was wrong with the command line, and why there is help.
  if (!(error instanceof CommanderError)) process.stderr.write(`${explain(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
