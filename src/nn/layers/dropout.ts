/**
 * dropout: in training, numbers that a public mask drops become zero and the others are scaled by 1 / (1 − rate).
 * Linear. Where the factor is a small integer over a power of two, the result is read at another scale; otherwise numbers
 * at the working scale are multiplied by a public constant, and the result is left at the double scale.
 */

import { dropoutMask } from '../../model/dropout-mask.js';
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { asShare } from '../../protocol/linear.js';
import { type Backward, factor, gradientFactor, type Pass, type SecureLayer, type Value } from './layer.js';
import { mapValue } from './linear-map.js';

/** Bits that a factor may add to the scale without a rescale. */
const FREE_BITS = 2;

export function dropout(rate: number, layer: number): SecureLayer {
  let kept: Uint8Array | null = null;
  const gain = 1 / (1 - rate);
  return {
    parameters: [],
    handsOn: true,
    *forward(rt: Runtime, x: Value, { training, seed, step }: Pass): Secure<Value> {
      if (!training || rate === 0) {
        kept = null;
        return x;
      }
      kept = dropoutMask(seed, step, layer, x.size, rate);
      return yield* apply(rt, x, kept, factor);
    },
    *backward(rt: Runtime, gradient: Value, flow: Backward): Secure<Value> {
      if (!kept) return gradient;
      return yield* apply(rt, gradient, kept, (_, x) => gradientFactor(rt, x, flow));
    },
  };

  function* apply(rt: Runtime, x: Value, mask: Uint8Array, factorOf: typeof factor): Secure<Value> {
    const free = Array.from({ length: FREE_BITS + 1 }, (_, b) => b).find((b) =>
      Number.isInteger(gain * 2 ** b),
    );
    const bits = free ?? rt.fraction;
    const value = free === undefined ? asShare(rt, yield* factorOf(rt, x)) : x;
    const factors = rt.words(mask.length);
    if (rt.ring.bits === 32) rt.heap.i32(factors.ptr, mask.length).set(mask);
    else rt.heap.u64(factors.ptr, mask.length).set(BigUint64Array.from(mask, BigInt));
    rt.ring.scale(factors, factors, Math.round(gain * 2 ** bits));
    const scaled = mapValue(
      rt,
      value,
      x.shape,
      (out, words) => rt.ring.mul(out, words, factors),
      value.fraction + bits,
    );
    rt.free(factors);
    return scaled;
  }
}
