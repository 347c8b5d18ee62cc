import { Command, Option } from 'commander';
import { MAX_JOBS, MAX_SEED, RUN_DEFAULTS } from '../../library/defaults.js';
import {
  addSchemaOptions,
  addSelectionOptions,
  addTargetOptions,
  addTimeoutOption,
  collect,
  shard,
  wholeNumber,
} from '../options.js';
import type { RunCommandOptions } from '../run-and-report.js';

const EXAMPLES = `
Examples:
  qmpspec run                                       the bundled fake
  qmpspec run --qemu qemu-system-x86_64             a QEMU of yours, everything
  qmpspec run --target unix:/run/vm.qmp             a VM that runs already; changes nothing
  qmpspec run --spawn 'qemu-storage-daemon --chardev socket,id=c,path={socket},server=on,wait=off --monitor chardev=c'
  qmpspec run --protocol qga --spawn 'qemu-ga -m unix-listen -p {socket} -t {dir}'

Exit codes: 0 conformant, 1 nonconformities found, 2 usage or input error, 3 the target cannot be tested,
70 qmpspec itself failed, 130 interrupted.`;

/** `qmpspec run` */
export function runCommand(): Command {
  const command = new Command('run').description('check a QMP server, or a guest agent, against the rules');
  addTargetOptions(command);
  addSchemaOptions(command);
  addSelectionOptions(command);
  addTimeoutOption(command);
  return command
    .addOption(
      new Option('--level <level>', 'judge rules of this level and above; others are shown')
        .choices(['must', 'should', 'info'])
        .default(RUN_DEFAULTS.level),
    )
    .addOption(
      new Option(
        '--profile <profile>',
        'readonly: queries only; safe: nothing that changes state; full: everything (default: safe for --target, else full)',
      ).choices(['readonly', 'safe', 'full']),
    )
    .option('--command <pattern>', 'only requests of these QMP commands (repeatable)', collect, [])
    .option('--seed <n>', 'what random cases follow from', wholeNumber(0, MAX_SEED), RUN_DEFAULTS.seed)
    .option(
      '--runs <n>',
      'random cases for each command, or of a rule that makes some up',
      wholeNumber(0),
      RUN_DEFAULTS.runs,
    )
    .option(
      '--jobs <n>',
      'send generated requests to so many targets at the same time',
      wholeNumber(1, MAX_JOBS),
      RUN_DEFAULTS.jobs,
    )
    .option('--shard <i/n>', 'only the i-th of n parts of the run', shard)
    .option('--max-failures <n>', 'stop when so many rules have failed', wholeNumber(1))
    .option('--repeat <n>', 'check everything so many times', wholeNumber(1), RUN_DEFAULTS.repeat)
    .option('--report-dir <folder>', 'where the reports go', 'reports/latest')
    .addOption(
      new Option('--reporter <name>', 'what stdout gets (default: pretty on a terminal, else tap)').choices([
        'pretty',
        'tap',
        'github',
        'quiet',
      ]),
    )
    .option('--waivers <file>', 'known deviations that shall not count (repeatable)', collect, [])
    .option('--no-builtin-waivers', 'proven deviations of released QEMUs count as failures')
    .option('--no-color', 'no colours')
    .addHelpText('after', EXAMPLES)
    .action(async (options: RunCommandOptions) => {
      const { runAndReport } = await import('../run-and-report.js');
      process.exitCode = await runAndReport(options);
    });
}
