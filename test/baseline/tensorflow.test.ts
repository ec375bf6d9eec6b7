import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trainPlain } from '../../src/baseline/plain.js';
import { loadTensorFlow, type TensorFlow, trainTensorFlow } from '../../src/baseline/tensorflow.js';
import { type Dataset, selectRows } from '../../src/data/dataset.js';
import { columnStatistics, standardise } from '../../src/data/scale.js';
import { foldSplit } from '../../src/data/split.js';
import { loadWine } from '../../src/data/wine.js';
import type { ActivationName, ModelConfig } from '../../src/model/config.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { difference } from './compare-trainings.js';

const network = (activation: ActivationName): ModelConfig => ({
  inputShape: [13],
  layers: [
    { type: 'dense', units: 16, activation, useBias: true },
    { type: 'dense', units: 8, activation, useBias: false },
    { type: 'dense', units: 3, activation: 'linear', useBias: true },
  ],
});

async function wine(): Promise<{ train: Dataset; test: Dataset }> {
  const raw = await loadWine();
  const data = { ...raw, x: standardise(raw.x, columnStatistics(raw.x, raw.features)) };
  const { train, test } = foldSplit(raw.rows, 0);
  return { train: selectRows(data, train), test: selectRows(data, test) };
}

let tf: TensorFlow;
test.before(async () => {
  const found = await loadTensorFlow();
  assert.ok(found, 'the TensorFlow.js packages among the development dependencies are installed');
  tf = found as TensorFlow;
});

for (const activation of ['relu', 'sigmoid', 'tanh', 'linear'] as const) {
  test(`without shuffling, the plain trainer and TensorFlow.js agree through ${activation}`, async () => {
    const { train, test } = await wine();
    const config = network(activation);
    const weights = initialWeights(planModel(config), 1);
    // 142 rows in batches of 8 leave a last batch of 6
    const learningRate = activation === 'linear' ? 0.0625 : 0.25;
    const options = { epochs: 1, batchSize: 8, learningRate, shuffle: false, validation: test };
    const plain = trainPlain(planModel(config), weights, train, options);
    const tensorFlow = await trainTensorFlow(planModel(config), weights, train, { ...options, tf });
    assert.ok(difference(plain, tensorFlow) < 1e-5, `differ by ${difference(plain, tensorFlow)}`);
    assert.ok(difference(plain, { ...plain, weights }) > 0.01, 'the weights have moved');
  });
}

test('with shuffling too, since both go through the same public order', async () => {
  const { train } = await wine();
  const config = network('relu');
  const weights = initialWeights(planModel(config), 2);
  const options = { epochs: 3, batchSize: 8, learningRate: 0.25, seed: 5 };
  const expected = await trainTensorFlow(planModel(config), weights, train, { ...options, tf });
  const seed = (seed: number) => trainPlain(planModel(config), weights, train, { ...options, seed });
  assert.ok(difference(seed(5), expected) < 1e-4, `differ by ${difference(seed(5), expected)}`);
  assert.ok(difference(seed(6), expected) > 0.01, 'another order gives other weights');
});

test('a single unit is scored by the side of one half, as TensorFlow.js does', async () => {
  const { train } = await wine();
  const y = Float32Array.from({ length: train.rows }, (_, row) => train.y[row * 3]);
  const data: Dataset = { ...train, y, classes: 1 };
  const config: ModelConfig = {
    inputShape: [13],
    layers: [{ type: 'dense', units: 1, activation: 'sigmoid', useBias: true }],
  };
  const weights = initialWeights(planModel(config), 1);
  const options = { epochs: 2, batchSize: 16, learningRate: 0.5, shuffle: false };
  const plain = trainPlain(planModel(config), weights, data, options);
  assert.ok(
    difference(plain, await trainTensorFlow(planModel(config), weights, data, { ...options, tf })) < 1e-5,
  );
  assert.ok(plain.history[1].accuracy > 0.8);
});

test('a backend can be chosen; without tfjs-node, its own gives null', async () => {
  for (const backend of ['cpu', 'wasm'] as const) {
    assert.is((await loadTensorFlow({ backend }))?.getBackend(), backend);
  }
  const native = await loadTensorFlow({ backend: 'tensorflow' });
  assert.ok(native === null || native.getBackend() === 'tensorflow');
});

test('activations that TensorFlow.js does not have are refused', async () => {
  const { train } = await wine();
  const config = network('square');
  const options = { epochs: 1, batchSize: 8, learningRate: 0.25, tf };
  const error = await trainTensorFlow(
    planModel(config),
    initialWeights(planModel(config), 1),
    train,
    options,
  ).catch((e: Error) => e);
  assert.instance(error, RangeError);
});

test.run();
