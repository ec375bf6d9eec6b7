/** Classes of inputs: the same addresses hold zeros, ones or random bits, and whatever is timed reads them. */
import { randomFillSync } from 'node:crypto';
import { type Address, further } from '../../bindings/border.js';
import type { Heap } from '../../bindings/memory.js';
import type { RingBits } from '../../bindings/ring.js';

/** Bits all zero, bits all one, random bits: which of the random bits are kept, and what the others are. */
export const CLASSES = ['zeros', 'ones', 'random'] as const;
const KEPT = Int32Array.of(0, 0, -1);
const REST = Int32Array.of(0, -1, 0);

/** What is filled for each run: with any bits, or with numbers within ±128. */
interface Region {
  readonly lanes: Int32Array;
  readonly reals: Float64Array;
}

/** The buffers of one case. */
export class Inputs {
  readonly #regions: Region[] = [];

  constructor(
    readonly heap: Heap,
    readonly bits: RingBits,
  ) {}

  /** A buffer of bytes that hold secrets; a multiple of four. */
  bytes(size: number): Address {
    const ptr = this.heap.alloc(size);
    this.#regions.push({ lanes: this.heap.i32(ptr, size / 4), reals: new Float64Array() });
    return ptr;
  }

  /** A vector of secret words. */
  words(length: number): Address {
    return this.bytes((length * this.bits) / 8);
  }

  /** Planes of secret bits. */
  planes(count: number, blocks: number): Address {
    return this.bytes(count * blocks * 16);
  }

  /** A vector of secret reals; 0, −1 or random. */
  reals(length: number): Address {
    const ptr = this.heap.alloc(8 * length);
    this.#regions.push({ lanes: new Int32Array(), reals: this.heap.f64(ptr, length) });
    return ptr;
  }

  /** The row numbers 0 to count − 1, which are public. */
  rowNumbers(count: number): Address {
    const ptr = this.heap.alloc(4 * count);
    this.heap.u32(ptr, count).set(Array.from({ length: count }, (_, i) => i));
    return ptr;
  }

  /** Reals that are public. */
  constants(length: number): Address {
    const ptr = this.heap.alloc(8 * length);
    this.heap.f64(ptr, length).fill(1.5);
    return ptr;
  }

  /** Several vectors of secret words. */
  vectors(count: number, length: number): Address[] {
    const first = this.words(count * length);
    return Array.from({ length: count }, (_, i) => further(first, (i * length * this.bits) / 8));
  }

  /**
   * Fills all that is secret, by class number. Every class takes the same instructions on the same memory: whatever
   * else differed before a run, caches and branch predictors would carry into its time.
   */
  fill(number: number): void {
    const [kept, rest] = [KEPT[number], REST[number]];
    for (const { lanes, reals } of this.#regions) {
      randomFillSync(lanes);
      for (let i = 0; i < lanes.length; i++) lanes[i] = (lanes[i] & kept) | rest;
      for (let i = 0; i < reals.length; i++) reals[i] = (128 - 256 * Math.random()) * (kept & 1) + rest;
    }
  }
}
