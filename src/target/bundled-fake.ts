/**
 * The bundled fake as a target: started in this process, over a real Unix socket.
 */
import { join } from 'node:path';
import { FakeServer, type Fault } from '../fake/index.js';
import { InputError } from '../input-error.js';
import { packageFile } from '../package.js';
import { applyConditions, formatError, loadSchema, type Schema } from '../qapi/index.js';
import type { Exit, Protocol } from '../qmp/index.js';
import { makePrivateFolder, removePrivateFolder } from './private-folder.js';
import { protocolArguments, type TargetSource } from './target.js';

const loaded = new Map<Protocol, Schema>();
const FOLDERS = { qmp: 'reference', qga: 'qga' } as const;

/** The bundled schema for a protocol, as of a server that was built with everything. */
export function bundledSchema(protocol: Protocol): Schema {
  const known = loaded.get(protocol);
  if (known !== undefined) return known;
  const { schema, errors } = loadSchema(
    packageFile('fixtures', 'schemas', FOLDERS[protocol], 'qapi-schema.json'),
  );
  if (errors !== undefined)
    throw new InputError(`the bundled schema is damaged: ${errors.map(formatError).join('; ')}`);
  const complete = applyConditions(schema, () => true);
  loaded.set(protocol, complete);
  return complete;
}

/** The bundled schema of a monitor. */
export function referenceSchema(): Schema {
  return bundledSchema('qmp');
}

export interface FakeSourceOptions {
  /** QMP when left out. */
  readonly protocol?: Protocol;
  readonly faults?: readonly Fault[];
  readonly schema?: Schema;
  readonly seed?: number;
}

/** Fakes to be tested; each start gives a fresh one. */
export function fakeSource({
  protocol = 'qmp',
  faults = [],
  schema,
  seed,
}: FakeSourceOptions = {}): TargetSource {
  return {
    protocol,
    command: [
      'the bundled fake',
      ...protocolArguments(protocol),
      ...faults.map(({ id }) => `--fault ${id}`),
    ].join(' '),
    owned: true,
    sideEffectFree: true,
    arguments: protocolArguments(protocol),
    start: async () => {
      const folder = await makePrivateFolder();
      let exit: Exit | undefined;
      let onExit: (ended: Exit) => void = () => undefined;
      const exited = new Promise<Exit>((resolve) => {
        onExit = resolve;
      });
      const server = await FakeServer.start({
        protocol,
        schema: schema ?? bundledSchema(protocol),
        listen: { kind: 'unix', path: join(folder, 'qmp') },
        faults,
        ...(seed === undefined ? {} : { seed }),
        onQuit: (status) => {
          exit = { code: status, signal: null };
          onExit(exit);
        },
      });
      return {
        protocol,
        // A guest agent serves one client at a time.
        monitors: protocol === 'qmp' ? [server.endpoint, server.endpoint] : [server.endpoint],
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
