/**
 * batch normalization over the last axis, with the formulas of kinds/batch-normalization.ts. With N = rows and
 * positions of the batch, σ⁻¹ = 1/√(variance + ε) and x̂ = (x − mean)·σ⁻¹:
 *
 *   forward    mean, variance, σ⁻¹ (3 rounds, protocol/roots.ts), x̂, and y = γ·x̂ + β at the double scale
 *   backward   ∂β = Σ ∂y, ∂γ = Σ ∂y·x̂, ∂x = γ·σ⁻¹·(∂y − ∂β/N − x̂·∂γ/N)
 *
 * Range in ring 32 with 12 fraction bits: variances from 2⁻⁸ to 64, |∂γ|, |∂β| < 64.
 */
import type { Words } from '../../../bindings/memory.js';
import type { BatchNormalizationConfig } from '../../model/kinds/batch-normalization.js';
import { type Secure, together } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { Masked, Share } from '../../party/values.js';
import { addPublicInteger, asShare, mapMasked2, neg } from '../../protocol/linear.js';
import { type Bilinear, bilinear, Into, multiply, square } from '../../protocol/multiply.js';
import { inverseSqrt } from '../../protocol/roots.js';
import { rescale, truncate } from '../../protocol/truncate.js';
import { addScaled, replace } from '../integer-share.js';
import { part } from './bias.js';
import {
  type Backward,
  gradientFactor,
  masked,
  type Parameter,
  type Pass,
  type SecureLayer,
  type Value,
} from './layer.js';
import { meanOf } from './mean.js';

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
  channels: number,
  trained: Parameter | null,
  moving: Parameter,
): SecureLayer {
  let cached: Cached | null = null;
  const betaRow = config.scale ? 1 : 0;
  return {
    parameters: trained ? [trained] : [],
    statistics: [moving],

    *forward(rt: Runtime, input: Value, { training }: Pass): Secure<Value> {
      const x = yield* masked(rt, input);
      const shape = x.shape;
      const flat = view(x, [x.size / channels, channels]);
      const rows = flat.shape[0];
      const mean = training
        ? yield* meanOf(rt, sumRows(rt, asShare(rt, flat), rows), rows)
        : row(rt, moving.value, 0);
      const centred = mapMasked2(rt, flat, mean, flat.shape, (out, a, b) => {
        const minus = rt.words(channels);
        rt.ring.neg(minus, b);
        rt.ring.addRow(out, a, minus, rows, channels);
        rt.free(minus);
      });
      const variance = training ? yield* varianceOf(rt, centred, rows) : row(rt, moving.value, 1);
      if (training) yield* follow(rt, mean, variance);
      const shifted = addPublicInteger(rt, variance, Math.round(config.epsilon * 2 ** rt.fraction));
      const root = yield* inverseSqrt(rt, shifted);
      if (!training) {
        // one product: (x − mean)·(γ·σ⁻¹) + β
        const slope = config.scale ? yield* rescale(rt, multiply(rt, row(rt, gammaOf(), 0), root)) : root;
        return view(
          withBeta(rt, bilinear(rt, null, flat.shape, centred, slope, timesRow(rt, rows)), rows),
          shape,
        );
      }
      const normal = yield* rescale(rt, bilinear(rt, null, flat.shape, centred, root, timesRow(rt, rows)));
      cached = { normal, root };
      const scaled = config.scale
        ? bilinear(rt, null, flat.shape, normal, row(rt, gammaOf(), 0), timesRow(rt, rows))
        : widened(rt, normal);
      return view(withBeta(rt, scaled, rows), shape);
    },

    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value | null> {
      const dy = yield* gradientFactor(rt, gradient, flow, 0);
      const { normal, root } = cached as Cached;
      const flat = view(dy, normal.shape);
      const rows = normal.shape[0];
      const products = multiply(rt, flat, normal);
      const gammaSum = sumRows(rt, products, rows);
      const betaSum = sumRows(rt, widened(rt, flat), rows);
      // with the γ of the forward pass: the update may end before the means below are there
      const slopes = config.scale && flow.inputGradient ? multiply(rt, row(rt, gammaOf(), 0), root) : null;
      if (trained) flow.descend(trained, negativeRows(rt, trained, gammaSum, betaSum));
      if (!flow.inputGradient) return null;
      const [gammaMean, betaMean] = yield* together(
        meanOf(rt, gammaSum, rows, dy.fraction),
        meanOf(rt, betaSum, rows, dy.fraction),
      );
      const along = bilinear(rt, null, flat.shape, normal, gammaMean, timesRow(rt, rows));
      const [pulled, slope] = slopes
        ? yield* together(rescale(rt, along, rt.fraction), rescale(rt, slopes))
        : [yield* rescale(rt, along, rt.fraction), root];
      const rest = mapMasked2(rt, flat, pulled, flat.shape, (out, a, b) => rt.ring.sub(out, a, b));
      const centred = mapMasked2(rt, rest, neg(rt, betaMean), flat.shape, (out, a, b) =>
        rt.ring.addRow(out, a, b, rows, channels),
      );
      return view(bilinear(rt, null, flat.shape, centred, slope, timesRow(rt, rows)), dy.shape);
    },
  };

  function gammaOf(): Masked {
    return (trained as Parameter).value;
  }

  /** z + β at the scale of z, where the layer has a β: P₀ adds Δ, the provider −δ. */
  function withBeta(rt: Runtime, z: Share, rows: number): Share {
    if (!config.center) return z;
    const { value } = trained as Parameter;
    const source = rt.isProvider ? value.mask : rt.first ? value.delta : null;
    if (!source) return z;
    const beta = rt.words(channels);
    rt.ring.shl(beta, part(rt, source, betaRow * channels, channels), z.fraction - value.fraction);
    if (rt.isProvider) rt.ring.neg(beta, beta);
    const words = z.words ?? rt.zeros(z.size);
    rt.ring.addRow(words, words, beta, rows, channels);
    rt.free(beta);
    return new Share(words, z.shape, z.fraction, false);
  }

  /** Σ d² / N. Squares are rounded to the working scale first where their sum would not fit. */
  function* varianceOf(rt: Runtime, centred: Masked, rows: number): Secure<Masked> {
    const squares = square(rt, centred);
    const fits = squares.fraction + Math.log2(rows) + 4 < rt.ring.bits - 2;
    const terms = fits ? squares : yield* truncate(rt, squares, squares.fraction - rt.fraction);
    return yield* meanOf(rt, sumRows(rt, terms, rows), rows);
  }

  /** moving ← momentum·moving + (1 − momentum)·batch. */
  function* follow(rt: Runtime, mean: Masked, variance: Masked): Secure<void> {
    const bits = rt.fraction;
    const weight = Math.round((1 - config.momentum) * 2 ** bits);
    const batch = stack(rt, asShare(rt, mean), asShare(rt, variance));
    const zero = new Share(null, batch.shape, batch.fraction + bits, true);
    const sum = addScaled(rt, zero, batch, weight);
    const all = addScaled(rt, sum, asShare(rt, moving.value), 2 ** bits - weight);
    replace(rt, moving, yield* rescale(rt, all, bits));
  }

  /** [−∂γ; −∂β], those that the layer has. */
  function negativeRows(rt: Runtime, parameter: Parameter, gamma: Share, beta: Share): Share {
    const words = rt.zeros(parameter.value.size);
    const put = (source: Share, at: number) => {
      if (source.words) rt.ring.neg(part(rt, words, at * channels, channels), source.words);
    };
    if (config.scale) put(gamma, 0);
    if (config.center) put(beta, betaRow);
    return new Share(words, parameter.value.shape, gamma.fraction, false);
  }

  /** Column sums of a share of [rows, channels]; leaves it alone. */
  function sumRows(rt: Runtime, x: Share, rows: number): Share {
    let sums: Words | null = null;
    if (x.words) {
      sums = rt.words(channels);
      rt.ring.sumRows(sums, x.words, rows, channels, 0);
    }
    return new Share(sums, [channels], x.fraction, x.settled);
  }

  /** x[rows, channels] · y[channels], column by column. */
  function timesRow(rt: Runtime, rows: number): Bilinear {
    return (out, x, y, into) => {
      if (into === Into.set) {
        rt.ring.mulRow(out, x, y, rows, channels);
        return;
      }
      const products = rt.words(out.length);
      rt.ring.mulRow(products, x, y, rows, channels);
      if (into === Into.add) rt.ring.add(out, out, products);
      else rt.ring.sub(out, out, products);
      rt.free(products);
    };
  }

  /** Row `index` of a masked [n, channels], as a view that owns nothing. */
  function row(rt: Runtime, x: Masked, index: number): Masked {
    const at = index * channels;
    return new Masked(
      x.delta && part(rt, x.delta, at, channels),
      part(rt, x.mask, at, channels),
      [channels],
      x.fraction,
    );
  }

  /** Two shares of [channels] as one of [2, channels]; consumes them. */
  function stack(rt: Runtime, a: Share, b: Share): Share {
    const words = rt.zeros(2 * channels);
    [a, b].forEach((x, i) => {
      if (x.words) rt.ring.copy(part(rt, words, i * channels, channels), x.words);
    });
    rt.free(a, b);
    return new Share(words, [2, channels], a.fraction, false);
  }
}

/** ⟨x⟩ as a share at the double scale. */
function widened(rt: Runtime, x: Masked): Share {
  const share = asShare(rt, x);
  if (share.words) rt.ring.shl(share.words, share.words, rt.fraction);
  return new Share(share.words, x.shape, x.fraction + rt.fraction, false);
}

/** The same value under another shape, sharing its words. */
function view<V extends Share | Masked>(x: V, shape: readonly number[]): V {
  if (x instanceof Share) return new Share(x.words, shape, x.fraction, x.settled) as V;
  const same = new Masked(x.delta, x.mask, shape, x.fraction);
  same.own = x.own;
  return same as V;
}
