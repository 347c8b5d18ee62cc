/**
 * How a client and a QEMU guest agent find each other. The agent greets nobody, and its parser may still hold half a
 * request of a client that has gone, as the line may hold the replies that nobody read: the client resets the parser
 * with a byte 0xFF, sends a number with guest-sync-delimited, and drops everything up to the reply that has the number.
 *
 * Source: QEMU Machine Protocol Specification, "QGA Synchronization".
 */
import { isObject, member, type Json } from '../json/index.js';
import type { Incoming } from './connection.js';
import type { Deadline } from './deadline.js';
import { requestText } from './message.js';

/**
 * What a target speaks: the protocol of a monitor, or that of the guest agent.
 *
 * @public
 */
export type Protocol = 'qmp' | 'qga';

/** A connection that is to be synchronised. */
export interface SyncLink {
  send(data: Uint8Array): void;
  receive(deadline: Deadline): Promise<Incoming>;
}

export type Synchronisation = {
  /** What came although an agent greets nobody. */
  readonly greeting: Json | undefined;
} & (
  | { readonly kind: 'done' }
  /** Somebody answers, and knows no guest-sync-delimited. */
  | { readonly kind: 'refused' }
  | Extract<Incoming, { readonly kind: 'closed' | 'timeout' }>
);

const RESET = Buffer.of(0xff);
const ID = '~sync';

let lastNumber = 0;

/**
 * Synchronises a connection that was just made. What is sent follows from how many were synchronised before.
 *
 * @param deadline for all of it
 */
export async function synchronise(link: SyncLink, deadline: Deadline): Promise<Synchronisation> {
  const number = ++lastNumber;
  const id = `${ID}${number}`;
  const request = requestText({ execute: 'guest-sync-delimited', arguments: { id: number }, id });
  link.send(Buffer.concat([RESET, Buffer.from(request)]));
  let greeting: Json | undefined;
  for (;;) {
    const incoming = await link.receive(deadline);
    if (incoming.kind === 'closed' || incoming.kind === 'timeout') return { ...incoming, greeting };
    if (incoming.kind === 'message') {
      const { kind, value } = incoming.message;
      if (kind === 'greeting') greeting ??= value;
      if (isObject(value)) {
        // A reply may lack the 0xFF, or the id: that is for the rules to find.
        if (member(value, 'return') === number) return { kind: 'done', greeting };
        if (member(value, 'id') === id) return { kind: 'refused', greeting };
      }
    }
    if (deadline.spent()) return { kind: 'timeout', greeting };
  }
}

/** Why a connection could not be synchronised, in words. */
export function syncProblem(
  result: Exclude<Synchronisation, { readonly kind: 'done' }>,
  timeoutMs: number,
): string {
  switch (result.kind) {
    case 'refused':
      return 'it refuses guest-sync-delimited';
    case 'timeout':
      return `no answer to guest-sync-delimited within ${timeoutMs} ms`;
    case 'closed':
      return `the connection ended while waiting for the answer to guest-sync-delimited: ${result.reason}`;
  }
}

/** Is this the id that {@link synchronise} gives its requests? */
export function isSyncId(id: Json | undefined): boolean {
  return typeof id === 'string' && id.startsWith(ID);
}
