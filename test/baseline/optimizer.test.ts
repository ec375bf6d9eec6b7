import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainOptimizer } from '../../src/baseline/optimizer.js';
import { trainPlain } from '../../src/baseline/plain.js';
import type { Dataset } from '../../src/data/dataset.js';
import type { ModelConfig } from '../../src/model/config.js';
import { adam, dense, momentum, sgd, stepDecay } from '../../src/model/describe.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';

/** One weight that starts at `w`, after steps with these gradients. */
function descend(optimizer: OptimizerConfig, w: number, gradients: number[], rate = 0.5): number {
  const weight = Float32Array.of(w);
  const { step } = plainOptimizer(optimizer);
  for (const gradient of gradients) step([weight], [Float32Array.of(gradient)], rate);
  return weight[0];
}

const close = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-5, `${actual}, not ${expected}`);

test('gradient descent subtracts the rate times the gradient', () => {
  assert.is(descend(sgd({ learningRate: 1 }), 2, [1, -3]), 2 - 0.5 * 1 + 0.5 * 3);
});

test('momentum adds up the gradients, each step worth less', () => {
  const config = { learningRate: 1, momentum: 0.5 };
  // v: 1, 0.5·1 + 2 = 2.5
  assert.is(descend(momentum(config), 4, [1, 2]), 4 - 0.5 * 1 - 0.5 * 2.5);
  // Nesterov: g + 0.5·v: 1.5, 3.25
  assert.is(descend(momentum({ ...config, nesterov: true }), 4, [1, 2]), 4 - 0.5 * 1.5 - 0.5 * 3.25);
});

test("Adam's first step is the rate, whatever the size of the gradient", () => {
  const config = adam({ epsilon: 1e-12 });
  close(descend(config, 1, [1000]), 0.5);
  close(descend(config, 1, [-1e-4]), 1.5);
});

test("Adam's second step is what the formulas give by hand", () => {
  const config = adam({ beta1: 0.5, beta2: 0.75, epsilon: 0.25 });
  // m = 0.5·1 = 0.5, then 0.5·0.5 + 0.5·0.5 = 0.5; v = 0.25·1 = 0.25, then 0.75·0.25 + 0.25·0.25 = 0.25
  const first = (0.5 * (0.5 / 0.5)) / (Math.sqrt(0.25 / 0.25) + 0.25);
  const second = (0.5 * (0.5 / 0.75)) / (Math.sqrt(0.25 / (1 - 0.75 ** 2)) + 0.25);
  close(descend(config, 1, [1, 0.5]), 1 - first - second);
  assert.is(descend(config, 1, [7, 0.5]), descend(config, 1, [1, 0.5]), 'clipped to 1');
  const { clipValue: _, ...bare } = config;
  assert.is(descend(bare, 1, [7, 0.5]), descend(config, 1, [1, 0.5]), 'also where nothing says so');
});

test('clipping bounds every element, decay shrinks every weight first', () => {
  assert.is(descend(sgd({ learningRate: 1, clipValue: 0.25 }), 2, [7, -9, 0.125]), 2 - 0.5 * 0.125);
  assert.is(descend(sgd({ learningRate: 1, weightDecay: 0.5 }), 2, [1]), 2 * (1 - 0.5 * 0.5) - 0.5);
  // decoupled: momentum never sees the decay
  assert.is(
    descend(momentum({ learningRate: 1, momentum: 0.5, weightDecay: 0.5 }), 2, [0, 0]),
    2 * 0.75 * 0.75,
  );
});

test('arrays without a gradient are left alone', () => {
  const statistics = Float32Array.of(3);
  plainOptimizer(sgd({ learningRate: 1, weightDecay: 0.5 })).step([statistics], [null], 0.5);
  assert.is(statistics[0], 3);
});

test('a training follows its schedule, epoch by epoch', () => {
  const config: ModelConfig = { inputShape: [1], layers: [dense({ units: 1, useBias: false })] };
  const data: Dataset = { x: Float32Array.of(1), y: Float32Array.of(0), rows: 1, features: 1, classes: 1 };
  const train = (epochs: number) =>
    trainPlain(planModel(config), [Float32Array.of(1)], data, {
      epochs,
      batchSize: 1,
      optimizer: sgd({ learningRate: stepDecay({ rate: 0.25, factor: 0.5 }) }),
    }).weights[0][0];
  // dL/dw = 2w: every step multiplies w by 1 − 2·rate
  assert.is(train(1), 1 - 2 * 0.25);
  assert.is(train(3), (1 - 2 * 0.25) * (1 - 2 * 0.125) * (1 - 2 * 0.0625));
});

test('a rate or an optimizer, not both and not neither', () => {
  const config: ModelConfig = { inputShape: [1], layers: [dense({ units: 1 })] };
  const data: Dataset = { x: Float32Array.of(1), y: Float32Array.of(0), rows: 1, features: 1, classes: 1 };
  const train = (options: object) =>
    trainPlain(planModel(config), initialWeights(planModel(config), 1), data, {
      epochs: 1,
      batchSize: 1,
      ...options,
    });
  train({ optimizer: adam() });
  assert.throws(() => train({}), /learningRate must be a number or a schedule/);
  assert.throws(() => train({ learningRate: 0.5, optimizer: adam() }), /not both/);
  assert.throws(() => train({ learningRate: 0.5, loss: 'absolute' }), /unknown loss "absolute"/);
  assert.throws(() => train({ learningRate: 0.5, metrics: [{ topK: 2 }] }), /from 1 to the model's 1/);
});

test.run();
