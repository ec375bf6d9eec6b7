/**
 * What a peer sends of a narrow opening, added to this party's words as it arrives. Packed numbers come in blocks
 * (assembly/high-bits.ts), bytes in pieces of any length: what is left of a block waits for the rest of it.
 */
import { BLOCK, highBytes } from '../../bindings/high-bits.js';
import type { Heap } from '../../bindings/memory.js';
import type { Ring } from '../../bindings/ring.js';
import type { Narrow } from './program.js';

/** One peer's numbers. */
export class PackedArrival {
  readonly #bytes: number;
  readonly #blockBytes: number;
  /** Where a part of a block waits; null until one has to. */
  #waiting: number | null = null;
  /** Its bytes. */
  #held = 0;
  /** Words that are done. */
  #done = 0;

  constructor(
    readonly ring: Ring,
    readonly heap: Heap,
    readonly narrow: Narrow,
  ) {
    this.#bytes = highBytes(narrow.words.length, narrow.width);
    this.#blockBytes = highBytes(BLOCK, narrow.width);
  }

  /** Takes the next `bytes` bytes, which are at `ptr`, of the peer's from `offset` on. */
  take(ptr: number, offset: number, bytes: number): void {
    const first = this.#held > 0 ? this.#hold(ptr, Math.min(this.#blockBytes - this.#held, bytes)) : 0;
    if (this.#held === this.#blockBytes && this.#blocksLeft > 0) this.#addHeld(BLOCK);
    const blocks = Math.min(this.#blocksLeft, Math.floor((bytes - first) / this.#blockBytes));
    this.#add(ptr + first, blocks * BLOCK);
    const used = first + blocks * this.#blockBytes;
    const last = offset + bytes === this.#bytes;
    if (last && this.#held === 0) this.#add(ptr + used, this.narrow.words.length - this.#done);
    else this.#hold(ptr + used, bytes - used);
    if (!last) return;
    this.#addHeld(this.narrow.words.length - this.#done);
    if (this.#waiting !== null) this.heap.free(this.#waiting);
  }

  /** Full blocks that are still to come. Fewer numbers may fill as many bytes as a block. */
  get #blocksLeft(): number {
    return Math.floor((this.narrow.words.length - this.#done) / BLOCK);
  }

  /** Keeps bytes for later; how many. */
  #hold(ptr: number, bytes: number): number {
    if (bytes === 0) return 0;
    this.#waiting ??= this.heap.alloc(this.#blockBytes);
    this.heap.bytes(this.#waiting + this.#held, bytes).set(this.heap.bytes(ptr, bytes));
    this.#held += bytes;
    return bytes;
  }

  #addHeld(count: number): void {
    if (this.#waiting !== null) this.#add(this.#waiting, count);
    this.#held = 0;
  }

  /** Adds the next `count` numbers, which are at `packed`. */
  #add(packed: number, count: number): void {
    if (count === 0) return;
    const { words, width, keep } = this.narrow;
    this.ring.addHigh({ ptr: words.ptr + this.#done * this.ring.bytes, length: count }, packed, width, keep);
    this.#done += count;
  }
}

/** The bits of a narrow opening's words that are not sent, as words; null where they are the result's own. */
export function lowBits(ring: Ring, heap: Heap, { words, width, keep }: Narrow): Uint8Array | null {
  if (keep) return null;
  const low = heap.bytes(words.ptr, words.length * ring.bytes).slice();
  const drop = ring.bits - width;
  low.forEach((byte, i) => {
    low[i] = byte & (2 ** Math.min(8, Math.max(0, drop - 8 * (i % ring.bytes))) - 1);
  });
  return low;
}
