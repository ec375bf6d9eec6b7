/** A small model as Keras 3 describes it, in our words, and what a converter makes of it. */
import * as assert from 'uvu/assert';
import { fromLayersModel } from '../../src/interchange/index.js';
import {
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  maxPooling2d,
} from '../../src/model/describe.js';

// biome-ignore lint/suspicious/noExplicitAny: descriptions of another library, and wrong ones
export type Anything = any;

/** A Keras 3 object, as its serializer writes them. */
export const keras3 = (module: string, name: string, config: Anything): Anything => ({
  module: `keras.${module}`,
  class_name: name,
  config,
  registered_name: null,
});
const policy = keras3('', 'DTypePolicy', { name: 'float32' });
const zeros = keras3('initializers', 'Zeros', {});
const glorot = keras3('initializers', 'GlorotUniform', { seed: null });
const common = { trainable: true, dtype: policy };

/** Layers as Keras 3 describes them, with the shapes that it has built them for. */
export const keras3Layers = [
  keras3('layers', 'InputLayer', {
    batch_shape: [null, 6, 6, 1],
    dtype: 'float32',
    sparse: false,
    ragged: false,
    name: 'input_layer',
  }),
  {
    ...keras3('layers', 'Conv2D', {
      ...common,
      name: 'conv2d',
      filters: 2,
      kernel_size: [3, 3],
      strides: [1, 1],
      padding: 'valid',
      data_format: 'channels_last',
      dilation_rate: [1, 1],
      groups: 1,
      activation: keras3('activations', 'function', 'relu'),
      use_bias: true,
      kernel_initializer: glorot,
      bias_initializer: zeros,
      kernel_regularizer: null,
      activity_regularizer: null,
      kernel_constraint: null,
    }),
    build_config: { input_shape: [null, 6, 6, 1] },
  },
  keras3('layers', 'BatchNormalization', {
    ...common,
    name: 'batch_normalization',
    axis: -1,
    momentum: 0.9,
    epsilon: 0.01,
    center: true,
    scale: true,
    gamma_initializer: keras3('initializers', 'Ones', {}),
    synchronized: false,
    renorm: false,
  }),
  keras3('layers', 'MaxPooling2D', {
    ...common,
    name: 'max_pooling2d',
    pool_size: [2, 2],
    padding: 'valid',
    strides: [2, 2],
    data_format: 'channels_last',
  }),
  keras3('layers', 'Flatten', { ...common, name: 'flatten', data_format: 'channels_last' }),
  keras3('layers', 'Dropout', { ...common, name: 'dropout', rate: 0.25, seed: 7, noise_shape: null }),
  keras3('layers', 'Dense', {
    ...common,
    name: 'dense',
    units: 3,
    activation: 'softmax',
    use_bias: true,
    quantization_config: null,
  }),
];

export const ours = [
  conv2d({ filters: 2, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 1] }),
  batchNormalization({ momentum: 0.9, epsilon: 0.01 }),
  maxPooling2d(),
  flatten(),
  dropout({ rate: 0.25 }),
  dense({ units: 3, activation: 'softmax' }),
];

export const names = [
  'conv2d/kernel',
  'conv2d/bias',
  'batch_normalization/gamma',
  'batch_normalization/beta',
].concat([
  'batch_normalization/moving_mean',
  'batch_normalization/moving_variance',
  'dense/kernel',
  'dense/bias',
]);
const shapes = [[3, 3, 1, 2], [2], [2], [2], [2], [2], [8, 3], [3]];
const sizes = shapes.map((shape) => shape.reduce((a, b) => a * b));
const numbers = Float32Array.from({ length: sizes.reduce((a, b) => a + b) }, (_, i) => i + 1);
export const weights = sizes.map((size, i) => {
  const start = sizes.slice(0, i).reduce((a, b) => a + b, 0);
  return numbers.slice(start, start + size);
});

/** What a converter makes of a Keras model. */
export const converted = (
  config: Anything,
  rename = (name: string) => name,
  kind = 'Sequential',
): Anything => ({
  format: 'layers-model',
  generatedBy: 'keras v3.6.0',
  modelTopology: {
    keras_version: '3.6.0',
    backend: 'tensorflow',
    model_config: { class_name: kind, config },
  },
  weightSpecs: names.map((name, i) => ({ name: rename(name), shape: shapes[i], dtype: 'float32' })),
  weightData: numbers.buffer,
});
export const chain = (layers: Anything = keras3Layers) => ({
  name: 'sequential',
  trainable: true,
  dtype: policy,
  layers,
});

/** The message with which a source is refused; 'read' where it is not. */
export async function refusalOf(source: unknown, options = {}): Promise<string> {
  try {
    await fromLayersModel(source as never, options);
  } catch (error) {
    assert.ok(error instanceof TypeError || error instanceof RangeError, String(error));
    return (error as Error).message;
  }
  return 'read';
}
