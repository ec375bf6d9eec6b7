/** Optimizers in clear, by the formulas of model/optimizers.ts. */
import {
  type AdamConfig,
  clipValueOf,
  type MomentumConfig,
  type OptimizerConfig,
} from '../model/optimizers.js';

/** Weight arrays beside their gradients; null for what is not trained. */
type Gradients = readonly (Float32Array | null)[];

export interface PlainOptimizer {
  /** One step on all weights in place, with the gradients of the loss's mean over the batch. */
  step(weights: readonly Float32Array[], gradients: Gradients, rate: number): void;
}

/** Subtracts the step from one array. `state` has as many arrays as the optimizer keeps, 0 at the start. */
type Descend = (
  w: Float32Array,
  gradient: Float32Array,
  state: readonly Float32Array[],
  rate: number,
  t: number,
) => void;

/** An optimizer with a state of its own, for one training. */
export function plainOptimizer(config: OptimizerConfig): PlainOptimizer {
  const { weightDecay = 0 } = config;
  const clipValue = clipValueOf(config);
  const { kept, descend } = descents(config);
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
        descend(w, gradient, states[i], rate, t);
      }
    },
  };
}

function clip(gradient: Float32Array, bound: number): void {
  for (let j = 0; j < gradient.length; j++) gradient[j] = Math.min(Math.max(gradient[j], -bound), bound);
}

function descents(config: OptimizerConfig): { kept: number; descend: Descend } {
  switch (config.type) {
    case 'sgd':
      return { kept: 0, descend: sgd };
    case 'momentum':
      return { kept: 1, descend: momentum(config) };
    case 'adam':
      return { kept: 2, descend: adam(config) };
  }
}

const sgd: Descend = (w, g, _, rate) => {
  for (let j = 0; j < w.length; j++) w[j] -= rate * g[j];
};

const momentum =
  ({ momentum, nesterov }: MomentumConfig): Descend =>
  (w, g, [v], rate) => {
    for (let j = 0; j < w.length; j++) {
      v[j] = momentum * v[j] + g[j];
      w[j] -= rate * (nesterov ? g[j] + momentum * v[j] : v[j]);
    }
  };

const adam =
  ({ beta1, beta2, epsilon }: AdamConfig): Descend =>
  (w, g, [m, v], rate, t) => {
    const [first, second] = [1 - beta1 ** t, 1 - beta2 ** t];
    for (let j = 0; j < w.length; j++) {
      m[j] = beta1 * m[j] + (1 - beta1) * g[j];
      v[j] = beta2 * v[j] + (1 - beta2) * g[j] * g[j];
      w[j] -= (rate * (m[j] / first)) / (Math.sqrt(v[j] / second) + epsilon);
    }
  };
