/** encode: clear numbers that this role holds → ring words. Local. */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';

/**
 * Numbers as ring words with the working scale's fraction bits, rounded to nearest.
 * @throws RangeError with the place of the first number that is not finite or does not fit the ring
 */
export function encode(rt: Runtime, values: ArrayLike<number>, fraction = rt.fraction): Words {
  const words = rt.words(values.length);
  const input = rt.heap.alloc(values.length * 8);
  rt.heap.f64(input, values.length).set(values);
  const bad = rt.ring.encode(words, input, fraction);
  rt.heap.free(input);
  if (bad >= 0) throw new RangeError(`encode: number ${bad} is not finite or does not fit the ring`);
  return words;
}
