/** Initial values of weights, from public randomness. */
import type { PublicRandom } from '../data/random.js';

/**
 * `count` numbers uniform in ±√(6 / (fanIn + fanOut)), as TensorFlow.js' glorotUniform has it.
 * X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks",
 * AISTATS 2010, eq. 16.
 */
export function glorotUniform(
  fanIn: number,
  fanOut: number,
  count: number,
  random: PublicRandom,
): Float32Array {
  if (!(fanIn > 0 && fanOut > 0)) throw new RangeError('glorotUniform: fanIn and fanOut must be positive');
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  const numbers = new Float32Array(count);
  const words = random.words(count);
  for (let i = 0; i < count; i++) numbers[i] = (2 * (words[i] * 2 ** -32) - 1) * limit;
  return numbers;
}

/** `count` zeros. */
export const zeros = (count: number): Float32Array => new Float32Array(count);

/** `count` ones. */
export const ones = (count: number): Float32Array => new Float32Array(count).fill(1);
