import { join } from 'node:path';
import { InputError } from '../input-error.js';
import { FakeServer, faultsById } from '../fake/index.js';
import { applyConditions } from '../qapi/index.js';
import { showEndpoint } from '../qmp/index.js';
import { makePrivateFolder, removePrivateFolder } from '../run/index.js';
import { bundledSchema } from '../selftest/index.js';
import { endpointOf, checkServable, givenSchema } from './inputs.js';
import type { ProtocolOptions, SchemaOptions } from './options.js';

/**
 * Runs the reference server until a client tells it to quit, or the user does.
 *
 * @returns the exit status: that of a fault by which the server ends, else 0
 */
export async function serveFake(
  options: SchemaOptions &
    ProtocolOptions & {
      readonly listen?: string;
      readonly fault: readonly string[];
      readonly seed: number;
    },
): Promise<number> {
  const { protocol } = options;
  const given = givenSchema(options)?.schema;
  if (given !== undefined) checkServable(given, protocol);
  // What holds is said with --define, as for `schema introspect`.
  const schema = given === undefined ? bundledSchema(protocol) : applyConditions(given, () => false);
  const faults = faultsById(options.fault);
  const misplaced = faults.find((fault) => fault.protocol === 'qga' && protocol !== 'qga');
  if (misplaced !== undefined)
    throw new InputError(`'${misplaced.id}' is a fault of a guest agent; add --protocol qga`);
  const folder = options.listen === undefined ? await makePrivateFolder() : undefined;
  const listen = endpointOf(options.listen ?? `unix:${join(folder ?? '', 'qmp')}`);
  try {
    return await new Promise<number>((resolve, reject) => {
      FakeServer.start({ protocol, schema, listen, seed: options.seed, faults, onQuit: resolve }).then(
        (server) => {
          process.stderr.write(`qmpspec: listening on ${showEndpoint(server.endpoint)}\n`);
          const end = (): void => {
            server.close().then(() => {
              resolve(0);
            }, reject);
          };
          process.once('SIGINT', end);
          process.once('SIGTERM', end);
        },
        reject,
      );
    });
  } finally {
    if (folder !== undefined) await removePrivateFolder(folder);
  }
}
