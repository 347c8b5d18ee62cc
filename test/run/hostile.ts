/**
 * Servers that misbehave: a proxy in front of a good server that turns bad in mid-run, and servers that are bad from
 * the start. They run in a thread of their own, as a server does: a flood from our own thread would stop whenever we
 * look at it.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fakeSource } from '../../src/target/bundled-fake.js';
import {
  makePrivateFolder,
  removePrivateFolder,
  type Target,
  type TargetSource,
} from '../../src/target/index.js';
import type { Impostor, Order, ProxyLog, Turn } from './hostile-thread.js';

export type { Impostor, ProxyLog, Turn, Vice } from './hostile-thread.js';

/** A source of good servers behind a proxy that turns bad, or never does. The log is complete when the run is over. */
export function proxied(
  turn: Turn | undefined,
  { source = fakeSource(), owned = false }: { source?: TargetSource; owned?: boolean } = {},
): { readonly source: TargetSource; readonly log: ProxyLog } {
  const log: ProxyLog = { received: [], last: [], turned: false };
  return {
    log,
    source: {
      protocol: 'qmp',
      command: `a proxy that ${turn?.vice ?? 'does no harm'}`,
      owned,
      arguments: [],
      start: async () => {
        const upstream = await source.start();
        const [endpoint] = upstream.monitors;
        if (endpoint?.kind !== 'unix') throw new Error('the proxy speaks to Unix sockets');
        const thread = await startThread({ upstream: endpoint.path, turn });
        return {
          protocol: 'qmp',
          ...(owned ? upstream : {}),
          sharesFiles: upstream.sharesFiles,
          monitors: upstream.monitors.map(() => thread.endpoint),
          stop: async () => {
            const { received, last, turned } = await thread.stop();
            log.received.push(...received);
            log.last.push(...last);
            log.turned ||= turned;
            await upstream.stop();
          },
        };
      },
    },
  };
}

/** A source whose target never was a good server. */
export function impostor(kind: Impostor): TargetSource {
  return {
    protocol: 'qmp',
    command: `a server that ${kind}`,
    owned: false,
    arguments: [],
    start: async (): Promise<Target> => {
      const thread = await startThread({ impostor: kind });
      return {
        protocol: 'qmp',
        monitors: [thread.endpoint],
        sharesFiles: true,
        stop: async () => {
          await thread.stop();
        },
      };
    },
  };
}

async function startThread(order: Omit<Order, 'listen'>): Promise<{
  readonly endpoint: Target['monitors'][number];
  stop(): Promise<ProxyLog>;
}> {
  const folder = await makePrivateFolder();
  const path = join(folder, 'hostile');
  const workerData: Order = { ...order, listen: path };
  const worker = new Worker(new URL('hostile-thread.js', import.meta.url), { workerData });
  await once(worker, 'message');
  return {
    endpoint: { kind: 'unix', path },
    stop: async () => {
      const said = once(worker, 'message');
      worker.postMessage('stop');
      const [log] = (await said) as [ProxyLog];
      await worker.terminate();
      await removePrivateFolder(folder);
      return log;
    },
  };
}
