/**
 * sigmoid, tanh: [z] → ⟨σ(z)⟩ at the working scale, and its derivative when asked. Trigonometric sums (fourier.ts) of z,
 * blinded (open.ts), on a period of 32: odd for σ − ½, even for σ', of the same waves. tanh(x) = 2σ(2x) − 1.
 *
 * Plain, 3 rounds: right for |x| ≤ 12 (tanh: 6). The sums are periodic: beyond they leave the curve, and from 16 on (8)
 * they are wrong. Guarded: 0, 1 and slope 0 outside, from two comparisons beside the sums (piecewise.ts); for every x
 * that is as far below 2^(k − 1) ring units as the thresholds are from 0, which the runtime's watcher looks after. 3 rounds for sigmoid in ring 32, where a comparison of 7 bits suffices since σ is 0 or 1
 * to 4·10⁻⁴ between 8 and 12, otherwise 4. In ring 64 the comparisons leave out the bits below 2⁻⁶ (tanh: 2⁻⁷), so that 37 bits
 * hold all that can be multiplied, with fewer than 17 fraction bits |x| < 2^29.
 *
 * | largest error, both variants | σ | σ′ | tanh | tanh′ |
 * |---|---|---|---|---|
 * | ring 32 | 5·10⁻⁴ | 7·10⁻⁴ | 7·10⁻⁴ | 1.8·10⁻³ |
 * | ring 64 | 3·10⁻⁶ | 5·10⁻⁶ | 5·10⁻⁶ | 1.7·10⁻⁵ |
 */
import type { Words } from '../../bindings/memory.js';
import type { RingBits } from '../../bindings/ring.js';
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import type { Shape } from '../shape.js';
import { type Cost, parallel, type Setting, sequence } from './cost.js';
import {
  dealWaves,
  harmonicsOf,
  periodIn,
  stretched,
  sumPair,
  type TrigonometricSum,
  wavesCost,
} from './fourier.js';
import { SIGMOID_32, SIGMOID_64, SIGMOID_SLOPE_32, SIGMOID_SLOPE_64 } from './fourier-tables.js';
import { blind, blindCost, open, openCost } from './open.js';
import { piecewiseAll, piecewiseCost } from './piecewise.js';
import { type Piecewise, planPiecewise, sumScale } from './piecewise-plan.js';
import { truncate, truncateCost } from './truncate.js';

/** A curve between two constants, with its slope. */
interface Curve {
  readonly name: string;
  readonly value: TrigonometricSum;
  readonly slope: TrigonometricSum;
  /** Scale of both sums before truncation. */
  readonly scale: number;
  /** What truncation leaves out: the middles of the values and of the slopes. */
  readonly middles: readonly [number, number];
  /** Value and slope guarded. */
  readonly guarded: readonly [Piecewise, Piecewise];
}

/** Where the guarded curve becomes constant, and how much earlier or later it may (see thresholds.ts). */
interface Guard {
  readonly at: number;
  readonly tolerance: number;
}

/** σ: between 0 and 1, steepest ¼; tanh: between −1 and 1, steepest 1. */
function curveOf(name: 'sigmoid' | 'tanh', bits: RingBits, guard: Guard): Curve {
  const [odd, even] = bits === 32 ? [SIGMOID_32, SIGMOID_SLOPE_32] : [SIGMOID_64, SIGMOID_SLOPE_64];
  const [value, slope, low, steepest] =
    name === 'sigmoid'
      ? [stretched(odd, 0, 1, 1 / 2), even, 0, 1 / 4]
      : [stretched(odd, -1, 2), stretched(even, -1, 4), -1, 1];
  const middles = [(low + 1) / 2, steepest / 2] as const;
  const pieces = (
    sum: TrigonometricSum,
    least: number,
    most: number,
    ends: readonly [number, number],
  ): Piecewise => ({
    name,
    thresholds: [-guard.at, guard.at],
    pieces: [{ constant: ends[0] }, { sum, shift: 0, least, most }, { constant: ends[1] }],
    tolerance: guard.tolerance,
  });
  return {
    name,
    value: stretched(value, 0, 1, -middles[0]),
    slope: stretched(slope, 0, 1, -middles[1]),
    scale: sumScale(bits, Math.max((1 - low) / 2, steepest / 2)),
    middles,
    guarded: [pieces(value, low, 1, [low, 1]), pieces(slope, 0, steepest, [0, 0])],
  };
}

