import { Command } from 'commander';

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
        process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
        return;
      }
      const width = Math.max(...rows.map(({ id }) => id.length));
      for (const { id, title } of rows) process.stdout.write(`${id.padEnd(width)}  ${title}\n`);
    });
}
