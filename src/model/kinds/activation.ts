import { type Activation, checkActivation } from '../activation.js';
import type { LayerBase, LayerKind } from './kind.js';

/** An activation as a layer of its own, for any shape. */
export interface ActivationConfig extends LayerBase {
  type: 'activation';
  activation: Activation;
}

export const activation: LayerKind<ActivationConfig> = {
  keys: ['activation'],
  check: (config) => checkActivation(config.activation),
  outputShape: (_, inputShape) => [...inputShape],
  weights: () => [],
};
