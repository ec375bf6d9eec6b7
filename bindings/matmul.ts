/** Matrix products over the ring. Matrices are dense, row by row; out never overlaps an input. */
import type { Heap, Words } from './memory.js';
import { type Kernels, kernel } from './module.js';

export type MatmulOps = ReturnType<typeof matmulOps>;

/** What a product does with what out holds: 0 replaces it, 1 adds to it, 2 subtracts from it. */
export type Accumulate = 0 | 1 | 2;

/** Bytes of scratch a product needs, whatever its shape: one panel of one block of B. */
export const MATMUL_SCRATCH = 8192;

function check(name: string, out: Words, a: Words, b: Words, m: number, k: number, n: number): void {
  if (out.length !== m * n || a.length !== m * k || b.length !== k * n) {
    const got = `${a.length}, ${b.length} and ${out.length} words`;
    throw new RangeError(`${name}: [${m},${k}]·[${k},${n}] does not fit ${got}`);
  }
}

/** The products of the ring of `bits` bits. */
export function matmulOps(kernels: Kernels, heap: Heap, bits: 32 | 64) {
  const product = kernel(kernels, `matmul${bits}`);
  const productNT = kernel(kernels, `matmulNT${bits}`);
  const scratch = heap.alloc(MATMUL_SCRATCH);

  return {
    /** out[m, n] (by mode) a[m, k] · b[k, n]. */
    matmul(out: Words, a: Words, b: Words, m: number, k: number, n: number, mode: Accumulate): void {
      check('matmul', out, a, b, m, k, n);
      product(out.ptr, n, a.ptr, k, 1, b.ptr, n, m, k, n, mode, scratch);
    },

    /** out[m, n] (by mode) aᵀ · b[k, n] for a[k, m]. */
    matmulTN(out: Words, a: Words, b: Words, m: number, k: number, n: number, mode: Accumulate): void {
      check('matmulTN', out, a, b, m, k, n);
      product(out.ptr, n, a.ptr, 1, m, b.ptr, n, m, k, n, mode, scratch);
    },

    /** out[m, n] (by mode) a[m, k] · bᵀ for b[n, k]. */
    matmulNT(out: Words, a: Words, b: Words, m: number, k: number, n: number, mode: Accumulate): void {
      check('matmulNT', out, a, b, m, k, n);
      productNT(out.ptr, n, a.ptr, k, b.ptr, k, m, k, n, mode, scratch);
    },
  };
}
