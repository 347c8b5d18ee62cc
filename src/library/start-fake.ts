/**
 * The reference server for callers of the library, in this process.
 */
import { join } from 'node:path';
import { FakeServer, faults, faultsById } from '../fake/index.js';
import { InputError } from '../input-error.js';
import { applyConditions, introspect, type Schema } from '../qapi/index.js';
import { showEndpoint, type Endpoint, type Protocol } from '../qmp/index.js';
import { bundledSchema } from '../target/bundled-fake.js';
import { makePrivateFolder, removePrivateFolder } from '../target/index.js';
import { endpointOf } from './endpoint-of.js';
import { checkServable, givenSchema } from './inputs.js';

/**
 * What the fake is. Everything may be left out.
 *
 * @public
 */
export interface FakeOptions {
  /** A monitor (`qmp`) or a guest agent (`qga`). Default: `qmp`. */
  readonly protocol?: Protocol | undefined;
  /**
   * Where it listens: `unix`, a new Unix socket in a private folder that goes with it; `tcp`, a free port of the
   * loopback interface; or an address of this machine, `unix:PATH`, `tcp:HOST:PORT` or an endpoint. Default: `unix`.
   */
  readonly listen?: string | Endpoint | undefined;
  /** What it does wrong: ids of {@link listFaults}. Default: nothing. */
  readonly faults?: readonly string[] | undefined;
  /**
   * What it offers: the path of a QAPI schema file or of a saved reply to query-qmp-schema, or a schema that was
   * loaded, with its conditions. Default: the schema of the package.
   */
  readonly schema?: string | Schema | undefined;
  /** The condition symbols of `schema` that hold; all others do not. */
  readonly defines?: readonly string[] | undefined;
  /** What makes up values of commands that have no model. Default: 1. */
  readonly seed?: number | undefined;
}

/**
 * A fake that listens. It keeps the process alive until it is closed.
 *
 * @public
 */
export interface Fake {
  /** Where it listens, as `unix:PATH` or `tcp:HOST:PORT`. */
  readonly address: string;
  /** The same as a value. */
  readonly endpoint: Endpoint;
  /**
   * Resolves when the fake has ended, with an exit status: 0 when it was closed or told to quit, that of the fault by
   * which it ended otherwise.
   */
  readonly ended: Promise<number>;
  /** Ends all connections and stops to listen; may be called again. */
  close(): Promise<void>;
}

/**
 * A fault: one thing that the fake can do wrong.
 *
 * @public
 */
export interface FaultInfo {
  /** A slug such as `lf-only`; never renamed. */
  readonly id: string;
  /** What the server does, as a statement of fact. */
  readonly title: string;
  /** What the fake has to be to show it. */
  readonly protocol: Protocol;
}

/**
 * All faults that the fake can show.
 *
 * @public
 */
export function listFaults(): FaultInfo[] {
  return faults.map(({ id, title, protocol = 'qmp' }) => ({ id, title, protocol }));
}

/**
 * Starts a fake in this process: a server that greets, negotiates and answers like QEMU, or does what its faults say.
 * Any number of them can run at the same time, each on its own.
 *
 * @throws {@link InputError} when it cannot listen there or must not, when a fault does not exist or is not for this
 * protocol, and when the schema is not valid or cannot be served
 *
 * @public
 */
export async function startFake(options: FakeOptions = {}): Promise<Fake> {
  const { protocol = 'qmp', seed = 1, listen = 'unix' } = options;
  const shown = faultsById(options.faults ?? []);
  const misplaced = shown.find((fault) => fault.protocol === 'qga' && protocol !== 'qga');
  if (misplaced !== undefined)
    throw new InputError(`'${misplaced.id}' is a fault of a guest agent; add --protocol qga`);
  const served = servedSchema(options, protocol);
  const folder = listen === 'unix' ? await makePrivateFolder() : undefined;
  const cleanUp = async (): Promise<void> => {
    if (folder !== undefined) await removePrivateFolder(folder);
  };
  let end: (status: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  try {
    const server = await FakeServer.start({
      protocol,
      ...served,
      seed,
      faults: shown,
      listen: endpointFor(listen, folder),
      onQuit: (status) => {
        void cleanUp().finally(() => {
          end(status);
        });
      },
    });
    return {
      address: showEndpoint(server.endpoint),
      endpoint: server.endpoint,
      ended,
      close: async () => {
        await server.close();
        await cleanUp();
        end(0);
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

function endpointFor(listen: string | Endpoint, folder: string | undefined): Endpoint {
  if (folder !== undefined) return { kind: 'unix', path: join(folder, 'qmp') };
  return listen === 'tcp' ? { kind: 'tcp', host: '127.0.0.1', port: 0 } : endpointOf(listen);
}

/**
 * The schema that was given, as a server has it that was built with what is defined, and what that says of itself: as
 * `schema introspect` prints it.
 */
function servedSchema(
  { schema, defines = [] }: FakeOptions,
  protocol: Protocol,
): { readonly schema: Schema; readonly introspection?: ReturnType<typeof introspect> } {
  // Names that introspection makes up count what conditions leave out, so they are needed as well.
  const whole = givenSchema(schema, schema === undefined ? defines : [])?.schema;
  if (whole === undefined) return { schema: bundledSchema(protocol) };
  checkServable(whole, protocol);
  const symbols = new Set(defines);
  return {
    schema: applyConditions(whole, (symbol) => symbols.has(symbol)),
    introspection: introspect(whole, { defines }),
  };
}
