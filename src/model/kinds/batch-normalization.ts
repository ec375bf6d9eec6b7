import { checkBoolean, checkNumber } from '../../options.js';
import { ones, zeros } from '../initializers.js';
import type { LayerBase, LayerKind, WeightSpec } from './kind.js';

/**
 * Normalises every channel (the last axis): y = gamma·(x − mean) / √(variance + epsilon) + beta.
 *
 * In training, mean and (biased) variance are those of the batch, over its rows and positions, and the running ones
 * follow: moving ← momentum·moving + (1 − momentum)·batch. In prediction the running ones are used.
 * S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015.
 */
export interface BatchNormalizationConfig extends LayerBase {
  type: 'batchNormalization';
  /** 0 ≤ momentum < 1. */
  momentum: number;
  /** Positive. */
  epsilon: number;
  /** Whether there is a beta. */
  center: boolean;
  /** Whether there is a gamma. */
  scale: boolean;
}

/** gamma, beta (each when there is one), movingMean, movingVariance; all [channels]. */
export const batchNormalization: LayerKind<BatchNormalizationConfig> = {
  keys: ['momentum', 'epsilon', 'center', 'scale'],
  check({ momentum, epsilon, center, scale }) {
    for (const [name, value] of Object.entries({ momentum, epsilon })) checkNumber(name, value);
    for (const [name, value] of Object.entries({ center, scale })) checkBoolean(name, value);
    if (!(momentum >= 0 && momentum < 1)) throw new RangeError('momentum must be 0 or more and below 1');
    if (!(epsilon > 0 && Number.isFinite(epsilon))) throw new RangeError('epsilon must be positive');
  },

  outputShape: (_, inputShape) => [...inputShape],

  weights({ center, scale }, inputShape) {
    const channels = inputShape[inputShape.length - 1];
    const spec = (name: WeightSpec['name'], trainable: boolean, fill: typeof ones): WeightSpec => ({
      name,
      shape: [channels],
      trainable,
      initialize: () => fill(channels),
    });
    return [
      ...(scale ? [spec('gamma', true, ones)] : []),
      ...(center ? [spec('beta', true, zeros)] : []),
      spec('movingMean', false, zeros),
      spec('movingVariance', false, ones),
    ];
  },
};
