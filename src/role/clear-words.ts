/** Ring words that a role was shown, as numbers. */
import type { RingBits } from '../../bindings/ring.js';
import type { ClearWords } from '../protocol/reveal.js';

/** The words as signed integers. */
export function integersOf(ring: RingBits, words: Uint8Array): Int32Array | BigInt64Array {
  const { buffer } = words.slice();
  return ring === 32 ? new Int32Array(buffer) : new BigInt64Array(buffer);
}

/** The numbers that words stand for: integer / 2^fraction. */
export function numbersOf(ring: RingBits, { words, fraction }: ClearWords): Float64Array {
  const integers: ArrayLike<number | bigint> = integersOf(ring, words);
  const unit = 2 ** fraction;
  const numbers = new Float64Array(integers.length);
  for (let i = 0; i < integers.length; i++) numbers[i] = Number(integers[i]) / unit;
  return numbers;
}
