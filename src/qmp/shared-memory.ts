/**
 * What all connections of a process may hold together of what came in and was not taken.
 *
 * Each may hold a little. A connection that needs more, for a large message, has to have the turn; there is one, so one
 * large message is held at a time, and the others wait unread in the kernel. Nothing is ever refused for want of memory.
 */

export interface SharedMemoryLimits {
  /** What each may hold without the turn, in bytes. */
  readonly each: number;
  /** What all may hold together before each needs the turn, in bytes. */
  readonly together: number;
}

export class SharedMemory {
  readonly #limits: SharedMemoryLimits;
  /** Without the turn, longest first. */
  readonly #waiting = new Set<Share>();
  #together = 0;
  #turn: Share | undefined;

  constructor(limits: SharedMemoryLimits) {
    this.#limits = limits;
  }

  /** @param onRoom called when a share that was told to wait should try again */
  share(onRoom: () => void): Share {
    return new Share(onRoom, (share, before) => this.#changed(share, before));
  }

  /** A share holds another amount; tells whether it may take in more. */
  #changed(share: Share, before: number): boolean {
    this.#together += share.held - before;
    const fits = this.#fits(share);
    if (this.#turn === share && fits) this.#turn = undefined;
    this.#waiting.delete(share);
    const mayGoOn = fits || this.#turn === share || this.#giveTurn(share);
    if (!mayGoOn) this.#waiting.add(share);
    if (share.held < before || this.#turn === undefined) this.#wake();
    return mayGoOn;
  }

  #fits({ held }: Share): boolean {
    // A connection that holds nothing delays no other.
    return held === 0 || (held <= this.#limits.each && this.#together <= this.#limits.together);
  }

  #giveTurn(share: Share): boolean {
    if (this.#turn !== undefined) return false;
    this.#turn = share;
    return true;
  }

  /** Some may not have to wait any more. */
  #wake(): void {
    for (const share of this.#waiting) {
      if (!this.#fits(share) && !this.#giveTurn(share)) continue;
      this.#waiting.delete(share);
      setImmediate(() => {
        share.tryAgain();
      });
    }
  }
}

/** What one connection holds. */
export class Share {
  readonly #onRoom: () => void;
  readonly #onChange: (share: Share, before: number) => boolean;
  #held = 0;
  #closed = false;

  constructor(onRoom: () => void, onChange: (share: Share, before: number) => boolean) {
    this.#onRoom = onRoom;
    this.#onChange = onChange;
  }

  get held(): number {
    return this.#held;
  }

  /** Says how many bytes are held now; false when no more must be taken in before `onRoom` is called. */
  hold(bytes: number): boolean {
    if (this.#closed) return true;
    const before = this.#held;
    this.#held = bytes;
    return this.#onChange(this, before);
  }

  /** Nothing is held any more, and nothing will be. */
  close(): void {
    this.hold(0);
    this.#closed = true;
  }

  tryAgain(): void {
    if (!this.#closed) this.#onRoom();
  }
}
