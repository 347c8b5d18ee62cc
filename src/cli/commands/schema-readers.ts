import { Option, type Command } from 'commander';
import { addTimeoutOption, collect } from '../options.js';
import type { DiffOptions } from '../schema-diff.js';

/** `qmpspec schema diff | show | list` */
export function addSchemaReaders(schema: Command): void {
  const diff = schema
    .command('diff')
    .description('what has changed between two schemas, and does it break clients?')
    .argument(
      '<a>',
      'the schema that clients know: a QAPI schema file, a saved reply to query-qmp-schema, or',
    )
    .argument('<b>', 'the address of a server (unix:PATH or tcp:HOST:PORT); and the one that takes its place')
    .option('--define <name>', 'a condition symbol that holds in schema files (repeatable)', collect, [])
    .addOption(
      new Option('--format <name>', 'what stdout gets').choices(['text', 'json', 'markdown']).default('text'),
    )
    .option('--no-color', 'no colours');
  addTimeoutOption(diff)
    .addHelpText(
      'after',
      [
        '\nExit codes: 0 nothing breaks, 1 something does, 2 usage or input error, 3 a server cannot be asked,',
        '70 qmpspec itself failed.',
        '\nExamples:',
        '  qmpspec schema diff v9.2/qapi/qapi-schema.json qapi/qapi-schema.json',
        '  qmpspec schema diff saved-schema.json unix:/run/vm.qmp --format json',
      ].join('\n'),
    )
    .action(async (a: string, b: string, options: DiffOptions) => {
      const { printDiff } = await import('../schema-diff.js');
      process.exitCode = await printDiff(a, b, options);
    });
  schema
    .command('show')
    .description('a command, an event or a type, with its documentation')
    .argument('<file>', 'a QAPI schema file, or a saved reply to query-qmp-schema')
    .argument('<name>', 'the name of a command, event or type')
    .option('--no-color', 'no colours')
    .addHelpText('after', '\nExample: qmpspec schema show qapi/qapi-schema.json blockdev-add')
    .action(async (file: string, name: string, { color }: { readonly color: boolean }) => {
      const { showDefinition } = await import('../schema-show.js');
      showDefinition(file, name, color);
    });
  schema
    .command('list')
    .description('the names of commands, events and types')
    .argument('<file>', 'a QAPI schema file, or a saved reply to query-qmp-schema')
    .argument('[pattern]', 'only names that match, such as blockdev-*')
    .option('--json', 'as JSON')
    .addHelpText('after', "\nExample: qmpspec schema list qapi/qapi-schema.json 'blockdev-*'")
    .action(async (file: string, pattern: string | undefined, { json }: { readonly json?: true }) => {
      const { listDefinitions } = await import('../schema-show.js');
      listDefinitions(file, pattern, json === true);
    });
}
