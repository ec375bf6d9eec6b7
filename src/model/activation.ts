/** The activations a layer may name in a model's description. */
import { checkArray, checkOptions, kindOf } from '../options.js';

/**
 * | activation | f(z) |
 * |---|---|
 * | linear | z |
 * | relu | max(z, 0) |
 * | leakyRelu | z for z > 0, else 0.3·z (TensorFlow.js' default); `{ leakyRelu: alpha }` for another slope |
 * | square | z² |
 * | sigmoid | 1 / (1 + e⁻ᶻ) |
 * | tanh | tanh z |
 * | softmax | e^zⱼ / Σ e^zᵢ over a row's outputs; only at the end of a model, trained with softmaxCrossEntropy |
 * | `{ polynomial: [a₀, a₁, … a_d] }` | a₀ + a₁z + … + a_d zᵈ |
 */
export type Activation = ActivationName | { polynomial: number[] } | { leakyRelu: number };

/** The activations that have a name of their own. */
export type ActivationName = (typeof NAMES)[number];

const NAMES = ['linear', 'relu', 'leakyRelu', 'square', 'sigmoid', 'tanh', 'softmax'] as const;

const FORMS = '{ polynomial: [a0, a1, …] } or { leakyRelu: alpha }';

/** The slope below zero of the activation that is just called 'leakyRelu'. */
export const DEFAULT_LEAKY_SLOPE = 0.3;

/** The slope below zero of a leaky ReLU; null for every other activation. */
export function leakySlope(activation: Activation): number | null {
  if (activation === 'leakyRelu') return DEFAULT_LEAKY_SLOPE;
  return typeof activation === 'object' && 'leakyRelu' in activation ? activation.leakyRelu : null;
}

/** An activation in a few words, for messages and tables. */
export function activationName(activation: Activation): string {
  if (typeof activation === 'string') return activation;
  return 'leakyRelu' in activation
    ? `leakyRelu ${activation.leakyRelu}`
    : `polynomial of degree ${activation.polynomial.length - 1}`;
}

/**
 * Throws unless `value` is an activation.
 * @throws TypeError when it is of the wrong kind, RangeError for an unknown name or bad coefficients.
 */
export function checkActivation(value: unknown): asserts value is Activation {
  if (typeof value === 'string') {
    if ((NAMES as readonly string[]).includes(value)) return;
    throw new RangeError(`unknown activation "${value}"; known are ${NAMES.join(', ')}, ${FORMS}`);
  }
  const { polynomial, leakyRelu } = (value ?? {}) as { polynomial?: unknown; leakyRelu?: unknown };
  if ((polynomial === undefined) === (leakyRelu === undefined)) {
    throw new TypeError(`an activation is a name, ${FORMS}, got ${kindOf(value)}`);
  }
  checkOptions('activation', value, ['polynomial', 'leakyRelu']);
  if (leakyRelu !== undefined) {
    if (typeof leakyRelu !== 'number') throw new TypeError('the slope of a leaky ReLU must be a number');
    if (leakyRelu >= 0 && leakyRelu <= 1) return;
    throw new RangeError('the slope of a leaky ReLU must lie in 0..1');
  }
  checkArray('the coefficients of a polynomial activation', polynomial);
  if (polynomial.length === 0 || !polynomial.every(Number.isFinite)) {
    throw new RangeError('the coefficients of a polynomial activation must be finite numbers, at least one');
  }
}
