/**
 * selectShare: ⟨b⟩, blinded z → [b · z / 2^s], truncation included: select (see select.ts) without its
 * opening, so that selections can be added up first. Local, given what is dealt. The provider's summand is −r_b·ρ.
 */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Runtime } from '../party/runtime.js';
import { type MaskedBit, Share } from '../party/values.js';
import type { Shape } from '../shape.js';
import { arithmetic } from './bits.js';
import { type Cost, dealing, type Setting, wordBytes } from './cost.js';
import { narrowBytes } from './truncate.js';

/** Cost for `count` values; `fresh` when the bit has not selected before. */
export const selectShareCost = (at: Setting, count: number, s: number, fresh: boolean): Cost =>
  dealing(wordBytes(at, count) * (fresh ? 2 : 1) + 2 * count * narrowBytes(at, s));

/**
 * [b · z / 2^s] at `fraction` bits from the blinded z, |z| < 2^(k − 2) where b = 1 (where b = 0, z may be anything).
 * @param c the opened z + r; consumed
 */
export function selectShare(
  rt: Runtime,
  bit: MaskedBit,
  c: Words,
  shape: Shape,
  fraction: number,
  s: number,
): Share {
  const { ring } = rt;
  const count = c.length;
  const narrow = narrowBytes({ bits: ring.bits, parties: rt.parties.length }, s);
  const rb = arithmetic(rt, bit);
  if (rt.isProvider) {
    const [sigma, term, signed, sign] = [1, 2, 3, 4].map(() => rt.words(count));
    ring.selectDeal(sigma, term, signed, sign, c, rb, s);
    rt.deal(count, () => sigma);
    rt.deal(count, () => signed, narrow);
    rt.deal(count, () => sign, narrow);
    rt.free(sigma, signed, sign, c);
    return new Share(term, shape, fraction, false);
  }
  const unused = (): Words => c;
  const sigma = rt.deal(count, unused);
  const signed = rt.deal(count, unused, narrow);
  const sign = rt.deal(count, unused, narrow);
  ring.select(c, bit.open as Planes, c, rb, sigma, sign, signed, s, rt.first);
  rt.free(sigma, signed, sign);
  return new Share(c, shape, fraction, false);
}
