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
 * multiplyBit: ⟨b⟩, ⟨x⟩ → [b · x] without truncation, local but for [r_b] and [r_b δx].
 */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, type MaskedBit, Share } from '../party/values.js';
import { type Cost, dealing, type Setting, sequence, wordBytes } from './cost.js';
import { own } from './linear.js';
import { open, openCost, veil, veilCost } from './open.js';
import { narrowBytes } from './truncate.js';

/** Cost of the second half of a selection, after the veil; `fresh` when the bit has not selected before. */
export const selectVeiledCost = (at: Setting, count: number, s: number, fresh: boolean): Cost =>
  sequence(
    dealing(wordBytes(at, count) * (fresh ? 2 : 1) + 2 * count * narrowBytes(at, s)),
    openCost(at, count, false),
  );

export const selectCost = (at: Setting, count: number, s: number, fresh: boolean): Cost =>
  sequence(veilCost(at, count), selectVeiledCost(at, count, s, fresh));

/** This role's share of the bit's mask as ring words (the provider: the mask); kept with the bit. */
export function arithmetic(rt: Runtime, bit: MaskedBit): Words {
  bit.arithmetic ??= rt.deal(bit.size, () => {
    const words = rt.words(bit.size);
    rt.ring.fromPlane(words, bit.mask);
    return words;
  });
  return bit.arithmetic;
}

/** ⟨b⟩, [z] → ⟨b · z / 2^s⟩; consumes z. */
export function* select(rt: Runtime, bit: MaskedBit, z: Share, s: number): Secure<Masked> {
  const c = yield* veil(rt, z, 'truncate');
  rt.watcher?.watch(c, z.fraction);
  return yield* selectVeiled(rt, bit, c, z, s);
}

/** The same from the veiled z on; consumes `c`. */
export function* selectVeiled(
  rt: Runtime,
  bit: MaskedBit,
  c: Words,
  z: { readonly shape: readonly number[]; readonly fraction: number },
  s: number,
): Secure<Masked> {
  const { ring } = rt;
  const count = c.length;
  const rb = arithmetic(rt, bit);
  const deal = rt.isProvider ? selectProducts(rt, c, rb, s) : null;
  const take = (words: Words | undefined) => () => words as Words;
  const sigma = rt.deal(count, take(deal?.sigma));
  const signed = rt.deal(count, take(deal?.signed), narrowBytes(settingOf(rt), s));
  const sign = rt.deal(count, take(deal?.sign), narrowBytes(settingOf(rt), s));
  if (!rt.isProvider) ring.select(c, bit.open as Planes, c, rb, sigma, sign, signed, s, rt.first);
  const words = deal?.term ?? c;
  if (deal) rt.free(c);
  rt.free(sigma, signed, sign);
  return yield* open(rt, new Share(words, z.shape, z.fraction - s, false), 'select');
}

/** The provider's products for a selection. */
function selectProducts(rt: Runtime, r: Words, rb: Words, s: number) {
  const [sigma, term, signed, sign] = [1, 2, 3, 4].map(() => rt.words(r.length));
  rt.ring.selectDeal(sigma, term, signed, sign, r, rb, s);
  return { sigma, term, signed, sign };
}

const settingOf = (rt: Runtime): Setting => ({ bits: rt.ring.bits, parties: rt.parties.length });

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
