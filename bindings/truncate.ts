/**
 * Truncation of an opened masked value and the products with a masked bit that share its opening.
 *
 * c = z + r is public with |z| < 2^(k-2); T = z/2^s, rounded down or up by a public coin:
 * T = ⌊z/2^s⌋ + 1 exactly when (c + 2^(k-2)) mod 2^s < z mod 2^s. The dealer knows r and deals words of it.
 * The equations stand beside the kernels (assembly/truncate). Every `out` may be an input.
 */
import { NULL } from './border.js';
import { blocksFor, type Heap, type ReadonlyPlanes, type ReadonlyWords, type Words } from './memory.js';
import { type Kernels, kernel } from './module.js';

function mismatch(name: string, ...operands: ReadonlyWords[]): never {
  throw new RangeError(`${name}: lengths ${operands.map((x) => x.length).join(', ')} differ`);
}

/** Truncation and selection for the ring Z_2^bits. */
export function truncateOps(kernels: Kernels, _heap: Heap, bits: 32 | 64) {
  const truncate = kernel(kernels, `truncate${bits}`);
  const lift = kernel(kernels, `lift${bits}`);
  const shr = kernel(kernels, `shr${bits}`);
  const select = kernel(kernels, `select${bits}`);
  const selectDeal = kernel(kernels, `selectDeal${bits}`);
  const selectWords = kernel(kernels, `selectWords${bits}`);
  const unmaskBit = kernel(kernels, `unmaskBit${bits}`);

  function checkShift(name: string, s: number, last: number): void {
    if (!(Number.isInteger(s) && s >= 0 && s <= last)) {
      throw new RangeError(`${name}: shift ${s} is not within 0 to ${last}`);
    }
  }
  function checkBit(name: string, bit: ReadonlyPlanes, n: number): void {
    if (bit.count < 1 || bit.blocks !== blocksFor(n)) {
      throw new RangeError(`${name}: ${bit.count} planes of ${bit.blocks} blocks for ${n} words`);
    }
  }

  return {
    /**
     * Party: its share of base + T + ρ, where ρ = r ≫ s is the dealer's to subtract.
     * @param base its share of what is added, or null
     * @param c the opened z + r
     * @param mu its share of msb r (right mod 2^s suffices)
     * @param s the shift, 0 ≤ s ≤ k - 2
     * @param first true at the one party that adds public terms
     */
    truncate(
      out: Words,
      base: ReadonlyWords | null,
      c: ReadonlyWords,
      mu: ReadonlyWords,
      s: number,
      first: boolean,
    ): void {
      const n = out.length;
      if (c.length !== n || mu.length !== n || (base && base.length !== n)) {
        mismatch('truncate', out, base ?? out, c, mu);
      }
      checkShift('truncate', s, bits - 2);
      truncate(out.ptr, base?.ptr ?? NULL, c.ptr, mu.ptr, n, s, first ? 1 : 0);
    },

    /**
     * Party: c → A + (1 − msb(c + H))·μ·2^(k − s) + v, of which the top s bits are to be opened and the others are not.
     * @param v its share of a mask of the top s bits
     * @param mu its share of msb r
     */
    lift(c: Words, v: ReadonlyWords, mu: ReadonlyWords, s: number, first: boolean): void {
      if (v.length !== c.length || mu.length !== c.length) mismatch('lift', c, v, mu);
      checkShift('lift', s, bits - 2);
      lift(c.ptr, v.ptr, mu.ptr, c.length, s, first ? 1 : 0);
    },

    /** out = input ≫ s, logical, 0 ≤ s < k. The dealer's ρ (s of the truncation) and msb r (s = k - 1). */
    shr(out: Words, input: ReadonlyWords, s: number): void {
      if (input.length !== out.length) mismatch('shr', out, input);
      checkShift('shr', s, bits - 1);
      shr(out.ptr, input.ptr, out.length, s);
    },

    /**
     * Party: its share of b·T + r_b·ρ for the masked bit b = bit ⊕ r_b; the dealer's share is −r_b·ρ
     * ({@link selectDeal}'s `term`).
     * @param bit the public plane bit (its first plane)
     * @param c the opened z + r
     * @param rb its share of r_b
     * @param sigma its share of ρ·(1 - 2r_b)
     * @param mu its share of msb r
     * @param rbmu its share of r_b·msb r
     * @param s the shift, 0 ≤ s ≤ k - 2
     * @param first true at the one party that adds public terms
     */
    select(
      out: Words,
      bit: ReadonlyPlanes,
      c: ReadonlyWords,
      rb: ReadonlyWords,
      sigma: ReadonlyWords,
      mu: ReadonlyWords,
      rbmu: ReadonlyWords,
      s: number,
      first: boolean,
    ): void {
      const n = out.length;
      if (c.length !== n || rb.length !== n || sigma.length !== n || mu.length !== n || rbmu.length !== n) {
        mismatch('select', out, c, rb, sigma, mu, rbmu);
      }
      checkBit('select', bit, n);
      checkShift('select', s, bits - 2);
      select(out.ptr, bit.ptr, c.ptr, rb.ptr, sigma.ptr, mu.ptr, rbmu.ptr, n, s, first ? 1 : 0);
    },

    /**
     * Dealer: from the mask r and the bits rb (words 0 or 1), with ρ = r ≫ s:
     * sigma = ρ·(1 - 2r_b), term = −r_b·ρ, rbmu = r_b·msb r, mu = msb r. The outputs are four different vectors.
     */
    selectDeal(
      sigma: Words,
      term: Words,
      rbmu: Words,
      mu: Words,
      r: ReadonlyWords,
      rb: ReadonlyWords,
      s: number,
    ): void {
      const n = r.length;
      if (
        rb.length !== n ||
        sigma.length !== n ||
        term.length !== n ||
        rbmu.length !== n ||
        mu.length !== n
      ) {
        mismatch('selectDeal', sigma, term, rbmu, mu, r, rb);
      }
      checkShift('selectDeal', s, bits - 2);
      selectDeal(sigma.ptr, term.ptr, rbmu.ptr, mu.ptr, r.ptr, rb.ptr, n, s);
    },

    /**
     * Party: its share of b·x for a masked bit b = bit ⊕ r_b and a masked x = Δ − δ.
     * @param bit the public plane bit (its first plane)
     * @param delta the public Δ
     * @param x its share of x (Δ − δ₀ at P₀, −δᵢ elsewhere)
     * @param rb its share of r_b
     * @param rbd its share of r_b·δ
     */
    selectWords(
      out: Words,
      bit: ReadonlyPlanes,
      delta: ReadonlyWords,
      x: ReadonlyWords,
      rb: ReadonlyWords,
      rbd: ReadonlyWords,
    ): void {
      const n = out.length;
      if (delta.length !== n || x.length !== n || rb.length !== n || rbd.length !== n) {
        mismatch('selectWords', out, delta, x, rb, rbd);
      }
      checkBit('selectWords', bit, n);
      selectWords(out.ptr, bit.ptr, delta.ptr, x.ptr, rb.ptr, rbd.ptr, n);
    },

    /**
     * Party: its share of b·x for a masked bit b = bit ⊕ r_b, from products with its mask. `out` may be any of the words.
     * @param bit the public plane (its first plane)
     * @param x its share of x
     * @param rx its share of r_b·x
     */
    unmaskBit(out: Words, bit: ReadonlyPlanes, x: ReadonlyWords, rx: ReadonlyWords): void {
      const n = out.length;
      if (x.length !== n || rx.length !== n) mismatch('unmaskBit', out, x, rx);
      checkBit('unmaskBit', bit, n);
      unmaskBit(out.ptr, bit.ptr, x.ptr, rx.ptr, n);
    },
  };
}

/** What {@link truncateOps} returns. */
export type TruncateOps = ReturnType<typeof truncateOps>;
