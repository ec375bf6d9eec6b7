/**
 * truncate: [z] → [z / 2^s], 1 round. Exact: needs |z| < 2^(k−2), then never fails.
 *
 * With H = 2^(k−2), c = z + r opened (blind) and H added in public: u = z + H lies in [0, 2^(k−1)), so u + r wraps
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
import { blind, blindCost, open, openCost } from './open.js';

/** Bytes of a dealt share that is to be shifted left by k − s: its low s bits. */
export const narrowBytes = (at: Setting, s: number): number => Math.min(at.bits / 8, Math.ceil(s / 8));

export const truncateCost = (at: Setting, count: number, s: number): Cost =>
  sequence(blindCost(at, count), dealing(count * narrowBytes(at, s)));

export const rescaleCost = (at: Setting, count: number, s: number): Cost =>
  sequence(truncateCost(at, count, s), openCost(at, count, false));

/**
 * [z] → [base + z / 2^s]; consumes z.
 * @param s 1 ≤ s ≤ k − 2
 * @param base what to add to: a share, which is consumed, a masked value, which is not, or null
 */
export function* truncate(
  rt: Runtime,
  z: Share,
  s: number,
  base: Share | Masked | null = null,
): Secure<Share> {
  const c = yield* blind(rt, z, 'truncate');
  rt.watcher?.watch(c, z.fraction);
  const fraction = base?.fraction ?? z.fraction - s;
  const [from, sign] = base ? summand(rt, base) : [null, 1];
  const { ring } = rt;
  const part = (words: Words | null, start: number, { length }: Words) =>
    words && rt.part(words, start, length);
  rt.dealTiles(
    c.length,
    narrowBytes({ bits: ring.bits, parties: rt.parties.length }, s),
    (start, top) => {
      // the provider: msb r to deal, and ±base − ρ in place of r
      const [r, added] = [rt.part(c, start, top.length), part(from, start, top)];
      ring.shr(top, r, ring.bits - 1);
      ring.shr(r, r, s);
      if (!added) ring.neg(r, r);
      else if (sign > 0) ring.sub(r, added, r);
      else {
        ring.add(r, r, added);
        ring.neg(r, r);
      }
    },
    (start, top) => {
      const opened = rt.part(c, start, top.length);
      ring.truncate(opened, part(from, start, top), opened, top, s, rt.first);
    },
  );
  if (base instanceof Share) rt.free(base);
  return new Share(c, z.shape, fraction, false);
}

/** This role's summand of a value as it lies in memory, and its sign. */
function summand(rt: Runtime, x: Share | Masked): [words: Words | null, sign: 1 | -1] {
  if (x instanceof Share) return [x.words, 1];
  return rt.isProvider ? [x.mask, -1] : [rt.first ? x.delta : null, 1];
}

/** Bound of a value that was rounded by s bits: |z| < 2^(k − 2) before. */
export const truncatedBound = (rt: Runtime, s: number): number => rt.ring.bits - 2 - s;

/** [z] → ⟨z / 2^s⟩, 2 rounds; consumes z. */
export function* rescale(rt: Runtime, z: Share, s = z.fraction - rt.fraction): Secure<Masked> {
  return yield* open(rt, yield* truncate(rt, z, s), 'rescale', truncatedBound(rt, s));
}
