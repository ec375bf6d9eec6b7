import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trainPlain } from '../../src/baseline/plain.js';
import {
  loadTensorFlow,
  type TensorFlow,
  type TensorFlowBackend,
  trainTensorFlow,
} from '../../src/baseline/tensorflow.js';
import type { TrainingOptions } from '../../src/baseline/training.js';
import type { Dataset } from '../../src/data/dataset.js';
import type { LayerConfig, ModelConfig } from '../../src/model/config.js';
import {
  activation,
  adam,
  averagePooling2d,
  batchNormalization,
  conv2d,
  cosineDecay,
  dense,
  exponentialDecay,
  flatten,
  globalAveragePooling2d,
  leakyRelu,
  maxPooling2d,
  momentum,
  polynomialActivation,
  sgd,
} from '../../src/model/describe.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { sizeOf } from '../../src/shape.js';
import { difference } from './compare-trainings.js';
import { oneHotLabels, uniform } from './gradient-check.js';

let tf: TensorFlow;
test.before(() => use('cpu'));

async function use(backend: TensorFlowBackend): Promise<void> {
  const found = await loadTensorFlow({ backend });
  assert.ok(found, 'the TensorFlow.js packages among the development dependencies are installed');
  tf = found as TensorFlow;
}

const network = (inputShape: number[], ...layers: LayerConfig[]): ModelConfig => ({ inputShape, layers });

function rowsFor(config: ModelConfig, rows: number, classes: number): Dataset {
  const features = sizeOf(config.inputShape);
  return { x: uniform(rows * features, 3), y: oneHotLabels(rows, classes), rows, features, classes };
}

/** Trains six steps (the last of each epoch on a smaller batch) both ways and asserts that they end alike. */
async function agree(config: ModelConfig, classes: number, options: Partial<TrainingOptions> = {}) {
  const data = rowsFor(config, 22, classes);
  const weights = initialWeights(planModel(config), 2);
  const all = {
    epochs: 2,
    batchSize: 8,
    seed: 3,
    validation: rowsFor(config, 10, classes),
    ...(options.optimizer ? {} : { learningRate: 0.25 }),
    ...options,
  };
  const plain = trainPlain(planModel(config), weights, data, all);
  const tensorFlow = await trainTensorFlow(planModel(config), weights, data, { ...all, tf });
  const apart = difference(plain, tensorFlow);
  assert.ok(apart < 1e-4, `differ by ${apart}`);
  assert.ok(difference(plain, { ...plain, weights }) > 0.01, 'the weights have moved');
}

const images = [7, 6, 2];
const layers: Record<string, LayerConfig[]> = {
  'valid and padded convolutions': [
    conv2d({ filters: 3, kernelSize: [3, 2], activation: 'tanh' }),
    conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', useBias: false }),
    flatten(),
  ],
  'average pooling': [conv2d({ filters: 3, kernelSize: 2 }), averagePooling2d({ strides: 1 }), flatten()],
  'padded max pooling': [
    conv2d({ filters: 3, kernelSize: 2 }),
    maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
    flatten(),
  ],
  'global average pooling': [conv2d({ filters: 4, kernelSize: 3 }), globalAveragePooling2d()],
  'batch normalization': [conv2d({ filters: 3, kernelSize: 3 }), batchNormalization(), flatten()],
  'batch normalization of rows': [flatten(), dense({ units: 5 }), batchNormalization({ momentum: 0.5 })],
  'a leaky ReLU': [
    flatten(),
    dense({ units: 5, activation: 'leakyRelu' }),
    dense({ units: 5, activation: leakyRelu(0.1) }),
  ],
  'activations of their own': [
    flatten(),
    dense({ units: 5 }),
    activation({ activation: 'relu' }),
    dense({ units: 4 }),
    activation({ activation: 'leakyRelu' }),
  ],
};

for (const [name, list] of Object.entries(layers)) {
  test(`the plain trainer and TensorFlow.js agree through ${name}`, () =>
    agree(network(images, ...list, dense({ units: 3 })), 3));
}

for (const [name, kernel, strides, padding] of [
  ['valid', [3, 2], [1, 1], 'valid'],
  ['with strides', [2, 3], [2, 3], 'valid'],
  ['padded', [5, 2], [1, 1], 'same'],
  ['padded with strides', [3, 4], [2, 3], 'same'],
] as [string, [number, number], [number, number], 'valid' | 'same'][]) {
  test(`they agree on TensorFlow.js' wasm backend through convolutions: ${name}`, async () => {
    await use('wasm');
    try {
      const first = conv2d({ filters: 3, kernelSize: 2, activation: 'relu' });
      const second = conv2d({ filters: 2, kernelSize: kernel, strides, padding });
      await agree(network(images, first, second, flatten(), dense({ units: 3 })), 3);
    } finally {
      await use('cpu');
    }
  });
}

