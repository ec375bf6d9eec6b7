import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PlainModel } from '../../src/baseline/model.js';
import { predictPlain } from '../../src/baseline/plain.js';
import type { LayerConfig, ModelConfig } from '../../src/model/config.js';
import {
  activation,
  averagePooling2d,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePooling2d,
  leakyRelu,
  maxPooling2d,
} from '../../src/model/describe.js';
import { dropoutMask } from '../../src/model/dropout-mask.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { checkGradients } from './gradient-check.js';

const images: number[] = [6, 5, 2];
const network = (inputShape: number[], ...layers: LayerConfig[]): ModelConfig => ({ inputShape, layers });
const smooth = (filters: number) => conv2d({ filters, kernelSize: 2, activation: 'tanh' });

/** Every layer stands between two with weights, so that what it passes back counts. */
const cases: Record<string, ModelConfig> = {
  'a valid convolution': network(
    images,
    smooth(3),
    conv2d({ filters: 2, kernelSize: [3, 2] }),
    flatten(),
    dense({ units: 2 }),
  ),
  'a padded convolution with strides': network(
    images,
    conv2d({ filters: 3, kernelSize: 3, strides: [2, 1], padding: 'same', activation: 'sigmoid' }),
    conv2d({ filters: 2, kernelSize: [2, 4], strides: 2, padding: 'same', useBias: false }),
    flatten(),
    dense({ units: 2 }),
  ),
  'average pooling': network(images, smooth(2), averagePooling2d(), flatten(), dense({ units: 3 })),
  'padded average pooling of overlapping windows': network(
    images,
    smooth(2),
    averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
    flatten(),
    dense({ units: 3 }),
  ),
  'max pooling': network(images, smooth(2), maxPooling2d(), flatten(), dense({ units: 3 })),
  'padded max pooling of overlapping windows': network(
    images,
    smooth(2),
    maxPooling2d({ poolSize: [3, 2], strides: [2, 1], padding: 'same' }),
    flatten(),
    dense({ units: 3 }),
  ),
  'global average pooling': network(images, smooth(3), globalAveragePooling2d(), dense({ units: 2 })),
  'an activation of its own': network(
    [4],
    dense({ units: 5 }),
    activation({ activation: 'sigmoid' }),
    dense({ units: 2 }),
  ),
  'a leaky ReLU': network(
    [4],
    dense({ units: 6, activation: leakyRelu(0.1) }),
    dense({ units: 4, activation: 'leakyRelu' }),
    dense({ units: 2 }),
  ),
  dropout: network([6], dense({ units: 9, activation: 'tanh' }), dropout({ rate: 0.4 }), dense({ units: 2 })),
  'batch normalization': network(
    [4],
    dense({ units: 3 }),
    batchNormalization(),
    activation({ activation: 'tanh' }),
    dense({ units: 2 }),
  ),
  'batch normalization of images, without gamma': network(
    images,
    smooth(3),
    batchNormalization({ scale: false, epsilon: 0.1 }),
    flatten(),
    dense({ units: 2 }),
  ),
  'batch normalization without beta, at the front': network(
    [4],
    batchNormalization({ center: false }),
    dense({ units: 2 }),
  ),
};

for (const [name, config] of Object.entries(cases)) {
  test(`gradients through ${name} equal the slope of the loss`, () => {
    // with this seed no two numbers of a window are so close that a step changes the larger one
    assert.ok(checkGradients(config, { most: 40, seed: 4 }) > 5);
  });
}

test('a convolution is the sum over windows that its definition says', () => {
  const [height, width, channels, filters] = [5, 7, 2, 3];
  for (const padding of ['valid', 'same'] as const) {
    for (const [kernel, strides] of [
      [
        [3, 2],
        [1, 1],
      ],
      [
        [2, 3],
        [2, 3],
      ],
      [
        [5, 7],
        [1, 2],
      ],
    ] as [[number, number], [number, number]][]) {
      const config = network(
        [height, width, channels],
        conv2d({ filters, kernelSize: kernel, strides, padding }),
      );
      const weights = initialWeights(planModel(config), 4);
      weights[1].set([0.5, -1, 2]);
      const x = Float32Array.from({ length: 2 * height * width * channels }, (_, i) => Math.sin(i));
      const expected: number[] = [];
      const out = (n: number, k: number, s: number) =>
        padding === 'same' ? Math.ceil(n / s) : Math.floor((n - k) / s) + 1;
      const [rows, columns] = [out(height, kernel[0], strides[0]), out(width, kernel[1], strides[1])];
      const before = (n: number, windows: number, k: number, s: number) =>
        padding === 'same' ? Math.floor(Math.max((windows - 1) * s + k - n, 0) / 2) : 0;
      const top = before(height, rows, kernel[0], strides[0]);
      const left = before(width, columns, kernel[1], strides[1]);
      for (let image = 0; image < 2; image++) {
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < columns; j++) {
            for (let o = 0; o < filters; o++) {
              let sum = weights[1][o];
              for (let p = 0; p < kernel[0]; p++) {
                for (let q = 0; q < kernel[1]; q++) {
                  const [y, z] = [i * strides[0] + p - top, j * strides[1] + q - left];
                  if (y < 0 || y >= height || z < 0 || z >= width) continue;
                  for (let c = 0; c < channels; c++) {
                    sum +=
                      x[((image * height + y) * width + z) * channels + c] *
                      weights[0][((p * kernel[1] + q) * channels + c) * filters + o];
                  }
                }
              }
              expected.push(sum);
            }
          }
        }
      }
      const y = predictPlain(planModel(config), weights, x);
      assert.is(y.length, expected.length);
      const difference = Math.max(...expected.map((value, i) => Math.abs(value - y[i])));
      assert.ok(difference < 1e-5, `${padding} ${kernel} ${strides}: ${difference}`);
    }
  }
});

