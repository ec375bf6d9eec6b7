/**
 * Products with public numbers: c is taken as a sum of integers m / 2^s, each ⟨x⟩ · m is local, and s bits of it are rounded away,
 * of all side by side.
 *
 * m is as large as the product of any x that can be multiplied leaves room for: |x · m| < 2^(k − 2) for integers x below
 * 2^(k − 2 − f), so 2^(f − 1) ≤ |m| ≤ 2^f for |c| < 1, however small, down to 2^−(k − 1 − f); below that, s is k − 2 and m has
 * fewer bits. For |c| ≥ 1 it is x · c that must fit, and s is f. Either way m / 2^s is right to a part in 2^f, of which much is
 * left where x is large: up to 2^(k − 3 − 2f) units of the last place, 32 in ring 32 with 12 fraction bits and 2^21 in ring 64 with 20.
 * What m / 2^s lacks of c is therefore the next number to be taken so, until what is left over is no unit for any x:
 * two factors with the usual fraction bits, one for numbers of up to f bits, more with fewer fraction bits. Each rounding is off by less
 * than a unit, and has no bias.
 */
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked } from '../party/values.js';
import { type Cost, free, parallel, type Setting } from './cost.js';
import { addTo, asShare, mapMasked } from './linear.js';
import { rescale, rescaleCost } from './truncate.js';

/** m / 2^s with m odd where s > 0; s < 0 for integers beyond 2^53. */
export interface PublicFactor {
  readonly integer: number;
  readonly shift: number;
}

/** The integer over a power of two that is nearest to c, as far as products have room, the same at every role. */
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

/** Factors whose sum is used in place of c: off by less than a unit of the last place in every product that fits. */
export function publicFactors(c: number, at: { bits: number; fraction: number }): PublicFactor[] {
  const most = 2 ** (at.bits - 2 - at.fraction) / Math.max(1, Math.abs(c)); // x · c fits
  const factors: PublicFactor[] = [];
  let rest = c;
  do {
    const factor = publicFactor(rest, at);
    factors.push(factor);
    rest -= factor.integer / 2 ** factor.shift; // exact: the low bits of a double
  } while (Math.abs(rest) * most > 1);
  return factors;
}

/** Cost for `count` values. */
export function timesPublicCost(at: Setting, count: number, fraction: number, c: number): Cost {
  const factors = publicFactors(c, { bits: at.bits, fraction });
  return parallel(...factors.map(({ shift }) => (shift <= 0 ? free : rescaleCost(at, count, shift))));
}

/** ⟨x⟩ → ⟨c · x⟩ at the scale of x: free for what is an integer, else 2 rounds. Leaves x alone. */
export function* timesPublic(rt: Runtime, x: Masked, c: number): Secure<Masked> {
  const factors = publicFactors(c, { bits: rt.ring.bits, fraction: x.fraction });
  const products = yield* together(...factors.map((factor) => timesFactor(rt, x, factor)));
  return products.reduce((sum, product) => {
    const total = addTo(rt, sum, product);
    rt.free(product);
    return total;
  });
}

/** ⟨x⟩ → ⟨m / 2^s · x⟩. */
function* timesFactor(rt: Runtime, x: Masked, { integer, shift }: PublicFactor): Secure<Masked> {
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
