/**
 * What the machine is made of.
 */
import type { Json, JsonObject } from '../json/index.js';

/**
 * Executes a command with arguments that conform to the schema; throws CommandError to refuse. When nothing comes back
 * the command succeeds with a made-up value.
 */
export type Handler = (args: JsonObject) => Json | Promise<Json> | undefined;

/** A part of the machine's state and the commands that act on it. */
export interface Model {
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Lets go of sockets and timers. */
  close?(): void;
}

/** Tells everybody who listens. */
export type Emit = (event: string, data?: JsonObject) => void;
