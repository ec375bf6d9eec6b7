/**
 * below: ⟨x⟩, public t₀ < t₁ < … → ⟨x < t₀⟩, ⟨x < t₁⟩, … As many rounds as one comparison (compare.ts): 1 for w ≤ 7,
 * 2 for w ≤ 37, 3 for w ≤ 64.
 *
 * x − t = (Δ − t) − δ, so every threshold has its own public number and all share the mask: the products of δ's bits,
 * most of what a comparison is dealt, are dealt once. Of x only bits low … low + w − 1 take part. For low > 0 the
 * number compared is (Δ ≫ low) − (δ ≫ low), which is x / 2^low rounded down or up by the mask's low bits: a result may
 * be wrong where x is within 2^low of the threshold. The thresholds are multiples of 2^low, and x and all x − t below
 * 2^(low + w − 1) in magnitude.
 *
 * intervals: → the bits of t_{i−1} ≤ x < t_i, one of which is 1. Local: the bits are ordered, so that neighbours'
 * exclusive or is what lies between.
 */
import { blocksFor, type Planes, type Words } from '../../bindings/memory.js';
import { planeAt } from '../../bindings/planes.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { MaskedBit } from '../party/values.js';
import type { Shape } from '../shape.js';
import type { BitRows } from './bit-rows.js';
import { Comparison, digitPairs } from './compare.js';
import { type Cost, dealing, opening, type Setting, sequence } from './cost.js';
import { planCounts } from './digits.js';
import { integers } from './encode.js';
import { planThresholds } from './threshold-plan.js';

/** Cost of `thresholds` comparisons of each of `count` values in w bits. */
export function belowCost(at: Setting, count: number, w: number, thresholds: number): Cost {
  const plane = blocksFor(count) * 16;
  const { dealt, opened } = planCounts(planThresholds(w - 1, thresholds));
  const [products, ...joins] = dealt;
  return sequence(
    dealing((1 + products) * plane),
    ...joins.map((planes) => dealing(planes * plane * thresholds)),
    ...opened.map((planes) => opening(at, planes * plane * thresholds)),
  );
}

/**
 * ⟨x < t⟩ for every threshold, a row each.
 * @param value Δ at a party, δ at the provider (or c and r of a blinded value); left alone
 * @param thresholds in ring units
 */
export function* below(
  rt: Runtime,
  value: Words,
  low: number,
  w: number,
  thresholds: readonly number[],
): Secure<BitRows> {
  const blocks = blocksFor(value.length);
  const copies = thresholds.length;
  const comparison = new Comparison(rt, planThresholds(w - 1, copies), blocks * copies);
  const bits = rt.isProvider ? maskBits(rt, value, low, w) : publicBits(rt, value, low, w, thresholds);
  const region = w * blocks * 16;
  let pairs = digitPairs(rt, comparison.plan.digits, bits.ptr, blocks, copies, region);
  for (const groups of comparison.plan.levels) {
    pairs = comparison.join(yield* comparison.open(pairs, 'compare'), groups);
  }
  const top = { ptr: bits.ptr + (w - 1) * blocks * 16, count: 1, blocks };
  const mask = rt.dealPlanes(1, blocks, () => top);
  if (pairs.planes) {
    for (let copy = 0; copy < copies; copy++) {
      const less = { ptr: planeAt({ ...pairs.planes, blocks }, copy), count: 1, blocks };
      rt.ring.xor(less, less, mask);
      if (rt.first) rt.ring.xor(less, less, { ...top, ptr: top.ptr + copy * region });
    }
    rt.free(mask);
  }
  rt.free(bits);
  const opened = yield* comparison.open(pairs, 'bit');
  const rows = (planes: Planes): Planes => ({ ptr: planes.ptr, count: copies, blocks });
  return { open: opened.open && rows(opened.open), mask: rows(opened.mask) };
}

function maskBits(rt: Runtime, mask: Words, low: number, w: number): Planes {
  const bits = rt.planes(w, blocksFor(mask.length));
  rt.ring.toPlanes(bits, mask, low);
  return bits;
}

/** Lists of thresholds that have been met, as integers: those of functions are wanted again and again. */
const known = new WeakMap<readonly number[], BigInt64Array>();

function wordsOf(thresholds: readonly number[]): BigInt64Array {
  const words = known.get(thresholds) ?? BigInt64Array.from(thresholds, BigInt);
  known.set(thresholds, words);
  return words;
}

/** The planes of every Δ − t, one threshold after the other. */
function publicBits(
  rt: Runtime,
  delta: Words,
  low: number,
  w: number,
  thresholds: readonly number[],
): Planes {
  const blocks = blocksFor(delta.length);
  const bits = rt.planes(w * thresholds.length, blocks);
  const less = integers(rt, wordsOf(thresholds));
  rt.ring.differencePlanes(bits, delta, less, low);
  rt.free(less);
  return bits;
}

/** One bit an interval: x < t₀, t₀ ≤ x < t₁, …, t_last ≤ x. Local; consumes the rows. */
export function intervals(rt: Runtime, { open, mask }: BitRows, shape: Shape): MaskedBit[] {
  const row = (rows: Planes, i: number): Planes => ({ ptr: planeAt(rows, i), count: 1, blocks: rows.blocks });
  const between = (rows: Planes, i: number): Planes => {
    const out = rt.planes(1, rows.blocks);
    const bytes = rows.blocks * 16;
    rt.heap.bytes(out.ptr, bytes).set(rt.heap.bytes(planeAt(rows, Math.max(0, i - 1)), bytes));
    if (i > 0 && i < rows.count) rt.ring.xor(out, out, row(rows, i));
    return out;
  };
  const bits = Array.from({ length: mask.count + 1 }, (_, i) => {
    const bit = new MaskedBit(open && between(open, i), between(mask, i), shape);
    if (i === mask.count && bit.open) rt.ring.not(bit.open, bit.open);
    return bit;
  });
  rt.free(open, mask);
  return bits;
}
