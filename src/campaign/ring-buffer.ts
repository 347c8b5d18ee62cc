/**
 * Keeps the latest of many values.
 */
export class RingBuffer<T> {
  readonly #size: number;
  #kept: T[] = [];
  /** Where the oldest stands, once there are as many as are kept. */
  #oldest = 0;

  /** @param size how many are kept */
  constructor(size: number) {
    this.#size = size;
  }

  add(one: T): void {
    if (this.#kept.length < this.#size) {
      this.#kept.push(one);
      return;
    }
    this.#kept[this.#oldest] = one;
    this.#oldest = (this.#oldest + 1) % this.#size;
  }

  clear(): void {
    this.#kept = [];
    this.#oldest = 0;
  }

  /** A copy of what is kept, the latest last. */
  get list(): readonly T[] {
    return [...this.#kept.slice(this.#oldest), ...this.#kept.slice(0, this.#oldest)];
  }
}
