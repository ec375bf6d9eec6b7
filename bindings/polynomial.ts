/**
 * Polynomials of a masked value: p(Δ − δ) = Σ_t g_t(Δ)·δᵗ with g_t = (−1)ᵗ·p⁽ᵗ⁾/t!, so that a party adds up
 * g_t(Δ) times its share of the dealt δᵗ. Coefficients are ring integers, lowest degree first.
 */
import { NULL } from './border.js';
import type { Heap, ReadonlyWords, Words } from './memory.js';
import { type Kernels, kernel } from './module.js';

/**
 * The integer coefficients of g_t for p with coefficients A_j: coefficient i is (−1)ᵗ·C(i + t, t)·A_{i+t}.
 * @throws RangeError unless 0 ≤ t ≤ degree
 */
export function taylorTable(coefficients: readonly bigint[], t: number): bigint[] {
  if (!(Number.isInteger(t) && t >= 0 && t < coefficients.length)) {
    throw new RangeError(`taylorTable: derivative ${t} of a polynomial of degree ${coefficients.length - 1}`);
  }
  const sign = t % 2 ? -1n : 1n;
  let choose = 1n; // C(j, t)
  return coefficients.slice(t).map((a, i) => {
    if (i > 0) choose = (choose * BigInt(i + t)) / BigInt(i);
    return sign * choose * a;
  });
}

/** Polynomial kernels for the ring Z_2^bits. */
export function polynomialOps(kernels: Kernels, heap: Heap, bits: 32 | 64) {
  const hornerMulAdd = kernel(kernels, `hornerMulAdd${bits}`);

  return {
    /** Allocates a vector of the given ring integers, reduced mod 2^k; the caller frees it. */
    coefficientWords(values: readonly bigint[]): Words {
      const ptr = heap.alloc((values.length * bits) / 8);
      const reduced = values.map((v) => BigInt.asUintN(bits, v));
      if (bits === 32) heap.u32(ptr, values.length).set(reduced.map(Number));
      else heap.u64(ptr, values.length).set(reduced);
      return { ptr, length: values.length };
    },

    /**
     * out += p(x)·factor mod 2^k, p given by its coefficient words (degree + 1 of them); out may be x or factor.
     * @param factor a vector, or null for 1
     */
    hornerMulAdd(
      out: Words,
      x: ReadonlyWords,
      coefficients: ReadonlyWords,
      factor: ReadonlyWords | null,
    ): void {
      const n = out.length;
      if (x.length !== n || (factor && factor.length !== n)) {
        throw new RangeError(`hornerMulAdd: lengths ${n}, ${x.length}, ${factor?.length ?? n} differ`);
      }
      if (coefficients.length < 1) throw new RangeError('hornerMulAdd: no coefficients');
      const last = coefficients.length - 1;
      hornerMulAdd(out.ptr, x.ptr, coefficients.ptr, last, factor?.ptr ?? NULL, n);
    },
  };
}

/** What {@link polynomialOps} returns. */
export type PolynomialOps = ReturnType<typeof polynomialOps>;
