/**
 * The text of requests whose writing matters: what is written by hand, around values that come from elsewhere.
 *
 * The names of commands come from the target. One with a quote or a backslash in it must not turn a request that was
 * meant to be well-formed into malformed JSON, for which the target would then be blamed.
 */
import { writeJson, type Json } from '../src/json/index.js';

/** A piece of text that is not written as a JSON value but as it is. */
class RawText {
  constructor(readonly text: string) {}
}

/**
 * A template tag: the text between the values as it is written, and each value as JSON.
 *
 * `` jsonText`{"execute":${ping},"id":1}` `` is `{"execute":"query-version","id":1}`. No value can end the string or
 * the object that it stands in, unless it is marked with {@link raw}.
 */
export function jsonText(parts: TemplateStringsArray, ...values: readonly (Json | RawText)[]): string {
  const written = values.map((value) => (value instanceof RawText ? value.text : writeJson(value)));
  return String.raw({ raw: parts }, ...written);
}

/** Puts a piece of text into {@link jsonText} as it is: what is malformed on purpose, or has been written before. */
export function raw(text: string): RawText {
  return new RawText(text);
}

/** A string for {@link jsonText} in single quotes, which QMP servers understand as well. */
export function singleQuoted(text: string): RawText {
  return raw(`'${writeJson(text).slice(1, -1).replaceAll("'", "\\'")}'`);
}

/** Bytes as they are written here: `\xff` is one byte. */
export function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** The name of a command which no target has. */
export const NO_COMMAND = 'x-qmpspec-no-such-command';

/** Arguments which no command has. */
export const UNKNOWN_ARGUMENT = { 'qmpspec-unknown': 1 };
