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
 * @param total how many bytes there were, when `bytes` are only the first of them
 */
export function escapeBytes(bytes: Uint8Array, max = Infinity, total = bytes.length): string {
  const length = Math.min(bytes.length, max);
  let shown = '';
  for (let index = 0; index < length; index += 1) shown += SHOWN[bytes[index] ?? 0] ?? '';
  return length === total ? shown : `${shown}${CUT}(${total - length} more bytes)`;
}

const SHOWN = Array.from({ length: 256 }, (_, byte) => {
  if (byte === BACKSLASH) return '\\\\';
  return byte >= 0x20 && byte <= 0x7e
    ? String.fromCharCode(byte)
    : `\\x${byte.toString(16).padStart(2, '0')}`;
});

/**
 * The bytes that {@link escapeBytes} shows as `text`.
 *
 * @throws SyntaxError when no bytes are shown like that: also when the text was cut
 */
export function parseEscapedBytes(text: string): Buffer {
  const bytes = Buffer.alloc(text.length);
  const pieces = /([ -[\]-~]+)|\\(?:\\|x([0-9a-fA-F]{2}))/y;
  let length = 0;
  while (pieces.lastIndex < text.length) {
    const { lastIndex } = pieces;
    const piece = pieces.exec(text);
    if (piece === null) throw new SyntaxError(complaint(text, lastIndex));
    const [, plain, hex] = piece;
    if (plain !== undefined) length += bytes.write(plain, length, 'latin1');
    else bytes[length++] = hex === undefined ? BACKSLASH : parseInt(hex, 16);
  }
  return bytes.subarray(0, length);
}

function complaint(text: string, index: number): string {
  const where = `at column ${index + 1}`;
  if (text.startsWith(CUT, index)) return `the bytes were cut off ${where}, expected all of them`;
  return `expected printable ASCII, \\\\ or \\xNN ${where}`;
}