test('padding counts neither for an average nor for a maximum', () => {
  const x = Float32Array.of(-1, -2, -3, -4, -5, -6, -7, -8, -9);
  const pool = (layer: LayerConfig) => [...predictPlain(planModel(network([3, 3, 1], layer)), [], x)];
  const options = { poolSize: 2, padding: 'same' } as const;
  assert.equal(pool(averagePooling2d(options)), [-3, -4.5, -7.5, -9]);
  assert.equal(pool(maxPooling2d(options)), [-1, -3, -7, -9]);
  assert.equal(pool(globalAveragePooling2d()), [-5]);
});

test('of equal values in a window the first gets the gradient', () => {
  const config = network(
    [1, 2, 1],
    conv2d({ filters: 1, kernelSize: 1, useBias: false }),
    maxPooling2d({ poolSize: [1, 2] }),
  );
  const model = new PlainModel(planModel(config), [Float32Array.of(0)], 1);
  // both products are 0; the first input is 3, the second 5: dL/dw = 2·(0 − 1)·3
  model.backward(model.forward(Float32Array.of(3, 5), 1, { seed: 0, step: 0 }), Float32Array.of(1), 1);
  assert.equal(model.gradients[0], Float32Array.of(-6));
});

test('dropout masks and scales in training, by step and layer, and does nothing in prediction', () => {
  const config = network([1000], dropout({ rate: 0.25 }), dropout({ rate: 0 }));
  const x = new Float32Array(1000).fill(3);
  const model = new PlainModel(planModel(config), [], 1);
  const mask = dropoutMask(5, 9, 0, 1000, 0.25);
  assert.equal(
    model.forward(x, 1, { seed: 5, step: 9 }),
    Float32Array.from(mask, (kept) => (kept ? 4 : 0)),
  );
  assert.equal(model.forward(x, 1, null), x);
});

test('batch normalization trains on the batch, follows it, and predicts with what it has followed', () => {
  const config = network([2], batchNormalization({ momentum: 0.75, epsilon: 0.5 }));
  const weights = [
    Float32Array.of(2, 1),
    Float32Array.of(0, 10),
    Float32Array.of(1, 0),
    Float32Array.of(1, 4),
  ];
  const model = new PlainModel(planModel(config), weights, 2);
  // first column 1 and 3: mean 2, variance 1; second 5 and 8: mean 6.5, variance 2.25
  const x = Float32Array.of(1, 5, 3, 8);
  const close = (actual: Float32Array, expected: number[]) =>
    assert.ok(
      expected.every((value, i) => Math.abs(value - actual[i]) < 1e-5),
      `${actual}, not ${expected}`,
    );
  const [a, b] = [2 / Math.sqrt(1.5), 1.5 / Math.sqrt(2.75)];
  close(model.forward(x, 2, { seed: 0, step: 0 }), [-a, 10 - b, a, 10 + b]);
  close(model.weights[2], [0.75 * 1 + 0.25 * 2, 0.25 * 6.5]);
  close(model.weights[3], [0.75 * 1 + 0.25 * 1, 0.75 * 4 + 0.25 * 2.25]);
  const predict = (value: number, c: number) =>
    (weights[0][c] * (value - model.weights[2][c])) / Math.sqrt(model.weights[3][c] + 0.5) + weights[1][c];
  close(model.forward(x, 2), [predict(1, 0), predict(5, 1), predict(3, 0), predict(8, 1)]);
  close(model.weights[2], [1.25, 1.625]);
});

test.run();
