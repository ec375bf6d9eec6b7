/** What a role holds: blocks in wasm memory, values stored outside it, and the most that both have been together. */
import { Heap } from '../../bindings/memory.js';
import { Stored } from '../party/stored.js';
import type { Masked } from '../party/values.js';

/** A role's heap, which also knows how many bytes the role's values take outside it. */
export class RoleHeap extends Heap {
  #stored = 0;
  #peak = 0;

  /** Bytes held now, in wasm memory and outside it. */
  get heldBytes(): number {
    return this.liveBytes + this.#stored;
  }

  /** Largest value that {@link heldBytes} has had. */
  get peakHeldBytes(): number {
    return this.#peak;
  }

  /** Takes note that so many bytes more (or less) are stored outside wasm memory. */
  store(bytes: number): void {
    this.#stored += bytes;
    this.#note();
  }

  override alloc(bytes: number): number {
    const ptr = super.alloc(bytes);
    this.#note();
    return ptr;
  }

  #note(): void {
    this.#peak = Math.max(this.#peak, this.heldBytes);
  }
}

/** A role's values by number; tells the heap of those that are stored outside it. */
export class RoleValues extends Map<number, Masked | Stored> {
  constructor(readonly heap: RoleHeap) {
    super();
  }

  override set(number: number, value: Masked | Stored): this {
    this.delete(number);
    if (value instanceof Stored) this.heap.store(value.bytes);
    return super.set(number, value);
  }

  override delete(number: number): boolean {
    const value = this.get(number);
    if (value instanceof Stored) this.heap.store(-value.bytes);
    return super.delete(number);
  }
}
