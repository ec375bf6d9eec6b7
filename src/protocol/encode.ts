/** Numbers that this role holds in clear → ring words. Local. */
import type { Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';

/**
 * Numbers as ring words with the working scale's fraction bits, rounded to nearest.
 * @param words where they go; new ones unless given
 * @throws RangeError with the place of the first number that is not finite or does not fit the ring
 */
export function encode(
  rt: Runtime,
  values: ArrayLike<number>,
  fraction = rt.fraction,
  words = rt.words(values.length),
): Words {
  const numbers = ArrayBuffer.isView(values) ? (values as Float64Array) : Float64Array.from(values);
  const input = rt.heap.alloc(Math.min(numbers.length, AT_ONCE) * 8);
  let bad = -1;
  for (let start = 0; start < numbers.length && bad < 0; start += AT_ONCE) {
    const part = numbers.subarray(start, start + AT_ONCE);
    rt.heap.f64(input, part.length).set(part);
    const ptr = words.ptr + start * rt.ring.bytes;
    const found = rt.ring.encode({ ptr, length: part.length }, input, fraction);
    if (found >= 0) bad = start + found;
  }
  rt.heap.free(input);
  if (bad >= 0) throw new RangeError(`encode: number ${bad} is not finite or does not fit the ring`);
  return words;
}

/** Numbers that are encoded at once: their floats stay in cache. */
const AT_ONCE = 2 ** 14;

/** Integers as ring words, modulo 2^k; 64-bit integers take far less time than a list. */
export function integers(rt: Runtime, values: readonly bigint[] | BigInt64Array): Words {
  const words = rt.words(values.length);
  if (rt.ring.bits === 64)
    rt.heap.u64(words.ptr, words.length).set(values); // which takes them modulo 2^64
  else rt.heap.i32(words.ptr, words.length).set(Array.from(values, (v) => Number(BigInt.asIntN(32, v))));
  return words;
}
