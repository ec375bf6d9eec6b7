/** The public mask of a dropout layer, the same in every trainer and at every role. */
import { publicRandom, purposes } from '../data/random.js';

/**
 * Which numbers dropout keeps in one step: 1 for kept, 0 for dropped, each kept with probability 1 − rate. Row-major
 * over [rows of the batch, …shape]. Kept numbers and their gradients are multiplied by 1 / (1 − rate).
 * @param seed the public seed of the training
 * @param step steps made since the training began, over all epochs, from 0
 * @param layer index of the layer in the model's description
 * @throws RangeError for numbers out of range
 */
export function dropoutMask(
  seed: number,
  step: number,
  layer: number,
  count: number,
  rate: number,
): Uint8Array {
  if (!(rate >= 0 && rate < 1)) throw new RangeError('dropoutMask: rate must be 0 or more and below 1');
  const words = publicRandom(seed, purposes.dropout, step, layer).words(count);
  const threshold = Math.round(rate * 2 ** 32);
  const mask = new Uint8Array(count);
  for (let i = 0; i < count; i++) mask[i] = words[i] >= threshold ? 1 : 0;
  return mask;
}
