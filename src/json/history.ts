/**
 * Gives the bytes of an item and of the separator before it, however the stream was cut.
 */
import { ByteBuffer } from './bytes.js';
import { MAX_SEPARATOR } from './items.js';

const CR = 0x0d;
const LF = 0x0a;
/** Shared by many items: the bytes of an item are never changed. */
const NO_BYTES = Buffer.alloc(0);
const CRLF = Buffer.of(CR, LF);

/**
 * Keeps the bytes behind the last item. All offsets are absolute, and those asked for lie behind the end of the last
 * item.
 */
export class History {
  readonly #maxRaw: number;
  #chunk: Uint8Array = NO_BYTES;
  #chunkStart = 0;
  /** What earlier chunks had of the separator behind the last item, and of the unfinished value behind it. */
  readonly #separator = new ByteBuffer(MAX_SEPARATOR);
  readonly #raw: ByteBuffer;

  /** @param maxRaw how many bytes of a value to keep; 0 keeps none */
  constructor(maxRaw: number) {
    this.#maxRaw = maxRaw;
    this.#raw = new ByteBuffer(maxRaw);
  }

  /** A chunk comes in; the one before was {@link keep}t. */
  feed(chunk: Uint8Array, start: number): void {
    this.#chunk = chunk;
    this.#chunkStart = start;
  }

  /** The bytes between two items, at most {@link MAX_SEPARATOR}. */
  separator(from: number, to: number): Uint8Array {
    return this.#cut(this.#separator, from, Math.min(to, from + MAX_SEPARATOR));
  }

  /** The bytes of an item, at most `max`. */
  raw(from: number, to: number, max = Infinity): Uint8Array {
    return this.#cut(this.#raw, from, Math.min(to, from + Math.min(max, this.#maxRaw)));
  }

  /**
   * Keeps what is still needed of a chunk that is used up.
   *
   * @param separatorStart the end of the last item
   * @param valueStart the start of the unfinished value; equal to `end` when there is none
   * @param end the end of the chunk
   */
  keep(separatorStart: number, valueStart: number, end: number): void {
    this.#append(this.#separator, separatorStart, valueStart);
    this.#append(this.#raw, valueStart, end);
    this.feed(NO_BYTES, end);
  }

  /** An item is complete: what was kept is of no use any more. */
  clear(): void {
    this.#separator.clear();
    this.#raw.clear();
  }

  #append(buffer: ByteBuffer, from: number, to: number): void {
    const first = Math.max(from, this.#chunkStart);
    if (first < to) buffer.append(this.#chunk, first - this.#chunkStart, to - this.#chunkStart);
  }

  #cut(earlier: ByteBuffer, from: number, end: number): Uint8Array {
    const first = from - this.#chunkStart;
    if (first >= 0) return copyOf(this.#chunk, first, first + end - from);
    if (end <= this.#chunkStart) return copyOf(earlier.bytes, 0, end - from);
    const head = earlier.bytes.subarray(0, earlier.length);
    return Buffer.concat([head, this.#chunk.subarray(0, end - this.#chunkStart)]);
  }
}

function copyOf(source: Uint8Array, from: number, to: number): Uint8Array {
  if (from === to) return NO_BYTES;
  // What stands between nearly all messages.
  if (to - from === 2 && source[from] === CR && source[from + 1] === LF) return CRLF;
  const copy = Buffer.allocUnsafe(to - from);
  copy.set(source.subarray(from, to));
  return copy;
}
