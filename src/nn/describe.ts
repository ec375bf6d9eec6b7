/** Layers and optimizers as users write them, in the words of the TensorFlow.js layers API. */
import type { Activation } from './activation.js';
import type { DenseConfig } from './config.js';
import type { OptimizerConfig } from './optimizer.js';

export interface DenseOptions {
  /** Number of outputs. */
  units: number;
  /** Default `'linear'`. */
  activation?: Activation;
  /** [inputs]; needed at the first layer of a model. */
  inputShape?: number[];
  /** Default true. */
  useBias?: boolean;
}

/** A fully connected layer: activation(x·kernel + bias). */
export function dense(options: DenseOptions): DenseConfig {
  const { units, activation = 'linear', inputShape, useBias = true, ...rest } = options;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new TypeError(`dense: unknown option "${unknown}"`);
  return { type: 'dense', units, activation, useBias, ...(inputShape && { inputShape }) };
}

/** A polynomial activation a₀ + a₁x + … + a_d x^d, cheaper on shares than a sigmoid. */
export const polynomialActivation = (coefficients: readonly number[]): Activation => ({
  polynomial: [...coefficients],
});

/**
 * Stochastic gradient descent: w ← w − learningRate · gradient. Powers of two (over batch size and the loss's
 * factor) cost nothing extra; others are followed on the average of a few steps (nn/optimizer.ts).
 */
export function sgd({ learningRate }: { learningRate: number }): OptimizerConfig {
  if (typeof learningRate !== 'number') throw new TypeError('sgd: learningRate must be a number');
  if (!(learningRate > 0 && learningRate < 2 ** 10)) {
    throw new RangeError('sgd: learningRate must be positive and below 1024');
  }
  return { type: 'sgd', learningRate };
}
