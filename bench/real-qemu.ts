/**
 * What a run on a real QEMU costs, against a bare client that sends the same bytes one request at a time and reads the
 * replies. The bytes are those of a recorded run; both then talk to the same running QEMU in turns.
 *
 * Simple requests are pipelined, so judging costs next to nothing beside QEMU's own work. In the suites most requests
 * depend on what came before, each rule has a connection of its own, and QEMU has to wait for the judge.
 */
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { suites } from '../suites/index.js';
import { success } from '../src/judge/index.js';
import { endpointSource, makePrivateFolder, qemuSource, removePrivateFolder } from '../src/target/index.js';
import type { Endpoint } from '../src/qmp/index.js';
import { NEWLINE, record, timed, type Conversation } from './conversation.js';
import { runQuietly, simpleRequests } from './run.js';
import { compare, verdict } from './support.js';

const REQUESTS = 4000;
const requests = simpleRequests(() =>
  Array.from({ length: REQUESTS }, () => ({ request: { execute: 'query-version' }, oneOf: [success] })),
);

/** Splits pieces in which every line is a request with a reply of one line: the bare client sends those one by one. */
function oneByOne(conversation: Conversation): Conversation {
  return conversation.flatMap(({ sent, lines }) => {
    const requests = sent.toString('latin1').split(/(?<=\n)/);
    if (lines !== requests.length) return [{ sent, lines }];
    return requests.map((request) => ({ sent: Buffer.from(request, 'latin1'), lines: 1 }));
  });
}

async function bare(
  endpoint: Endpoint & { kind: 'unix' },
  conversations: readonly Conversation[],
): Promise<number> {
  const started = performance.now();
  for (const conversation of conversations) await talk(connect({ path: endpoint.path }), conversation);
  return performance.now() - started;
}

function talk(socket: Socket, conversation: Conversation): Promise<void> {
  return new Promise((resolve, reject) => {
    let turn = 0;
    let missing = 0;
    const next = (): void => {
      while (missing <= 0) {
        const piece = conversation[turn];
        if (piece === undefined) {
          socket.destroy();
          break;
        }
        turn += 1;
        missing += piece.lines;
        if (piece.sent.length > 0) socket.write(piece.sent);
      }
    };
    socket.on('data', (bytes: Buffer) => {
      for (const byte of bytes) if (byte === NEWLINE) missing -= 1;
      next();
    });
    socket.on('connect', next);
    socket.on('error', reject);
    socket.on('close', () => {
      resolve();
    });
  });
}

const target = await qemuSource(process.argv[2] ?? 'qemu-system-x86_64').start();
const folder = await makePrivateFolder();
try {
  const [endpoint] = target.monitors;
  if (endpoint?.kind !== 'unix') throw new Error('the target has no monitor');
  const workloads = [
    { what: 'simple requests', suites: requests, bound: 1.15, rounds: 9 },
    {
      what: 'all suites but arguments',
      suites: suites.filter(({ id }) => id !== 'arguments'),
      bound: 1.15,
      rounds: 9,
    },
    // Tens of thousands of requests.
    { what: 'all suites', suites, bound: 1.15, rounds: 3 },
  ];
  for (const [index, { what, suites, bound, rounds }] of workloads.entries()) {
    const conversations = (
      await record(endpoint, join(folder, `proxy${index}`), (source) => runQuietly(source, suites))
    ).map(oneByOne);
    const bytes = conversations.flat().reduce((sum, { sent }) => sum + sent.length, 0);
    const { ratio, a, b } = await compare(
      rounds,
      () => timed(() => runQuietly(endpointSource(endpoint), suites)),
      () => bare(endpoint, conversations),
    );
    verdict(
      `${what}: a run on QEMU / a bare client that sends the same bytes one request at a time`,
      ratio,
      `at most ${bound}`,
      ratio <= bound,
      `${a.toFixed(0)} ms, ${b.toFixed(0)} ms, ${bytes} bytes on ${conversations.length} connections`,
    );
  }
} finally {
  await removePrivateFolder(folder);
  await target.stop();
}
