/**
 * Products with public numbers: c is taken as m / 2^s for an integer m, ⟨x⟩ · m is local, and s bits are rounded away.
 *
 * m is as large as the product of any x that can be multiplied leaves room for: |x · m| < 2^(k − 2) for integers x below
 * 2^(k − 2 − f), so 2^(f − 1) ≤ |m| ≤ 2^f for |c| < 1, however small, down to 2^−(k − 1 − f); below that, s is k − 2 and m has
 * fewer bits. For |c| ≥ 1 it is x · c that must fit, and s is f. Either way c is right to a part in 2^f.
 */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked } from '../party/values.js';
import { type Cost, free, type Setting } from './cost.js';
import { asShare, mapMasked } from './linear.js';
import { rescale, rescaleCost } from './truncate.js';

/** m / 2^s with m odd where s > 0; s < 0 for integers beyond 2^53. */
export interface PublicFactor {
  readonly integer: number;
  readonly shift: number;
}

/** The factor that is used in place of c, the same at every role. */
export function publicFactor(
  c: number,
  { bits, fraction }: { bits: number; fraction: number },
): PublicFactor {
  let shift = Number.isInteger(c) ? 0 : fraction;
  while (Math.abs(c) * 2 ** shift > Number.MAX_SAFE_INTEGER) shift--;
  if (shift <= 0) return { integer: c * 2 ** shift, shift };
  while (shift < bits - 2 && Math.abs(c) * 2 ** (shift + 1) <= 2 ** fraction) shift++;
  let integer = Math.round(c * 2 ** shift);
  while (shift > 0 && integer % 2 === 0) {
    integer /= 2;
    shift--;
  }
  return { integer, shift };
}

/** Cost for `count` values. */
export function timesPublicCost(at: Setting, count: number, fraction: number, c: number): Cost {
  const { shift } = publicFactor(c, { bits: at.bits, fraction });
  return shift <= 0 ? free : rescaleCost(at, count, shift);
}

/** ⟨x⟩ → ⟨c · x⟩ at the scale of x: free for what is an integer, else 2 rounds. Leaves x alone. */
export function* timesPublic(rt: Runtime, x: Masked, c: number): Secure<Masked> {
  const { integer, shift } = publicFactor(c, { bits: rt.ring.bits, fraction: x.fraction });
  if (shift <= 0) return scaled(rt, x, integer, -shift);
  const product = mapMasked(
    rt,
    x,
    x.shape,
    (out, words) => rt.ring.scale(out, words, integer),
    x.fraction + shift,
  );
  const share = asShare(rt, product);
  rt.free(product);
  return yield* rescale(rt, share, shift);
}

/** ⟨x⟩ → ⟨integer · 2^s · x⟩. */
function scaled(rt: Runtime, x: Masked, integer: number, s: number): Masked {
  return mapMasked(rt, x, x.shape, (out, words) => {
    rt.ring.scale(out, words, integer);
    if (s > 0) rt.ring.shl(out, out, s);
  });
}
