import { join } from 'node:path';
import { FakeServer, faultsById } from '../fake/index.js';
import { showEndpoint } from '../qmp/index.js';
import { makePrivateFolder, removePrivateFolder } from '../run/index.js';
import { referenceSchema } from '../selftest/index.js';
import { endpointOf, givenSchema } from './inputs.js';
import type { SchemaOptions } from './options.js';

/**
 * Runs the reference server until a client tells it to quit, or the user does.
 *
 * @returns the exit status: that of a fault by which the server ends, else 0
 */
export async function serveFake(
  options: SchemaOptions & {
    readonly listen?: string;
    readonly fault: readonly string[];
    readonly seed: number;
  },
): Promise<number> {
  const schema = givenSchema(options)?.schema ?? referenceSchema();
  const faults = faultsById(options.fault);
  const folder = options.listen === undefined ? await makePrivateFolder() : undefined;
  const listen = endpointOf(options.listen ?? `unix:${join(folder ?? '', 'qmp')}`);
  try {
    return await new Promise<number>((resolve, reject) => {
      FakeServer.start({ schema, listen, seed: options.seed, faults, onQuit: resolve }).then((server) => {
        process.stderr.write(`qmpspec: listening on ${showEndpoint(server.endpoint)}\n`);
        const end = (): void => {
          server.close().then(() => {
            resolve(0);
          }, reject);
        };
        process.once('SIGINT', end);
        process.once('SIGTERM', end);
      }, reject);
    });
  } finally {
    if (folder !== undefined) await removePrivateFolder(folder);
  }
}
