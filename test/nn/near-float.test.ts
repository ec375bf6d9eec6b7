/**
 * Losses, layers and optimizers against the float trainer, whose formulas are written separately: after four steps on
 * all rows every weight is compared, within a bound for each ring. The twins (twin-layers.test.ts and those beside it)
 * hold the same computations bit for bit, but for values of sigmoid, softmax and 1/√x, which they hold to error bounds;
 * here such errors add up over steps.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trainPlain } from '../../src/baseline/plain.js';
import type { LayerConfig, ModelConfig } from '../../src/model/config.js';
import {
  adam,
  averagePooling2d,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePooling2d,
  maxPooling2d,
  momentum,
  sgd,
} from '../../src/model/describe.js';
import type { LossName } from '../../src/model/losses.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { planModel } from '../../src/model/plan.js';
import { losses } from '../../src/nn/loss.js';
import { foldedRate } from '../../src/nn/optimizers/descend.js';
import { sizeOf } from '../../src/shape.js';
import { drawn, drawnWeights, SteppedModel } from '../world/model-steps.js';
import type { Parties } from '../world/parties.js';
import type { Bits } from '../world/ring.js';
import { inEverySetting } from '../world/settings.js';

const STEPS = 4;

/** What multiplies the summed gradient in one step is 2^−exponent: small enough for trainings that do not diverge. */
const EXPONENT = 5;

interface Case {
  readonly config: ModelConfig;
  readonly loss?: LossName;
  /** The optimizer at a rate. */
  readonly optimizer?: (learningRate: number) => OptimizerConfig;
  readonly batch?: number;
  readonly exponent?: number;
  /** How far a weight may be off. */
  readonly bound: { readonly 64: number; readonly 32?: number };
}

const images = (...layers: LayerConfig[]): ModelConfig => ({ inputShape: [6, 6, 2], layers });
const rows = (...layers: LayerConfig[]): ModelConfig => ({ inputShape: [7], layers });
const hidden = dense({ units: 6 });
const network = rows(hidden, dense({ units: 3 }));
const exact = { 32: 4e-3, 64: 1e-4 } as const;
/** Where a number next to a kink may fall on its other side. */
const kinked = { 32: 4e-2, 64: 1e-4 } as const;
/** Gradients next to 0 saturate, and adam does not care how small they are. */
const saturating = { 64: 1e-2 } as const;

const CASES: Record<string, Case> = {
  'softmax cross-entropy of a softmax': {
    config: rows(hidden, dense({ units: 3, activation: 'softmax' })),
    loss: 'softmaxCrossEntropy',
    bound: exact,
  },
  'softmax cross-entropy of logits': { config: network, loss: 'softmaxCrossEntropy', bound: exact },
  'sigmoid cross-entropy': { config: network, loss: 'sigmoidCrossEntropy', bound: exact },
  hinge: { config: network, loss: 'hinge', bound: kinked },
  'convolutions and pooling': {
    config: images(
      conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' }),
      maxPooling2d(),
      conv2d({ filters: 4, kernelSize: 2, padding: 'same', strides: [1, 2] }),
      averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      flatten(),
      dense({ units: 3 }),
    ),
    exponent: 7,
    bound: kinked,
  },
  'batch normalization of images': {
    config: images(
      conv2d({ filters: 3, kernelSize: 3 }),
      batchNormalization(),
      flatten(),
      dense({ units: 3 }),
    ),
    // gradients of gamma are sums over 32 pixels, which stay below 64 as ring 32 wants
    batch: 2,
    exponent: 6,
    bound: exact,
  },
  'batch normalization without gamma, then without beta': {
    config: rows(
      dense({ units: 6 }),
      batchNormalization({ scale: false }),
      dense({ units: 5 }),
      batchNormalization({ center: false }),
      dense({ units: 3 }),
    ),
    batch: 12,
    bound: { 32: 1e-2, 64: 1e-3 },
  },
  'dropout and global pooling': {
    config: images(
      conv2d({ filters: 3, kernelSize: 2 }),
      dropout({ rate: 0.3 }),
      globalAveragePooling2d(),
      dense({ units: 3 }),
    ),
    bound: exact,
  },
  'momentum, decayed and clipped': {
    config: network,
    optimizer: (learningRate) => momentum({ learningRate, weightDecay: 0.05, clipValue: 0.1 }),
    bound: exact,
  },
  nesterov: {
    config: network,
    optimizer: (learningRate) => momentum({ learningRate, nesterov: true, weightDecay: 0.02 }),
    bound: exact,
  },
  adam: { config: network, optimizer: (learningRate) => adam({ learningRate }), bound: saturating },
  'adam, decayed and clipped': {
    config: network,
    loss: 'softmaxCrossEntropy',
    optimizer: (learningRate) => adam({ learningRate, weightDecay: 0.5, clipValue: 0.05, beta2: 0.9 }),
    bound: saturating,
  },
};

