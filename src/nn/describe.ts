/** Layers as users write them, in the words of the TensorFlow.js layers API. */
import type { Activation } from './activation.js';
import type {
  ActivationConfig,
  AveragePooling2dConfig,
  BatchNormalizationConfig,
  Conv2dConfig,
  DenseConfig,
  DropoutConfig,
  FlattenConfig,
  GlobalAveragePooling2dConfig,
  MaxPooling2dConfig,
} from './config.js';
import { refuseUnknown } from './options.js';
import type { Padding } from './window.js';

export * from './describe-training.js';

/** One length for height and width, or [height, width]. */
export type Size = number | readonly [number, number];

export interface LayerOptions {
  /** Shape of one row of the input, without the batch; needed at the first layer of a model. */
  inputShape?: number[];
}

export interface DenseOptions extends LayerOptions {
  /** Number of outputs. */
  units: number;
  /** Default `'linear'`. */
  activation?: Activation;
  /** Default true. */
  useBias?: boolean;
}

export interface Conv2dOptions extends LayerOptions {
  /** Number of output channels. */
  filters: number;
  kernelSize: Size;
  /** Default 1. */
  strides?: Size;
  /** Default `'valid'`. */
  padding?: Padding;
  /** Default `'linear'`. */
  activation?: Activation;
  /** Default true. */
  useBias?: boolean;
}

export interface PoolingOptions extends LayerOptions {
  /** Default 2. */
  poolSize?: Size;
  /** Default `poolSize`. */
  strides?: Size;
  /** Default `'valid'`. */
  padding?: Padding;
}

export interface BatchNormalizationOptions extends LayerOptions {
  /** Default 0.99. */
  momentum?: number;
  /** Default 0.001. */
  epsilon?: number;
  /** Whether there is a beta. Default true. */
  center?: boolean;
  /** Whether there is a gamma. Default true. */
  scale?: boolean;
}

/** A fully connected layer: activation(x·kernel + bias), [in] → [units]. */
export function dense(options: DenseOptions): DenseConfig {
  const { units, activation = 'linear', useBias = true, inputShape, ...rest } = options;
  refuseUnknown('dense', rest);
  return { type: 'dense', units, activation, useBias, ...shaped(inputShape) };
}

/** A convolution of images [height, width, channels] → [outputHeight, outputWidth, filters]. */
export function conv2d(options: Conv2dOptions): Conv2dConfig {
  const { filters, kernelSize, strides = 1, padding = 'valid', inputShape, ...more } = options;
  const { activation = 'linear', useBias = true, ...rest } = more;
  refuseUnknown('conv2d', rest);
  return {
    type: 'conv2d',
    filters,
    kernelSize: pair(kernelSize),
    strides: pair(strides),
    padding,
    activation,
    useBias,
    ...shaped(inputShape),
  };
}

/** The mean of every window, channel by channel; padding does not count. */
export const averagePooling2d = (options: PoolingOptions = {}): AveragePooling2dConfig => ({
  type: 'averagePooling2d',
  ...pooling('averagePooling2d', options),
});

/** The largest value of every window, channel by channel; padding does not count. */
export const maxPooling2d = (options: PoolingOptions = {}): MaxPooling2dConfig => ({
  type: 'maxPooling2d',
  ...pooling('maxPooling2d', options),
});

/** The mean over whole images, channel by channel: [height, width, channels] → [channels]. */
export const globalAveragePooling2d = (options: LayerOptions = {}): GlobalAveragePooling2dConfig => ({
  type: 'globalAveragePooling2d',
  ...only('globalAveragePooling2d', options),
});

/** All numbers of a row in one dimension, row-major. */
export const flatten = (options: LayerOptions = {}): FlattenConfig => ({
  type: 'flatten',
  ...only('flatten', options),
});

/** An activation as a layer of its own. */
export function activation(options: { activation: Activation } & LayerOptions): ActivationConfig {
  const { activation, ...rest } = options;
  return { type: 'activation', activation, ...only('activation', rest) };
}

/** In training, sets a public random part `rate` of the numbers to zero and scales the others by 1 / (1 − rate). */
export function dropout(options: { rate: number } & LayerOptions): DropoutConfig {
  const { rate, ...rest } = options;
  return { type: 'dropout', rate, ...only('dropout', rest) };
}

/** Normalises every channel (the last axis) by the batch's mean and variance; by running ones in prediction. */
export function batchNormalization(options: BatchNormalizationOptions = {}): BatchNormalizationConfig {
  const { momentum = 0.99, epsilon = 1e-3, center = true, scale = true, ...rest } = options;
  return {
    type: 'batchNormalization',
    momentum,
    epsilon,
    center,
    scale,
    ...only('batchNormalization', rest),
  };
}

/** A polynomial activation a₀ + a₁x + … + a_d x^d, cheaper on shares than a sigmoid. */
export const polynomialActivation = (coefficients: readonly number[]): Activation => ({
  polynomial: [...coefficients],
});

/** The activation x for x > 0, else alpha·x; alpha in 0..1. */
export const leakyRelu = (alpha: number): Activation => ({ leakyRelu: alpha });

const shaped = (inputShape: number[] | undefined): LayerOptions => (inputShape ? { inputShape } : {});

/** The options that every layer has, and no others. */
function only(name: string, { inputShape, ...rest }: LayerOptions): LayerOptions {
  refuseUnknown(name, rest);
  return shaped(inputShape);
}

function pooling(name: string, options: PoolingOptions) {
  const { poolSize = 2, strides = poolSize, padding = 'valid', ...rest } = options;
  return { poolSize: pair(poolSize), strides: pair(strides), padding, ...only(name, rest) };
}

/** [height, width]; what is neither is left for the model's check to refuse. */
const pair = (size: Size): [number, number] =>
  typeof size === 'number'
    ? [size, size]
    : Array.isArray(size)
      ? ([...size] as [number, number])
      : (size as never);
