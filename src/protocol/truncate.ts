/**
 * Rounding: z / 2^s for |z| < 2^(k − 2), which never fails.
 *
 *   truncate        [z] → [z / 2^s]   1 round, k bits online
 *   rescale         [z] → ⟨z / 2^s⟩   2 rounds, k + s bits
 *   truncateNarrow  as truncate, w = k − s bits online; for n parties |z| < 2^(k − 2) − (n + 1)·2^(s − 1)
 *   rescaleNarrow   as rescale, k bits online in all: w and then s
 *
 * The narrow forms are the others where s > k − 8, for their coins would take too much of the range, and where s < 4.
 *
 * With H = 2^(k−2), c = z + r opened (blind) and H added in public: u = z + H lies in [0, 2^(k−1)), so u + r wraps
 * exactly when msb r = 1 and msb(c + H) = 0, and with ρ = r ≫ s, μ = msb r, m = 1 − msb(c + H),
 * A = ((c + H) ≫ s) − (H ≫ s)
 *
 *   z / 2^s = A − ρ + m · μ · 2^w
 *
 * The function computed is stochastic rounding with a public uniform threshold: ⌊z/2^s⌋ + 1 exactly when
 * c mod 2^s < z mod 2^s, and c is uniform and public. It is unbiased, its error is below one unit in the last
 * place, multiples of 2^s are not changed, and since the coin is public it can be simulated from the output.
 *
 * The narrow forms open the top w bits of c alone (blind with drop, open.ts), of a z′ that is z rounded to a multiple
 * of 2^s. The function is stochastic rounding whose coins the roles hold, one each: unbiased, its error below
 * (n + 1)/2 units in the last place, its variance (n + 1)/12. Nobody knows all coins, so no role knows how a value was
 * rounded. It is for trainings, whose bytes it halves; multiples of 2^s are rounded like others.
 *
 * truncate: dealt is [μ], of which only the low s bits of each share matter. ρ stays with the provider as its summand.
 *
 * rescale: A − ρ lacks only a multiple of 2^w, s bits, to be the value under the mask ρ. With v a fresh mask of s bits
 * the parties open t = m · μ + v mod 2^s, and
 *
 *   Δ = A + t · 2^w,  δ = ρ + v · 2^w
 *
 * Dealt are [μ] and [ρ].
 */
import type { Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, Share } from '../party/values.js';
import type { Shape } from '../shape.js';
import { type Cost, dealing, narrowOpening, type Setting, sequence, wordBytes } from './cost.js';
import { blind, blindCost, droppedBits, openHigh } from './open.js';

/** Bytes of a dealt share that is to be shifted left by k − s: its low s bits. */
export const narrowBytes = (at: Setting, s: number): number => Math.min(at.bits / 8, Math.ceil(s / 8));

export const truncateCost = (at: Setting, count: number, s: number): Cost => roundCost(at, count, s, 0);

export const truncateNarrowCost = (at: Setting, count: number, s: number): Cost =>
  roundCost(at, count, s, droppedBits(at.bits, s));

export const rescaleCost = (at: Setting, count: number, s: number): Cost =>
  sequence(blindCost(at, count), liftCost(at, count, s));

export const rescaleNarrowCost = (at: Setting, count: number, s: number): Cost =>
  sequence(blindCost(at, count, droppedBits(at.bits, s)), liftCost(at, count, s));

const roundCost = (at: Setting, count: number, s: number, drop: number): Cost =>
  sequence(blindCost(at, count, drop), dealing(count * narrowBytes(at, s)));

/** Cost of {@link lift}. */
export const liftCost = (at: Setting, count: number, s: number): Cost =>
  sequence(dealing(wordBytes(at, count) + count * narrowBytes(at, s)), narrowOpening(at, count, s));

/**
 * [z] → [base + z / 2^s]; consumes z.
 * @param s 1 ≤ s ≤ k − 2
 * @param base a share to add to, which is consumed, or null
 */
export function* truncate(rt: Runtime, z: Share, s: number, base: Share | null = null): Secure<Share> {
  const c = yield* opened(rt, z, 0);
  share(rt, c, s, base?.words ?? null);
  rt.free(base);
  return new Share(c, z.shape, base?.fraction ?? z.fraction - s, false);
}

