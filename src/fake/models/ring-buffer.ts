/**
 * Ring buffers (qapi/char.json): they keep the end of what was written until it is read.
 */
import type { Json, JsonObject } from '../../json/index.js';
import { CommandError } from '../outcome.js';
import { text } from './links.js';

/** More is kept of no buffer, however large a client wants it, in bytes. */
const MAX_KEPT = 2 ** 20;
const BASE64 = /^[A-Za-z0-9+/=\n]*$/;

export class RingBuffer {
  readonly #size: number;
  #bytes = Buffer.alloc(0);

  /**
   * @param size in bytes, of type `int`; 64 KiB when absent
   * @throws CommandError when it is no power of two
   */
  constructor(size: Json = 65536) {
    const wanted = typeof size === 'number' || typeof size === 'bigint' ? BigInt(size) : 0n;
    if (wanted < 0n || (wanted & (wanted - 1n)) !== 0n)
      throw new CommandError('the size of a ring buffer must be a power of two');
    this.#size = wanted < MAX_KEPT ? Number(wanted) : MAX_KEPT;
  }

  /** Executes `ringbuf-write`. */
  write({ data, format }: JsonObject): Json {
    const encoded = text(data);
    if (format === 'base64' && !BASE64.test(encoded)) throw new CommandError('the data is no base64');
    const bytes = Buffer.from(encoded, format === 'base64' ? 'base64' : 'utf8');
    const all = Buffer.concat([this.#bytes, bytes]);
    this.#bytes = all.subarray(Math.max(0, all.length - this.#size));
    return {};
  }

  /** Executes `ringbuf-read`. */
  read({ size, format }: JsonObject): Json {
    const wanted = Number(size);
    if (wanted < 1) throw new CommandError('at least one byte has to be read');
    const bytes = this.#bytes.subarray(0, wanted);
    this.#bytes = this.#bytes.subarray(bytes.length);
    return bytes.toString(format === 'base64' ? 'base64' : 'utf8');
  }
}
