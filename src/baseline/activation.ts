/** Activations in clear: each function beside its derivative. */
import { type Activation, type ActivationName, leakySlope } from '../model/activation.js';

/** y = f(z), and dy/dz from z and y. */
export interface PlainActivation {
  readonly f: (z: number) => number;
  readonly derivative: (z: number, y: number) => number;
}

const named: Record<Exclude<ActivationName, 'leakyRelu' | 'softmax'>, PlainActivation> = {
  linear: { f: (z) => z, derivative: () => 1 },
  relu: { f: (z) => Math.max(z, 0), derivative: (z) => (z > 0 ? 1 : 0) },
  square: { f: (z) => z * z, derivative: (z) => 2 * z },
  sigmoid: { f: (z) => 1 / (1 + Math.exp(-z)), derivative: (_, y) => y * (1 - y) },
  tanh: { f: Math.tanh, derivative: (_, y) => 1 - y * y },
};

/**
 * The clear twin of an activation that works on each number alone.
 * @throws RangeError for softmax, which does not (see loss.ts)
 */
export function plainActivation(activation: Activation): PlainActivation {
  const slope = leakySlope(activation);
  if (slope !== null) return leaky(slope);
  if (typeof activation === 'object' && 'polynomial' in activation) return polynomial(activation.polynomial);
  const found = named[activation as keyof typeof named];
  if (!found) throw new RangeError(`${activation} is no elementwise activation`);
  return found;
}

const leaky = (slope: number): PlainActivation => ({
  f: (z) => (z > 0 ? z : slope * z),
  derivative: (z) => (z > 0 ? 1 : slope),
});

/** a₀ + a₁z + … + a_d zᵈ by Horner's rule. */
function polynomial(coefficients: readonly number[]): PlainActivation {
  const slopes = coefficients.slice(1).map((a, i) => a * (i + 1));
  return { f: (z) => horner(coefficients, z), derivative: (z) => horner(slopes, z) };
}

const horner = (coefficients: readonly number[], z: number): number =>
  coefficients.reduceRight((sum, a) => sum * z + a, 0);

/** An activation over whole arrays; it owns its results until its next call. */
export interface Elementwise {
  /** z → f(z), for the first `count` numbers. Keeps z until {@link backward}. */
  forward(z: Float32Array, count: number): Float32Array;
  /** dL/dy → dL/dz. */
  backward(dy: Float32Array, count: number): Float32Array;
}

/** The activation on arrays of up to `capacity` numbers; 'linear' hands them through. */
export function elementwise(activation: Activation, capacity: number): Elementwise {
  if (activation === 'linear') return { forward: (z) => z, backward: (dy) => dy };
  const { f, derivative } = plainActivation(activation);
  const y = new Float32Array(capacity);
  let input: Float32Array = y;
  let dz: Float32Array | undefined;
  return {
    forward(z, count) {
      input = z;
      for (let i = 0; i < count; i++) y[i] = f(z[i]);
      return y;
    },
    backward(dy, count) {
      dz ??= new Float32Array(capacity);
      for (let i = 0; i < count; i++) dz[i] = dy[i] * derivative(input[i], y[i]);
      return dz;
    },
  };
}
