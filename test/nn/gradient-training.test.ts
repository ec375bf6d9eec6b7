/**
 * backward is the gradient, of the layers that act otherwise in training than in prediction: batch normalization, whose
 * statistics depend on every row of the batch, and dropout, whose public mask belongs to a seed, a step and a layer.
 * Compared as in gradient.test.ts, with the loss ½ Σ (y − t)².
 */
import { test } from 'uvu';
import type { LayerConfig, ModelConfig } from '../../src/model/config.js';
import {
  activation,
  averagePooling2d,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
} from '../../src/model/describe.js';
import { inverseSqrt } from '../twins/approximations.js';
import { assertClose, drawSmooth, gradientsOnShares, halfSquares } from '../twins/numeric-gradient.js';
import { inEverySetting } from '../world/settings.js';

interface Case {
  readonly config: ModelConfig;
  readonly batch: number;
  /** Values of one channel in a batch, where there is batch normalization. */
  readonly count?: number;
}

/** Units in the last place by which a gradient may be off through dropout: as through any linear layer. */
const DROPOUT_UNITS = 64;

/**
 * The same for batch normalization: a variance that is off by a unit changes 1/σ by 1/(2σ³), and 1/σ meets the
 * sums over the batch that the gradients are.
 */
const NORMALIZATION_UNITS = 256;

/**
 * How often an error of 1/σ or of a mean, relative to the largest gradient, may count: it enters once in the forward
 * pass and up to three times in ∂x = γ·σ⁻¹·(∂y − ∂β/N − x̂·∂γ/N), where the means may exceed the differences.
 */
const TIMES = 6;

/** Bits of 1/N that a mean over N values has at least (protocol/mean-of-sum.ts), where N is no power of two. */
const RECIPROCAL_BITS = { 32: 12, 64: 20 } as const;

/** Relative error of a mean over N values, from the rounded reciprocal. */
function meanError(count: number, bits: 32 | 64): number {
  const rest = count / 2 ** Math.floor(Math.log2(count));
  const whole = 2 ** RECIPROCAL_BITS[bits] / rest;
  return Math.abs(Math.round(whole) / whole - 1);
}

const rows = (...layers: LayerConfig[]): ModelConfig => ({ inputShape: [12], layers });
const images = (...layers: LayerConfig[]): ModelConfig => ({ inputShape: [4, 4, 2], layers });

/** With an ε that both rings hold exactly. */
const normal = (options: { scale?: boolean; center?: boolean } = {}) =>
  batchNormalization({ ...options, epsilon: 2 ** -10 });

/** Batch normalization between two layers, so that gradients flow through it. */
const around = (batch: number, ...layers: LayerConfig[]): Case => ({
  config: rows(dense({ units: 4 }), ...layers, dense({ units: 3 })),
  batch,
  count: batch,
});

const NORMALIZATIONS: Record<string, Case> = {
  'batch normalization': around(8, normal()),
  'batch normalization without gamma': around(8, normal({ scale: false })),
  'batch normalization without beta': around(8, normal({ center: false })),
  'batch normalization without either': around(8, normal({ scale: false, center: false })),
  'batch normalization before a relu': around(8, normal(), activation({ activation: 'relu' })),
  'batch normalization twice': around(8, normal(), dense({ units: 4 }), normal()),
  'batch normalization of 12 rows': around(12, normal()),
  'batch normalization at the beginning': { config: rows(normal(), dense({ units: 3 })), batch: 8, count: 8 },
  'batch normalization at the end': { config: rows(dense({ units: 3 }), normal()), batch: 8, count: 8 },
  'batch normalization of images': {
    config: images(
      conv2d({ filters: 3, kernelSize: 3, padding: 'same' }),
      normal(),
      averagePooling2d(),
      flatten(),
      dense({ units: 2 }),
    ),
    batch: 2,
    count: 32,
  },
  'batch normalization of 27 places': {
    config: images(conv2d({ filters: 2, kernelSize: 2 }), normal(), flatten(), dense({ units: 2 })),
    batch: 3,
    count: 27,
  },
};

const DROPOUTS: Record<string, Case> = {
  ...Object.fromEntries(
    // the factors are 2, 5/4, and one that is rounded
    [0.5, 0.2, 0.3].map((rate) => [
      `dropout at the rate ${rate}`,
      { config: rows(dense({ units: 6 }), dropout({ rate }), dense({ units: 3 })), batch: 4 },
    ]),
  ),
  'dropout at the end': { config: rows(dense({ units: 6 }), dropout({ rate: 0.3 })), batch: 4 },
  'dropout of images and of rows': {
    config: images(
      conv2d({ filters: 2, kernelSize: 2, strides: 2 }),
      dropout({ rate: 0.25 }),
      flatten(),
      dense({ units: 5, activation: 'relu' }),
      dropout({ rate: 0.5 }),
      dense({ units: 2 }),
    ),
    batch: 2,
  },
};

for (const [name, { config, batch, count }] of Object.entries({ ...NORMALIZATIONS, ...DROPOUTS })) {
  test(`${name}: the gradients on shares are the slopes of the loss`, () => {
    inEverySetting((world, where) => {
      const { sample, truth } = drawSmooth(world, config, batch, halfSquares);
      const unit = 2 ** -world.fraction;
      const largest = Math.max(...truth.flat().map(Math.abs));
      const tolerance = count
        ? NORMALIZATION_UNITS * unit +
          TIMES * largest * (inverseSqrt.bound[world.bits] + meanError(count, world.bits))
        : DROPOUT_UNITS * unit;
      assertClose(gradientsOnShares(world, config, sample, halfSquares), truth, tolerance, where);
    });
  });
}

test.run();
