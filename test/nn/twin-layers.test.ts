/**
 * Every kind of layer, the hinge loss and every optimizer but adam: after two steps on shares, outputs and weights
 * equal their clear twins' (support/layer-twin.ts, support/step-twin.ts) bit for bit. What contains a trigonometric
 * sum (sigmoid, softmax, 1/√x) has no such twin; near-float.test.ts compares it with float.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Activation,
  type LayerConfig,
  type ModelConfig,
  planModel,
  sizeOf,
} from '../../src/nn/config.js';
import {
  activation as activationLayer,
  averagePooling2d,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePooling2d,
  leakyRelu,
  maxPooling2d,
  momentum,
  sgd,
} from '../../src/nn/describe.js';
import type { LossName } from '../../src/nn/loss-names.js';
import type { OptimizerConfig } from '../../src/nn/optimizer-config.js';
import { drawn, drawnWeights, encoded, SteppedModel } from '../support/model-steps.js';
import { watchOpenings } from '../support/openings.js';
import { Outside } from '../support/outside.js';
import type { Bits } from '../support/ring.js';
import { inEverySetting } from '../support/settings.js';
import { StepTwin } from '../support/step-twin.js';
import { Rounder } from '../support/twin-types.js';

const STEPS = 2;

interface Case {
  readonly name: string;
  readonly config: ModelConfig;
  readonly loss?: LossName;
  readonly optimizer?: OptimizerConfig;
  /** Rows of a step; 4 unless given. */
  readonly batch?: number;
  /** The ring whose range it needs; both unless given. */
  readonly ring?: Bits;
}

const images = (...layers: LayerConfig[]): ModelConfig => ({ inputShape: [6, 6, 2], layers });
const rows = (...layers: LayerConfig[]): ModelConfig => ({ inputShape: [7], layers });
const rate = { learningRate: 0.5 };

const hidden = rows(dense({ units: 6, activation: 'relu' }), dense({ units: 3 }));
const endingWith = (activation: Activation, units = 3) =>
  rows(dense({ units: 6, activation: 'relu' }), dense({ units, activation }));
const head = [flatten(), dense({ units: 3 })];

const CASES: readonly Case[] = [
  { name: 'conv2d', config: images(conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }), ...head) },
  {
    name: 'conv2d of stride 2, padded, then one without bias',
    config: images(
      conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      conv2d({ filters: 2, kernelSize: [2, 1], useBias: false }),
      ...head,
    ),
  },
  {
    name: 'averagePooling2d of relu',
    config: images(
      conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' }),
      averagePooling2d(),
      ...head,
    ),
  },
  {
    name: 'averagePooling2d before anything is rounded',
    config: images(conv2d({ filters: 3, kernelSize: 3 }), averagePooling2d(), ...head),
  },
  {
    name: 'averagePooling2d of 3×3, stride 2, padded',
    config: images(
      conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }),
      averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      ...head,
    ),
  },
  {
    name: 'averagePooling2d of 3×3 of sums that are not rounded, and of their gradients',
    config: images(
      conv2d({ filters: 3, kernelSize: 3 }),
      averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      conv2d({ filters: 2, kernelSize: 1, activation: leakyRelu(0.5) }),
      ...head,
    ),
  },
  {
    name: 'maxPooling2d',
    config: images(conv2d({ filters: 3, kernelSize: 3, padding: 'same' }), maxPooling2d(), ...head),
  },
  {
    name: 'maxPooling2d of 3×3, stride 2, padded, of relu with its ties',
    config: images(
      conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }),
      maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      ...head,
    ),
  },
  {
    name: 'globalAveragePooling2d of a power of two of pixels',
    config: images(conv2d({ filters: 5, kernelSize: 3 }), globalAveragePooling2d(), dense({ units: 3 })),
  },
  {
    name: 'globalAveragePooling2d of 5×6 pixels',
    config: images(
      conv2d({ filters: 5, kernelSize: [2, 1], activation: 'relu' }),
      globalAveragePooling2d(),
      dense({ units: 3 }),
    ),
  },
  ...[0.5, 0.3].flatMap((dropped) => [
    {
      name: `dropout of ${dropped} after relu`,
      config: rows(dense({ units: 6, activation: 'relu' }), dropout({ rate: dropped }), dense({ units: 3 })),
    },
    {
      name: `dropout of ${dropped} of sums that are not rounded, twice`,
      config: rows(
        dense({ units: 6 }),
        dropout({ rate: dropped }),
        dense({ units: 5, activation: 'relu' }),
        dense({ units: 4 }),
        dropout({ rate: dropped }),
        dense({ units: 3 }),
      ),
    },
  ]),
  {
    name: 'leakyRelu',
    config: rows(
      dense({ units: 6, activation: leakyRelu(0.25) }),
      dense({ units: 5, activation: 'leakyRelu' }),
      dense({ units: 3 }),
    ),
  },
  ...(
    [
      'square',
      { polynomial: [0.5, 0.5, 0.125] },
      { polynomial: [0.3, 0.6, 0.2] },
      { polynomial: [0.1, 0.5, 0.25, -1 / 12] },
      'sigmoid',
      'tanh',
    ] as const satisfies Activation[]
  ).map((activation) => ({
    name: typeof activation === 'string' ? activation : `polynomial ${activation.polynomial}`,
    config: rows(
      dense({ units: 6, activation }),
      dense({ units: 5 }),
      activationLayer({ activation }),
      dense({ units: 3, activation }),
    ),
  })),
  {
    name: 'polynomial of degree 5',
    config: rows(
      dense({ units: 6, activation: { polynomial: [0.1, 0.6, 0.2, -0.05, 0.01, 0.002] } }),
      dense({ units: 3 }),
    ),
    ring: 64,
  },
  {
    name: 'batchNormalization of images',
    config: images(conv2d({ filters: 3, kernelSize: 3 }), batchNormalization(), ...head),
  },
  {
    name: 'batchNormalization of images of 5×6 pixels, after relu',
    config: images(
      conv2d({ filters: 3, kernelSize: [2, 1], activation: 'relu' }),
      batchNormalization({ momentum: 0.5, epsilon: 0.01 }),
      ...head,
    ),
  },
  {
    name: 'batchNormalization of rows, without gamma, without beta, without both',
    config: rows(
      dense({ units: 6 }),
      batchNormalization({ scale: false }),
      dense({ units: 5 }),
      batchNormalization({ center: false }),
      dense({ units: 4 }),
      batchNormalization({ center: false, scale: false }),
      dense({ units: 3 }),
    ),
  },
  {
    name: 'batchNormalization of the inputs, and at the end',
    config: rows(batchNormalization(), dense({ units: 3 }), batchNormalization()),
  },
  ...[1, 3, 12].map((batch) => ({
    name: `batchNormalization of batches of ${batch}`,
    config: rows(dense({ units: 6 }), batchNormalization(), dense({ units: 3 })),
    batch,
  })),
  { name: 'hinge', config: hidden, loss: 'hinge' },
  { name: 'softmaxCrossEntropy of logits', config: hidden, loss: 'softmaxCrossEntropy' },
  { name: 'softmaxCrossEntropy of a softmax', config: endingWith('softmax'), loss: 'softmaxCrossEntropy' },
  {
    name: 'softmaxCrossEntropy of 18 classes',
    config: endingWith('softmax', 18),
    loss: 'softmaxCrossEntropy',
  },
  { name: 'sigmoidCrossEntropy of logits', config: hidden, loss: 'sigmoidCrossEntropy' },
  { name: 'sigmoidCrossEntropy of a sigmoid', config: endingWith('sigmoid'), loss: 'sigmoidCrossEntropy' },
  { name: 'momentum', config: hidden, optimizer: momentum({ ...rate, momentum: 0.75 }) },
  { name: 'nesterov', config: hidden, optimizer: momentum({ ...rate, momentum: 0.875, nesterov: true }) },
  { name: 'weightDecay', config: hidden, optimizer: sgd({ ...rate, weightDecay: 0.125 }) },
  {
    name: 'momentum with weightDecay, which the momentum never sees',
    config: hidden,
    optimizer: momentum({ ...rate, momentum: 0.75, weightDecay: 0.25 }),
  },
  {
    name: 'nesterov with weightDecay and clipValue',
    config: hidden,
    optimizer: momentum({ ...rate, nesterov: true, weightDecay: 0.1, clipValue: 0.0625 }),
  },
  { name: 'clipValue', config: hidden, optimizer: sgd({ ...rate, clipValue: 0.03 }) },
];

