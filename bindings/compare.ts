/**
 * Comparison of a public Δ with a secret, dealt δ on bit planes, and products of masked bits.
 *
 * Planes are given by address and all have `blocks` 128-bit blocks; plane j stands at ptr + j·blocks·16. Shares are
 * xor shares. `first` is true at the one party that adds public terms. Values past the last get arbitrary bits in
 * the outputs. Outputs must not overlap inputs. The equations stand beside the kernels (assembly/compare). A
 * comparison: leaf for every digit, open lt and eq under masks, combine.
 */
import { type Address, type Count, NULL, type Source } from './border.js';
import type { Heap } from './memory.js';
import { type Kernels, kernel } from './module.js';

/** Widest digit, in bits. */
export const MAX_DIGIT_BITS = 6;
/** Most digits that one combination takes. */
export const MAX_DIGITS = 8;

/** Most digits of a number: one a bit. */
const MOST_DIGITS = 64;

/** Planes' worth of products that `subsets` writes for a digit of m bits: one for each nonempty subset. */
export const subsetsCount = (m: number): number => (1 << m) - 1;

/** Planes that `andDeal` writes for m masks: one for each subset of at least two. */
export const andCount = (m: number): number => (1 << m) - m - 1;

/** Planes of eq (and of its masks) that a combination of D digits takes: digit 0 counts only towards equality. */
export const combineEqCount = (D: number, withEq: boolean): number => (withEq ? D : D - 1);

/** Product planes of a combination of D digits: products of eq masks, and of each lt mask with those above it. */
export const combineCount = (D: number, withEq: boolean): number =>
  andCount(combineEqCount(D, withEq)) + (1 << D) - 1 - D;

/** Bytes of scratch that the kernels want for D digits or masked bits. */
export const combineScratchBytes = (D: number): number => (1 << (D - 1)) * 128;

function checkCount(name: string, what: string, value: number, last: number): void {
  if (!(Number.isInteger(value) && value >= 1 && value <= last)) {
    throw new RangeError(`${name}: ${what} ${value} is not within 1 to ${last}`);
  }
}

