/** Layers in clear that work on each number alone: activation, dropout; and flatten, which does nothing here. */
import type { ActivationConfig, DropoutConfig, FlattenConfig } from '../../model/config.js';
import { dropoutMask } from '../../model/dropout-mask.js';
import { sizeOf } from '../../shape.js';
import { elementwise } from '../activation.js';
import type { PlainLayerFactory } from './layer.js';

export const plainActivationLayer: PlainLayerFactory<ActivationConfig> = (config, plan, _, maxRows) => {
  const size = sizeOf(plan.inputShape);
  const f = elementwise(config.activation, maxRows * size);
  return {
    weights: [],
    gradients: [],
    forward: (x, rows) => f.forward(x, rows * size),
    backward: (dy, rows, wantInput) => (wantInput ? f.backward(dy, rows * size) : undefined),
  };
};

/** y = x ⊙ mask / (1 − rate), dx = dy ⊙ mask / (1 − rate). */
export const plainDropout: PlainLayerFactory<DropoutConfig> = ({ rate }, plan, _, maxRows) => {
  const size = sizeOf(plan.inputShape);
  const y = new Float32Array(maxRows * size);
  const dx = new Float32Array(maxRows * size);
  let mask: Uint8Array = new Uint8Array();
  const apply = (out: Float32Array, x: Float32Array) => {
    for (let i = 0; i < mask.length; i++) out[i] = mask[i] === 0 ? 0 : x[i] / (1 - rate);
    return out;
  };
  return {
    weights: [],
    gradients: [],
    forward(x, rows, training) {
      if (!training) return x;
      mask = dropoutMask(training.seed, training.step, plan.index, rows * size, rate);
      return apply(y, x);
    },
    backward: (dy, _, wantInput) => (wantInput ? apply(dx, dy) : undefined),
  };
};

/** Rows are row-major already. */
export const plainFlatten: PlainLayerFactory<FlattenConfig> = () => ({
  weights: [],
  gradients: [],
  forward: (x) => x,
  backward: (dy) => dy,
});
