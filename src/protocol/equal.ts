/**
 * isZero: ⟨x⟩ → ⟨x = 0⟩, and with x = a − b whether a = b. 2 rounds, |x| < 2^(48 − f) in ring 64.
 *
 * x = Δ − δ is 0 where Δ = δ, digit by digit: as in compare.ts the provider deals the products of the bits of δ's digits,
 * each party folds them with the public Δ into shares of eq_d = [Δ_d = δ_d], masks and opens them; ∏ eq_d follows from
 * dealt products of the masks (and.ts).
 */
import { MAX_DIGIT_BITS, MAX_DIGITS, subsetsCount } from '../../bindings/compare.js';
import { blocksFor, type Planes } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, MaskedBit } from '../party/values.js';
import { and, andCost } from './and.js';
import { type Cost, dealing, opening, type Setting, sequence } from './cost.js';
import { openedWords } from './opened.js';

/** Sizes of the digits, as few and as even as can be, of all bits or of as many as two rounds can take. */
function digitsOf(bits: number): number[] {
  const w = Math.min(bits, MAX_DIGITS * MAX_DIGIT_BITS);
  const count = Math.ceil(w / MAX_DIGIT_BITS);
  return Array.from({ length: count }, (_, d) => Math.floor(w / count) + (d < w % count ? 1 : 0));
}

const productsOf = (digits: readonly number[]): number => digits.reduce((sum, m) => sum + subsetsCount(m), 0);

export function isZeroCost(at: Setting, count: number): Cost {
  const digits = digitsOf(at.bits);
  const plane = blocksFor(count) * 16;
  return sequence(
    dealing(productsOf(digits) * plane),
    opening(at, digits.length * plane),
    andCost(at, count, digits.length, MAX_DIGITS),
  );
}

/** ⟨x⟩ → ⟨x = 0⟩. Leaves x alone. */
export function* isZero(rt: Runtime, x: Masked): Secure<MaskedBit> {
  const { ring } = rt;
  const blocks = blocksFor(x.size);
  const digits = digitsOf(ring.bits);
  const width = digits.reduce((sum, m) => sum + m, 0);
  const bits = rt.planes(width, blocks);
  ring.toPlanes(bits, openedWords(x), 0);
  const products = rt.dealPlanes(productsOf(digits), blocks, () => {
    const out = rt.planes(productsOf(digits), blocks);
    eachDigit(digits, bits, out, (bit, product, m) => ring.subsets(product, bit, m, blocks));
    return out;
  });
  let open: Planes | null = null;
  if (!rt.isProvider) {
    const equal = rt.planes(digits.length, blocks);
    const less = rt.planes(1, blocks);
    eachDigit(digits, bits, products, (bit, product, m, d) => {
      ring.leaf(less.ptr, equal.ptr + d * blocks * 16, bit, product, m, blocks, rt.first);
    });
    rt.free(less);
    open = equal;
  }
  rt.free(bits, products);
  const mask = rt.maskPlanes(digits.length, blocks);
  if (open) ring.xor(open, open, mask);
  yield [{ ptr: open?.ptr ?? 0, bytes: mask.count * blocks * 16, join: 'xor', label: 'equal' }];
  return yield* and(rt, { open, mask }, x.shape, MAX_DIGITS);
}

/** Addresses of each digit's planes and of its products. */
function eachDigit(
  digits: readonly number[],
  bits: Planes,
  products: Planes,
  visit: (bit: number, product: number, m: number, d: number) => void,
): void {
  const stride = bits.blocks * 16;
  let [bit, product] = [bits.ptr, products.ptr];
  digits.forEach((m, d) => {
    visit(bit, product, m, d);
    bit += m * stride;
    product += subsetsCount(m) * stride;
  });
}
