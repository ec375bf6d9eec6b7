/**
 * A reader's end that can make room: what has not been read yet moves into memory of its own. For a thread that has several
 * rings and waits for one of them: the writer, which has the others to fill first, is never held up for good.
 */
import { RingReader } from './ring-buffer.js';

export class SpillingReader extends RingReader {
  /** What was moved, a block a time. Each begins as far behind a multiple of eight bytes as it did in the ring. */
  readonly #blocks: Uint8Array[] = [];
  /** The place in the first one. */
  #at = 0;
  /** Bytes of all of them that have not been read. */
  #left = 0;

  override get ready(): number {
    return this.#left + super.ready;
  }

  protected override get peerReady(): number {
    return this.capacity - super.ready;
  }

  /** Empties the ring where its writer has half of it left, or less; true where it has. */
  makeRoom(): boolean {
    if (2 * super.ready < this.capacity) return false;
    this.spill();
    return true;
  }

  /** Empties the ring. */
  spill(): void {
    const count = super.ready;
    if (count === 0) return;
    const start = this.position & 7;
    const block = new Uint8Array(start + count);
    super.read(block, start, count, true);
    if (this.#blocks.push(block) === 1) this.#at = start;
    this.#left += count;
    this.publish();
  }

  /** Asks to be woken when that is so. */
  markCrowded(): void {
    super.mark(this.capacity);
  }

  /** What was moved counts as arrived: the writer does not write it again. */
  override mark(bytes: number): void {
    super.mark(bytes === 0 ? 0 : Math.max(1, bytes - this.#left));
  }

  override align(): void {
    const skip = (this.#left - this.position) & 7;
    const kept = Math.min(skip, this.#left);
    for (let done = 0; done < kept; ) done += this.#pass(kept - done);
    this.position = (this.position + skip - kept) >>> 0;
  }

  override peek(word: 0 | 1): number {
    return this.#left > 0 ? new Uint32Array(this.#blocks[0].buffer, this.#at, 2)[word] : super.peek(word);
  }

  override skipWords(): void {
    if (this.#left > 0) this.#pass(8);
    else super.skipWords();
  }

  override read(target: Uint8Array, offset: number, most = target.length - offset, wipe = false): number {
    let count = 0;
    while (count < most && this.#left > 0) {
      const [block] = this.#blocks;
      const part = block.subarray(this.#at, this.#at + most - count);
      target.set(part, offset + count);
      count += this.#pass(part.length);
    }
    return count + super.read(target, offset + count, most - count, wipe);
  }

  /** Goes past up to `most` bytes of the first block, which are forgotten; returns their count. */
  #pass(most: number): number {
    const [block] = this.#blocks;
    const count = Math.min(most, block.length - this.#at);
    block.fill(0, this.#at, this.#at + count);
    this.#at += count;
    this.#left -= count;
    if (this.#at === block.length) {
      this.#blocks.shift();
      this.#at = (this.position - this.#left) & 7; // where the next one begins
    }
    return count;
  }
}
