/**
 * Every kind of layer: steps on shares equal their clear twin's bit for bit. Of batch normalization, 1/√(variance + ε) is
 * held to its error bound and everything else is exact; twins/twin-case.ts says what that means.
 */
import { test } from 'uvu';
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
import { equalsTheTwin, images, rows, type TwinCase } from '../twins/twin-case.js';

const head = [flatten(), dense({ units: 3 })];

const CASES: readonly TwinCase[] = [
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
    name: 'maxPooling2d of relu of values that are masked already',
    config: images(
      conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }),
      activation({ activation: 'relu' }),
      maxPooling2d(),
      ...head,
    ),
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
  {
    name: 'batchNormalization of so many rows that predictions fold it into the layer before, with and without a bias',
    config: rows(
      dense({ units: 6, useBias: false }),
      batchNormalization(),
      dense({ units: 5, activation: 'relu' }),
      dense({ units: 4 }),
      dropout({ rate: 0.5 }),
      activation({ activation: 'linear' }),
      batchNormalization({ center: false }),
      dense({ units: 3 }),
      batchNormalization({ scale: false }),
      dense({ units: 3 }),
      batchNormalization({ center: false, scale: false }),
    ),
    batch: 12,
    steps: 1,
  },
  ...[1, 3, 12].map((batch) => ({
    name: `batchNormalization of batches of ${batch}`,
    config: rows(dense({ units: 6 }), batchNormalization(), dense({ units: 3 })),
    batch,
  })),
];

for (const made of CASES) {
  test(`${made.name}: steps on shares equal the clear twin's, bit for bit`, () => equalsTheTwin(made));
}

test.run();
