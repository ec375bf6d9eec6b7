/**
 * backward is the gradient: every layer's backward pass on shares, against the numeric slope of the same model as a
 * plain function of double precision. The loss is ½ Σ (y − t)², whose gradient at the outputs is y − t.
 */
import { test } from 'uvu';
import type { LayerConfig, ModelConfig } from '../../src/model/config.js';
import {
  averagePooling2d,
  conv2d,
  dense,
  flatten,
  globalAveragePooling2d,
  leakyRelu,
  maxPooling2d,
} from '../../src/model/describe.js';
import { assertClose, drawSmooth, gradientsOnShares, halfSquares } from '../twins/numeric-gradient.js';
import { inEverySetting } from '../world/settings.js';

const BATCH = 4;

/** Units in the last place by which a gradient may be off: products of numbers that have each been rounded. */
const TOLERANCE_UNITS = 64;

/** What the slope of a sum of sines is off by (protocol/sigmoid.ts), through a batch and a layer of weights. */
const APPROXIMATION = { 32: 2e-2, 64: 3e-4 } as const;

const approximate = (layer: LayerConfig): boolean =>
  'activation' in layer && (layer.activation === 'sigmoid' || layer.activation === 'tanh');

const model = (inputShape: number[], ...layers: LayerConfig[]): ModelConfig => ({ inputShape, layers });

/** A hidden layer with this activation between two others, so that gradients flow through it. */
const around = (activation: Parameters<typeof dense>[0]['activation']): ModelConfig =>
  model([5], dense({ units: 4, activation }), dense({ units: 3 }));

const CASES: Record<string, ModelConfig> = {
  'dense alone': model([5], dense({ units: 3 })),
  'dense without bias': model([5], dense({ units: 4, useBias: false }), dense({ units: 3, useBias: false })),
  'three dense layers': model(
    [5],
    dense({ units: 4 }),
    dense({ units: 6, activation: 'relu' }),
    dense({ units: 3 }),
  ),
  relu: around('relu'),
  'relu at the end': model([5], dense({ units: 3, activation: 'relu' })),
  'leaky relu': around(leakyRelu(0.25)),
  'leaky relu of the usual slope': around('leakyRelu'),
  square: around('square'),
  'a polynomial in one piece': around({ polynomial: [0.5, 0.5, 0.125] }),
  'a polynomial in stages': around({ polynomial: [0.1, 0.6, 0.2, -0.05] }),
  sigmoid: around('sigmoid'),
  tanh: around('tanh'),
  convolution: model(
    [5, 5, 2],
    conv2d({ filters: 3, kernelSize: [3, 2], activation: 'relu' }),
    flatten(),
    dense({ units: 2 }),
  ),
  'strided convolutions, padded': model(
    [6, 5, 1],
    conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }),
    conv2d({ filters: 2, kernelSize: 2, padding: 'same', useBias: false }),
    flatten(),
    dense({ units: 2 }),
  ),
  'average pooling': model(
    [4, 4, 1],
    conv2d({ filters: 2, kernelSize: 1 }),
    averagePooling2d(),
    flatten(),
    dense({ units: 2 }),
  ),
  'max pooling': model(
    [4, 4, 1],
    conv2d({ filters: 2, kernelSize: 1 }),
    maxPooling2d(),
    flatten(),
    dense({ units: 2 }),
  ),
  'global average pooling': model(
    [4, 4, 1],
    conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }),
    globalAveragePooling2d(),
    dense({ units: 2 }),
  ),
};

for (const [name, config] of Object.entries(CASES)) {
  test(`${name}: the gradients on shares are the slopes of the loss`, () => {
    inEverySetting((world, where) => {
      const { sample, truth } = drawSmooth(world, config, BATCH, halfSquares);
      const got = gradientsOnShares(world, config, sample, halfSquares);
      // a gradient is a sum over the batch and a layer's places of products of numbers that are off by a few units
      const tolerance =
        2 ** -world.fraction * TOLERANCE_UNITS +
        (config.layers.some(approximate) ? APPROXIMATION[world.bits] : 0);
      assertClose(got, truth, tolerance, where);
    });
  });
}

test.run();
