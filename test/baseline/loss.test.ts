import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainLosses } from '../../src/baseline/loss.js';
import { PlainModel } from '../../src/baseline/model.js';
import { predictPlain } from '../../src/baseline/plain.js';
import type { ModelConfig } from '../../src/model/config.js';
import { dense } from '../../src/model/describe.js';
import { lossNames } from '../../src/model/losses.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { checkGradients, oneHotLabels, uniform } from './gradient-check.js';

const network = (last: 'linear' | 'softmax' | 'sigmoid'): ModelConfig => ({
  inputShape: [4],
  layers: [dense({ units: 5, activation: 'tanh' }), dense({ units: 3, activation: last })],
});

for (const loss of lossNames) {
  test(`the gradient of ${loss} is its slope`, () => {
    assert.is(checkGradients(network('linear'), { loss, labels: oneHotLabels }), 25 + 18);
  });
}

test('the slope of a cross-entropy after the activation that it contains is that before it', () => {
  for (const [last, loss] of [
    ['softmax', 'softmaxCrossEntropy'],
    ['sigmoid', 'sigmoidCrossEntropy'],
  ] as const) {
    checkGradients(network(last), { loss, labels: oneHotLabels });
    const weights = initialWeights(planModel(network(last)), 1);
    const [x, t] = [uniform(24, 1), oneHotLabels(6, 3)];
    const gradients = [network('linear'), network(last)].map((config) => {
      const model = new PlainModel(planModel(config), weights, 6, loss);
      model.backward(model.forward(x, 6), t, 6);
      return model.gradients;
    });
    assert.equal(gradients[0], gradients[1]);
  }
});

test('the losses of one row are what the formulas give by hand', () => {
  const [y, t] = [Float32Array.of(2, -1, 0.5), Float32Array.of(1, 0, 0)];
  const loss = (name: (typeof lossNames)[number]) => plainLosses[name].total(y, t, 1, 3);
  const close = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}, not ${expected}`);
  close(loss('meanSquaredError'), (1 + 1 + 0.25) / 3);
  const e = [Math.exp(2), Math.exp(-1), Math.exp(0.5)];
  close(loss('softmaxCrossEntropy'), -Math.log(e[0] / (e[0] + e[1] + e[2])));
  const log = Math.log;
  close(
    loss('sigmoidCrossEntropy'),
    (log(1 + Math.exp(-2)) + log(1 + Math.exp(-1)) + log(1 + Math.exp(0.5))) / 3,
  );
  close(loss('hinge'), (0 + 0 + 1.5) / 3);
});

test('cross-entropies stay finite far out', () => {
  const [y, t] = [Float32Array.of(500, -500), Float32Array.of(0, 1)];
  assert.is(plainLosses.softmaxCrossEntropy.total(y, t, 1, 2), 1000);
  assert.is(plainLosses.sigmoidCrossEntropy.total(y, t, 1, 2), 500);
  for (const name of ['softmaxCrossEntropy', 'sigmoidCrossEntropy'] as const) {
    const gradient = new Float32Array(2);
    plainLosses[name].gradient(gradient, y, t, 1, 2);
    const scale = name === 'softmaxCrossEntropy' ? 1 : 0.5;
    assert.equal(gradient, Float32Array.of(scale, -scale));
  }
});

test('prediction ends with the activation, training with the logits', () => {
  const x = uniform(8, 2);
  const weights = initialWeights(planModel(network('softmax')), 1);
  const probabilities = predictPlain(planModel(network('softmax')), weights, x);
  const logits = predictPlain(planModel(network('linear')), weights, x);
  for (let row = 0; row < 2; row++) {
    const e = [...logits.subarray(row * 3, row * 3 + 3)].map(Math.exp);
    const sum = e[0] + e[1] + e[2];
    e.forEach((value, j) => {
      assert.ok(Math.abs(probabilities[row * 3 + j] - value / sum) < 1e-6);
    });
  }
  const model = new PlainModel(planModel(network('softmax')), weights, 2);
  assert.equal(model.forward(x, 2).slice(0, 6), logits);
});

test.run();