/** Largest difference of a trained number between shares and float, and how far training has moved one. */
function compare(world: Parties, made: Case): { off: number; moved: number } {
  const { config, loss = 'meanSquaredError', batch = 8, exponent = EXPONENT } = made;
  const plan = planModel(config);
  const features = sizeOf(config.inputShape);
  const mean = losses[loss].factor(3) / batch;
  const probe = made.optimizer?.(0.5) ?? sgd({ learningRate: 0.5 });
  // what one step multiplies the summed gradient with is a power of two: the rate on shares is exact
  const learningRate = 2 ** -exponent / foldedRate(probe, 1, mean);
  const optimizer = { ...probe, learningRate };
  const weights = drawnWeights(world, config, 0.5);
  plan.weights.forEach(({ name }, i) => {
    if (name === 'movingVariance' || name === 'gamma') weights[i].fill(1);
    if (name === 'movingMean') weights[i].fill(0);
  });
  const x = drawn(world, batch * features, 1);
  const t = Array.from({ length: batch * 3 }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 1 : 0));

  const secure = new SteppedModel(world, config, weights);
  const xs = secure.rows(x, batch, config.inputShape);
  const ts = secure.targets(t, batch, 3, loss, world.fraction);
  for (let step = 0; step < STEPS; step++) {
    secure.step(xs, ts, {
      loss,
      optimizer,
      step: { rate: learningRate, previousRate: learningRate, exponent, mean, count: step + 1 },
      pass: { training: true, step, seed: 5 },
      gradientFraction: world.fraction, // as precise as it can be
    });
  }
  const { weights: float } = trainPlain(
    plan,
    weights.map((array) => Float32Array.from(array)),
    { x: Float32Array.from(x), y: Float32Array.from(t), rows: batch, features, classes: 3 },
    { epochs: STEPS, batchSize: batch, optimizer, loss, seed: 5, shuffle: false },
  );
  const got = secure.values.flat().map((word) => Number(word) / 2 ** world.fraction);
  const expected = float.flatMap((array) => [...array]);
  const before = weights.flat();
  assert.is(got.length, expected.length);
  return {
    off: Math.max(...got.map((value, i) => Math.abs(value - expected[i]))),
    moved: Math.max(...got.map((value, i) => Math.abs(value - before[i]))),
  };
}

for (const [name, made] of Object.entries(CASES)) {
  test(`${name}: after ${STEPS} steps every weight is close to the float trainer's`, () => {
    inEverySetting((world, where) => {
      const bound = made.bound[world.bits as Bits];
      if (bound === undefined) return;
      const { off, moved } = compare(world, made);
      if (process.env.SHOW) console.log(name, where, off, moved);
      assert.ok(off < bound, `${where}: off by ${off}`);
      assert.ok(moved > 10 * Math.min(bound, 2e-3), `${where}: moved by ${moved} only`);
    });
  });
}

test.run();
