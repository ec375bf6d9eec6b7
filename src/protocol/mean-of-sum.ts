/**
 * meanOf: [Σ] of N values → ⟨Σ / N⟩ at `fraction` bits, the working scale's f unless given. 2 rounds where N is a power
 * of two or the ring is wide enough for N's reciprocal beside the sum, else 4; 1 round for a single value at that scale.
 * Consumes the share.
 *
 * For means of what a training keeps, which its plain twin computes bit for bit: batch normalization. It starts from a sum
 * that fits the ring; means of a tensor's values, whose sum may not, are in mean.ts.
 *
 * Range: |Σ / N| < 2^(k − 2 − f − fraction), at most 4096: 64 in ring 32 with 12 fraction bits, what a share may hold at
 * the double scale. The reciprocal has f bits or more, as many as have room, up to 24.
 */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, Share } from '../party/values.js';
import { asShare, scale } from './linear.js';
import { open } from './open.js';
import { rescale } from './truncate.js';
import { atScale } from './views.js';

/** Most bits of N's reciprocal that help. */
const MOST_BITS = 24;
/** Bits before the point of the largest means, where the ring has room for them: the domain of 1/√x. */
const MOST_VALUE_BITS = 12;

export function* meanOf(rt: Runtime, sum: Share, count: number, fraction = rt.fraction): Secure<Masked> {
  const bits = Math.floor(Math.log2(count));
  const extra = sum.fraction - fraction;
  const rest = count / 2 ** bits;
  if (rest === 1) return yield* shifted(rt, sum, extra + bits, fraction);
  const most = rt.ring.bits - 2;
  const valueBits = Math.min(MOST_VALUE_BITS, most - rt.fraction - fraction);
  const direct = Math.min(MOST_BITS, most - valueBits - sum.fraction - bits);
  if (direct >= fraction) {
    if (sum.words) rt.ring.scale(sum.words, sum.words, Math.round(2 ** direct / rest));
    return yield* shifted(rt, sum, extra + bits + direct, fraction);
  }
  const room = Math.min(MOST_BITS, most - valueBits - fraction);
  const near = yield* shifted(rt, sum, extra + bits, fraction);
  const scaled = scale(rt, near, Math.round(2 ** room / rest));
  const share = asShare(rt, scaled);
  rt.free(near, scaled);
  return yield* shifted(rt, share, room, fraction);
}

/** ⟨x⟩ whose integers are those of the share over 2^s, read at `fraction` bits. */
function* shifted(rt: Runtime, share: Share, s: number, fraction: number): Secure<Masked> {
  if (s === 0) return yield* open(rt, share); // one value at the working scale is its own mean
  return atScale(yield* rescale(rt, atScale(share, fraction + s), s), fraction);
}
