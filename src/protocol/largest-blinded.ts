/**
 * largestBlinded: vectors of blinded values → the largest at each place, blinded again, by a tournament: neighbours are
 * compared, of an odd number the last advances as it is. 3 rounds a stage, 4 where w > 37. For values that were opened
 * without their low s bits (blind with drop): all numbers are multiples of 2^s, w = k − s bits of them count, and no more
 * are dealt or opened here.
 *
 *   1, 2   b = [x₀ < x₁]: the sign of d = x₀ − x₁, for c₀ − c₁ under the mask r₀ − r₁ (compare.ts)
 *   3      x₀ − b·d, opened under a fresh mask of w bits that only the provider knows
 *
 * b·d is selectShare (select-share.ts) without a truncation. The parties never hold a share of a mask. Of equal values the
 * first is the largest.
 *
 * Range: |x| < 2^(k − 2), so that differences fit w bits.
 */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { MaskedBit } from '../party/values.js';
import { arithmetic } from './bits.js';
import { isNegativeBits, isNegativeCost } from './compare.js';
import { type Cost, dealing, free, narrowOpening, type Setting, sequence, wordBytes } from './cost.js';
import { openHigh } from './open.js';

/** Bytes of a dealt word of which only the top `width` bits count. */
const highWordBytes = (width: number): number => Math.ceil(width / 8);

/** Cost for `values` vectors of `count` words. */
export function largestBlindedCost(at: Setting, values: number, count: number, s: number): Cost {
  if (values === 1) return free;
  const pairs = Math.floor(values / 2) * count;
  return sequence(
    isNegativeCost(at, pairs, at.bits - s),
    dealing(wordBytes(at, pairs) + pairs * highWordBytes(at.bits - s)),
    narrowOpening(at, pairs, at.bits - s),
    largestBlindedCost(at, Math.ceil(values / 2), count, s),
  );
}

/** One stage: the bits [a < b] of its pairs, and how many vectors came in. */
export interface Stage {
  readonly bits: MaskedBit;
  readonly entrants: number;
}

/** Consumes the vectors, all of one length. */
export function* largestBlinded(
  rt: Runtime,
  values: readonly Words[],
  s: number,
): Secure<{ largest: Words; stages: Stage[] }> {
  const stages: Stage[] = [];
  let entrants = values;
  const { length } = values[0];
  while (entrants.length > 1) {
    const pairs = Math.floor(entrants.length / 2);
    const [first, second] = [0, 1].map((side) =>
      stacked(
        rt,
        Array.from({ length: pairs }, (_, i) => entrants[2 * i + side]),
      ),
    );
    const { larger, bit } = yield* largerBlinded(rt, first, second, s);
    stages.push({ bits: bit, entrants: entrants.length });
    const winners = Array.from({ length: pairs }, (_, i) => rt.copy(rt.part(larger, i * length, length)));
    rt.free(first, second, larger, ...entrants.slice(0, 2 * pairs));
    entrants = [...winners, ...entrants.slice(2 * pairs)];
  }
  return { largest: entrants[0], stages };
}

/** Vectors one after the other. */
function stacked(rt: Runtime, parts: readonly Words[]): Words {
  const [{ length }] = parts;
  const out = rt.words(parts.length * length);
  parts.forEach((part, i) => {
    rt.ring.copy(rt.part(out, i * length, length), part);
  });
  return out;
}

/** The larger of each pair, and [first < second]. Leaves its arguments alone. */
function* largerBlinded(
  rt: Runtime,
  first: Words,
  second: Words,
  s: number,
): Secure<{ larger: Words; bit: MaskedBit }> {
  const { ring } = rt;
  const width = ring.bits - s;
  const lead = rt.words(first.length);
  ring.sub(lead, first, second);
  const bit = yield* isNegativeBits(rt, lead, [lead.length], s, width);
  const gain = selected(rt, bit, lead, s);
  const mask = rt.drawHigh(first.length, width);
  if (rt.isProvider) {
    // the mask less the summand of x₀ − b·d
    ring.add(mask, mask, first);
    ring.add(mask, mask, gain);
  } else {
    ring.sub(mask, mask, gain);
    if (rt.first) ring.add(mask, mask, first);
  }
  rt.free(lead, gain);
  yield* openHigh(rt, mask, width, 'max');
  return { larger: mask, bit };
}

/** This role's summand of b·d, for d blinded as `lead`. */
function selected(rt: Runtime, bit: MaskedBit, lead: Words, s: number): Words {
  const { ring } = rt;
  const count = lead.length;
  const rb = arithmetic(rt, bit);
  const bytes = highWordBytes(ring.bits - s);
  if (rt.isProvider) {
    const [sigma, term, signed, sign] = [1, 2, 3, 4].map(() => rt.words(count));
    ring.selectDeal(sigma, term, signed, sign, lead, rb, 0);
    ring.shr(sigma, sigma, s);
    rt.free(
      rt.deal(count, () => sigma, bytes),
      signed,
      sign,
    );
    return term;
  }
  const sigma = rt.deal(count, () => lead, bytes);
  ring.shl(sigma, sigma, s);
  const out = rt.words(count);
  // without a truncation the words of its wraps do not count
  ring.select(out, bit.open as Planes, lead, rb, sigma, sigma, sigma, 0, rt.first);
  rt.free(sigma);
  return out;
}
