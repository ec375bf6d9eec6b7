/**
 * Losses on shares, with the formulas of loss-names.ts.
 *
 * `gradient` is ∂loss/∂output up to the public factor `factor(units) / batch`, which folds into the learning rate.
 * `total` is the loss summed over a whole epoch, the only form in which it is revealed.
 */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, Share } from '../party/values.js';
import { isNegative } from '../protocol/compare.js';
import { add, asShare, mapMasked, neg, sub } from '../protocol/linear.js';
import { multiply, square } from '../protocol/multiply.js';
import { open } from '../protocol/open.js';
import { multiplyBit } from '../protocol/select.js';
import { truncate } from '../protocol/truncate.js';
import { sigmoidGradient, sigmoidLosses, softmaxGradient, softmaxLosses } from './cross-entropy.js';
import type { Value } from './layers/layer.js';
import type { LossName } from './loss-names.js';
import { sumAll } from './metrics.js';

export type { LossName } from './loss-names.js';

export interface SecureLoss {
  /** Public factor of the gradient, to be divided by the batch size. */
  factor(units: number): number;
  /** ⟨y⟩, ⟨t⟩ [batch, units] → ∂loss/∂y. */
  gradient(rt: Runtime, y: Masked, t: Masked): Secure<Value>;
  /** ⟨y⟩, ⟨t⟩ [rows, units] → the loss summed over all rows and units, a settled share of one word. */
  total(rt: Runtime, y: Masked, t: Masked): Secure<Share>;
  /** What the total is divided by for the mean, a row. */
  rowCount(units: number): number;
}

/** Fraction bits that leave room to sum `count` numbers of up to four units each. */
export const sumFraction = (rt: Runtime, count: number): number =>
  Math.max(0, Math.min(rt.fraction, rt.ring.bits - 4 - Math.ceil(Math.log2(count))));

/** [x] → [Σ x], settled, rounded so that the sum has room. 1 round. Consumes x. */
export function* roundedSum(rt: Runtime, x: Share): Secure<Share> {
  const s = x.fraction - sumFraction(rt, x.size);
  return sumAll(rt, s > 0 ? yield* truncate(rt, x, s) : x);
}

const meanSquaredError: SecureLoss = {
  factor: (units) => 2 / units,
  rowCount: (units) => units,
  // biome-ignore lint/correctness/useYield: local, no round
  *gradient(rt, y, t) {
    return sub(rt, y, t);
  },
  *total(rt, y, t) {
    const difference = sub(rt, y, t);
    const squares = square(rt, difference);
    rt.free(difference);
    return yield* roundedSum(rt, squares);
  },
};

/** 1 − (2t − 1)·y for labels 0 or 1, and the label's sign 2t − 1 at scale 0. */
function* margin(rt: Runtime, y: Masked, t: Masked): Secure<{ rest: Masked; sign: Masked }> {
  const sign = mapMasked(rt, t, t.shape, (out, a) => rt.ring.shl(out, a, 1));
  if (sign.delta) rt.ring.addConst(sign.delta, sign.delta, -(2 ** rt.fraction));
  const product = multiply(rt, sign, y);
  const minus = yield* truncateMasked(rt, product);
  const rest = neg(rt, minus);
  if (rest.delta) rt.ring.addConst(rest.delta, rest.delta, 2 ** rt.fraction);
  rt.free(minus);
  return { rest, sign };
}

function* truncateMasked(rt: Runtime, x: Share): Secure<Masked> {
  return yield* open(rt, yield* truncate(rt, x, x.fraction - rt.fraction));
}

const hinge: SecureLoss = {
  factor: (units) => 1 / units,
  rowCount: (units) => units,
  *gradient(rt, y, t) {
    // −(2t − 1) where 1 − (2t − 1)·y ≥ 0
    const { rest, sign } = yield* margin(rt, y, t);
    const outside = yield* isNegative(rt, rest);
    const kept = multiplyBit(rt, outside, sign);
    const gradient = sub(rt, yield* open(rt, kept), sign);
    rt.free(rest, sign, outside);
    return gradient;
  },
  *total(rt, y, t) {
    const { rest, sign } = yield* margin(rt, y, t);
    const outside = yield* isNegative(rt, rest);
    const lost = neg(rt, yield* open(rt, multiplyBit(rt, outside, rest)));
    const sum = asShare(rt, add(rt, rest, lost));
    rt.free(rest, sign, outside, lost);
    return yield* roundedSum(rt, sum);
  },
};

const softmaxCrossEntropy: SecureLoss = {
  factor: () => 1,
  rowCount: () => 1,
  gradient: softmaxGradient,
  *total(rt, z, t) {
    return yield* roundedSum(rt, yield* softmaxLosses(rt, z, t));
  },
};

const sigmoidCrossEntropy: SecureLoss = {
  factor: (units) => 1 / units,
  rowCount: (units) => units,
  gradient: sigmoidGradient,
  *total(rt, z, t) {
    return yield* roundedSum(rt, yield* sigmoidLosses(rt, z, t));
  },
};

/** Every loss by its name. */
export const losses: Readonly<Record<LossName, SecureLoss>> = {
  meanSquaredError,
  softmaxCrossEntropy,
  sigmoidCrossEntropy,
  hinge,
};
