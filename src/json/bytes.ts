/**
 * Bytes that outlive the chunk they came in.
 */

/** What is kept allocated between two uses. */
const SPARE = 1 << 16;
/** Fewer bytes are copied faster one by one. */
const FEW = 16;

/** An append-only buffer with an upper bound; what is over the bound is not stored. */
export class ByteBuffer {
  readonly #limit: number;
  #bytes = Buffer.alloc(0);
  #length = 0;

  /** @param limit the most bytes to keep */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  /** The storage; only the first {@link length} bytes mean something, and only until the next call. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Appends `source[from, to)`. */
  append(source: Uint8Array, from: number, to: number): void {
    const end = Math.min(to, from + this.#limit - this.#length);
    const length = this.#length + end - from;
    if (length > this.#bytes.length) {
      // Doubling keeps byte-by-byte input linear.
      const grown = Buffer.allocUnsafe(Math.min(Math.max(64, 2 * length), Math.max(this.#limit, length)));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    if (end - from < FEW) {
      for (let index = from; index < end; index += 1) {
        this.#bytes[this.#length + index - from] = source[index] ?? 0;
      }
    } else {
      this.#bytes.set(source.subarray(from, end), this.#length);
    }
    this.#length = length;
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > SPARE) this.#bytes = Buffer.alloc(0);
  }
}
