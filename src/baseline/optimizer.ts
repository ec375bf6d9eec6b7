/** Optimizers in clear, by the formulas of model/optimizers.ts: one entry a kind. */
import { clipValueOf, type OptimizerConfig, type OptimizerOf } from '../model/optimizers.js';

/** Weight arrays beside their gradients; null for what is not trained. */
type Gradients = readonly (Float32Array | null)[];

export interface PlainOptimizer {
  /** One step on all weights in place, with the gradients of the loss's mean over the batch. */
  step(weights: readonly Float32Array[], gradients: Gradients, rate: number): void;
}

interface Kind<Config> {
  /** Arrays that it keeps beside a weight array, 0 at the start. */
  readonly kept: number;
  /** Subtracts the step from one array. `state` are the arrays that it keeps, t counts steps from 1. */
  readonly descend: (
    config: Config,
    w: Float32Array,
    gradient: Float32Array,
    state: readonly Float32Array[],
    rate: number,
    t: number,
  ) => void;
}

const optimizers: { [Type in OptimizerConfig['type']]: Kind<OptimizerOf<Type>> } = {
  sgd: {
    kept: 0,
    descend(_, w, g, _state, rate) {
      for (let j = 0; j < w.length; j++) w[j] -= rate * g[j];
    },
  },

  momentum: {
    kept: 1,
    descend({ momentum, nesterov }, w, g, [v], rate) {
      for (let j = 0; j < w.length; j++) {
        v[j] = momentum * v[j] + g[j];
        w[j] -= rate * (nesterov ? g[j] + momentum * v[j] : v[j]);
      }
    },
  },

  adam: {
    kept: 2,
    descend({ beta1, beta2, epsilon }, w, g, [m, v], rate, t) {
      const [first, second] = [1 - beta1 ** t, 1 - beta2 ** t];
      for (let j = 0; j < w.length; j++) {
        m[j] = beta1 * m[j] + (1 - beta1) * g[j];
        v[j] = beta2 * v[j] + (1 - beta2) * g[j] * g[j];
        w[j] -= (rate * (m[j] / first)) / (Math.sqrt(v[j] / second) + epsilon);
      }
    },
  },
};

/** An optimizer with a state of its own, for one training. */
export function plainOptimizer(config: OptimizerConfig): PlainOptimizer {
  const { weightDecay = 0 } = config;
  const clipValue = clipValueOf(config);
  const { kept, descend } = optimizers[config.type] as Kind<OptimizerConfig>;
  const states: Float32Array[][] = [];
  let t = 0;
  return {
    step(weights, gradients, rate) {
      t++;
      for (const [i, w] of weights.entries()) {
        const gradient = gradients[i];
        if (!gradient) continue;
        states[i] ??= Array.from({ length: kept }, () => new Float32Array(w.length));
        if (clipValue < Infinity) clip(gradient, clipValue);
        if (weightDecay > 0) for (let j = 0; j < w.length; j++) w[j] *= 1 - rate * weightDecay;
        descend(config, w, gradient, states[i], rate, t);
      }
    },
  };
}

function clip(gradient: Float32Array, bound: number): void {
  for (let j = 0; j < gradient.length; j++) gradient[j] = Math.min(Math.max(gradient[j], -bound), bound);
}
