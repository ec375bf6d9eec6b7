/**
 * batch normalization over the last axis, with the formulas of kinds/batch-normalization.ts. With N = rows and
 * positions of the batch, σ⁻¹ = 1/√(variance + ε) and x̂ = (x − mean)·σ⁻¹:
 *
 *   forward    mean, variance, σ⁻¹ (3 rounds, protocol/roots.ts), x̂, and y = γ·x̂ + β at the double scale
 *   backward   ∂β = Σ ∂y, ∂γ = Σ ∂y·x̂, ∂x = γ·σ⁻¹·(∂y − ∂β/N − x̂·∂γ/N)
 *
 * Range in ring 32 with 12 fraction bits: variances from 2⁻⁸ to 64 (ring 64: 2⁻¹² to 4,096), |∂γ|, |∂β| < 64. Smaller ones count as
 * the smallest, with ε; larger ones the runtime's watcher looks after.
 */
import type { BatchNormalizationConfig } from '../../model/kinds/batch-normalization.js';
import { type Secure, together } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { Masked, Share } from '../../party/values.js';
import { plusRow } from '../../protocol/affine.js';
import { free, sequence } from '../../protocol/cost.js';
import type { Lines } from '../../protocol/fold.js';
import { asShare, sub } from '../../protocol/linear.js';
import { meanOf } from '../../protocol/mean-of-sum.js';
import { multiply, square } from '../../protocol/multiply.js';
import { openedWords } from '../../protocol/opened.js';
import { addPublicInteger } from '../../protocol/public-terms.js';
import { inverseSqrt, inverseSqrtCost } from '../../protocol/roots.js';
import { minusRow, timesRow } from '../../protocol/rows.js';
import { widened } from '../../protocol/scale.js';
import { blend, stackedRows, sumOfRows } from '../../protocol/sums.js';
import { rescaleNarrow, rescaleNarrowCost, truncateNarrow } from '../../protocol/truncate.js';
import { rowOf, rowsOf, shaped } from '../../protocol/views.js';
import {
  type Backward,
  gradientFactor,
  masked,
  type Parameter,
  type Pass,
  replace,
  type SecureLayer,
  type Value,
} from './layer.js';

/** log2 of the largest variance, by the ring's bits: where `inverseSqrt` ends. */
export const MOST_VARIANCE = { 32: 6, 64: 12 } as const;

/** What the way back needs of a training forward pass. */
interface Cached {
  readonly normal: Masked;
  readonly root: Masked;
}

/**
 * @param trained gamma and beta, those that the layer has, one row each; null when it has neither
 * @param moving moving mean and variance, one row each
 */
