import { Command } from 'commander';
import { addSelectionOptions, type SelectionOptions } from '../options.js';
import { print, printJson } from '../stdout.js';

interface ListOptions extends SelectionOptions {
  readonly json?: true;
}

/** `qmpspec list` */
export function listCommand(): Command {
  return addSelectionOptions(new Command('list'))
    .description('list the rules')
    .option('--json', 'as JSON')
    .addHelpText('after', "\nExamples:\n  qmpspec list --suite yank\n  qmpspec list --rule 'id.*' --json")
    .action(async (options: ListOptions) => {
      const [{ selectRules }, { suites }] = await Promise.all([
        import('../../rules/plan.js'),
        import('../../../suites/index.js'),
      ]);
      const selection = { suites: options.suite, rules: options.rule, exclude: options.exclude };
      const rows = selectRules(suites, selection).map(({ suite, rule }) => ({
        id: rule.id,
        title: rule.title,
        level: rule.level,
        suite,
        reference: { document: rule.reference.document, section: rule.reference.section },
        since: rule.since,
        protocol: rule.needs?.protocol ?? 'qmp',
        faults: rule.detects,
      }));
      if (options.json === true) {
        printJson(JSON.stringify(rows, null, 2));
        return;
      }
      const width = Math.max(...rows.map(({ id }) => id.length));
      for (const { id, level, title } of rows) {
        print(`${id.padEnd(width)}  ${level.padEnd(6)}  ${title}\n`);
      }
    });
}
