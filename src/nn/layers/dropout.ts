/**
 * dropout: in training, numbers that a public mask drops become zero and the others are scaled by 1 / (1 − rate).
 * Linear. Where the factor is a small integer over a power of two it only moves the scale, else it is a product with
 * a public constant and a rescale.
 */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { Share } from '../../party/values.js';
import { asShare } from '../../protocol/linear.js';
import { rescale } from '../../protocol/truncate.js';
import { dropoutMask } from '../dropout-mask.js';
import type { Pass, SecureLayer, Value } from './layer.js';
import { mapValue } from './linear-map.js';

/** Bits that a factor may add to the scale without a rescale. */
const FREE_BITS = 2;

export function dropout(rate: number, layer: number): SecureLayer {
  let kept: Uint8Array | null = null;
  const factor = 1 / (1 - rate);
  return {
    parameters: [],
    *forward(rt: Runtime, x: Value, { training, seed, step }: Pass): Secure<Value> {
      if (!training || rate === 0) {
        kept = null;
        return x;
      }
      kept = dropoutMask(seed, step, layer, x.size, rate);
      return yield* apply(rt, x, kept);
    },
    *backward(rt: Runtime, gradient: Value): Secure<Value> {
      return kept ? yield* apply(rt, gradient, kept) : gradient;
    },
  };

  function* apply(rt: Runtime, x: Value, mask: Uint8Array): Secure<Value> {
    const free = Array.from({ length: FREE_BITS + 1 }, (_, b) => b).find((b) =>
      Number.isInteger(factor * 2 ** b),
    );
    const bits = free ?? rt.fraction;
    const weight = Math.round(factor * 2 ** bits);
    const factors = rt.words(mask.length);
    if (rt.ring.bits === 32) rt.heap.i32(factors.ptr, mask.length).set(mask);
    else rt.heap.u64(factors.ptr, mask.length).set(BigUint64Array.from(mask, BigInt));
    rt.ring.scale(factors, factors, weight);
    const fraction = x.fraction + bits;
    const scaled = mapValue(rt, x, x.shape, (out, words) => rt.ring.mul(out, words, factors), fraction);
    rt.free(factors);
    if (free !== undefined) return scaled;
    return yield* rescale(rt, scaled instanceof Share ? scaled : asShare(rt, scaled), fraction - rt.fraction);
  }
}
