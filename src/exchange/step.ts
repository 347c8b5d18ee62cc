/**
 * What a check does, as data: the steps that a transcript holds and that `qmpspec replay` does again.
 *
 * Bytes are text in the notation of src/json/show.ts; `{dir}` stands for the private folder of the moment.
 */
import { reply, success, type Expectation, type Outcome } from '../judge/index.js';
import { escapeBytes, type Json } from '../json/index.js';
import { requestText, type Request } from '../qmp/index.js';

export type Step =
  /** Connects to a monitor of the target (the first one is 0) and takes its greeting; a guest agent is synchronised. */
  | { readonly do: 'connect'; readonly conn: string; readonly monitor: number }
  /** Sends bytes (perhaps none, perhaps in several writes) and judges what follows. */
  | {
      readonly do: 'exchange';
      readonly conn: string;
      readonly send: readonly string[];
      readonly expect: Expectation;
    }
  /** Sends a request again and again until the reply matches one of the outcomes. */
  | {
      readonly do: 'poll';
      readonly conn: string;
      readonly request: Request;
      readonly oneOf: readonly Outcome[];
    }
  /** Ends the connection, or only our side of it. */
  | { readonly do: 'close'; readonly conn: string }
  | { readonly do: 'end-sending'; readonly conn: string }
  /** Listens on a Unix socket in the private folder, for the target to connect to. */
  | { readonly do: 'listen'; readonly peer: string; readonly serve: PeerKind }
  /** Waits until the target listens on a Unix socket in the private folder. */
  | { readonly do: 'await-socket'; readonly peer: string }
  /** Connects to a Unix socket in the private folder on which the target listens. */
  | { readonly do: 'dial'; readonly peer: string }
  /** The target must have connected to the peer's socket. */
  | { readonly do: 'await-connected'; readonly peer: string }
  /** The target must have ended its connection with the peer. */
  | { readonly do: 'await-ended'; readonly peer: string }
  /** The connection with the peer must still stand. */
  | { readonly do: 'still-connected'; readonly peer: string }
  | { readonly do: 'hang-up'; readonly peer: string }
  /** A spawned target must end, with this exit status. */
  | { readonly do: 'await-exit'; readonly status: number };

/** What a peer serves: nothing, or as an NBD server one export named `e`. */
export type PeerKind = 'silence' | 'nbd';

/** A saved failure: enough to see it again, on this target or another. */
export interface Transcript {
  readonly schemaVersion: 1;
  readonly rule: string;
  readonly requirement: string;
  readonly steps: readonly Step[];
}

/** Sends one request and judges the reply, which must carry the request's id. */
export function requestStep(
  conn: string,
  request: Request & { readonly id: Json },
  oneOf: readonly Outcome[],
): Step & { readonly do: 'exchange' } {
  const send = [escapeBytes(Buffer.from(requestText(request)))];
  return { do: 'exchange', conn, send, expect: { replies: [reply(request.id, ...oneOf)] } };
}

/** Leaves negotiation mode. */
export function negotiationStep(conn: string, id: Json): Step & { readonly do: 'exchange' } {
  return requestStep(conn, { execute: 'qmp_capabilities', id }, [success]);
}