for (const [last, loss] of [
  ['linear', 'softmaxCrossEntropy'],
  ['softmax', 'softmaxCrossEntropy'],
  ['linear', 'sigmoidCrossEntropy'],
  ['sigmoid', 'sigmoidCrossEntropy'],
  ['tanh', 'hinge'],
] as const) {
  const layers = [dense({ units: 6, activation: 'tanh' }), dense({ units: 3, activation: last })];
  test(`they agree on ${loss} after ${last}`, () => agree(network([5], ...layers), 3, { loss }));
}

test('they agree on the accuracy of a single logit', () =>
  agree(network([5], dense({ units: 1 })), 1, { loss: 'sigmoidCrossEntropy' }));

const optimizers = {
  'gradient descent': sgd({ learningRate: 0.5 }),
  momentum: momentum({ learningRate: 0.25, momentum: 0.5 }),
  "Nesterov's momentum": momentum({ learningRate: 0.25, momentum: 0.5, nesterov: true }),
  Adam: adam({ learningRate: 0.01 }),
  'Adam with a large epsilon': adam({ learningRate: 0.0625, beta1: 0.5, beta2: 0.9, epsilon: 0.125 }),
  'clipped gradient descent': sgd({ learningRate: 0.5, clipValue: 0.01 }),
  'clipped Adam': adam({ learningRate: 0.01, clipValue: 0.002 }),
  'exponential decay': sgd({
    learningRate: exponentialDecay({ rate: 0.5, decayRate: 0.5, decaySteps: 2 }),
  }),
  'Adam under a cosine': adam({ learningRate: cosineDecay({ rate: 0.0625, decaySteps: 6 }) }),
};

for (const [name, optimizer] of Object.entries(optimizers)) {
  const config = network([5], dense({ units: 6, activation: 'sigmoid' }), dense({ units: 3 }));
  test(`they agree under ${name}`, () => agree(config, 3, { optimizer }));
}

test('what TensorFlow.js does not have is refused', async () => {
  const refused = async (config: ModelConfig, options: Partial<TrainingOptions>, text: string) => {
    const data = rowsFor(config, 4, 2);
    const all = { epochs: 1, batchSize: 2, ...options, tf };
    const error = await trainTensorFlow(
      planModel(config),
      initialWeights(planModel(config), 1),
      data,
      all,
    ).catch((e: Error) => e);
    assert.instance(error, RangeError);
    assert.match((error as Error).message, text);
  };
  const rate = { learningRate: 0.1 };
  const plain = network([3], dense({ units: 2 }));
  const activated = (activation: 'square' | { polynomial: number[] }) =>
    network([3], dense({ units: 2, activation }));
  await refused(activated('square'), rate, 'no square activation');
  await refused(activated(polynomialActivation([1, 2]) as never), rate, 'no polynomial of degree 1');
  await refused(network([2], batchNormalization({ scale: false })), rate, 'without gamma');
  await refused(plain, { optimizer: sgd({ learningRate: 0.1, weightDecay: 1 }) }, 'no weight decay');
});

test('dropout in TensorFlow.js drops too, and prediction keeps everything', async () => {
  const first = dense({ units: 8, activation: 'relu' });
  const config = network([5], first, { type: 'dropout', rate: 0.5 }, dense({ units: 3 }));
  const data = rowsFor(config, 22, 3);
  const weights = initialWeights(planModel(config), 2);
  const options = { epochs: 1, batchSize: 22, learningRate: 2 ** -20, validation: data, tf };
  const { history } = await trainTensorFlow(planModel(config), weights, data, options);
  const plain = trainPlain(planModel(config), weights, data, options).history;
  assert.ok(Math.abs((history[0].valLoss ?? 0) - (plain[0].valLoss ?? 1)) < 1e-4);
  for (const { loss, valLoss = 0 } of [...history, ...plain]) {
    // TensorFlow.js draws its mask anew each time; without one the two agree to a part in a million
    assert.ok(Math.abs(loss - valLoss) > 1e-5, `${loss} in training, ${valLoss} in prediction`);
  }
});

test.run();
