import { Command } from 'commander';
import { MAX_SEED } from '../../library/defaults.js';
import {
  addProtocolOption,
  addSchemaOptions,
  collect,
  wholeNumber,
  type ProtocolOptions,
  type SchemaOptions,
} from '../options.js';

interface FakeOptions extends SchemaOptions, ProtocolOptions {
  readonly listen?: string;
  readonly fault: readonly string[];
  readonly seed: number;
}

/** `qmpspec fake` */
export function fakeCommand(): Command {
  return addProtocolOption(addSchemaOptions(new Command('fake')))
    .description('run the reference server until it is told to quit')
    .option(
      '--listen <address>',
      'unix:PATH or tcp:HOST:PORT on this machine (default: a Unix socket in a fresh folder)',
    )
    .option('--fault <id>', 'show a fault, see qmpspec faults (repeatable)', collect, [])
    .option('--seed <n>', 'what makes up values for commands without a model', wholeNumber(0, MAX_SEED), 1)
    .addHelpText(
      'after',
      [
        '\nExamples:',
        '  qmpspec fake --listen unix:/tmp/qmp.sock --fault id-lost-on-errors',
        '  qmpspec fake --protocol qga --listen unix:/tmp/qga.sock',
      ].join('\n'),
    )
    .action(async (options: FakeOptions) => {
      const { serveFake } = await import('../serve-fake.js');
      process.exitCode = await serveFake(options);
    });
}
