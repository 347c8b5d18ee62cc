/**
 * The bundled fake as a target: started in this process, over a real Unix socket.
 */
import { join } from 'node:path';
import { FakeServer, type Fault } from '../fake/index.js';
import { InputError } from '../input-error.js';
import { packageFile } from '../package.js';
import { applyConditions, formatError, loadSchema, type Schema } from '../qapi/index.js';
import type { Exit } from '../qmp/index.js';
import { makePrivateFolder, removePrivateFolder, type TargetSource } from '../run/index.js';

let loaded: Schema | undefined;

/** The bundled schema, as of a server that was built with everything. */
export function referenceSchema(): Schema {
  if (loaded === undefined) {
    const { schema, errors } = loadSchema(
      packageFile('fixtures', 'schemas', 'reference', 'qapi-schema.json'),
    );
    if (errors !== undefined)
      throw new InputError(`the bundled schema is damaged: ${errors.map(formatError).join('; ')}`);
    loaded = applyConditions(schema, () => true);
  }
  return loaded;
}

export interface FakeSourceOptions {
  readonly faults?: readonly Fault[];
  readonly schema?: Schema;
  readonly seed?: number;
}

/** Fakes to be tested; each start gives a fresh one. */
export function fakeSource({ faults = [], schema, seed }: FakeSourceOptions = {}): TargetSource {
  return {
    command: ['the bundled fake', ...faults.map(({ id }) => `--fault ${id}`)].join(' '),
    owned: true,
    arguments: [],
    start: async () => {
      const folder = await makePrivateFolder();
      let exit: Exit | undefined;
      let onExit: (ended: Exit) => void = () => undefined;
      const exited = new Promise<Exit>((resolve) => {
        onExit = resolve;
      });
      const server = await FakeServer.start({
        schema: schema ?? referenceSchema(),
        listen: { kind: 'unix', path: join(folder, 'qmp') },
        faults,
        ...(seed === undefined ? {} : { seed }),
        onQuit: (status) => {
          exit = { code: status, signal: null };
          onExit(exit);
        },
      });
      return {
        monitors: [server.endpoint, server.endpoint],
        sharesFiles: true,
        exit: () => exit,
        waitForExit: (timeoutMs) => Promise.race([exited, timeout(timeoutMs)]),
        stop: async () => {
          await server.close();
          await removePrivateFolder(folder);
        },
      };
    },
  };
}

function timeout(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds, undefined).unref();
  });
}
