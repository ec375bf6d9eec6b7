/**
 * Trigonometric sums of a masked value: ⟨x⟩, or a blinded x (open.ts), → [S(x)]. Local, given the
 * dealt sines and cosines of the mask.
 *
 *   S(x) = a₀ + Σⱼ aⱼ cos(2πjx/P) + bⱼ sin(2πjx/P),   j = 1 … J, P a power of two
 *
 * With x = Δ − δ, sin ωx = sin ωΔ · [cos ωδ] − cos ωΔ · [sin ωδ] and cos ωx = cos ωΔ · [cos ωδ] + sin ωΔ · [sin ωδ]: both
 * brackets are dealt, 2J words a value. A sum is periodic, so it can follow any function on a part of the period; beyond
 * the domain of its fit its value is bounded, but otherwise arbitrary. The result is a settled share at the scale
 * `waves.scale + scale`.
 *
 * Error beyond the fit: dealt and public factors are rounded to their scales, |b|·2^−(dealt scale + 1) a term and
 * 2^−(public scale + 1) a term in the worst case. Sums of several functions, and of shifted arguments, may use the
 * same waves.
 */
import type { Words } from '../../bindings/memory.js';
import type { RingBits } from '../../bindings/ring.js';
import type { Runtime } from '../party/runtime.js';
import { type Cost, dealing, type Setting, wordBytes } from './cost.js';

/** a₀ + Σ aⱼ cos(2πjx/2^period) + bⱼ sin(2πjx/2^period). */
export interface TrigonometricSum {
  /** log2 of the period. */
  readonly period: number;
  readonly constant: number;
  /** a₁ … a_J, or none. */
  readonly cosines: readonly number[];
  /** b₁ … b_J, or none. */
  readonly sines: readonly number[];
}

/** Dealt sines and cosines of a mask. */
export interface Waves {
  /** A party's shares, in the order that the kernels want; nothing at the provider. */
  readonly words: Words | null;
  readonly count: number;
  /** log2 of the period in ring units. */
  readonly periodBits: number;
  /** Scale of the dealt words. */
  readonly scale: number;
}

/** J. */
export const harmonicsOf = (sum: TrigonometricSum): number => Math.max(sum.cosines.length, sum.sines.length);

/** f(−x). */
export const mirrored = (sum: TrigonometricSum): TrigonometricSum => ({
  ...sum,
  sines: sum.sines.map((b) => -b),
});

/** factor · f(x / 2^stretch) + constant. */
export const stretched = (
  sum: TrigonometricSum,
  stretch: number,
  factor = 1,
  constant = 0,
): TrigonometricSum => ({
  period: sum.period + stretch,
  constant: sum.constant * factor + constant,
  cosines: sum.cosines.map((a) => a * factor),
  sines: sum.sines.map((b) => b * factor),
});

/** The value of a sum in clear, for tests and dry runs. */
export function evaluate(sum: TrigonometricSum, x: number): number {
  const angle = (i: number) => (2 * Math.PI * (i + 1) * x) / 2 ** sum.period;
  const even = sum.cosines.reduce((total, a, i) => total + a * Math.cos(angle(i)), sum.constant);
  return sum.sines.reduce((total, b, i) => total + b * Math.sin(angle(i)), even);
}

/** Cost of waves for `count` values. */
export const wavesCost = (at: Setting, count: number, harmonics: number): Cost =>
  dealing(2 * harmonics * wordBytes(at, count));

/** Scale of dealt sines and cosines: half of the bits that a value below 2 leaves. */
export const waveScale = (bits: RingBits): number => (bits === 32 ? 15 : 26);

/**
 * log2 of a period in ring units.
 * @throws RangeError when the period is not a number of ring units from 2 to 2^k
 */
