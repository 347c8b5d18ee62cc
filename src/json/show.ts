/**
 * Bytes as text that people can read and that stands on one line, and back.
 */

const BACKSLASH = 0x5c;
/** Stands for what was cut off; no shown byte looks like it. */
const CUT = '\\...';

/**
 * Printable ASCII as it is, a backslash doubled, every other byte as `\xNN`.
 *
 * @param max the most bytes to show; when there are more, a mark with the number of the others follows
 */
export function showBytes(bytes: Uint8Array, max = Infinity): string {
  const length = Math.min(bytes.length, max);
  let shown = '';
  for (let index = 0; index < length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === BACKSLASH) shown += '\\\\';
    else if (byte >= 0x20 && byte <= 0x7e) shown += String.fromCharCode(byte);
    else shown += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return length === bytes.length ? shown : `${shown}${CUT}(${bytes.length - length} more bytes)`;
}

/**
 * The bytes that {@link showBytes} shows as `text`.
 *
 * @throws SyntaxError when no bytes are shown like that: also when the text was cut
 */
export function parseShown(text: string): Buffer {
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  for (let index = 0; index < text.length;) {
    const [piece, char, hex] =
      /^(?:([ -[\]-~])|\\\\|\\x([0-9a-fA-F]{2}))/.exec(text.slice(index, index + 4)) ?? [];
    if (piece === undefined) throw new SyntaxError(complaint(text, index));
    bytes[length] = hex !== undefined ? parseInt(hex, 16) : (char?.charCodeAt(0) ?? BACKSLASH);
    length += 1;
    index += piece.length;
  }
  return bytes.subarray(0, length);
}

function complaint(text: string, index: number): string {
  const where = `at column ${index + 1}`;
  if (text.startsWith(CUT, index)) return `the bytes were cut off ${where}, expected all of them`;
  return `expected printable ASCII, \\\\ or \\xNN ${where}`;
}
