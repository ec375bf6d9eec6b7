/**
 * select: ⟨b⟩, [z] → ⟨b · z / 2^s⟩, truncation included. 2 rounds, |z| < 2^(k−2).
 *
 * With b = c_b ⊕ r_b and z / 2^s = A − ρ + n · μ · 2^(k−s) as in truncate.ts (A = ((c + H) ≫ s) − (H ≫ s), ρ = r ≫ s,
 * μ = msb r), let U = r_b·A + n·[r_b·μ]·2^(k−s), a share of r_b · (z/2^s + ρ), and V = A + n·[μ]·2^(k−s), a share of
 * z/2^s + ρ. Then b · z/2^s + r_b·ρ is
 *
 *   U                          where c_b = 0
 *   V − U − [ρ · (1 − 2 r_b)]  where c_b = 1
 *
 * and −r_b·ρ is the provider's summand. Dealt: [r_b] once a bit, and [ρ(1 − 2r_b)], [μ], [r_b μ] a value.
 *
 * multiplyBit: ⟨b⟩, ⟨x⟩ → [b · x] without truncation. Local, given the dealt [r_b] and [r_b δx].
 */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, type MaskedBit, Share } from '../party/values.js';
import type { Shape } from '../shape.js';
import { arithmetic } from './bits.js';
import { type Cost, dealing, type Setting, sequence, wordBytes } from './cost.js';
import { own } from './linear.js';
import { blind, blindCost, droppedBits, open, openCost } from './open.js';
import { selectShare, selectShareCost } from './select-share.js';
import { truncatedBound } from './truncate.js';

/** Cost of the second half of a selection, from the blinded z on; `fresh` when the bit has not selected before. */
export const selectBlindedCost = (at: Setting, count: number, s: number, fresh: boolean): Cost =>
  sequence(selectShareCost(at, count, s, fresh), openCost(at, count, false));

export const selectCost = (at: Setting, count: number, s: number, fresh: boolean): Cost =>
  sequence(blindCost(at, count, droppedBits(at.bits, s)), selectBlindedCost(at, count, s, fresh));

/** ⟨b⟩, [z] → ⟨b · z / 2^s⟩; consumes z. */
export function* select(rt: Runtime, bit: MaskedBit, z: Share, s: number): Secure<Masked> {
  const c = yield* blind(rt, z, 'truncate', droppedBits(rt.ring.bits, s));
  rt.watcher?.watch(c, z.fraction);
  return yield* selectBlinded(rt, bit, c, z, s);
}

/** The same from the blinded z on; consumes `c`. */
export const selectBlinded = (
  rt: Runtime,
  bit: MaskedBit,
  c: Words,
  z: { readonly shape: Shape; readonly fraction: number },
  s: number,
): Secure<Masked> =>
  open(rt, selectShare(rt, bit, c, z.shape, z.fraction - s, s), 'select', truncatedBound(rt, s));

export const multiplyBitCost = (at: Setting, count: number, fresh: boolean): Cost =>
  dealing(wordBytes(at, count) * (fresh ? 2 : 1));

/** ⟨b⟩, ⟨x⟩ → [b · x], value by value, at the scale of x. */
export function multiplyBit(rt: Runtime, bit: MaskedBit, x: Masked): Share {
  const rb = arithmetic(rt, bit);
  const product = rt.deal(x.size, () => {
    const words = rt.words(x.size);
    rt.ring.mul(words, rb, x.mask);
    return words;
  });
  if (rt.isProvider) {
    rt.free(product);
    return new Share(null, x.shape, x.fraction, true);
  }
  rt.ring.selectWords(product, bit.open as Planes, x.delta as Words, own(rt, x), rb, product);
  return new Share(product, x.shape, x.fraction, true);
}