/** Comparison kernels; they are the same for both rings. */
export function compareOps(kernels: Kernels, heap: Heap, _bits: 32 | 64) {
  const subsets = kernel(kernels, 'subsets');
  const leaf = kernel(kernels, 'leaf');
  const leaves = kernel(kernels, 'leaves');
  const andDeal = kernel(kernels, 'andDeal');
  const andParty = kernel(kernels, 'andParty');
  const combineDeal = kernel(kernels, 'combineDeal');
  const combine = kernel(kernels, 'combine');
  const scratch = heap.alloc(combineScratchBytes(MAX_DIGITS));
  const widths = heap.alloc(MOST_DIGITS);

  return {
    /**
     * Dealer: all products of the m bit planes of a digit, {@link subsetsCount} · blocks 128-bit blocks. They stand
     * block by block, not plane by plane: block i of the product of the bits in S is block (2ᵐ − 1)·i + S − 1, where
     * bit j of the number S stands for bit j of the digit (plane 0 the lowest).
     */
    subsets(out: Address, bits: Source, m: number, blocks: Count): void {
      checkCount('subsets', 'width', m, MAX_DIGIT_BITS);
      subsets(out, bits, m, blocks);
    },

    /**
     * Party: shares of [Δ_digit < δ_digit] and [Δ_digit = δ_digit], one plane each.
     * @param eq address, or null when equality is not wanted
     * @param delta the m public planes of Δ's digit, lowest first
     * @param products its shares of what {@link subsets} gives for δ's digit
     */
    leaf(
      lt: Address,
      eq: Address | null,
      delta: Source,
      products: Source,
      m: number,
      blocks: Count,
      first: boolean,
    ): void {
      checkCount('leaf', 'width', m, MAX_DIGIT_BITS);
      leaf(lt, eq ?? NULL, delta, products, m, blocks, first ? 1 : 0);
    },

    /**
     * Party: {@link leaf} for every digit of several public numbers against one δ. Planes of the result hold the numbers side
     * by side: lt of every digit, then eq of every digit but the lowest.
     * @param delta the planes of the numbers, those of the next `region` bytes after those of one
     * @param products its shares of what {@link subsets} gives for δ's digits, one digit after the other
     * @param digits their widths, lowest first
     * @param blocks of one number's planes
     */
    leaves(
      out: Address,
      delta: Source,
      products: Source,
      digits: readonly number[],
      numbers: number,
      blocks: Count,
      region: number,
      first: boolean,
    ): void {
      checkCount('leaves', 'number of digits', digits.length, MOST_DIGITS);
      for (const m of digits) checkCount('leaves', 'width', m, MAX_DIGIT_BITS);
      heap.bytes(widths, digits.length).set(digits);
      leaves(out, delta, products, widths, digits.length, numbers, blocks, region, first ? 1 : 0);
    },

    /**
     * Dealer: the products of at least two of m mask planes, {@link andCount} planes, ordered by the number whose
     * bit t says that mask t is a factor: for m = 3 that is 011, 101, 110, 111.
     */
    andDeal(out: Address, masks: Source, m: number, blocks: Count): void {
      checkCount('andDeal', 'number of bits', m, MAX_DIGITS);
      andDeal(out, masks, m, blocks);
    },

    /**
     * Party: its share of the product of m bits.
     * @param open the public planes bit ⊕ mask
     * @param mask its shares of the masks
     * @param products its shares of the planes of {@link andDeal}
     */
    andParty(
      out: Address,
      open: Source,
      mask: Source,
      products: Source,
      m: number,
      blocks: Count,
      first: boolean,
    ): void {
      checkCount('andParty', 'number of bits', m, MAX_DIGITS);
      andParty(out, open, mask, products, m, blocks, first ? 1 : 0, scratch);
    },

    /**
     * Dealer: the {@link combineCount} product planes of D digits, lowest digit first. Order:
     * 1. products of at least two eq masks, as {@link andDeal} orders them;
     * 2. for d = 0 … D − 2: lt mask d times the product of a nonempty set of eq masks of digits above d, ordered by
     *    the number whose bit t stands for digit d + 1 + t.
     * @param masksLt D planes
     * @param masksEq planes of digits 0 … D − 1 withEq, of digits 1 … D − 1 without ({@link combineEqCount})
     */
    combineDeal(
      out: Address,
      masksLt: Source,
      masksEq: Source,
      D: number,
      withEq: boolean,
      blocks: Count,
    ): void {
      checkCount('combineDeal', 'number of digits', D, MAX_DIGITS);
      combineDeal(out, masksLt, masksEq, D, withEq ? 1 : 0, blocks);
    },

    /**
     * Party: shares of Δ < δ and Δ = δ from all D digits, one plane each.
     * @param eq address, or null when equality is not wanted (then everything of eq starts at digit 1)
     * @param openLt D public planes lt ⊕ mask
     * @param openEq public planes eq ⊕ mask, {@link combineEqCount}
     * @param maskLt its shares of the masks, D planes
     * @param maskEq its shares of the masks, as many as openEq
     * @param products its shares of the planes of {@link combineDeal}
     */
    combine(
      lt: Address,
      eq: Address | null,
      openLt: Source,
      openEq: Source,
      maskLt: Source,
      maskEq: Source,
      products: Source,
      D: number,
      blocks: Count,
      first: boolean,
    ): void {
      checkCount('combine', 'number of digits', D, MAX_DIGITS);
      const e = eq === null ? 0 : 1;
      const f = first ? 1 : 0;
      combine(lt, eq ?? NULL, openLt, openEq, maskLt, maskEq, products, D, e, blocks, f, scratch);
    },
  };
}

/** What {@link compareOps} returns. */
export type CompareOps = ReturnType<typeof compareOps>;
