/**
 * What a run says to a server, written down, so that a bare client can say the same.
 */
import { connect, createServer } from 'node:net';
import { endpointSource, type TargetSource } from '../src/target/index.js';
import type { Endpoint } from '../src/qmp/index.js';

/** One connection: what the client sent, and how many lines the server had sent by the time it sent the next. */
export type Conversation = { sent: Buffer; lines: number }[];

export const NEWLINE = 0x0a;

/** How long some work takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Runs through a proxy that writes down every connection. */
export async function record(
  endpoint: Endpoint & { kind: 'unix' },
  proxyPath: string,
  work: (source: TargetSource) => Promise<void>,
): Promise<Conversation[]> {
  const conversations: Conversation[] = [];
  const server = createServer((client) => {
    const conversation: Conversation = [{ sent: Buffer.alloc(0), lines: 0 }];
    conversations.push(conversation);
    const upstream = connect({ path: endpoint.path });
    upstream.on('data', (bytes: Buffer) => {
      const last = conversation.at(-1);
      for (const byte of bytes) if (byte === NEWLINE && last !== undefined) last.lines += 1;
      client.write(bytes);
    });
    client.on('data', (bytes: Buffer) => {
      conversation.push({ sent: bytes, lines: 0 });
      upstream.write(bytes);
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(proxyPath, resolve));
  await work(endpointSource({ kind: 'unix', path: proxyPath }));
  server.close();
  return conversations;
}

/** How many requests a bare client has in flight, as a run has. */
const IN_FLIGHT = 128;

/** Sends the same bytes, many requests in flight, and does nothing with the replies but parse them. */
export async function sendPipelined(
  endpoint: Endpoint & { kind: 'unix' },
  conversations: readonly Conversation[],
): Promise<void> {
  for (const conversation of conversations) {
    const sent = Buffer.concat(conversation.map((piece) => piece.sent)).toString('latin1');
    await pipelined(endpoint.path, sent.split(/(?<=\n)/));
  }
}

function pipelined(path: string, requests: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    let text = '';
    let next = 0;
    // The greeting answers nothing.
    let answered = -1;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const lines = text.split('\r\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const message = JSON.parse(line) as object;
        if (!('event' in message)) answered += 1;
      }
      if (answered >= requests.length) socket.destroy();
      else if (next - answered <= IN_FLIGHT / 2) {
        const batch = requests.slice(next, answered + IN_FLIGHT);
        next += batch.length;
        socket.write(batch.join(''), 'latin1');
      }
    });
    socket.on('error', reject);
    socket.on('close', () => {
      resolve();
    });
  });
}
