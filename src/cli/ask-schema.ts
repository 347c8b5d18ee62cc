/**
 * A schema may be asked of a server that runs, wherever a saved reply to query-qmp-schema would do.
 */
import type { Json } from '../json/index.js';
import { Session, TargetError, type Reply } from '../qmp/index.js';
import { shownLine } from '../text.js';
import { endpointOf } from '../library/endpoint-of.js';

/** Is a text the address of a server, rather than the path of a file? */
export function isAddress(text: string): boolean {
  return /^(?:unix|tcp):/.test(text);
}

/**
 * What a server returns to query-qmp-schema.
 *
 * @param timeoutMs how long one reply may take
 * @throws InputError when the address makes no sense
 * @throws TargetError when the server does not answer, or with something else
 */
export async function askIntrospection(address: string, timeoutMs: number): Promise<Json[]> {
  const session = await Session.open(endpointOf(address), { timeoutMs });
  try {
    returned(address, 'qmp_capabilities', await session.negotiate());
    const value = returned(address, 'query-qmp-schema', await session.execute('query-qmp-schema'));
    if (Array.isArray(value)) return value;
    throw new TargetError(`${address} does not say what its schema is: query-qmp-schema returned no array`);
  } finally {
    await session.close();
  }
}

function returned(address: string, command: string, reply: Reply): Json {
  if ('return' in reply) return reply.return;
  throw new TargetError(`${address} refuses ${command}: ${shownLine(reply.error.class)}`);
}
