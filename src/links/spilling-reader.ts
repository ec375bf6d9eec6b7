/**
 * A reader's end that can make room: what has not been read yet moves into memory of its own. For a thread that has several
 * rings and waits for one of them: the writer, which has the others to fill first, is never held up for good.
 */
import { RingReader } from './ring-buffer.js';

export class SpillingReader extends RingReader {
  /** What was moved. It begins as far behind a multiple of eight bytes as it did in the ring. */
  #kept = new Uint8Array(0);
  #at = 0;

  override get ready(): number {
    return this.#left + super.ready;
  }

  protected override get peerReady(): number {
    return this.capacity - super.ready;
  }

  get #left(): number {
    return this.#kept.length - this.#at;
  }

  /** Whether the writer has half of the ring left, or less. */
  get crowded(): boolean {
    return 2 * super.ready >= this.capacity;
  }

  /** Empties the ring. */
  spill(): void {
    const left = this.#left;
    const count = super.ready;
    const start = (this.position - left) & 7;
    const kept = new Uint8Array(start + left + count);
    kept.set(this.#kept.subarray(this.#at), start);
    super.read(kept, start + left, count, true);
    this.#kept.fill(0);
    this.#kept = kept;
    this.#at = start;
    this.publish();
  }

  /** What was moved counts as arrived: the writer does not write it again. */
  override mark(bytes: number): void {
    super.mark(bytes === 0 ? 0 : Math.max(1, bytes - this.#left));
  }

  override align(): void {
    const skip = (this.#left - this.position) & 7;
    const kept = Math.min(skip, this.#left);
    this.#at += kept;
    this.position = (this.position + skip - kept) >>> 0;
  }

  override peek(word: 0 | 1): number {
    return this.#left > 0 ? new Uint32Array(this.#kept.buffer, this.#at, 2)[word] : super.peek(word);
  }

  override skipWords(): void {
    if (this.#left > 0) this.#at += 8;
    else super.skipWords();
  }

  override read(target: Uint8Array, offset: number, most = target.length - offset, wipe = false): number {
    const kept = Math.min(most, this.#left);
    if (kept === 0) return super.read(target, offset, most, wipe);
    target.set(this.#kept.subarray(this.#at, this.#at + kept), offset);
    if (wipe) this.#kept.fill(0, this.#at, this.#at + kept);
    this.#at += kept;
    return kept + super.read(target, offset + kept, most - kept, wipe);
  }
}
