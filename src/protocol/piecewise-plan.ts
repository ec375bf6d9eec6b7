/**
 * Piecewise functions, and how each is computed in a ring: scales, bits to compare, waves to deal. Refuses what does not
 * fit.
 */
import type { RingBits } from '../../bindings/ring.js';
import { harmonicsOf, stretched, type TrigonometricSum, waveScale } from './fourier.js';

/** A function on one interval: S(x − shift), or a constant. */
export type Piece =
  | { readonly constant: number }
  | {
      readonly sum: TrigonometricSum;
      /** Shift of the argument, a multiple of the unit of x. */
      readonly shift: number;
      /** Least and largest value on the interval. */
      readonly least: number;
      readonly most: number;
    };

/** A function given on the intervals between ascending thresholds: pieces[i] where t_{i−1} ≤ x < t_i. */
export interface Piecewise {
  readonly name: string;
  readonly thresholds: readonly number[];
  readonly pieces: readonly Piece[];
  /** Range of x; by default all that the ring can multiply, or |x| < 2^(35 − f) where that takes fewer rounds. */
  readonly range?: readonly [number, number];
  /** How far from a threshold the pieces on both sides hold, a power of two: fewer bits need comparing. Default 0. */
  readonly tolerance?: number;
}

/** Waves to deal: log2 of their period, and how many harmonics. */
export interface WavePlan {
  readonly period: number;
  readonly count: number;
}

/** A sum in ring terms. */
export interface PlannedSum {
  readonly sum: TrigonometricSum;
  /** Shift in ring units. */
  readonly shift: number;
  readonly waves: WavePlan;
  /** Scale before truncation. */
  readonly scale: number;
}

/** A piece: h · (sum + constant). The constant is the middle of the piece's values, to leave the sum few bits. */
export interface PlannedPiece {
  readonly sum: PlannedSum | null;
  /** In units of the result. */
  readonly constant: number;
}

export interface PiecewisePlan {
  /** Thresholds in ring units. */
  readonly thresholds: readonly number[];
  /** Bits low … low + width − 1 of x are compared. */
  readonly low: number;
  readonly width: number;
  readonly pieces: readonly PlannedPiece[];
}

/** Widest comparison of two rounds. */
const TWO_ROUNDS = 37;

/** Highest scale of a sum: beyond, truncation would take more dealt bytes and gain nothing. */
const highestScale = (bits: RingBits): number => (bits === 32 ? 30 : 52);

/** The least n with 2^n ≥ x, found without logarithms: roles on different machines must agree on it. */
function exponentFor(x: number): number {
  let n = -64;
  while (2 ** n < x) n++;
  return n;
}

/** Scale at which |value| ≤ bound stays below 2^(k − 2), noise included. */
export const sumScale = (bits: RingBits, bound: number): number =>
  Math.min(highestScale(bits), bits - 2 - exponentFor(bound * 1.03));

const plans = new WeakMap<Piecewise, Map<string, PiecewisePlan>>();

/**
 * The plan for x with `fraction` fraction bits and a result with `to`; kept with the function.
 * @throws RangeError when the ring is too small for it
 */
export function planPiecewise(bits: RingBits, fraction: number, f: Piecewise, to: number): PiecewisePlan {
  const known = plans.get(f) ?? new Map<string, PiecewisePlan>();
  plans.set(f, known);
  const key = `${bits} ${fraction} ${to}`;
  const plan = known.get(key) ?? makePlan(bits, fraction, f, to);
  known.set(key, plan);
  return plan;
}

function makePlan(bits: RingBits, fraction: number, f: Piecewise, to: number): PiecewisePlan {
  const unit = 2 ** fraction;
  const coarse = Math.max(fraction - to, f.tolerance ? exponentFor(f.tolerance) + fraction : 0);
  const low = Math.max(0, coarse);
  const thresholds = f.thresholds.map((t) => Math.round((t * unit) / 2 ** low) * 2 ** low);
  const pieces = f.pieces.map((piece): PlannedPiece => {
    if ('constant' in piece) return { sum: null, constant: Math.round(piece.constant * 2 ** to) };
    const { sum, least, most } = piece;
    const constant = Math.round(((least + most) / 2) * 2 ** to);
    const scale = sumScale(bits, (most - least) / 2);
    const periodBits = sum.period + fraction;
    if (scale < waveScale(bits) || scale <= to || periodBits < 1 || periodBits > bits) {
      throw new RangeError(
        `${f.name}: values up to ${most} with ${fraction} fraction bits do not fit ring ${bits}: ` +
          (bits === 32 ? 'use ring 64, or a smaller domain' : 'use a smaller domain'),
      );
    }
    const waves = { period: sum.period, count: harmonicsOf(sum) };
    const middled = stretched(sum, 0, 1, -constant / 2 ** to);
    const shift = Math.round(piece.shift * unit);
    return { sum: { sum: middled, shift, waves, scale }, constant };
  });
  return { thresholds, low, width: comparedBits(bits, fraction, f, low, to), pieces };
}

/** Bits above `low` that hold every x − t: from −2^(w − 1) up to below 2^(w − 1), in units of 2^low. */
function comparedBits(bits: RingBits, fraction: number, f: Piecewise, low: number, to: number): number {
  const first = Math.min(...f.thresholds);
  const last = Math.max(...f.thresholds);
  const unit = 2 ** -fraction;
  const width = ([least, most]: readonly [number, number]): number =>
    fraction + 1 + exponentFor(Math.max(last - least, most - first + unit)) - low;
  const most = bits - low;
  if (f.range) return Math.min(most, width(f.range));
  const limit = 2 ** (bits - 2 - 2 * Math.min(fraction, to));
  const wide = width([-limit, limit]);
  if (wide <= TWO_ROUNDS) return Math.min(most, wide);
  const narrow = width([2 * first, 2 * last]);
  return Math.min(most, narrow <= TWO_ROUNDS ? TWO_ROUNDS : Math.max(narrow, wide));
}
