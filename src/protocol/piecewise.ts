/**
 * piecewise: ⟨x⟩ → [f(x)] at the working scale, f given on intervals by trigonometric sums (fourier.ts) or constants.
 * 2 rounds (3 where the comparison takes w > 37 bits, 1 where it takes w ≤ 7), and one more to open the result.
 *
 *   1, 2   the bits h_i of t_{i−1} ≤ x < t_i (thresholds.ts); beside them every sum, evaluated everywhere, is veiled
 *   local  Σ h_i · S_i(x), truncation included (select-share.ts), plus h_i · constant
 *
 * Where a sum is not wanted it may be anything: it meets a bit that is 0. So each interval has the sum that suits it,
 * the number of rounds does not depend on how many there are, and outside the domain f saturates.
 */
import type { Words } from '../../bindings/memory.js';
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, type MaskedBit, type Shape, Share } from '../party/values.js';
import { bitShare } from './bits.js';
import { type Cost, dealing, parallel, type Setting, sequence, wordBytes } from './cost.js';
import { dealWaves, sumWaves, type TrigonometricSum, type Waves, wavesCost } from './fourier.js';
import { open, veil, veilCost } from './open.js';
import { type PiecewisePlan, planPiecewise } from './piecewise-plan.js';
import { selectShare, selectShareCost } from './select-share.js';
import { below, belowCost, intervals } from './thresholds.js';

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
  /** Range of x; by default all that the ring can multiply, or |x| < 2^15 where that takes fewer rounds. */
  readonly range?: readonly [number, number];
  /** How far from a threshold the pieces on both sides hold, a power of two: fewer bits need comparing. Default 0. */
  readonly tolerance?: number;
}

/** x opened: Δ of ⟨x⟩ (or c of a veil) at a party, its mask at the provider. */
export interface Opened {
  readonly words: Words;
  readonly shape: Shape;
  readonly fraction: number;
}

/** A masked value as one that sums and comparisons take. It stays the owner of its words. */
export const openedOf = (x: Masked): Opened => ({
  words: x.delta ?? x.mask,
  shape: x.shape,
  fraction: x.fraction,
});

/** Cost for `count` values with `fraction` fraction bits; the result has `to`. */
export function piecewiseCost(
  at: Setting,
  count: number,
  fraction: number,
  f: Piecewise,
  to = fraction,
): Cost {
  const plan = planPiecewise(at.bits, fraction, f, to);
  const sums = plan.pieces.flatMap(({ sum }) => sum ?? []);
  const constants = plan.pieces.filter(({ sum, constant }) => !sum && constant !== 0);
  return sequence(
    ...plan.waves.map((waves) => wavesCost(at, count, waves.count)),
    parallel(belowCost(at, count, plan.width, f.thresholds.length), ...sums.map(() => veilCost(at, count))),
    ...sums.map(({ scale }) => selectShareCost(at, count, scale - to, true)),
    dealing(constants.length * wordBytes(at, count)),
  );
}

/**
 * x → [f(x)] at `to` fraction bits. Leaves x alone.
 * @throws RangeError when a period or a value does not fit the ring
 */
export function* piecewise(rt: Runtime, x: Opened, f: Piecewise, to = rt.fraction): Secure<Share> {
  const plan = planPiecewise(rt.ring.bits, x.fraction, f, to);
  const sums = evaluateSums(rt, x, plan);
  const [rows, ...veiled] = yield* together(
    below(rt, x.words, plan.low, plan.width, plan.thresholds),
    ...sums.map((words) => veil(rt, new Share(words, x.shape, 0, true), 'truncate')),
  );
  const total = rt.zeros(x.words.length);
  const collect = (term: Share): void => {
    if (term.words) rt.ring.add(total, total, term.words);
    rt.free(term);
  };
  intervals(rt, rows, x.shape).forEach((bit, i) => {
    const { sum, constant } = plan.pieces[i];
    if (sum) collect(selectShare(rt, bit, veiled[sum.index], x.shape, to, sum.scale - to));
    if (constant !== 0) collect(constantShare(rt, bit, constant));
    rt.free(bit);
  });
  return new Share(total, x.shape, to, false);
}

/** ⟨x⟩ or [x] → ⟨f(x)⟩ at the working scale; a share takes a round more and is consumed. */
export function* applyPiecewise(rt: Runtime, x: Masked | Share, f: Piecewise): Secure<Masked> {
  if (x instanceof Masked) return yield* open(rt, yield* piecewise(rt, openedOf(x), f), f.name);
  const { shape, fraction } = x;
  const words = yield* veil(rt, x, f.name);
  const share = yield* piecewise(rt, { words, shape, fraction }, f);
  rt.free(words);
  return yield* open(rt, share, f.name);
}

/** Every piece's sum, a settled share each (null at the provider); the waves they need are dealt once. */
function evaluateSums(rt: Runtime, x: Opened, plan: PiecewisePlan): (Words | null)[] {
  const waves: Waves[] = plan.waves.map(({ period, count }) =>
    dealWaves(rt, x.words, x.fraction, period, count),
  );
  const sums: (Words | null)[] = [];
  for (const { sum: planned } of plan.pieces) {
    if (!planned) continue;
    const { sum, shift, scale } = planned;
    const wave = waves[planned.waves];
    const delta = shift === 0 ? x.words : rt.copy(x.words);
    if (shift !== 0) rt.ring.addConst(delta, delta, -shift);
    sums.push(sumWaves(rt, wave, delta, sum, scale - wave.scale));
    if (shift !== 0) rt.free(delta);
  }
  rt.free(...waves.map(({ words }) => words));
  return sums;
}

/** [h · constant]. */
function constantShare(rt: Runtime, bit: MaskedBit, constant: number): Share {
  const share = bitShare(rt, bit);
  if (share.words) rt.ring.scale(share.words, share.words, constant);
  return share;
}
