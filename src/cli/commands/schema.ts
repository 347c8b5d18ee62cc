import { Command } from 'commander';
import { collect } from '../options.js';
import { addSchemaReaders } from './schema-readers.js';
import type { IntrospectionOptions } from '../schema-files.js';

/** `qmpspec schema check | introspect | json-schema | diff | show | list` */
export function schemaCommand(): Command {
  const schema = new Command('schema')
    .description('read QAPI schemas')
    .addHelpText(
      'after',
      [
        '\nExamples:',
        '  qmpspec schema check qapi/qapi-schema.json',
        '  qmpspec schema introspect qapi/qapi-schema.json --define CONFIG_LINUX',
        '  qmpspec schema json-schema qapi/qapi-schema.json',
        '  qmpspec schema diff old/qapi-schema.json qapi/qapi-schema.json',
        '  qmpspec schema show qapi/qapi-schema.json blockdev-add',
      ].join('\n'),
    );
  schema
    .command('check')
    .description('is a schema valid?')
    .argument('<file...>', 'QAPI schema files, or saved replies to query-qmp-schema')
    .option('--dialect <release>', 'auto, or the QEMU release whose front end judges, such as 7.2', 'auto')
    .addHelpText(
      'after',
      [
        '\nauto: valid by the rules of any release from 2.8 on, and it says which; else the errors by those that fit best.',
        'Exit code 1: it is not; each error on stderr as FILE:LINE: message.',
        '\nExample: qmpspec schema check qapi/qapi-schema.json storage-daemon/qapi/qapi-schema.json',
      ].join('\n'),
    )
    .action(async (files: string[], { dialect }: { readonly dialect: string }) => {
      const { checkSchemas } = await import('../schema-check.js');
      process.exitCode = checkSchemas(files, dialect);
    });
  schema
    .command('introspect')
    .description('what query-qmp-schema of a server built from a schema returns')
    .argument('<file>', 'a QAPI schema file')
    .option('--define <name>', 'a condition symbol that holds (repeatable)', collect, [])
    .option(
      '--define-from <dump>',
      'find the symbols under which the schema best explains a saved reply to query-qmp-schema, or a running server (unix:PATH or tcp:HOST:PORT)',
    )
    .option('--symbols', 'print what --define-from finds as JSON, in place of the introspection')
    .option('--all-conditions', 'keep every element, whatever its condition')
    .addHelpText(
      'after',
      [
        '\nExamples:',
        '  qmpspec schema introspect qapi/qapi-schema.json --define CONFIG_LINUX',
        '  qmpspec schema introspect qapi/qapi-schema.json --define-from reply.json --symbols',
      ].join('\n'),
    )
    .action(async (file: string, options: IntrospectionOptions) => {
      const { printIntrospection } = await import('../schema-files.js');
      await printIntrospection(file, options);
    });
  schema
    .command('json-schema')
    .description('a schema as one JSON Schema document (2020-12)')
    .argument('<file>', 'a QAPI schema file, or a saved reply to query-qmp-schema')
    .addHelpText('after', '\nExample: qmpspec schema json-schema qapi/qapi-schema.json')
    .action(async (file: string) => {
      const { printJsonSchema } = await import('../schema-files.js');
      printJsonSchema(file);
    });
  addSchemaReaders(schema);
  return schema;
}
