/**
 * isNegative: ⟨x⟩ → ⟨x < 0⟩ for x a number of w bits in two's complement, held in bits low … low + w − 1 of Δ and δ.
 * 1 round for w ≤ 7, 2 for w ≤ 37, 3 for w ≤ 64.
 *
 * x = Δ − δ with Δ public, so msb x = msb Δ ⊕ msb δ ⊕ [Δ' < δ'] on the w − 1 bits below. These are cut into digits
 * (digits.ts). The provider deals XOR shares of the products of all subsets of a digit's bits of δ; with Δ public,
 * each party folds them into shares of lt = [Δ_d < δ_d] and eq = [Δ_d = δ_d], masks and opens them; groups of
 * (lt, eq) are joined in the same way, LT = ⊕_d lt_d · ∏_{d' > d} eq_{d'}, until one is left. Everything runs on bit
 * planes, 128 values an instruction.
 *
 * Taking bits low = s upward of a blinded product (c, r) compares its truncated value: (c ≫ s) − (r ≫ s) is z / 2^s
 * as truncate defines it, coin included, in w = k − s bits. The low s bits need no comparison.
 */
import { combineCount, subsetsCount } from '../../bindings/compare.js';
import { blocksFor, type Planes, type Words } from '../../bindings/memory.js';
import { planeAt } from '../../bindings/planes.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, MaskedBit } from '../party/values.js';
import type { Shape } from '../shape.js';
import { type Cost, dealing, opening, type Setting, sequence } from './cost.js';
import { type Plan, planComparison, planCounts } from './digits.js';
import { openedWords } from './opened.js';

export function isNegativeCost(at: Setting, count: number, w: number): Cost {
  const plane = blocksFor(count) * 16;
  const { dealt, opened } = planCounts(planComparison(w - 1));
  return sequence(
    dealing(plane), // the mask's top bit
    ...dealt.map((planes) => dealing(planes * plane)),
    ...opened.map((planes) => opening(at, planes * plane)),
  );
}

/** ⟨x⟩ → ⟨x < 0⟩, over as many bits as x can have. */
export function* isNegative(rt: Runtime, x: Masked): Secure<MaskedBit> {
  return yield* isNegativeBits(rt, openedWords(x), x.shape, 0, Math.min(rt.ring.bits, x.bound + 2));
}

/**
 * ⟨x < 0⟩ for the w-bit number in bits low … low + w − 1 of `value` (Δ or c at a party, δ or r at the provider).
 * Leaves `value` alone.
 */
export function* isNegativeBits(
  rt: Runtime,
  value: Words,
  shape: Shape,
  low: number,
  w: number,
): Secure<MaskedBit> {
  const blocks = blocksFor(value.length);
  const bits = rt.planes(w, blocks);
  rt.ring.toPlanes(bits, value, low);
  const comparison = new Comparison(rt, planComparison(w - 1), blocks);
  let pairs = comparison.digits(bits.ptr);
  for (const groups of comparison.plan.levels) {
    pairs = comparison.join(yield* comparison.open(pairs, 'compare'), groups);
  }
  addTopBit(rt, pairs.planes, { ptr: planeAt(bits, w - 1), count: 1, blocks });
  rt.free(bits);
  const { open, mask } = yield* comparison.open(pairs, 'bit');
  return new MaskedBit(open, mask, shape);
}

/** less ⊕= msb Δ ⊕ msb δ: P₀ adds the public bit, the provider deals the mask's. */
export function addTopBit(rt: Runtime, less: Planes | null, top: Planes): void {
  const mask = rt.dealPlanes(1, top.blocks, () => top);
  if (!less) return;
  rt.ring.xor(less, less, mask);
  if (rt.first) rt.ring.xor(less, less, top);
  rt.free(mask);
}

/** Shares of `count` planes lt, then count − 1 planes eq (of digits 1 …); no planes at the provider. */
export interface Pairs {
  readonly planes: Planes | null;
  readonly count: number;
}

/** The same planes opened under a mask. */
export interface OpenPairs {
  readonly open: Planes | null;
  readonly mask: Planes;
  readonly count: number;
}

/**
 * Shares of lt and eq of every digit, from the planes of Δ (of δ at the provider) at `bits`. Local.
 * @param copies several Δ with one δ between them, whose products are dealt once; results are placed side by side
 * @param region bytes from the planes of one Δ to those of the next
 */