const curves: Readonly<Record<'sigmoid' | 'tanh', Readonly<Record<RingBits, Curve>>>> = {
  sigmoid: {
    32: curveOf('sigmoid', 32, { at: 10, tolerance: 2 }),
    64: curveOf('sigmoid', 64, { at: 13 - 2 ** -6, tolerance: 2 ** -6 }),
  },
  tanh: {
    32: curveOf('tanh', 32, { at: 5, tolerance: 1 }),
    64: curveOf('tanh', 64, { at: 6.5 - 2 ** -7, tolerance: 2 ** -7 }),
  },
};

export interface Pair {
  readonly value: Masked;
  readonly slope: Masked | null;
}

/** Cost of the plain sigmoid or tanh for `count` values; with `slope` the derivative too. */
export function sigmoidCost(
  at: Setting,
  count: number,
  fraction: number,
  slope: boolean,
  name: 'sigmoid' | 'tanh' = 'sigmoid',
): Cost {
  const { value, scale } = curves[name][at.bits];
  const out = sequence(truncateCost(at, count, scale - fraction), openCost(at, count, false));
  return sequence(
    blindCost(at, count),
    wavesCost(at, count, harmonicsOf(value)),
    slope ? parallel(out, out) : out,
  );
}

/** Cost of the guarded sigmoid or tanh of a share with `from` fraction bits. */
export function guardedCost(
  at: Setting,
  count: number,
  fraction: number,
  slope: boolean,
  name: 'sigmoid' | 'tanh' = 'sigmoid',
  from = 2 * fraction,
): Cost {
  const { guarded } = curves[name][at.bits];
  const out = openCost(at, count, false);
  return sequence(
    blindCost(at, count),
    piecewiseCost(at, count, from, slope ? guarded : [guarded[0]], fraction),
    slope ? parallel(out, out) : out,
  );
}

/**
 * [z] → ⟨σ(z)⟩; consumes z. |z| ≤ 12 unless `guarded`.
 * @param to fraction bits of the results, where `guarded`
 */
export const sigmoidPair = (
  rt: Runtime,
  z: Share,
  slope: boolean,
  guarded = false,
  to = rt.fraction,
): Secure<Pair> =>
  guarded
    ? saturating(rt, z, slope, curves.sigmoid[rt.ring.bits], to)
    : plain(rt, z, slope, curves.sigmoid[rt.ring.bits]);

/** [z] → ⟨tanh z⟩; consumes z. |z| ≤ 6 unless `guarded`. */
export const tanhPair = (rt: Runtime, z: Share, slope: boolean, guarded = false): Secure<Pair> =>
  (guarded ? saturating : plain)(rt, z, slope, curves.tanh[rt.ring.bits], rt.fraction);

function* plain(rt: Runtime, z: Share, withSlope: boolean, curve: Curve): Secure<Pair> {
  const { shape, fraction } = z;
  const { value, slope, scale, middles } = curve;
  periodIn(rt.ring.bits, fraction, value.period);
  const c = yield* blind(rt, z, curve.name);
  const waves = dealWaves(rt, c, fraction, value.period, harmonicsOf(value));
  const sums = sumPair(
    rt,
    waves,
    c,
    value,
    withSlope ? slope : { ...slope, cosines: [] },
    scale - waves.scale,
  );
  rt.free(c, waves.words);
  const finish = (words: Words | null, middle: number) => rounded(rt, words, shape, scale, middle);
  if (!withSlope) return { value: yield* finish(sums.odd, middles[0]), slope: null };
  const [first, second] = yield* together(finish(sums.odd, middles[0]), finish(sums.even, middles[1]));
  return { value: first, slope: second };
}

/** A sum less its middle, rounded to the working scale, plus the middle; opened. */
function* rounded(
  rt: Runtime,
  words: Words | null,
  shape: Shape,
  scale: number,
  middle: number,
): Secure<Masked> {
  const sum = new Share(words, shape, scale, true);
  const base = rt.first ? rt.words(sum.size) : null;
  if (base) rt.ring.fill(base, Math.round(middle * 2 ** rt.fraction));
  const kept = yield* truncate(rt, sum, scale - rt.fraction, new Share(base, shape, rt.fraction, true));
  return yield* open(rt, kept, 'rescale');
}

function* saturating(
  rt: Runtime,
  z: Share,
  withSlope: boolean,
  { name, guarded }: Curve,
  to: number,
): Secure<Pair> {
  const { shape, fraction } = z;
  const functions = withSlope ? guarded : [guarded[0]];
  for (const f of functions) planPiecewise(rt.ring.bits, fraction, f, to);
  const words = yield* blind(rt, z, name);
  rt.watcher?.watch(words, fraction);
  const shares = yield* piecewiseAll(rt, { words, shape, fraction }, functions, to);
  rt.free(words);
  const [value, slope] = yield* together(...shares.map((share) => open(rt, share, name)));
  return { value, slope: slope ?? null };
}
