/** Memory for frames under way between roles of one thread, or on their way to one: taken in order, and begun anew when all have been read. */

/** Frames up to this length share memory; longer ones have their own. */
const LONGEST_SHARED = 2 ** 22;

/** Frames begin at multiples of this, since engines copy between places that lie alike by words, and byte by byte otherwise. */
const ALIGNED = 64;

export class FrameMemory {
  #bytes = new Uint8Array(2 ** 16);
  #used = 0;
  #live = 0;

  take(length: number): Uint8Array {
    this.#live++;
    if (length > LONGEST_SHARED) return new Uint8Array(length);
    if (this.#used + length > this.#bytes.length) {
      const size = Math.min(2 * this.#bytes.length, 4 * LONGEST_SHARED);
      if (this.#live === 1) this.#bytes.fill(0); // else there are frames in it
      this.#bytes = new Uint8Array(Math.max(size, length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used = Math.ceil((start + length) / ALIGNED) * ALIGNED;
    return this.#bytes.subarray(start, start + length);
  }

  give(): void {
    if (--this.#live === 0) this.#used = 0;
  }

  /** Zeroes all that frames share now. */
  wipe(): void {
    this.#bytes.fill(0);
  }
}
