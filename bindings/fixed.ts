/** Fixed point: reals as f64 in wasm memory on one side, ring words round(x * 2^f) on the other. */
import type { Address, Source } from './border.js';
import type { Heap, ReadonlyWords, Words } from './memory.js';
import { type Kernels, kernel } from './module.js';

export type FixedOps = ReturnType<typeof fixedOps>;

/** The fixed-point kernels of the ring of `bits` bits. */
export function fixedOps(kernels: Kernels, _heap: Heap, bits: 32 | 64) {
  const encode = kernel(kernels, `encode${bits}`);
  const decode = kernel(kernels, `decode${bits}`);

  const fraction = (name: string, f: number): void => {
    if (!(Number.isInteger(f) && f >= 0 && f < bits)) {
      throw new RangeError(`${name}: ${f} fraction bits are not in 0..${bits - 1}`);
    }
  };

  return {
    /**
     * out[i] = round(input[i] * 2^fractionBits), half to even, for out.length f64 at address `input`.
     * Returns -1, or the index of the first value that is NaN, infinite or outside the ring's range
     * [-2^(bits-1-f), 2^(bits-1-f)) once rounded; out is then undefined.
     */
    encode(out: Words, input: Source, fractionBits: number): number {
      fraction('encode', fractionBits);
      return encode(out.ptr, input, out.length, fractionBits);
    },

    /** out[i] = input[i] * 2^-fractionBits as f64 at address `out`; for 64 bits rounded to the nearest double. */
    decode(out: Address, input: ReadonlyWords, fractionBits: number): void {
      fraction('decode', fractionBits);
      decode(out, input.ptr, input.length, fractionBits);
    },
  };
}
