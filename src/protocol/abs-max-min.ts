/**
 * abs, maximum, minimum: x less a multiple of b · d, b the sign of d. 3 rounds in ring 32, 4 in ring 64: the comparison
 * and one opening; the product with the bit is local (select.ts). Exact for all x, x − y of the ring.
 *
 *   |x| = x − 2·[x < 0]·x,   max(x, y) = x − [d < 0]·d,   min(x, y) = y + [d < 0]·d,   d = x − y
 */
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, type MaskedBit, Share } from '../party/values.js';
import { isNegative, isNegativeCost } from './compare.js';
import { type Cost, type Setting, sequence } from './cost.js';
import { asSettledShare, sub } from './linear.js';
import { open, openCost } from './open.js';
import { multiplyBit, multiplyBitCost } from './select.js';

/** Cost of {@link abs}, {@link maximum} and {@link minimum}. */
export const absCost = (at: Setting, count: number): Cost =>
  sequence(isNegativeCost(at, count, at.bits), multiplyBitCost(at, count, true), openCost(at, count, true));

/** ⟨x⟩ → ⟨|x|⟩. */
export const abs = (rt: Runtime, x: Masked): Secure<Masked> => less(rt, x, x, 2);

/** ⟨x⟩, ⟨y⟩ of one shape → ⟨max(x, y)⟩, value by value. */
export function* maximum(rt: Runtime, x: Masked, y: Masked): Secure<Masked> {
  const difference = sub(rt, x, y);
  const result = yield* less(rt, x, difference, 1);
  rt.free(difference);
  return result;
}

/** ⟨x⟩, ⟨y⟩ of one shape → ⟨min(x, y)⟩, value by value. */
export function* minimum(rt: Runtime, x: Masked, y: Masked): Secure<Masked> {
  const difference = sub(rt, x, y);
  const result = yield* less(rt, y, difference, -1);
  rt.free(difference);
  return result;
}

/** ⟨x − factor · [d < 0] · d⟩. */
function* less(rt: Runtime, x: Masked, d: Masked, factor: number): Secure<Masked> {
  const bit = yield* isNegative(rt, d);
  const share = minusSelected(rt, x, bit, d, factor);
  rt.free(bit);
  return yield* open(rt, share, 'select');
}

/** [x − factor · bit · d], settled. Local. */
export function minusSelected(rt: Runtime, x: Masked, bit: MaskedBit, d: Masked, factor: number): Share {
  const product = multiplyBit(rt, bit, d);
  const share = asSettledShare(rt, x);
  if (share.words && product.words) {
    rt.ring.scale(product.words, product.words, -factor);
    rt.ring.add(product.words, product.words, share.words);
  }
  rt.free(share);
  return new Share(product.words, x.shape, x.fraction, true);
}
