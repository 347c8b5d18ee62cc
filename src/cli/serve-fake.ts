import { join } from 'node:path';
import { InputError } from '../input-error.js';
import { FakeServer, faultsById, type FakeOptions } from '../fake/index.js';
import { applyConditions, introspect } from '../qapi/index.js';
import { showEndpoint } from '../qmp/index.js';
import { bundledSchema } from '../target/bundled-fake.js';
import { makePrivateFolder, removePrivateFolder } from '../target/index.js';
import { endpointOf, checkServable, givenSchema } from './inputs.js';
import type { ProtocolOptions, SchemaOptions } from './options.js';
import { say } from './stderr.js';

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
  const served = servedSchema(options);
  const faults = faultsById(options.fault);
  const misplaced = faults.find((fault) => fault.protocol === 'qga' && protocol !== 'qga');
  if (misplaced !== undefined)
    throw new InputError(`'${misplaced.id}' is a fault of a guest agent; add --protocol qga`);
  const folder = options.listen === undefined ? await makePrivateFolder() : undefined;
  const listen = endpointOf(options.listen ?? `unix:${join(folder ?? '', 'qmp')}`);
  try {
    return await new Promise<number>((resolve, reject) => {
      FakeServer.start({ protocol, ...served, listen, seed: options.seed, faults, onQuit: resolve }).then(
        (server) => {
          say(`qmpspec: listening on ${showEndpoint(server.endpoint)}`);
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

/**
 * The schema that the options name, as a server has it that was built with what they define, and what that says of
 * itself: as `schema introspect` prints it.
 */
function servedSchema(
  options: SchemaOptions & ProtocolOptions,
): Pick<FakeOptions, 'schema' | 'introspection'> {
  const { protocol, schema, define } = options;
  // Names that introspection makes up count what conditions leave out, so they are needed as well.
  const whole = givenSchema(schema === undefined ? options : { schema, define: [] })?.schema;
  if (whole === undefined) return { schema: bundledSchema(protocol) };
  checkServable(whole, protocol);
  const symbols = new Set(define);
  return {
    schema: applyConditions(whole, (symbol) => symbols.has(symbol)),
    introspection: introspect(whole, { defines: define }),
  };
}
