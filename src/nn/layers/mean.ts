/**
 * meanOf: [Σ] of N values → ⟨Σ / N⟩ at the working scale. 2 rounds where N is a power of two or the ring is wide
 * enough for N's reciprocal beside the value, else 4; 1 round for a single value at the working scale. Consumes the
 * share.
 */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import { Masked, Share } from '../../party/values.js';
import { asShare, mapMasked } from '../../protocol/linear.js';
import { open } from '../../protocol/open.js';
import { rescale } from '../../protocol/truncate.js';

/** Bits of N's reciprocal, and room for values below 8. */
const RECIPROCAL_BITS = 12;
const VALUE_BITS = 3;

export function* meanOf(rt: Runtime, sum: Share, count: number): Secure<Masked> {
  const bits = Math.floor(Math.log2(count));
  const extra = sum.fraction - rt.fraction;
  const rest = count / 2 ** bits;
  if (rest === 1) return yield* shifted(rt, sum, extra + bits);
  const reciprocal = Math.round(2 ** RECIPROCAL_BITS / rest);
  if (sum.fraction + bits + RECIPROCAL_BITS + VALUE_BITS < rt.ring.bits - 2) {
    if (sum.words) rt.ring.scale(sum.words, sum.words, reciprocal);
    return yield* shifted(rt, sum, extra + bits + RECIPROCAL_BITS);
  }
  const near = yield* shifted(rt, sum, extra + bits);
  const scaled = mapMasked(rt, near, near.shape, (out, a) => rt.ring.scale(out, a, reciprocal));
  const share = asShare(rt, scaled);
  rt.free(near, scaled);
  return yield* shifted(rt, share, RECIPROCAL_BITS);
}

/** ⟨x⟩ whose integers are those of the share over 2^s, read at the working scale. */
function* shifted(rt: Runtime, share: Share, s: number): Secure<Masked> {
  if (s === 0) return yield* open(rt, share); // one value at the working scale is its own mean
  const at = new Share(share.words, share.shape, rt.fraction + s, share.settled);
  const { delta, mask, shape } = yield* rescale(rt, at, s);
  return new Masked(delta, mask, shape, rt.fraction);
}
