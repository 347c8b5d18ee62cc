/**
 * From a command line to an exit code. Each command has a file of its own, loaded when it is called: whoever wants a
 * list of rules does not wait for a QMP client.
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
import { say, sayLines } from './stderr.js';
import { print } from './stdout.js';

const EXAMPLES = `
Examples:
  qmpspec run                                 check the bundled fake
  qmpspec run --qemu qemu-system-x86_64       check a QEMU
  qmpspec list --suite yank                   what is checked?
  qmpspec help run                            all about one command

Exit codes: 0 it holds, 1 it does not, 2 usage or input error, 3 the target cannot be tested,
70 qmpspec itself failed, 130 interrupted.`;

/** The program, with all its commands. One takes one command line: what options were given stays in it. */
function program(): Command {
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
  return program;
}

/** Does what a command line asks for, and sets the exit code of the process. */
export async function obey(words: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(words, { from: 'user' });
  } catch (error) {
    // Commander has said what was wrong with the command line, and why there is help.
    if (!(error instanceof CommanderError)) say(explain(error));
    const code = exitCodeOf(error);
    if (code !== 0) process.exitCode = code;
  }
}
