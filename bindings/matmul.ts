/**
 * Matrix products over the ring. Matrices are dense, row by row; out never overlaps an input. With a pool, large
 * products are cut into bands of rows (or, when there are few rows, of columns), one a thread; the result does
 * not depend on how many.
 */
import { further } from './border.js';
import type { Heap, ReadonlyWords, Words } from './memory.js';
import { type Kernels, kernel } from './module.js';
import type { Pool } from './pool.js';

export type MatmulOps = ReturnType<typeof matmulOps>;

/** What a product does with what out holds: 0 replaces it, 1 adds to it, 2 subtracts from it. */
export type Accumulate = 0 | 1 | 2;

/** Bytes of scratch a thread needs for a product of any shape: one panel of one block of B. */
export const MATMUL_SCRATCH = 16384;

/**
 * Multiply-adds from which a product is worth waking helpers for, by width: about 100 microseconds' work, since
 * waking a sleeping thread and hearing back from it takes up to 70.
 */
const WORTH_SPLITTING = { 32: 2 ** 21, 64: 2 ** 19 };

/** Bands start at multiples of this many rows, of this many columns: the register tiles' size. */
const ROW_GRAIN = 4;
const COLUMN_GRAIN = 8;

function check(
  name: string,
  out: Words,
  a: ReadonlyWords,
  b: ReadonlyWords,
  m: number,
  k: number,
  n: number,
): void {
  if (out.length !== m * n || a.length !== m * k || b.length !== k * n) {
    const got = `${a.length}, ${b.length} and ${out.length} words`;
    throw new RangeError(`${name}: [${m},${k}]·[${k},${n}] does not fit ${got}`);
  }
}

/** Words of the first band when `extent` is cut into `parts`, in multiples of `grain`. */
const band = (extent: number, parts: number, grain: number): number =>
  Math.ceil(extent / parts / grain) * grain;

/** The products of the ring of `bits` bits. */
export function matmulOps(kernels: Kernels, heap: Heap, bits: 32 | 64, pool?: Pool) {
  const run = kernel(kernels, `matmul${bits}`);
  const scratch = heap.alloc(MATMUL_SCRATCH * (1 + (pool?.size ?? 0)));
  const bytes = bits / 8;
  const worth = WORTH_SPLITTING[bits];

  /** out[i, j] (by mode) sum over p of a[i * rsa + p * csa] * b[p * rsb + j * csb]. */
  function product(
    out: Words,
    a: ReadonlyWords,
    rsa: number,
    csa: number,
    b: ReadonlyWords,
    rsb: number,
    csb: number,
    m: number,
    k: number,
    n: number,
    mode: Accumulate,
  ): void {
    const parts = pool !== undefined && m * k * n >= worth ? pool.ready + 1 : 1;
    if (pool === undefined || parts === 1) {
      run(out.ptr, n, a.ptr, rsa, csa, b.ptr, rsb, csb, m, k, n, mode, scratch);
      return;
    }
    const byRows = m >= ROW_GRAIN * parts;
    const rows = byRows ? band(m, parts, ROW_GRAIN) : m;
    const columns = byRows ? n : Math.min(n, band(n, parts, COLUMN_GRAIN));
    let posted = 0;
    for (let i = byRows ? rows : 0, j = byRows ? 0 : columns; i < m && j < n; posted++) {
      const to = further(out.ptr, (i * n + j) * bytes);
      const from = further(a.ptr, i * rsa * bytes);
      const beside = further(b.ptr, j * csb * bytes);
      const height = Math.min(rows, m - i);
      const width = Math.min(columns, n - j);
      const own = further(scratch, MATMUL_SCRATCH * (posted + 1));
      pool.post(
        posted,
        `matmul${bits}`,
        to,
        n,
        from,
        rsa,
        csa,
        beside,
        rsb,
        csb,
        height,
        k,
        width,
        mode,
        own,
      );
      if (byRows) i += rows;
      else j += columns;
    }
    run(out.ptr, n, a.ptr, rsa, csa, b.ptr, rsb, csb, rows, k, columns, mode, scratch);
    pool.join(posted);
  }

  return {
    /** out[m, n] (by mode) a[m, k] · b[k, n]. */
    matmul(
      out: Words,
      a: ReadonlyWords,
      b: ReadonlyWords,
      m: number,
      k: number,
      n: number,
      mode: Accumulate,
    ): void {
      check('matmul', out, a, b, m, k, n);
      product(out, a, k, 1, b, n, 1, m, k, n, mode);
    },

    /** out[m, n] (by mode) aᵀ · b[k, n] for a[k, m]. */
    matmulTN(
      out: Words,
      a: ReadonlyWords,
      b: ReadonlyWords,
      m: number,
      k: number,
      n: number,
      mode: Accumulate,
    ): void {
      check('matmulTN', out, a, b, m, k, n);
      product(out, a, 1, m, b, n, 1, m, k, n, mode);
    },

    /** out[m, n] (by mode) a[m, k] · bᵀ for b[n, k]. */
    matmulNT(
      out: Words,
      a: ReadonlyWords,
      b: ReadonlyWords,
      m: number,
      k: number,
      n: number,
      mode: Accumulate,
    ): void {
      check('matmulNT', out, a, b, m, k, n);
      product(out, a, k, 1, b, 1, k, m, k, n, mode);
    },
  };
}
