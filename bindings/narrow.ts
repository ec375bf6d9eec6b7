/** Words sent with fewer bytes than the ring's: the low `width` bytes of each, dense, little-endian. */
import type { Address, Source } from './border.js';
import type { Heap, ReadonlyWords, Words } from './memory.js';
import { type Kernels, kernel } from './module.js';

export type NarrowOps = ReturnType<typeof narrowOps>;

/** The packing kernels of the ring of `bits` bits. */
export function narrowOps(kernels: Kernels, _heap: Heap, bits: 32 | 64) {
  const pack = kernel(kernels, `pack${bits}`);
  const unpack = kernel(kernels, `unpack${bits}`);

  const check = (name: string, width: number): void => {
    if (!(Number.isInteger(width) && width >= 1 && width <= bits / 8)) {
      throw new RangeError(`${name}: width ${width} is not in 1..${bits / 8} bytes`);
    }
  };

  return {
    /** The words.length * width bytes at address `out` = the low `width` bytes of each word; out may be the words. */
    pack(out: Address, words: ReadonlyWords, width: number): void {
      check('pack', width);
      pack(out, words.ptr, words.length, width);
    },

    /** out[i] = the i-th number of `width` bytes at address `bytes`, zero-extended; not in place. */
    unpack(out: Words, bytes: Source, width: number): void {
      check('unpack', width);
      unpack(out.ptr, bytes, out.length, width);
    },
  };
}
