/**
 * Losses on shares, with the formulas of losses.ts.
 *
 * A gradient is ∂loss/∂output up to the public factor `factor(units) / batch`, which folds into the learning rate. The
 * loss summed over a whole epoch is the only form in which it is revealed.
 */
import type { RingBits } from '../../bindings/ring.js';
import type { LossName } from '../model/losses.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import { isNegative } from '../protocol/compare.js';
import { add, asShare, mapMasked, neg, reshape, sub } from '../protocol/linear.js';
import { multiply, square } from '../protocol/multiply.js';
import { open } from '../protocol/open.js';
import { openedWords } from '../protocol/opened.js';
import { increase, integerMinus } from '../protocol/public-terms.js';
import { widenedMasked } from '../protocol/scale.js';
import { multiplyBit } from '../protocol/select.js';
import { addScaled, copyShare, sumAll } from '../protocol/sums.js';
import { rescaleNarrow, truncate } from '../protocol/truncate.js';
import { sigmoidGradient, sigmoidLosses, softmaxGradient, softmaxLosses } from './cross-entropy.js';
import { masked, type Value } from './layers/layer.js';
import { differenceFraction } from './scales.js';

export type { LossName } from '../model/losses.js';

/** What a step's outputs become. */
export interface Head {
  /** What is kept of the step for the epoch's sums. */
  readonly kept: Masked;
  /** ∂loss/∂output. */
  readonly gradient: Value;
}

/**
 * A sum of many numbers, exact though it may not fit the ring: modulo 2^k at the numbers' own scale, and near its value at
 * a scale at which it fits, from numbers rounded one by one. {@link joinSum} puts them together. Settled, one word each.
 */
export interface WideSum {
  readonly low: Share;
  readonly high: Share;
}

export interface SecureLoss {
  /** Public factor of the gradient, to be divided by the batch size. */
  factor(units: number): number;
  /** Whether {@link head} wants labels at the gradients' scale (nn/scales.ts); else at the working scale. */
  readonly roundedLabels: boolean;
  /**
   * The last layer's output and ⟨t⟩, [batch, units] → ∂loss/∂output.
   * @param fraction fraction bits to which the gradient is rounded where it has to be
   */
  head(rt: Runtime, output: Value, t: Masked, fraction: number): Secure<Head>;
  /** What {@link head} would have kept of outputs ⟨y⟩ at the working scale. The caller owns it, and y too. */
  keep(rt: Runtime, y: Masked, t: Masked): Masked;
  /** Shows the runtime's watcher what was kept, if a limit holds for it. */
  watch(rt: Runtime, kept: Masked): void;
  /** The outputs ⟨y⟩ at the working scale, from what was kept. The caller owns them. */
  outputs(rt: Runtime, kept: Masked, t: Masked): Masked;
  /** What was kept, ⟨t⟩ [rows, units] → the loss summed over all rows and units. */
  total(rt: Runtime, kept: Masked, t: Masked): Secure<WideSum>;
  /** What the total is divided by for the mean, a row. */
  rowCount(units: number): number;
}

/** Most numbers of a {@link wideSum}: of more, the roundings of `high` may add up to half of what `low` wraps at. */
export const mostSummed = (bits: RingBits): number => (bits === 32 ? 2 ** 20 : 2 ** 40);

/** [x] → [Σ x], exact whatever its size, as long as every x can be truncated. 1 round. Consumes x. */
export function* wideSum(rt: Runtime, x: Share): Secure<WideSum> {
  const low = sumAll(rt, copyShare(rt, x));
  // terms below 2^(k − 2) then sum to less than 2^(k − 1)
  const s = Math.ceil(Math.log2(x.size)) - 1;
  return { low, high: sumAll(rt, s > 0 ? yield* truncate(rt, x, s) : x) };
}

/** A copy of a masked value. */
const copyOf = (rt: Runtime, x: Masked): Masked => reshape(rt, x, x.shape);

/** The differences must be such that their squares can be truncated; so large may gradients be at the outputs. */
export function watchDifferences(rt: Runtime, d: Masked): void {
  const extra = Math.max(0, d.fraction - differenceFraction(rt.ring.bits, rt.fraction));
  rt.watcher?.watch(openedWords(d), d.fraction, (rt.ring.bits - 2) / 2 + extra);
}

/**
 * The difference d = y − t is the gradient, and all that is kept. Labels are subtracted before the output is rounded, so
 * that one rounding serves both, to fewer bits than outputs have; y = d + t then has as few.
 */
