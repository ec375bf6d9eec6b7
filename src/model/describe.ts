/** Layers as users write them, in the words of the TensorFlow.js layers API. */
import { checkArray, checking, checkOptions } from '../options.js';
import { type Activation, checkActivation } from './activation.js';
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
import type { Padding } from './window.js';

export * from './describe-training.js';

/** One length for height and width, or [height, width]. */
export type Size = number | readonly [number, number];

/** What every layer takes. */
export interface LayerOptions {
  /** Shape of one row of the input, without the batch; needed at the first layer of a model. */
  inputShape?: number[];
}

/** What `dense` takes. */
export interface DenseOptions extends LayerOptions {
  /** Number of outputs. */
  units: number;
  /** Default `'linear'`. */
  activation?: Activation;
  /** Default true. */
  useBias?: boolean;
}

/** What `conv2d` takes. */
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

/** What the pooling layers take. */
export interface PoolingOptions extends LayerOptions {
  /** Default 2. */
  poolSize?: Size;
  /** Default `poolSize`. */
  strides?: Size;
  /** Default `'valid'`. */
  padding?: Padding;
}

/** What `batchNormalization` takes. */
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
  checkOptions('dense', options, ['units', 'activation', 'useBias', 'inputShape']);
  const { units, activation = 'linear', useBias = true, inputShape } = options;
  return { type: 'dense', units, activation, useBias, ...shaped(inputShape) };
}

/** A convolution of images [height, width, channels] → [outputHeight, outputWidth, filters]. */
export function conv2d(options: Conv2dOptions): Conv2dConfig {
  const known = ['filters', 'kernelSize', 'strides', 'padding', 'activation', 'useBias', 'inputShape'];
  checkOptions('conv2d', options, known);
  const { filters, kernelSize, strides = 1, padding = 'valid', inputShape } = options;
  const { activation = 'linear', useBias = true } = options;
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
  ...shapeOnly('globalAveragePooling2d', options),
});

/** All numbers of a row in one dimension, row-major. */
export const flatten = (options: LayerOptions = {}): FlattenConfig => ({
  type: 'flatten',
  ...shapeOnly('flatten', options),
});

/** An activation as a layer of its own. */
export function activation(options: { activation: Activation } & LayerOptions): ActivationConfig {
  checkOptions('activation', options, ['activation', 'inputShape']);
  return { type: 'activation', activation: options.activation, ...shaped(options.inputShape) };
}

/** In training, sets a public random part `rate` of the numbers to zero and scales the others by 1 / (1 − rate). */
export function dropout(options: { rate: number } & LayerOptions): DropoutConfig {
  checkOptions('dropout', options, ['rate', 'inputShape']);
  return { type: 'dropout', rate: options.rate, ...shaped(options.inputShape) };
}

/**
 * Normalises every channel (the last axis) by the batch's mean and variance; by running ones in prediction. Variances go up to 64 in
 * ring 32 and 4,096 in ring 64; those below 2⁻⁸ and 2⁻¹², with epsilon, count as that.
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): BatchNormalizationConfig {
  checkOptions('batchNormalization', options, ['momentum', 'epsilon', 'center', 'scale', 'inputShape']);
  const { momentum = 0.99, epsilon = 1e-3, center = true, scale = true, inputShape } = options;
  return { type: 'batchNormalization', momentum, epsilon, center, scale, ...shaped(inputShape) };
}

/** A polynomial activation a₀ + a₁x + … + a_d x^d, cheaper on shares than a sigmoid. */
export function polynomialActivation(coefficients: readonly number[]): Activation {
  checkArray('polynomialActivation: coefficients', coefficients);
  return checking('polynomialActivation', { polynomial: [...coefficients] }, checkActivation);
}

/** The activation x for x > 0, else alpha·x; alpha in 0..1. */
export const leakyRelu = (alpha: number): Activation =>
  checking('leakyRelu', { leakyRelu: alpha }, checkActivation);

const shaped = (inputShape: number[] | undefined): LayerOptions =>
  inputShape === undefined ? {} : { inputShape };

/** The options of a layer that has none of its own. */
function shapeOnly(name: string, options: LayerOptions): LayerOptions {
  checkOptions(name, options, ['inputShape']);
  return shaped(options.inputShape);
}

function pooling(name: string, options: PoolingOptions) {
  checkOptions(name, options, ['poolSize', 'strides', 'padding', 'inputShape']);
  const { poolSize = 2, strides = poolSize, padding = 'valid', inputShape } = options;
  return { poolSize: pair(poolSize), strides: pair(strides), padding, ...shaped(inputShape) };
}

/** [height, width]; what is neither is left for the model's check to refuse. */
const pair = (size: Size): [number, number] =>
  typeof size === 'number'
    ? [size, size]
    : Array.isArray(size)
      ? ([...size] as [number, number])
      : (size as never);
