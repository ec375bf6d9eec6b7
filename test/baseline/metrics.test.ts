import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tally } from '../../src/baseline/metrics.js';
import { evaluatePlain, trainPlain } from '../../src/baseline/plain.js';
import type { Dataset } from '../../src/data/dataset.js';
import type { ModelConfig } from '../../src/model/config.js';
import { dense } from '../../src/model/describe.js';
import type { LossName } from '../../src/model/losses.js';
import type { MetricName } from '../../src/model/metrics.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { oneHotLabels, uniform } from './gradient-check.js';

const scores = (y: number[], t: number[], units: number, metrics: MetricName[], loss?: LossName) => {
  const tally = new Tally(loss ?? 'meanSquaredError', units, metrics);
  tally.add(Float32Array.from(y), Float32Array.from(t), y.length / units);
  return tally.scores;
};

test('top-k counts rows whose label is among the k largest outputs', () => {
  const y = [0.1, 0.4, 0.3, 0.9, 0.8, 0.7];
  const t = [0, 0, 1, 0, 0, 1];
  const { accuracy, top2, top3 } = scores(y, t, 3, [{ topK: 2 }, { topK: 3 }]);
  assert.equal([accuracy, top2, top3], [0, 0.5, 1]);
});

test('of equal outputs the first is the largest', () => {
  const y = [0.5, 0.5, 0.1, 0.5, 0.5, 0.1];
  const t = [1, 0, 0, 0, 1, 0];
  const { accuracy, top2 } = scores(y, t, 3, [{ topK: 2 }]);
  assert.equal([accuracy, top2], [0.5, 1]);
});

test('binary accuracy counts units; its threshold is ½, for logits and hinge scores 0', () => {
  const [y, t] = [
    [0.6, 0.2, -0.1, 0.4],
    [1, 1, 0, 0],
  ];
  const binary = (loss: LossName) => scores(y, t, 2, ['binaryAccuracy'], loss).binaryAccuracy;
  assert.is(binary('meanSquaredError'), 3 / 4);
  assert.is(binary('sigmoidCrossEntropy'), 3 / 4);
  assert.is(binary('hinge'), 3 / 4);
  const single = (loss: LossName) => scores(y, t, 1, [], loss).accuracy;
  assert.is(single('meanSquaredError'), 3 / 4);
  assert.is(scores([0.2, -0.2], [1, 0], 1, [], 'hinge').accuracy, 1);
  assert.is(scores([0.2, -0.2], [1, 0], 1, []).accuracy, 0.5);
});

test('rows may come in parts', () => {
  const [y, t] = [uniform(30, 1), oneHotLabels(10, 3)];
  const whole = new Tally('softmaxCrossEntropy', 3, [{ topK: 2 }]);
  whole.add(y, t, 10);
  const parts = new Tally('softmaxCrossEntropy', 3, [{ topK: 2 }]);
  parts.add(y.subarray(0, 21), t.subarray(0, 21), 7);
  parts.add(y.subarray(21), t.subarray(21), 3);
  assert.ok(Math.abs(whole.scores.loss - parts.scores.loss) < 1e-12);
  assert.equal({ ...whole.scores, loss: 0 }, { ...parts.scores, loss: 0 });
});

test('a training that has diverged gets nothing right', () => {
  const { accuracy } = scores([NaN, NaN, NaN, NaN], [1, 0, 0, 1], 2, []);
  assert.is(accuracy, 0);
});

test("a training's history names the metrics asked for, those of validation too", () => {
  const config: ModelConfig = { inputShape: [4], layers: [dense({ units: 3, activation: 'softmax' })] };
  const data: Dataset = { x: uniform(80, 1), y: oneHotLabels(20, 3), rows: 20, features: 4, classes: 3 };
  const { history, weights } = trainPlain(planModel(config), initialWeights(planModel(config), 1), data, {
    epochs: 1,
    batchSize: 4,
    learningRate: 0.1,
    metrics: [{ topK: 2 }, 'binaryAccuracy'],
    validation: data,
  });
  const names = ['loss', 'accuracy', 'top2', 'binaryAccuracy'];
  const validated = ['valLoss', 'valAccuracy', 'valTop2', 'valBinaryAccuracy'];
  assert.equal(Object.keys(history[0]), ['epoch', ...names, ...validated]);
  const after = evaluatePlain(planModel(config), weights, data, { metrics: [{ topK: 2 }] });
  assert.equal([after.loss, after.top2], [history[0].valLoss, history[0].valTop2]);
  assert.ok(after.loss < history[0].loss);
});

test.run();
