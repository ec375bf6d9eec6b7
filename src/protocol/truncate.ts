/**
 * truncate: [z] → [z / 2^s], 1 round. Exact: needs |z| < 2^(k−2), then never fails.
 *
 * With H = 2^(k−2), c = z + r opened (veil) and H added in public: u = z + H lies in [0, 2^(k−1)), so u + r wraps
 * exactly when msb r = 1 and msb(c + H) = 0, and with ρ = r ≫ s, n = 1 − msb(c + H)
 *
 *   z / 2^s = ((c + H) ≫ s) − (H ≫ s) − ρ + n · msb r · 2^(k−s)
 *
 * The function computed is stochastic rounding with a public uniform threshold: ⌊z/2^s⌋ + 1 exactly when
 * c mod 2^s < z mod 2^s, and c is uniform and public. It is unbiased, its error is below one unit in the last
 * place, and since the coin is public it can be simulated from the output.
 *
 * Dealt: msb r, of which only the low s bits of each share matter. ρ stays with the provider as its summand.
 */
import type { Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import { type Cost, dealing, type Setting, sequence } from './cost.js';
import { asShare } from './linear.js';
import { open, openCost, veil, veilCost } from './open.js';

/** Bytes of a dealt share that is to be shifted left by k − s: its low s bits. */
export const narrowBytes = (at: Setting, s: number): number => Math.min(at.bits / 8, Math.ceil(s / 8));

export const truncateCost = (at: Setting, count: number, s: number): Cost =>
  sequence(veilCost(at, count), dealing(count * narrowBytes(at, s)));

export const rescaleCost = (at: Setting, count: number, s: number): Cost =>
  sequence(truncateCost(at, count, s), openCost(at, count, false));

/** This role's share of msb r, of which the low s bits count. `r` is the veil's mask at the provider. */
export function dealSign(rt: Runtime, r: Words, s: number): Words {
  const width = narrowBytes({ bits: rt.ring.bits, parties: rt.parties.length }, s);
  return rt.deal(
    r.length,
    () => {
      const sign = rt.words(r.length);
      rt.ring.shr(sign, r, rt.ring.bits - 1);
      return sign;
    },
    width,
  );
}

/**
 * [z] → [base + z / 2^s]; consumes z and base.
 * @param s 1 ≤ s ≤ k − 2
 * @param base a share to add to, or null
 */
export function* truncate(rt: Runtime, z: Share, s: number, base: Share | null = null): Secure<Share> {
  const c = yield* veil(rt, z, 'truncate');
  const sign = dealSign(rt, c, s);
  const fraction = base?.fraction ?? z.fraction - s;
  if (rt.isProvider) {
    rt.ring.shr(c, c, s);
    if (base?.words) rt.ring.sub(c, base.words, c);
    else rt.ring.neg(c, c);
  } else rt.ring.truncate(c, base?.words ?? null, c, sign, s, rt.first);
  rt.free(sign, base);
  return new Share(c, z.shape, fraction, false);
}

/** [z] → ⟨z / 2^s⟩, 2 rounds; consumes z. */
export function* rescale(rt: Runtime, z: Share, s = z.fraction - rt.fraction): Secure<Masked> {
  return yield* open(rt, yield* truncate(rt, z, s), 'rescale');
}

/** ⟨x⟩, [z] → ⟨x + z / 2^s⟩ at the scale of x, 2 rounds; consumes z, leaves x to the caller. */
export function* addRescaled(rt: Runtime, x: Masked, z: Share, s: number): Secure<Masked> {
  return yield* open(rt, yield* truncate(rt, z, s, asShare(rt, x)), 'update');
}
