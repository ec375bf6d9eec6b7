/**
 * reciprocal: ⟨x⟩ → ⟨1/x⟩ for low ≤ x ≤ high, signed also for −high ≤ x ≤ −low; 3 rounds. divide: ⟨x⟩, ⟨y⟩ → ⟨x/y⟩, 5.
 *
 * In pieces [4ʲ, 4ʲ⁺¹), see powers-of-four.ts. Newton's iteration (CrypTen: 10 times 2 products after an exponential) takes
 * 4 rounds each time.
 */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, Share } from '../party/values.js';
import { type Cost, type Setting, sequence } from './cost.js';
import { multiply } from './multiply.js';
import { openCost } from './open.js';
import { applyPiecewise, piecewiseCost } from './piecewise.js';
import { type Domain, piecesByPowersOfFour } from './powers-of-four.js';
import { rescale, rescaleCost } from './truncate.js';

/** What is known beforehand of what is divided by. */
export interface ReciprocalOptions {
  /** Where 1/|x| holds; default 1/16 to 64 (ring 32), 2^−10 to 2^10 (ring 64). Outside it saturates. */
  readonly domain?: Domain;
  /** Negative x too. Default false: they give 1/low. */
  readonly signed?: boolean;
}

/** Cost for `count` masked values. */
export const reciprocalCost = (
  at: Setting,
  count: number,
  fraction: number,
  options: ReciprocalOptions = {},
): Cost =>
  sequence(
    piecewiseCost(
      at,
      count,
      fraction,
      piecesByPowersOfFour('reciprocal', at.bits, fraction, options.domain, options.signed),
    ),
    openCost(at, count, false),
  );

/** ⟨x⟩ or [x] → ⟨1/x⟩. */
export const reciprocal = (
  rt: Runtime,
  x: Masked | Share,
  { domain, signed }: ReciprocalOptions = {},
): Secure<Masked> =>
  applyPiecewise(rt, x, piecesByPowersOfFour('reciprocal', rt.ring.bits, rt.fraction, domain, signed));

/** Cost for `count` pairs of masked values. */
export const divideCost = (at: Setting, count: number, fraction: number, options?: ReciprocalOptions): Cost =>
  sequence(reciprocalCost(at, count, fraction, options), rescaleCost(at, count, fraction));

/** ⟨x⟩, ⟨y⟩ of one shape → ⟨x/y⟩; y in the domain of the reciprocal. The reciprocal's error counts |x| times. */
export function* divide(rt: Runtime, x: Masked, y: Masked, options?: ReciprocalOptions): Secure<Masked> {
  const inverse = yield* reciprocal(rt, y, options);
  const quotient = yield* rescale(rt, multiply(rt, x, inverse), inverse.fraction);
  rt.free(inverse);
  return quotient;
}
