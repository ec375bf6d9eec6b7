/**
 * Losses on shares, as TensorFlow.js defines them: the mean over a row's outputs, then over the rows.
 *
 * `gradient` is ∂loss/∂output up to the public factor `factor(units) / batch`, which folds into the learning rate.
 */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, Share } from '../party/values.js';
import { sub } from '../protocol/linear.js';
import { square } from '../protocol/multiply.js';
import { truncate } from '../protocol/truncate.js';
import type { LossName } from './loss-names.js';
import { sumAll } from './metrics.js';

export type { LossName } from './loss-names.js';

export interface SecureLoss {
  /** Public factor of the gradient, to be divided by the batch size. */
  factor(units: number): number;
  /** ⟨y⟩, ⟨t⟩ [batch, units] → ∂loss/∂y. Local. */
  gradient(rt: Runtime, y: Masked, t: Masked): Masked;
  /** ⟨y⟩, ⟨t⟩ [rows, units] → the loss summed over all numbers, a settled share of one word, 1 round. */
  total(rt: Runtime, y: Masked, t: Masked): Secure<Share>;
}

/** Fraction bits that leave room to sum `count` numbers of up to four units each. */
export const sumFraction = (rt: Runtime, count: number): number =>
  Math.max(0, Math.min(rt.fraction, rt.ring.bits - 4 - Math.ceil(Math.log2(count))));

const meanSquaredError: SecureLoss = {
  factor: (units) => 2 / units,
  gradient: (rt, y, t) => sub(rt, y, t),
  *total(rt, y, t) {
    const difference = sub(rt, y, t);
    const squares = square(rt, difference);
    const kept = yield* truncate(rt, squares, squares.fraction - sumFraction(rt, squares.size));
    rt.free(difference);
    return sumAll(rt, kept);
  },
};

/** Every loss by its name in TensorFlow.js. */
export const losses: Readonly<Record<LossName, SecureLoss>> = { meanSquaredError };
