import { Command } from 'commander';
import { milliseconds } from '../options.js';
import { say } from '../stderr.js';
import { print, printJson } from '../stdout.js';

/** `qmpspec selftest` */
export function selftestCommand(): Command {
  return new Command('selftest')
    .description('run the suites against the clean fake and against every fault of it')
    .option('--json', 'as JSON')
    .option('--timeout <ms>', 'how long one reply may take', milliseconds, 1000)
    .addHelpText(
      'after',
      '\nExit code 1: a fault is not caught, or a rule does not hold on the clean fake.\n\nExample: qmpspec selftest --json',
    )
    .action(async (options: { readonly json?: true; readonly timeout: number }) => {
      const [{ selftest }, { faults }, { detectionMatrix, trialName }] = await Promise.all([
        import('../../selftest/index.js'),
        import('../../fake/index.js'),
        import('../detection-matrix.js'),
      ]);
      const trials = await selftest({
        faults,
        timeoutMs: options.timeout,
        onTrial: (trial) => {
          if (!trial.ok) say(`${trialName(trial)}: ${trial.problem ?? ''}`);
        },
      });
      if (options.json === true) printJson(JSON.stringify(trials, null, 2));
      else print(detectionMatrix(trials));
      process.exitCode = trials.every(({ ok }) => ok) ? 0 : 1;
    });
}
