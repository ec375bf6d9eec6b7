/**
 * mean: ⟨x⟩ [N, …] → ⟨Σ x / N⟩ over the first axis, for any N. 2 rounds where N is a power of two below 2^f, else up to 4.
 *
 * For tensors, of any number of values; a training's means, of a sum that fits the ring, are in mean-of-sum.ts.
 *
 * A sum of N values may leave the ring although their mean does not, so M = ⌈N / (2^f − 1)⌉ groups are summed, each below
 * 2^(k − 2), and what the ring cannot hold of them is rounded away before they are added:
 *
 *   +1   M > 1:              Σ / 2^(b − g) by groups, b = ⌊log2 N⌋; M = 1 and N no power of two, b > g: the same at once
 *   +1   no power of two:    times 2^b/N, which has more bits than fit beside a sum, in digits d_i of r bits: the
 *                            products Σ·d_i are rounded side by side, to e bits more than the result has
 *   +2   rescale, by b, by g or by e
 *
 * Range: |x| < 2^(k − 2 − 2f), what a share may hold. Error, with 12 fraction bits or more: below 1 unit of the last place
 * where 2 rounds do, else below 1.5 and 2^−g for each of several groups, g ≥ f − 3. All roundings are stochastic;
 * what the digits leave out of 2^b/N is below a quarter of a unit at the largest mean.
 */
import type { Words } from '../../bindings/memory.js';
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, Share } from '../party/values.js';
import { type Shape, sizeOf } from '../shape.js';
import { type Cost, free, parallel, type Setting, sequence } from './cost.js';
import { asShare, mapMasked, mapShare, reshape } from './linear.js';
import { open, openCost } from './open.js';
import { addScaled, sumOfRows } from './sums.js';
import { rescale, rescaleCost, truncate, truncateCost } from './truncate.js';
import { atScale, shaped } from './views.js';

/** Bits kept below the result's last while a sum of one group is rounded for its products. */
const GUARD = 3;
/** The same while the products are added. */
const SUM_GUARD = 8;

/** One digit of 2^b/N, and by how much its product is shifted. */
interface Digit {
  readonly digit: number;
  readonly shift: number;
}

/** How a mean of `count` values is taken. */
interface MeanPlan {
  /** Sizes of the groups. */
  readonly groups: readonly number[];
  /** Shift of the groups' sums before they are added; 0: none. */
  readonly first: number;
  /** Digits of the reciprocal; none where the count is a power of two. */
  readonly digits: readonly Digit[];
  /** Last shift; 0: none. */
  readonly last: number;
}

function planMean(bits: number, fraction: number, count: number): MeanPlan {
  const most = 2 ** fraction - 1;
  const groupCount = Math.ceil(count / Math.max(1, most));
  const groups = Array.from(
    { length: groupCount },
    (_, g) => Math.floor(count / groupCount) + (g < count % groupCount ? 1 : 0),
  );
  const b = Math.floor(Math.log2(count));
  if (2 ** b === count) {
    const kept = groupCount === 1 ? b : Math.min(b, fraction - 1);
    return { groups, first: b - kept, digits: [], last: kept };
  }
  const guard = Math.min(groupCount === 1 ? GUARD : fraction - 3, fraction - 2, b);
  const extra = Math.max(0, Math.min(SUM_GUARD, fraction - 2));
  // a product of a sum below 2^(k − 1 − f + guard) and a digit stays below 2^(k − 2)
  const digitBits = fraction - guard - 1;
  const digits = digitsOf(count, b, digitBits, Math.ceil((bits - fraction) / digitBits));
  return {
    groups,
    first: b - guard,
    digits: digits.map((digit, i) => ({
      digit,
      shift: (digits.length - i) * digitBits + guard - extra,
    })),
    last: extra,
  };
}

/** 2^b / N, at most 1, to `places` signed digits of `digitBits` bits, lowest first. */
function digitsOf(count: number, b: number, digitBits: number, places: number): number[] {
  const doubled = (1n << BigInt(places * digitBits + b + 1)) / BigInt(count);
  let rest = (doubled + 1n) >> 1n;
  return Array.from({ length: places }, (_, i) => {
    const digit = i === places - 1 ? rest : BigInt.asIntN(digitBits, rest);
    rest = (rest - digit) >> BigInt(digitBits);
    return Number(digit);
  });
}

/** Cost of the means of `outputs` columns of `count` values each. */
export function meanCost(at: Setting, count: number, outputs: number, fraction: number): Cost {
  if (count === 1) return free;
  const { groups, first, digits, last } = planMean(at.bits, fraction, count);
  const truncated = (values: number, s: number) => (s === 0 ? free : truncateCost(at, values, s));
  return sequence(
    truncated(groups.length * outputs, first),
    parallel(...digits.map(({ shift }) => truncated(outputs, shift))),
    last === 0 ? openCost(at, outputs, false) : rescaleCost(at, outputs, last),
  );
}

/** ⟨x⟩ [N, …rest] → ⟨mean over the first axis⟩, of the shape `rest` (or another of that size). Leaves x alone. */
export function* mean(rt: Runtime, x: Masked, shape: Shape = x.shape.slice(1)): Secure<Masked> {
  const [count] = x.shape;
  if (count === 1) return reshape(rt, x, shape);
  const outputs = sizeOf(shape);
  const { groups, first, digits, last } = planMean(rt.ring.bits, x.fraction, count);
  const sums = mapMasked(rt, x, [groups.length, outputs], (out, words) =>
    sumGroups(rt, out, words, groups, outputs),
  );
  const share = asShare(rt, sums);
  rt.free(sums);
  let sum = joined(rt, yield* shifted(rt, share, first), shape);
  if (digits.length > 0) {
    const products = digits.map(({ digit }) => times(rt, sum, digit));
    rt.free(sum);
    const parts = yield* together(...products.map((product, i) => shifted(rt, product, digits[i].shift)));
    sum = parts.reduce((total, part) => addScaled(rt, total, part, 1));
  }
  const at = atScale(sum, x.fraction + last);
  return last === 0 ? yield* open(rt, at) : yield* rescale(rt, at, last);
}

/** Sums of groups of rows, [groups, columns]. */
function sumGroups(rt: Runtime, out: Words, x: Words, groups: readonly number[], columns: number): void {
  let row = 0;
  groups.forEach((size, g) => {
    const to = rt.part(out, g * columns, columns);
    const from = rt.part(x, row * columns, size * columns);
    if (columns === 1) rt.ring.sumColumns(to, from, 1, size, 0);
    else rt.ring.sumRows(to, from, size, columns, 0);
    row += size;
  });
}

/** [z] → [z / 2^s]; consumes z. The scale is the caller's to know. */
function* shifted(rt: Runtime, z: Share, s: number): Secure<Share> {
  return s === 0 ? z : yield* truncate(rt, z, s);
}

/** [groups, columns] → the sum of its rows; consumes its argument. */
function joined(rt: Runtime, x: Share, shape: Shape): Share {
  if (x.shape[0] === 1) return shaped(x, shape);
  const sum = sumOfRows(rt, x);
  rt.free(x);
  return shaped(sum, shape);
}

/** [digit · x]. Leaves x alone. */
const times = (rt: Runtime, x: Share, digit: number): Share =>
  mapShare(rt, x, x.shape, (out, words) => rt.ring.scale(out, words, digit));