for (const { name, config, loss = 'meanSquaredError', optimizer = sgd(rate), batch = 4, ring } of CASES) {
  test(`${name}: ${STEPS} steps on shares equal the clear twin's, bit for bit`, () => {
    inEverySetting((world, where) => {
      if (ring !== undefined && world.bits !== ring) return;
      const inputs = sizeOf(config.inputShape);
      const weights = drawnWeights(world, config, 0.25);
      planModel(config)
        .flatMap((plan) => plan.weights)
        .forEach(({ name }, i) => {
          if (name === 'gamma' || name === 'movingVariance') weights[i] = weights[i].map((w) => w + 1);
        });
      const secure = new SteppedModel(world, config, weights);
      const x = drawn(world, batch * inputs, 1);
      const units = sizeOf(planModel(config).at(-1)?.outputShape ?? []);
      const t = Array.from({ length: batch * units }, (_, i) =>
        i % units === Math.floor(i / units) % units ? 1 : 0,
      );
      const [xs, ts] = [secure.rows(x, batch, config.inputShape), secure.rows(t, batch, [units])];
      const plans = Array.from({ length: STEPS }, (_, step) => ({
        // the rate halves, so that momentum has to follow
        plan: {
          rate: 0.5 ** (step + 1),
          previousRate: 0.5,
          exponent: 4 + step,
          mean: 1 / 8,
          count: step + 1,
        },
        pass: { training: true, step, seed: 3 },
      }));
      const outputs: bigint[][] = [];
      const openings = watchOpenings(world, () => {
        for (const { plan, pass } of plans) {
          outputs.push(secure.step(xs, ts, { loss, optimizer, step: plan, pass }).y);
        }
        outputs.push(secure.predict(xs));
      });

      const outside = new Outside(openings, world.bits, world.fraction);
      const initial = weights.map((array) => encoded(world, array));
      const twin = new StepTwin(config, initial, new Rounder(outside));
      plans.forEach(({ plan, pass }, step) => {
        const y = twin.step(encoded(world, x), encoded(world, t), batch, loss, optimizer, plan, pass);
        assert.equal(outputs[step], y, `${where}: outputs of step ${step}`);
      });
      secure.values.forEach((values, p) => {
        assert.equal(values, twin.kept[p].values, `${where}: parameter ${p}`);
      });
      assert.is(secure.values.length, twin.kept.length);
      assert.equal(outputs[STEPS], twin.predict(encoded(world, x), batch), `${where}: predictions`);
      assert.is(outside.left, 0, `${where}: the twin has rounded all that the roles have rounded`);
      const before = initial.flat().slice(-(secure.values.at(-1)?.length ?? 0));
      assert.not.equal(secure.values.at(-1), before, `${where}: the last layer has learned`);
    });
  });
}

test.run();