export function digitPairs(
  rt: Runtime,
  digits: readonly number[],
  bits: number,
  blocks: number,
  copies = 1,
  region = 0,
): Pairs {
  const count = digits.length;
  const total = digits.reduce((sum, m) => sum + subsetsCount(m), 0);
  const products = rt.dealPlanes(total, blocks, () => {
    const out = rt.planes(total, blocks);
    let [bit, product] = [bits, out.ptr];
    for (const m of digits) {
      rt.ring.subsets(product, bit, m, blocks);
      bit += m * blocks * 16;
      product += subsetsCount(m) * blocks * 16;
    }
    return out;
  });
  const planes = rt.isProvider ? null : rt.planes(2 * count - 1, blocks * copies);
  if (planes) rt.ring.leaves(planes.ptr, bits, products.ptr, digits, copies, blocks, region, rt.first);
  rt.free(products);
  return { planes, count };
}

/** One comparison under way, or several side by side; see thresholds.ts for some that share a mask. */
export class Comparison {
  /** Bytes from one plane to the next. */
  readonly #stride: number;

  constructor(
    readonly rt: Runtime,
    readonly plan: Plan,
    readonly blocks: number,
  ) {
    this.#stride = blocks * 16;
  }

  /** Shares of lt and eq of every digit, from the planes of Δ (of δ at the provider) at `bits`. Local. */
  digits(bits: number): Pairs {
    return digitPairs(this.rt, this.plan.digits, bits, this.blocks);
  }

  /** One round: masks and opens all planes. */
  *open(pairs: Pairs, label: string): Secure<OpenPairs> {
    const { rt, blocks } = this;
    const { planes, count } = pairs;
    const mask = rt.maskPlanes(2 * count - 1, blocks);
    if (planes) rt.ring.xor(planes, planes, mask);
    yield [{ ptr: planes?.ptr ?? 0, bytes: mask.count * this.#stride, join: 'xor', label }];
    return { open: planes, mask, count };
  }

  /** Joins groups of pairs: shares of their lt and eq, the lowest group without eq. Consumes the pairs. */
  join(pairs: OpenPairs, groups: readonly number[]): Pairs {
    const { rt, blocks } = this;
    const { open, mask } = pairs;
    const count = groups.length;
    const total = groups.reduce((sum, size, g) => sum + combineCount(size, g > 0), 0);
    const products = rt.dealPlanes(total, blocks, () => {
      const out = rt.planes(total, blocks);
      this.#eachGroup(groups, out.ptr, (start, product, size, g) => {
        const [less, equal] = this.#groupAt(mask.ptr, pairs.count, start);
        rt.ring.combineDeal(product, less, equal, size, g > 0, blocks);
      });
      return out;
    });
    let planes: Planes | null = null;
    if (open) {
      const out = rt.planes(2 * count - 1, blocks);
      this.#eachGroup(groups, products.ptr, (start, product, size, g) => {
        const [less, equal] = this.#pairAt(out.ptr, count, g);
        const [openLess, openEqual] = this.#groupAt(open.ptr, pairs.count, start);
        const [maskLess, maskEqual] = this.#groupAt(mask.ptr, pairs.count, start);
        const { ring, first } = rt;
        ring.combine(less, equal, openLess, openEqual, maskLess, maskEqual, product, size, blocks, first);
      });
      planes = out;
    }
    rt.free(open, mask, products);
    return { planes, count };
  }

  /** Addresses of lt and eq of digit d among `count`; digit 0 has no eq. */
  #pairAt(base: number, count: number, d: number): [less: number, equal: number | null] {
    return [base + d * this.#stride, d === 0 ? null : base + (count + d - 1) * this.#stride];
  }

  /** Addresses where lt and eq of the digits from `start` on begin; the lowest group begins at digit 1's eq. */
  #groupAt(base: number, count: number, start: number): [less: number, equal: number] {
    return [base + start * this.#stride, base + (count + Math.max(0, start - 1)) * this.#stride];
  }

  #eachGroup(
    groups: readonly number[],
    products: number,
    visit: (start: number, product: number, size: number, g: number) => void,
  ): void {
    let [start, product] = [0, products];
    groups.forEach((size, g) => {
      visit(start, product, size, g);
      start += size;
      product += combineCount(size, g > 0) * this.#stride;
    });
  }
}
