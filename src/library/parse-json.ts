import { JsonReader, type Json, type ReaderOptions } from '../json/index.js';

/**
 * Reads one JSON value, as JSON.parse does, but exactly: see {@link Json}.
 *
 * @param text text, or bytes in UTF-8
 * @param options the dialect, and limits; strict when left out
 * @throws SyntaxError with line and column, when it is not one JSON value
 *
 * @public
 */
export function parseJson(
  text: string | Uint8Array,
  options: Pick<ReaderOptions, 'dialect' | 'limits'> = {},
): Json {
  const reader = new JsonReader(options);
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const [first, second] = [...reader.push(bytes), ...reader.end()];
  const bad = first?.kind === 'error' ? first : second;
  if (bad?.kind === 'error') {
    const { line, column, message } = bad.error;
    throw new SyntaxError(`${line}:${column}: ${message}`);
  }
  if (bad !== undefined) throw new SyntaxError('there is more than one JSON value');
  if (first?.kind !== 'value') throw new SyntaxError('there is no JSON value');
  return first.value;
}
