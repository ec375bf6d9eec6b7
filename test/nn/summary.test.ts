/** A summary tells what a step will cost before anything runs: the same as the ledger counts when it does. */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LayerConfig, ModelConfig } from '../../src/model/config.js';
import {
  averagePooling2d,
  conv2d,
  dense,
  dropout,
  flatten,
  maxPooling2d,
  momentum,
  sgd,
} from '../../src/model/describe.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { losses } from '../../src/nn/loss.js';
import { SecureModel } from '../../src/nn/model.js';
import { gradientFraction } from '../../src/nn/scales.js';
import { summarize } from '../../src/nn/summary.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting } from '../world/settings.js';

const BATCH = 8;

const hidden = (activation: Parameters<typeof dense>[0]['activation']): ModelConfig => ({
  inputShape: [13],
  layers: [dense({ units: 16, activation }), dense({ units: 3 })],
});

const image = (...layers: LayerConfig[]): ModelConfig => ({
  inputShape: [6, 6, 1],
  layers: [...layers, flatten(), dense({ units: 3 })],
});

const CASES: Record<string, [ModelConfig, OptimizerConfig]> = {
  relu: [hidden('relu'), sgd({ learningRate: 0.25 })],
  square: [hidden('square'), sgd({ learningRate: 0.25 })],
  sigmoid: [hidden('sigmoid'), sgd({ learningRate: 0.01 })],
  momentum: [hidden('relu'), momentum({ learningRate: 0.1, momentum: 0.9 })],
  'decay and clipping': [hidden('relu'), sgd({ learningRate: 0.25, weightDecay: 0.01, clipValue: 1 })],
  convolution: [image(conv2d({ filters: 4, kernelSize: 3, activation: 'relu' })), sgd({ learningRate: 0.5 })],
  pooling: [
    image(conv2d({ filters: 2, kernelSize: 3 }), maxPooling2d(), averagePooling2d({ poolSize: 2 })),
    sgd({ learningRate: 0.5 }),
  ],
  'relu before max pooling': [
    image(conv2d({ filters: 2, kernelSize: 3, activation: 'relu' }), maxPooling2d()),
    sgd({ learningRate: 0.5 }),
  ],
  dropout: [image(dropout({ rate: 0.5 })), sgd({ learningRate: 0.5 })],
};

/** What a step and a prediction cost when they run. */
function measured(world: Parties, config: ModelConfig, optimizer: OptimizerConfig) {
  const plan = planModel(config);
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, BATCH);
  const rows = (shape: readonly number[]) =>
    world.masked(Array(size(shape)).fill(100n), world.fraction, [BATCH, ...shape]);
  const [x, t] = [rows(config.inputShape), rows(plan.outputShape)];
  const models = world.each((rt) => new SecureModel(rt, plan, initialWeights(plan, 1)));
  const rate = optimizer.learningRate as number;
  const mean = losses.meanSquaredError.factor(3) / BATCH;
  const step = { rate, previousRate: rate, exponent: Math.round(-Math.log2(rate * mean)), mean, count: 1 };
  const pass = { training: true, step: 0, seed: 0 };
  const gradients = gradientFraction(world.bits, world.fraction, BATCH);
  const training = { loss: 'meanSquaredError', optimizer, step, pass, gradientFraction: gradients } as const;
  return {
    prediction: world.run((_rt, role) => models[role].forward(x[role])).cost,
    step: world.run((_rt, role) => models[role].step(x[role], t[role], training)).cost,
  };
}

for (const [name, [config, optimizer]] of Object.entries(CASES)) {
  test(`${name}: rounds and bytes of a step and of a prediction are those that the ledger counts`, () => {
    inEverySetting((world, where) => {
      const { step, prediction } = summarize(planModel(config), {
        ring: world.bits,
        fractionBits: world.fraction,
        parties: world.parties.length,
        batchSize: BATCH,
        loss: 'meanSquaredError',
        optimizer,
      });
      const told = { step, prediction };
      const counted = measured(world, config, optimizer);
      for (const what of ['prediction', 'step'] as const) {
        const { rounds, online, dealt } = told[what];
        assert.equal({ rounds, online, dealt }, counted[what], `${where}, ${what}`);
      }
    });
  });
}

test('parameters and shapes, layer by layer', () => {
  const { layers, parameters } = summarize(planModel(hidden('relu')), {
    ring: 32,
    fractionBits: 12,
    parties: 2,
    batchSize: BATCH,
    loss: 'meanSquaredError',
    optimizer: sgd({ learningRate: 1 }),
  });
  assert.equal(
    layers.map((layer) => [layer.name, layer.parameters, layer.outputShape]),
    [
      ['dense', 14 * 16, [16]],
      ['dense', 17 * 3, [3]],
    ],
  );
  assert.is(parameters, 14 * 16 + 17 * 3);
});

test('a learning rate that the ring cannot follow is refused before anything runs', () => {
  const options = {
    ring: 32,
    fractionBits: 12,
    parties: 2,
    batchSize: BATCH,
    loss: 'meanSquaredError',
  } as const;
  const work = () =>
    summarize(planModel(hidden('relu')), { ...options, optimizer: sgd({ learningRate: 1e-9 }) });
  assert.throws(work, (error: Error) => error instanceof RangeError && /learning rate/.test(error.message));
});

test.run();
