import { checkBoolean, checkInteger } from '../../options.js';
import { type Activation, checkActivation } from '../activation.js';
import { glorotUniform, zeros } from '../initializers.js';
import { checkPadding, checkPair, type Padding, planWindows } from '../window.js';
import { checkImages, type LayerBase, type LayerKind } from './kind.js';

/**
 * A convolution (cross-correlation, as everywhere in neural networks):
 * [height, width, channels] → [outputHeight, outputWidth, filters],
 * y[i,j,o] = activation(Σ x[i·s₀ + p − padTop, j·s₁ + q − padLeft, c] · kernel[p,q,c,o] + bias[o]), x zero outside.
 */
export interface Conv2dConfig extends LayerBase {
  type: 'conv2d';
  /** Number of output channels. */
  filters: number;
  /** [height, width] of a filter. */
  kernelSize: [number, number];
  /** [height, width] from a window to the next. */
  strides: [number, number];
  padding: Padding;
  activation: Activation;
  useBias: boolean;
}

/** Kernel [height, width, channels, filters], row-major, then the bias [filters] when there is one. */
export const conv2d: LayerKind<Conv2dConfig> = {
  keys: ['filters', 'kernelSize', 'strides', 'padding', 'activation', 'useBias'],
  check({ filters, kernelSize, strides, padding, activation, useBias }, inputShape) {
    checkInteger('filters', filters, 1);
    checkPair('kernelSize', kernelSize);
    checkPair('strides', strides);
    checkPadding(padding);
    checkBoolean('useBias', useBias);
    checkActivation(activation);
    checkImages(inputShape);
    planWindows(inputShape, kernelSize, strides, padding);
  },

  outputShape({ filters, kernelSize, strides, padding }, inputShape) {
    const { outputHeight, outputWidth } = planWindows(inputShape, kernelSize, strides, padding);
    return [outputHeight, outputWidth, filters];
  },

  weights({ filters, kernelSize: [height, width], useBias }, [, , channels]) {
    const area = height * width;
    return [
      {
        name: 'kernel',
        shape: [height, width, channels, filters],
        trainable: true,
        initialize: (random) =>
          glorotUniform(area * channels, area * filters, area * channels * filters, random),
      },
      ...(useBias
        ? [{ name: 'bias' as const, shape: [filters], trainable: true, initialize: () => zeros(filters) }]
        : []),
    ];
  },
};
