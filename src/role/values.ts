/** A role's values by number. */
import type { Heap } from '../../bindings/memory.js';
import { Stored } from '../party/stored.js';
import type { Masked, Share } from '../party/values.js';

/** Tells the heap of those that are stored outside its memory. */
export class RoleValues extends Map<number, Masked | Stored | Share> {
  constructor(readonly heap: Heap) {
    super();
  }

  override set(number: number, value: Masked | Stored | Share): this {
    this.delete(number);
    if (value instanceof Stored) this.heap.holdOutside(value.bytes);
    return super.set(number, value);
  }

  override delete(number: number): boolean {
    const value = this.get(number);
    if (value instanceof Stored) this.heap.holdOutside(-value.bytes);
    return super.delete(number);
  }
}
