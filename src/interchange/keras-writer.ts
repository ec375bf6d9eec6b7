/** Our layers in the words of Keras: one entry a kind. */
import { type Activation, activationName, leakySlope } from '../model/activation.js';
import type { LayerConfig } from '../model/config.js';
import type { LayerPlan } from '../model/plan.js';

/** A layer as model.json has it. */
export interface WrittenLayer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

type Writers = {
  [Kind in LayerConfig['type']]: (
    config: Extract<LayerConfig, { type: Kind }>,
    plan: LayerPlan,
  ) => WrittenLayer[];
};

const IMAGES = { data_format: 'channels_last' };

const layer = (name: string, config: Readonly<Record<string, unknown>>): WrittenLayer => ({
  class_name: name,
  config,
});

/** A layer with an activation: a leaky ReLU is a layer of its own there. */
function activated(
  name: string,
  config: Readonly<Record<string, unknown>>,
  activation: Activation,
): WrittenLayer[] {
  const alpha = leakySlope(activation);
  if (alpha === null) return [layer(name, { ...config, activation: nameOf(activation) })];
  return [layer(name, { ...config, activation: 'linear' }), layer('LeakyReLU', { alpha })];
}

function nameOf(activation: Activation): string {
  if (typeof activation === 'string' && activation !== 'square') return activation;
  throw new RangeError(`TensorFlow.js has no ${activationName(activation)} activation`);
}

const pooling = (
  name: string,
  { poolSize, strides, padding }: { poolSize: number[]; strides: number[]; padding: string },
) => [layer(name, { pool_size: poolSize, strides, padding, ...IMAGES })];

const writers: Writers = {
  dense: ({ units, useBias, activation }) => activated('Dense', { units, use_bias: useBias }, activation),
  conv2d({ filters, kernelSize, strides, padding, useBias, activation }) {
    const config = {
      filters,
      kernel_size: kernelSize,
      strides,
      padding,
      use_bias: useBias,
      dilation_rate: [1, 1],
      ...IMAGES,
    };
    return activated('Conv2D', config, activation);
  },
  averagePooling2d: (config) => pooling('AveragePooling2D', config),
  maxPooling2d: (config) => pooling('MaxPooling2D', config),
  globalAveragePooling2d: () => [layer('GlobalAveragePooling2D', IMAGES)],
  // TensorFlow.js flattens no vectors, of which a flatten makes nothing else
  flatten: (_, { inputShape }) =>
    inputShape.length > 1 ? [layer('Flatten', {})] : [layer('Activation', { activation: 'linear' })],
  activation({ activation }) {
    const alpha = leakySlope(activation);
    return alpha === null
      ? [layer('Activation', { activation: nameOf(activation) })]
      : [layer('LeakyReLU', { alpha })];
  },
  dropout: ({ rate }) => [layer('Dropout', { rate })],
  batchNormalization: ({ momentum, epsilon, center, scale }) => [
    layer('BatchNormalization', { axis: -1, momentum, epsilon, center, scale }),
  ],
};

/** The layers for one of ours, the first of which has its weights. @throws RangeError for an activation that is not there */
export function writeLayer(plan: LayerPlan): WrittenLayer[] {
  const write = writers[plan.config.type] as (config: LayerConfig, plan: LayerPlan) => WrittenLayer[];
  return write(plan.config, plan);
}
