import { Command } from 'commander';
import { print, printJson } from '../stdout.js';

/** `qmpspec faults` */
export function faultsCommand(): Command {
  return new Command('faults')
    .description('list the faults that the fake can show')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  qmpspec faults --json\n  qmpspec fake --fault lf-only')
    .action(async (options: { readonly json?: true }) => {
      const [{ faults }, { suites }] = await Promise.all([
        import('../../fake/index.js'),
        import('../../../suites/index.js'),
      ]);
      const rules = suites.flatMap((suite) => suite.rules);
      const rows = faults.map(({ id, title, protocol = 'qmp' }) => ({
        id,
        title,
        protocol,
        rules: rules.filter(({ detects }) => detects.includes(id)).map((rule) => rule.id),
      }));
      if (options.json === true) {
        printJson(JSON.stringify(rows, null, 2));
        return;
      }
      const width = Math.max(...rows.map(({ id }) => id.length));
      for (const { id, title } of rows) print(`${id.padEnd(width)}  ${title}\n`);
    });
}
