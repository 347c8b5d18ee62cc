import { startFake } from '../library/start-fake.js';
import type { ProtocolOptions, SchemaOptions } from './options.js';
import { say } from './stderr.js';

/**
 * Runs the reference server until a client tells it to quit, or the user does.
 *
 * @returns the exit status: that of a fault by which the server ends, else 0
 */
export async function serveFake({
  protocol,
  schema,
  define,
  listen,
  fault,
  seed,
}: SchemaOptions &
  ProtocolOptions & {
    readonly listen?: string;
    readonly fault: readonly string[];
    readonly seed: number;
  }): Promise<number> {
  const fake = await startFake({ protocol, schema, defines: define, listen, faults: fault, seed });
  say(`qmpspec: listening on ${fake.address}`);
  return await new Promise<number>((resolve, reject) => {
    const end = (): void => {
      fake.close().catch(reject);
    };
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
    fake.ended.then(resolve, reject);
  });
}