export function periodIn(bits: RingBits, fraction: number, period: number): number {
  const periodBits = period + fraction;
  if (periodBits >= 1 && periodBits <= bits) return periodBits;
  throw new RangeError(
    `a period of 2^${period} with ${fraction} fraction bits does not fit ring ${bits}: ` +
      (periodBits < 1 ? 'use more fraction bits' : 'use ring 64, or fewer fraction bits'),
  );
}

/**
 * Deals the sines and cosines of a mask for the harmonics 1 … count of the period 2^period.
 * @param x at the provider the mask (of a masked or blinded value), elsewhere words of the same length
 * @param fraction fraction bits of x
 * @param scale of the dealt words
 * @throws RangeError as {@link periodIn}
 */
export function dealWaves(
  rt: Runtime,
  x: Words,
  fraction: number,
  period: number,
  count: number,
  scale = waveScale(rt.ring.bits),
): Waves {
  const { ring } = rt;
  const periodBits = periodIn(ring.bits, fraction, period);
  const dealt = rt.deal(2 * count * x.length, () => {
    const out = rt.words(2 * count * x.length);
    ring.harmonics(out, x, count, periodBits, scale);
    return out;
  });
  if (!rt.isProvider) return { words: dealt, count, periodBits, scale };
  rt.free(dealt);
  return { words: null, count, periodBits, scale };
}

/**
 * This party's share of a sum, at scale `waves.scale + scale`; null at the provider (its summand is zero).
 * @param delta the opened value, or that less a public shift of the argument
 * @param scale of the public factors, ≥ 0; the value must stay below 2^(k − 2) at the scale of the result if it is
 *   to be truncated
 */
export function sumWaves(
  rt: Runtime,
  waves: Waves,
  delta: Words,
  sum: TrigonometricSum,
  scale: number,
): Words | null {
  const { odd, even } = sumPair(rt, waves, delta, sum, { ...sum, constant: 0 }, scale);
  if (odd && even) rt.ring.add(odd, odd, even);
  rt.free(even);
  return odd;
}

/**
 * Two sums in one pass over the waves: the constant and the sines of one, the constant and the cosines of another (null
 * when it has none). A value and its derivative are such a pair.
 */
export function sumPair(
  rt: Runtime,
  waves: Waves,
  delta: Words,
  odd: TrigonometricSum,
  even: TrigonometricSum,
  scale: number,
): { odd: Words | null; even: Words | null } {
  const { ring, first } = rt;
  if (!waves.words) return { odd: null, even: null };
  if (Math.max(odd.sines.length, even.cosines.length) !== waves.count) {
    throw new RangeError(
      `sums of ${odd.sines.length} sines and ${even.cosines.length} cosines, ${waves.count} waves`,
    );
  }
  const sines = rt.zeros(delta.length);
  const cosines = even.cosines.length > 0 ? rt.zeros(delta.length) : null;
  const factors = ring.harmonicFactors(
    padded(odd.sines, waves.count),
    padded(even.cosines, waves.count),
    scale,
  );
  ring.harmonicSum(sines, cosines, delta, waves.words, waves.periodBits, factors);
  rt.free(factors);
  if (first) addConstant(rt, sines, odd.constant, waves.scale + scale);
  if (first && cosines) addConstant(rt, cosines, even.constant, waves.scale + scale);
  return { odd: sines, even: cosines };
}

/** Factors of so many harmonics, those that are not there zero. */
const padded = (list: readonly number[], count: number): readonly number[] =>
  list.length === count ? list : [...list, ...new Array<number>(count - list.length).fill(0)];

/** words += value · 2^scale, which may be more than a number holds exactly. */
export function addConstant(rt: Runtime, words: Words, value: number, scale: number): void {
  if (value === 0) return;
  const coarse = Math.min(scale, 30);
  const term = rt.words(words.length);
  rt.ring.fill(term, Math.round(value * 2 ** coarse));
  rt.ring.shl(term, term, scale - coarse);
  rt.ring.add(words, words, term);
  rt.free(term);
}
