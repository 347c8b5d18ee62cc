/**
 * A server that stands longer than a run, so that a test can see what the run has left behind.
 */
import type { Test } from 'tap';
import { isObject, member, type Json } from '../../src/json/index.js';
import { Connection, requestText, type Request } from '../../src/qmp/index.js';
import { fakeSource } from '../../src/target/bundled-fake.js';
import { endpointSource, type TargetSource } from '../../src/target/index.js';

export interface Standing {
  /** The server as a target that is not ours. */
  readonly source: TargetSource;
  /** Asks it something on a connection of its own; undefined when it does not answer within a second. */
  readonly ask: (request: Request) => Promise<Json | undefined>;
}

export async function standing(t: Test, fake: TargetSource = fakeSource()): Promise<Standing> {
  const target = await fake.start();
  t.teardown(() => target.stop());
  const [endpoint] = target.monitors;
  if (endpoint === undefined) throw new Error('it has no monitor');
  return {
    source: endpointSource(endpoint),
    ask: async (request) => {
      const connection = await Connection.open(endpoint, { timeoutMs: 1000 });
      connection.send(requestText({ execute: 'qmp_capabilities' }) + requestText({ ...request, id: 'it' }));
      for (;;) {
        const incoming = await connection.receive(1000);
        const value = incoming.kind === 'message' ? incoming.message.value : undefined;
        if (value !== undefined && isObject(value) && member(value, 'id') !== 'it') continue;
        await connection.close();
        return value;
      }
    },
  };
}

/** The labels of the chardevs that a server has. */
export async function chardevs({ ask }: Standing): Promise<string[]> {
  const reply = await ask({ execute: 'query-chardev' });
  const list = reply !== undefined && isObject(reply) ? member(reply, 'return') : undefined;
  if (!Array.isArray(list)) throw new Error('it does not say which chardevs it has');
  return list.flatMap((entry) => {
    const label = isObject(entry) ? member(entry, 'label') : undefined;
    return typeof label === 'string' ? [label] : [];
  });
}
