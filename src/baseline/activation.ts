/** Activations in clear: each function beside its derivative. */
import type { Activation, ActivationName } from '../nn/activation.js';

/** y = f(z), and dy/dz from z and y. */
export interface PlainActivation {
  readonly f: (z: number) => number;
  readonly derivative: (z: number, y: number) => number;
}

const named: Record<ActivationName, PlainActivation> = {
  linear: { f: (z) => z, derivative: () => 1 },
  relu: { f: (z) => Math.max(z, 0), derivative: (z) => (z > 0 ? 1 : 0) },
  square: { f: (z) => z * z, derivative: (z) => 2 * z },
  sigmoid: { f: (z) => 1 / (1 + Math.exp(-z)), derivative: (_, y) => y * (1 - y) },
  tanh: { f: Math.tanh, derivative: (_, y) => 1 - y * y },
};

/** The clear twin of an activation. */
export function plainActivation(activation: Activation): PlainActivation {
  return typeof activation === 'string' ? named[activation] : polynomial(activation.polynomial);
}

/** a₀ + a₁z + … + a_d zᵈ by Horner's rule. */
function polynomial(coefficients: readonly number[]): PlainActivation {
  const slopes = coefficients.slice(1).map((a, i) => a * (i + 1));
  return { f: (z) => horner(coefficients, z), derivative: (z) => horner(slopes, z) };
}

const horner = (coefficients: readonly number[], z: number): number =>
  coefficients.reduceRight((sum, a) => sum * z + a, 0);