const meanSquaredError: SecureLoss = {
  factor: (units) => 2 / units,
  rowCount: (units) => units,
  roundedLabels: false,
  *head(rt, output, t, fraction) {
    const scale = output.fraction - t.fraction;
    if (output instanceof Share && scale > 0) {
      const difference = addScaled(rt, output, asShare(rt, t), -(2 ** scale));
      const gradient = yield* rescaleNarrow(rt, difference, output.fraction - fraction);
      return { kept: gradient, gradient };
    }
    const gradient = sub(rt, yield* masked(rt, output), t);
    return { kept: gradient, gradient };
  },
  keep: (rt, y, t) => sub(rt, y, t),
  watch: watchDifferences,
  outputs(rt, kept, t) {
    const wide = widenedMasked(rt, kept, t.fraction - kept.fraction, t.shape);
    const outputs = add(rt, wide, t);
    rt.free(wide);
    return outputs;
  },
  *total(rt, kept) {
    const extra = kept.fraction - differenceFraction(rt.ring.bits, rt.fraction);
    const difference = extra > 0 ? yield* rescaleNarrow(rt, asShare(rt, kept), extra) : kept;
    const squares = square(rt, difference);
    if (extra > 0) rt.free(difference);
    return yield* wideSum(rt, squares);
  },
};

/** Losses whose outputs are kept as they are: the head from the gradient. */
const ofOutputs = (
  gradient: (rt: Runtime, y: Masked, t: Masked, fraction: number) => Secure<Masked>,
): Pick<SecureLoss, 'head' | 'keep' | 'watch' | 'outputs' | 'roundedLabels'> => ({
  roundedLabels: true,
  watch() {},
  *head(rt, output, t, fraction) {
    const y = yield* masked(rt, output);
    return { kept: y, gradient: yield* gradient(rt, y, t, fraction) };
  },
  keep: copyOf,
  outputs: copyOf,
});

/** 1 − (2t − 1)·y for labels 0 or 1, and the label's sign 2t − 1 at scale 0. */
function* margin(rt: Runtime, y: Masked, t: Masked): Secure<{ rest: Masked; sign: Masked }> {
  const sign = mapMasked(rt, t, t.shape, (out, a) => rt.ring.shl(out, a, 1));
  increase(rt, sign, -(2 ** t.fraction));
  const product = multiply(rt, sign, y);
  const minus = yield* rescaleNarrow(rt, product);
  const rest = integerMinus(rt, 2 ** rt.fraction, minus);
  rt.free(minus);
  return { rest, sign };
}

const hinge: SecureLoss = {
  factor: (units) => 1 / units,
  rowCount: (units) => units,
  ...ofOutputs(function* (rt, y, t) {
    // −(2t − 1) where 1 − (2t − 1)·y ≥ 0
    const { rest, sign } = yield* margin(rt, y, t);
    const outside = yield* isNegative(rt, rest);
    const kept = multiplyBit(rt, outside, sign);
    const gradient = sub(rt, yield* open(rt, kept), sign);
    rt.free(rest, sign, outside);
    return gradient;
  }),
  *total(rt, y, t) {
    const { rest, sign } = yield* margin(rt, y, t);
    const outside = yield* isNegative(rt, rest);
    const lost = neg(rt, yield* open(rt, multiplyBit(rt, outside, rest)));
    const sum = asShare(rt, add(rt, rest, lost));
    rt.free(rest, sign, outside, lost);
    return yield* wideSum(rt, sum);
  },
};

const softmaxCrossEntropy: SecureLoss = {
  factor: () => 1,
  rowCount: () => 1,
  ...ofOutputs(softmaxGradient),
  *total(rt, z, t) {
    return yield* wideSum(rt, yield* softmaxLosses(rt, z, t));
  },
};

const sigmoidCrossEntropy: SecureLoss = {
  factor: (units) => 1 / units,
  rowCount: (units) => units,
  ...ofOutputs(sigmoidGradient),
  *total(rt, z, t) {
    return yield* wideSum(rt, yield* sigmoidLosses(rt, z, t));
  },
};

/** The value of a wide sum, from its two words as signed integers and their scales. */
export function joinSum(
  bits: RingBits,
  low: number,
  lowFraction: number,
  high: number,
  highFraction: number,
): number {
  const modulus = 2 ** (bits - lowFraction);
  const [fine, near] = [low / 2 ** lowFraction, high / 2 ** highFraction];
  return fine + modulus * Math.round((near - fine) / modulus);
}

/** Every loss by its name. */
export const losses: Readonly<Record<LossName, SecureLoss>> = {
  meanSquaredError,
  softmaxCrossEntropy,
  sigmoidCrossEntropy,
  hinge,
};