export function batchNormalization(
  config: BatchNormalizationConfig,
  trained: Parameter | null,
  moving: Parameter,
): SecureLayer {
  let cached: Cached | null = null;
  const betaRow = config.scale ? 1 : 0;
  return {
    parameters: trained ? [trained] : [],
    statistics: [moving],
    channelLines: {
      parameters: trained ? [trained, moving] : [moving],
      lines,
      linesCost: (at, channels, fraction) =>
        sequence(
          inverseSqrtCost(at, channels, fraction),
          config.scale ? rescaleNarrowCost(at, channels, fraction) : free,
        ),
    },

    *forward(rt: Runtime, input: Value, { training }: Pass): Secure<Value> {
      const x = yield* masked(rt, input);
      const shape = x.shape;
      const flat = rowsOf(x);
      if (!training) {
        // one product: (x − mean)·(γ·σ⁻¹) + β
        const { mean, slope } = yield* lines(rt);
        return shaped(withBeta(rt, timesRow(rt, minusRow(rt, flat, mean), slope)), shape);
      }
      const rows = flat.shape[0];
      const mean = yield* meanOf(rt, sumOfRows(rt, asShare(rt, flat)), rows);
      const centred = minusRow(rt, flat, mean);
      const variance = yield* varianceOf(rt, centred, rows);
      yield* follow(rt, mean, variance);
      const root = yield* rootOf(rt, variance);
      const normal = yield* rescaleNarrow(rt, timesRow(rt, centred, root));
      cached = { normal, root };
      const scaled = config.scale ? timesRow(rt, normal, gammaRow(rt)) : doubled(rt, normal);
      return shaped(withBeta(rt, scaled), shape);
    },

    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value | null> {
      const dy = yield* gradientFactor(rt, gradient, flow, 0);
      const { normal, root } = cached as Cached;
      const flat = shaped(dy, normal.shape);
      const rows = normal.shape[0];
      const products = multiply(rt, flat, normal);
      const gammaSum = sumOfRows(rt, products);
      const betaSum = sumOfRows(rt, doubled(rt, flat));
      // with the γ of the forward pass: the update may end before the means below are there
      const slopes = config.scale && flow.inputGradient ? multiply(rt, gammaRow(rt), root) : null;
      if (trained) flow.descend(trained, negativeRows(rt, gammaSum, betaSum));
      if (!flow.inputGradient) return null;
      const [gammaMean, betaMean] = yield* together(
        meanOf(rt, gammaSum, rows, dy.fraction),
        meanOf(rt, betaSum, rows, dy.fraction),
      );
      const along = timesRow(rt, normal, gammaMean);
      const [pulled, slope] = slopes
        ? yield* together(rescaleNarrow(rt, along, rt.fraction), rescaleNarrow(rt, slopes))
        : [yield* rescaleNarrow(rt, along, rt.fraction), root];
      const centred = minusRow(rt, sub(rt, flat, pulled), betaMean);
      return shaped(timesRow(rt, centred, slope), dy.shape);
    },
  };

  /** 1/√(variance + ε). */
  function rootOf(rt: Runtime, variance: Masked): Secure<Masked> {
    rt.watcher?.watch(
      openedWords(variance),
      variance.fraction,
      variance.fraction + MOST_VARIANCE[rt.ring.bits],
    );
    return inverseSqrt(rt, addPublicInteger(rt, variance, Math.round(config.epsilon * 2 ** rt.fraction)));
  }

  /** What a prediction does to each channel. */
  function* lines(rt: Runtime): Secure<Lines> {
    const root = yield* rootOf(rt, rowOf(rt, moving.value, 1));
    const slope = config.scale ? yield* rescaleNarrow(rt, multiply(rt, gammaRow(rt), root)) : root;
    const beta = config.center ? rowOf(rt, (trained as Parameter).value, betaRow) : null;
    return { mean: rowOf(rt, moving.value, 0), slope, beta };
  }

  function gammaRow(rt: Runtime): Masked {
    return rowOf(rt, (trained as Parameter).value, 0);
  }

  /** z + β, where the layer has a β. */
  function withBeta(rt: Runtime, z: Share): Share {
    return config.center ? plusRow(rt, z, (trained as Parameter).value, betaRow) : z;
  }

  /** Σ d² / N. Squares are rounded to the working scale first where their sum would not fit. */
  function* varianceOf(rt: Runtime, centred: Masked, rows: number): Secure<Masked> {
    const squares = square(rt, centred);
    const fits = squares.fraction + Math.log2(rows) + 4 < rt.ring.bits - 2;
    const terms = fits ? squares : yield* truncateNarrow(rt, squares, squares.fraction - rt.fraction);
    return yield* meanOf(rt, sumOfRows(rt, terms), rows);
  }

  /** moving ← momentum·moving + (1 − momentum)·batch. */
  function* follow(rt: Runtime, mean: Masked, variance: Masked): Secure<void> {
    const bits = rt.fraction;
    const weight = Math.round((1 - config.momentum) * 2 ** bits);
    const both = [mean, variance].map((x) => asShare(rt, x));
    const batch = stackedRows(rt, both);
    rt.free(...both);
    replace(rt, moving, yield* rescaleNarrow(rt, blend(rt, moving.value, batch, weight, bits), bits));
  }

  /** [−∂γ; −∂β], those that the layer has. */
  function negativeRows(rt: Runtime, gamma: Share, beta: Share): Share {
    return stackedRows(rt, [...(config.scale ? [gamma] : []), ...(config.center ? [beta] : [])], true);
  }
}

/** ⟨x⟩ as a share at the double scale. */
const doubled = (rt: Runtime, x: Masked): Share => widened(rt, asShare(rt, x), rt.fraction);
