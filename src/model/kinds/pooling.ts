import { checkPadding, checkPair, checkPlaces, type Padding, planWindows } from '../window.js';
import { checkImages, type LayerBase, type LayerKind } from './kind.js';

interface PoolingConfig extends LayerBase {
  /** [height, width] of a window. */
  poolSize: [number, number];
  /** [height, width] from a window to the next. */
  strides: [number, number];
  padding: Padding;
}

/**
 * The mean of every window, channel by channel: [height, width, channels] → [outputHeight, outputWidth, channels].
 * Padding does not count: at the border the mean is over the part of the window inside the image.
 */
export interface AveragePooling2dConfig extends PoolingConfig {
  type: 'averagePooling2d';
}

/**
 * The largest value of every window, channel by channel. Padding does not count. The gradient goes to the largest
 * value, to the first in row-major order where several are equal.
 */
export interface MaxPooling2dConfig extends PoolingConfig {
  type: 'maxPooling2d';
}

/** The mean over the whole image, channel by channel: [height, width, channels] → [channels]. */
export interface GlobalAveragePooling2dConfig extends LayerBase {
  type: 'globalAveragePooling2d';
}

const windowed: LayerKind<PoolingConfig> = {
  keys: ['poolSize', 'strides', 'padding'],
  check({ poolSize, strides, padding }, inputShape) {
    checkPair('poolSize', poolSize);
    checkPlaces(poolSize);
    checkPair('strides', strides);
    checkPadding(padding);
    checkImages(inputShape);
    planWindows(inputShape, poolSize, strides, padding);
  },

  outputShape({ poolSize, strides, padding }, inputShape) {
    const { outputHeight, outputWidth, channels } = planWindows(inputShape, poolSize, strides, padding);
    return [outputHeight, outputWidth, channels];
  },

  weights: () => [],
};

export const averagePooling2d: LayerKind<AveragePooling2dConfig> = windowed;
export const maxPooling2d: LayerKind<MaxPooling2dConfig> = windowed;

export const globalAveragePooling2d: LayerKind<GlobalAveragePooling2dConfig> = {
  keys: [],
  check: (_, inputShape) => checkImages(inputShape),
  outputShape: (_, [, , channels]) => [channels],
  weights: () => [],
};
