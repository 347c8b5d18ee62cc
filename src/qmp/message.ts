/**
 * What a server sends, sorted by kind.
 */
import type { Violation, Json } from '../json/index.js';
import { escapeBytes, isObject, writeJson } from '../json/index.js';

/**
 * - `greeting`: has the member QMP
 * - `event`: has the member event
 * - `reply`: has return or error (or, against the specification, both)
 * - `other`: anything else; no server may send it
 */
export type MessageKind = 'greeting' | 'event' | 'reply' | 'other';

/** One message as it came in. */
export interface Message {
  readonly kind: MessageKind;
  readonly value: Json;
  /** The bytes of the value, without what stood before or after it; of a long one the first 64 KiB. */
  readonly raw: Uint8Array;
  /** How many bytes the value has in all. */
  readonly length: number;
  /** What the value takes in memory, in bytes, as reckoned by src/json. */
  readonly footprint: number;
  /** The bytes between the message before and this one. */
  readonly separator: Uint8Array;
  /** What is wrong with the bytes although a value could be read. */
  readonly violations: readonly Violation[];
}

/** The bytes of a message as text, at most `max` of them; how many are left out is said. */
export function showMessage({ raw, length }: Message, max: number): string {
  return escapeBytes(raw, max, length);
}

/** A message's kind, by its members alone; their values are not looked at. */
export function messageKind(value: Json): MessageKind {
  if (!isObject(value)) return 'other';
  if (Object.hasOwn(value, 'event')) return 'event';
  if (Object.hasOwn(value, 'return') || Object.hasOwn(value, 'error')) return 'reply';
  return Object.hasOwn(value, 'QMP') ? 'greeting' : 'other';
}

/** The class of an error reply; undefined when the message is no error reply or its class is no string. */
export function errorClass(value: Json): string | undefined {
  const error = isObject(value) && Object.hasOwn(value, 'error') ? value.error : undefined;
  const name = isObject(error) && Object.hasOwn(error, 'class') ? error.class : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** The name of an event; undefined when it has none. */
export function eventName(value: Json): string | undefined {
  const name = isObject(value) && Object.hasOwn(value, 'event') ? value.event : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** A request as a client sends it; members that are absent are not sent. */
export interface Request {
  readonly execute?: string;
  readonly 'exec-oob'?: string;
  readonly arguments?: Json;
  readonly id?: Json;
}

/**
 * A request as it is sent: compact, and with a line end, which the specification does not ask for and every server
 * understands.
 *
 * @param id the id to send instead of the request's own
 */
export function requestText(request: Request, id = request.id): string {
  let members = '';
  const add = (name: string, value: Json | undefined): void => {
    if (value !== undefined) members += `${members === '' ? '' : ','}"${name}":${writeJson(value)}`;
  };
  add('execute', request.execute);
  add('exec-oob', request['exec-oob']);
  add('arguments', request.arguments);
  add('id', id);
  return `{${members}}\n`;
}
