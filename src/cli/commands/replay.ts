import { Command } from 'commander';
import { addSchemaOptions, addTargetOptions, addTimeoutOption } from '../options.js';
import type { ReplayCommandOptions } from '../replay-file.js';

/** `qmpspec replay` */
export function replayCommand(): Command {
  const command = new Command('replay')
    .description('send what showed a failure again, and judge the replies')
    .argument('<file>', 'a file below replay/ of a report folder');
  addTargetOptions(command);
  addSchemaOptions(command);
  addTimeoutOption(command);
  return command
    .addHelpText(
      'after',
      [
        '\nWithout a target the bundled fake is used. Exit code 1: the failure shows again.',
        '\nExample: qmpspec replay reports/latest/replay/id.echo-1.json --target unix:/run/vm.qmp',
      ].join('\n'),
    )
    .action(async (file: string, options: ReplayCommandOptions) => {
      const { replayFile } = await import('../replay-file.js');
      process.exitCode = await replayFile(file, options);
    });
}
