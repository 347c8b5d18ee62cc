/**
 * The tests that `npm run test:quick` leaves out, and why. What is not named here is quick.
 */

/** Files and folders below `test`, each with what makes it slow. */
export const slow: Readonly<Record<string, string>> = {
  'bounded/': 'processes that are flooded',
  'cli/': 'starts the command line',
  'qmp/process.test.ts': 'starts server processes',
  'real/': 'starts programs of QEMU, or reads its whole schema',
  'run/replay.test.ts': 'starts the command line',
  'selftest/': 'tries every fault, in processes',
  'test-process.test.ts': 'starts test processes',

  'campaign/campaign.test.ts': 'whole campaigns against targets that die',
  'campaign/crashes.test.ts': 'whole campaigns against targets that die or hang',
  'cases/case-source.test.ts': 'every case of the reference schema',
  'generate/agreement.test.ts': 'every generated case, against ajv',
  'generate/generator.test.ts': 'every generated case, several times',
  'generate/operators/random.test.ts': 'random cases for every command',
  'judge/agreement.test.ts': 'random schemas, compiled by ajv',
  'library/docs.test.ts': 'builds the documentation',
  'library/package.test.ts': 'packs the package and tries it outside',
  'minimize/arguments.test.ts': 'minimizes thousands of values',
  'qapi/load/mutation.test.ts': 'loads a schema with each of its characters spoilt',
  'result/coverage.test.ts': 'runs of all generated cases',
  'run/determinism.test.ts': 'whole runs, each twice',
  'run/gone.test.ts': 'runs against targets that die everywhere',
  'run/silence.test.ts': 'waits for servers that keep silent',
};

/** Is a file left out? */
export function isSlow(file: string): boolean {
  return Object.keys(slow).some((name) => file === name || (name.endsWith('/') && file.startsWith(name)));
}
