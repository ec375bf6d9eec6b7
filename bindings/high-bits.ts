/** Words of which only the top `width` bits count, and are sent. */
import type { Address, Source } from './border.js';
import type { Heap, ReadonlyWords, Words } from './memory.js';
import { type Kernels, kernel } from './module.js';

export type HighBitsOps = ReturnType<typeof highBitsOps>;

/** Words that are packed as one block, in vectors. */
export const BLOCK = 128;

/** Bytes of `count` numbers of `width` bits as they are packed. */
export const highBytes = (count: number, width: number): number =>
  Math.floor(count / BLOCK) * 16 * width + Math.ceil(((count % BLOCK) * width) / 8);

/** The kernels of the ring of `bits` bits. */
export function highBitsOps(kernels: Kernels, _heap: Heap, bits: 32 | 64) {
  const packHigh = kernel(kernels, `packHigh${bits}`);
  const addHigh = kernel(kernels, `addHigh${bits}`);
  const dropLow = kernel(kernels, `dropLow${bits}`);

  const check = (name: string, width: number): void => {
    if (!(Number.isInteger(width) && width >= 1 && width <= bits)) {
      throw new RangeError(`${name}: width ${width} is not in 1..${bits} bits`);
    }
  };

  return {
    /** The bytes at `out` ({@link highBytes}) = the top `width` bits of each word. */
    packHigh(out: Address, words: ReadonlyWords, width: number): void {
      check('packHigh', width);
      packHigh(out, words.ptr, words.length, width);
    },

    /** words += the numbers of `width` bits at `packed`, times 2^(k − width); with `keep` their other bits stay, else become 0. */
    addHigh(words: Words, packed: Source, width: number, keep = false): void {
      check('addHigh', width);
      addHigh(words.ptr, packed, words.length, width, keep ? 1 : 0);
    },

    /** words = −(halves·2^(s − 1) − words with its low s bits cleared). */
    dropLow(words: Words, s: number, halves: number): void {
      check('dropLow', bits - s);
      if (s < 1) throw new RangeError(`dropLow: ${s} bits cannot be dropped`);
      dropLow(words.ptr, words.length, s, halves);
    },
  };
}
