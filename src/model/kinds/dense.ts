import { checkBoolean, checkInteger } from '../../options.js';
import { type Activation, checkActivation } from '../activation.js';
import { glorotUniform, zeros } from '../initializers.js';
import type { LayerBase, LayerKind } from './kind.js';

/** A fully connected layer: activation(x·kernel + bias), [in] → [units]. */
export interface DenseConfig extends LayerBase {
  type: 'dense';
  /** Number of outputs, at least 1. */
  units: number;
  activation: Activation;
  useBias: boolean;
}

/** Kernel [in × units], then the bias [units] when there is one. */
export const dense: LayerKind<DenseConfig> = {
  keys: ['units', 'activation', 'useBias'],
  check({ units, activation, useBias }, inputShape) {
    checkInteger('units', units, 1);
    checkBoolean('useBias', useBias);
    checkActivation(activation);
    if (inputShape.length !== 1) throw new RangeError(`expected inputs of shape [n], got [${inputShape}]`);
  },

  outputShape: ({ units }) => [units],

  weights({ units, useBias }, [inputs]) {
    return [
      {
        name: 'kernel',
        shape: [inputs, units],
        trainable: true,
        initialize: (random) => glorotUniform(inputs, units, inputs * units, random),
      },
      ...(useBias
        ? [{ name: 'bias' as const, shape: [units], trainable: true, initialize: () => zeros(units) }]
        : []),
    ];
  },
};
