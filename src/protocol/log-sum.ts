/**
 * logSum: [S] → [ln S] for 1 ≤ S ≤ C, C ≤ 1,024, at a high scale and not opened: the middle of softmax. 1 round (blind)
 * for C ≤ 16, by one trigonometric sum; 3 rounds for larger C, in pieces.
 */
import type { RingBits } from '../../bindings/ring.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Share } from '../party/values.js';
import { type Cost, type Setting, sequence } from './cost.js';
import { dealWaves, harmonicsOf, sumWaves, wavesCost } from './fourier.js';
import { LOG_SUM_32, LOG_SUM_64 } from './fourier-tables.js';
import { blind, blindCost } from './open.js';
import { piecewise, piecewiseCost } from './piecewise.js';
import type { Piecewise } from './piecewise-plan.js';
import { piecesByPowersOfFour } from './powers-of-four.js';

/** Most classes for which one sum serves. */
const ONE_SUM = 16;

const sumOf = (bits: RingBits) => (bits === 32 ? LOG_SUM_32 : LOG_SUM_64);

/** Fraction bits that S must have. */
export const sumFraction = (bits: RingBits, classes: number): number =>
  classes <= ONE_SUM ? (bits === 32 ? 22 : 44) : bits === 32 ? 20 : 40;

/** Fraction bits of the result. */
export const logScale = (bits: RingBits): number => (bits === 32 ? 27 : 50);

const known = new Map<string, Piecewise>();

/** ln on [1, classes]: neighbouring pieces agree within 2⁻⁷ of a threshold. */
function piecesOf(bits: RingBits, fraction: number, classes: number): Piecewise {
  const key = `${bits} ${fraction} ${classes}`;
  const made = known.get(key) ?? {
    ...piecesByPowersOfFour('log', bits, fraction, { low: 1, high: classes }),
    range: [0, 2 * classes],
    tolerance: 2 ** -7,
  };
  known.set(key, made);
  return made;
}

export function logSumCost(at: Setting, count: number, classes: number, fraction: number): Cost {
  if (classes <= ONE_SUM) {
    return sequence(blindCost(at, count), wavesCost(at, count, harmonicsOf(sumOf(at.bits))));
  }
  const pieces = piecesOf(at.bits, fraction, classes);
  const from = sumFraction(at.bits, classes);
  return sequence(blindCost(at, count), piecewiseCost(at, count, from, pieces, logScale(at.bits)));
}

/** [S] with sumFraction bits → [ln S] with logScale bits; consumes S. */
export function* logSum(rt: Runtime, sum: Share, classes: number): Secure<Share> {
  const { bits } = rt.ring;
  const { shape, fraction } = sum;
  const scale = logScale(bits);
  const words = yield* blind(rt, sum, 'sum');
  if (classes > ONE_SUM) {
    const pieces = piecesOf(bits, rt.fraction, classes);
    const share = yield* piecewise(rt, { words, shape, fraction }, pieces, scale);
    rt.free(words);
    return share;
  }
  const table = sumOf(bits);
  // dealt and public factors share the scale evenly: there are many small terms
  const dealt = Math.floor(scale / 2);
  const waves = dealWaves(rt, words, fraction, table.period, harmonicsOf(table), dealt);
  const log = sumWaves(rt, waves, words, table, scale - dealt);
  rt.free(words, waves.words);
  return new Share(log, shape, scale, true);
}