/** [z] → [z / 2^s], with the roles' coins; consumes z. @param s 1 ≤ s ≤ k − 2 */
export function* truncateNarrow(rt: Runtime, z: Share, s: number): Secure<Share> {
  const c = yield* opened(rt, z, droppedBits(rt.ring.bits, s));
  share(rt, c, s, null);
  return new Share(c, z.shape, z.fraction - s, false);
}

/** c at the parties, r at the provider. */
function* opened(rt: Runtime, z: Share, drop: number): Secure<Words> {
  const c = yield* blind(rt, z, 'truncate', drop);
  rt.watcher?.watch(c, z.fraction);
  return c;
}

/** c, in place → this role's summand of base + z / 2^s. */
function share(rt: Runtime, c: Words, s: number, base: Words | null): void {
  const { ring } = rt;
  const part = (words: Words | null, start: number, { length }: Words) =>
    words && rt.part(words, start, length);
  rt.dealTiles(
    c.length,
    narrowBytes({ bits: ring.bits, parties: rt.parties.length }, s),
    (start, top) => {
      // the provider: msb r to deal, and base − ρ in place of r
      const [r, added] = [rt.part(c, start, top.length), part(base, start, top)];
      ring.shr(top, r, ring.bits - 1);
      ring.shr(r, r, s);
      if (!added) ring.neg(r, r);
      else ring.sub(r, added, r);
    },
    (start, top) => {
      const opened = rt.part(c, start, top.length);
      ring.truncate(opened, part(base, start, top), opened, top, s, rt.first);
    },
  );
}

/** Bound of a value that was rounded by s bits: |z| < 2^(k − 2) before. */
export const truncatedBound = (rt: Runtime, s: number): number => rt.ring.bits - 2 - s;

/** [z] → ⟨z / 2^s⟩, 2 rounds; consumes z. @param s 1 ≤ s ≤ k − 2 */
export function* rescale(rt: Runtime, z: Share, s = z.fraction - rt.fraction): Secure<Masked> {
  return yield* lift(rt, yield* opened(rt, z, 0), z, s);
}

/** The same with the roles' coins. */
export function* rescaleNarrow(rt: Runtime, z: Share, s = z.fraction - rt.fraction): Secure<Masked> {
  return yield* lift(rt, yield* opened(rt, z, droppedBits(rt.ring.bits, s)), z, s);
}

/** c → ⟨z / 2^s⟩, the second half of a rescale, from the blinded z on. 1 round; consumes c. */
export function* lift(
  rt: Runtime,
  c: Words,
  { shape, fraction }: { readonly shape: Shape; readonly fraction: number },
  s: number,
  label = 'rescale',
): Secure<Masked> {
  const { ring } = rt;
  // v · 2^w, to which [ρ] is added: the mask δ
  const factor = rt.factored && rt.isProvider ? rt.words(c.length) : null;
  const mask = rt.drawHigh(c.length, s, factor);
  rt.dealTiles(
    c.length,
    narrowBytes({ bits: ring.bits, parties: rt.parties.length }, s),
    (start, top) => ring.shr(top, rt.part(c, start, top.length), ring.bits - 1),
    (start, top) =>
      ring.lift(rt.part(c, start, top.length), rt.part(mask, start, top.length), top, s, rt.first),
  );
  let rho: Words | null = null;
  if (rt.isProvider) {
    rho = rt.words(c.length);
    ring.shr(rho, c, s);
    ring.add(mask, mask, rho);
    if (factor) {
      ring.add(factor, factor, rho);
      ring.add(factor, factor, rho);
    }
  }
  rt.settle(new Share(rho ?? mask, shape, 0, false), factor);
  yield* openHigh(rt, c, s, label, true);
  if (rt.isProvider) rt.free(c);
  const delta = rt.isProvider ? null : c;
  const x = new Masked(delta, mask, shape, fraction - s, truncatedBound(rt, s), rt.factored);
  x.factor = factor;
  return x;
}
