/**
 * softmax over the last axis: ⟨x⟩ [rows, C] → ⟨y⟩, y_i = e^(x_i − m) / Σ_j e^(x_j − m), m the largest of the row. From ⟨x⟩
 * 9 rounds in ring 32 and 10 in ring 64 for C ≤ 16, 2 more for C ≤ 32, 6 more for C ≤ 1,024.
 *
 *   1 … 4    m (max.ts); d = x − m is local
 *   5 (, 6)  blind E(d), E a trigonometric sum for the exponential; beside it the bit b of d ≥ floor
 *   +1       blind S = Σ b · E(d), summed before it is opened: one word a row
 *   +1       blind u = d − ln S; the logarithm, a sum over waves of S, is not opened either (C > 16: in pieces, +2)
 *   +2       blind E(u), select by b, open: y = e^u
 *
 * Dividing by S would take a round more, to round 1/S before it meets e^d, and would multiply roundings. Below the
 * floor, −15 in ring 64 and −12 ± 2 in ring 32, y is 0. In ring 32 that comparison takes 7 bits and hence one round.
 *
 * Range: C ≤ 1,024; |x| < 2^(k − 2 − 2f), all that can be multiplied, in ring 64 also below 2^(35 − f), so that differences
 * are compared in at most 37 bits. Error below 10⁻³ (ring 32) or 5·10⁻⁶ (ring 64).
 */
import type { Words } from '../../bindings/memory.js';
import type { RingBits } from '../../bindings/ring.js';
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, type MaskedBit, Share } from '../party/values.js';
import type { Shape } from '../shape.js';
import { bitOfRow } from './bit-rows.js';
import { bitShare } from './bits.js';
import { type Cost, parallel, type Setting, sequence } from './cost.js';
import { expSum } from './exp.js';
import { dealWaves, harmonicsOf, stretched, sumWaves, wavesCost } from './fourier.js';
import { asShare } from './linear.js';
import { logScale, logSum, logSumCost, sumFraction } from './log-sum.js';
import { max, maxCost } from './max.js';
import { blind, blindCost, open, openCost } from './open.js';
import { openedWords } from './opened.js';
import { sumScale } from './piecewise-plan.js';
import { not } from './relu.js';
import { minusColumn } from './rows.js';
import { selectShare, selectShareCost } from './select-share.js';
import { sumOfColumns } from './sums.js';
import { below, belowCost } from './thresholds.js';
import { rescale, rescaleCost } from './truncate.js';

/** Most classes: beyond, sums of exponentials do not fit their scale. */
export const MAX_CLASSES = 1024;

/** Bits of a difference of two values that the ring can multiply; in ring 64 of those below 2^(35 − f), for 2 rounds. */
const differenceBits = (bits: RingBits, fraction: number): number => Math.min(bits - fraction, 37);

/** Below `floor` the exponential counts as 0; `low` bits are left out of that comparison. */
const floorOf = (bits: RingBits, fraction: number): { floor: number; low: number } =>
  bits === 32 ? { floor: -12, low: fraction + 1 } : { floor: -15, low: 0 };

/** Scale of an exponential less ½ before truncation. */
const expScale = { 32: sumScale(32, 1 / 2), 64: sumScale(64, 1 / 2) };

/** The exponential less ½, which takes a bit less. */
const centered = { 32: stretched(expSum(32), 0, 1, -1 / 2), 64: stretched(expSum(64), 0, 1, -1 / 2) };

/** Softmax and what a loss wants of it. */
export interface Softmax {
  readonly value: Masked;
  /** ln y = d − ln S, when asked for; right for every d, however small y is. */
  readonly log: Masked | null;
}

export interface SoftmaxOptions {
  /** Whether the logarithm is wanted. Default false. */
  readonly log?: boolean;
  /** Fraction bits of the value, 1 or more; by default those of the working scale. */
  readonly fraction?: number;
}

/** Cost of {@link softmax}. */
export function softmaxCost(
  at: Setting,
  rows: number,
  classes: number,
  fraction: number,
  { log = false, fraction: to = fraction }: SoftmaxOptions = {},
): Cost {
  const count = rows * classes;
  return sequence(
    prepareCost(at, rows, classes, fraction),
    parallel(
      sequence(
        blindCost(at, count),
        wavesCost(at, count, harmonicsOf(centered[at.bits])),
        blindCost(at, count),
        selectShareCost(at, count, expScale[at.bits] - to, false),
        openCost(at, count, false),
      ),
      log ? rescaleCost(at, rows, logScale(at.bits) - fraction) : parallel(),
    ),
  );
}

/** What softmax and its logarithm have in common. */
function prepareCost(at: Setting, rows: number, classes: number, fraction: number): Cost {
  const count = rows * classes;
  const { low } = floorOf(at.bits, fraction);
  return sequence(
    maxCost(at, rows, classes, { width: differenceBits(at.bits, fraction) }),
    wavesCost(at, count, harmonicsOf(centered[at.bits])),
    parallel(blindCost(at, count), belowCost(at, count, differenceBits(at.bits, fraction) - low, 1)),
    selectShareCost(at, count, expScale[at.bits] - sumFraction(at.bits, classes), true),
    logSumCost(at, rows, classes, fraction),
  );
}

/**
 * ⟨x⟩ [rows, C] → softmax over each row, and its logarithm when `log` is set. Leaves x alone.
 * @throws RangeError for more than 1,024 classes
 */
export function* softmax(
  rt: Runtime,
  x: Masked,
  { log = false, fraction = rt.fraction }: SoftmaxOptions = {},
): Secure<Softmax> {
  const { d, bit, logs } = yield* prepare(rt, x);
  const u = exponent(rt, d, logs);
  const [value, logarithm] = yield* together(
    expOf(rt, u, bit, fraction),
    log ? logOf(rt, d, logs) : freed(rt, logs),
  );
  rt.free(d, bit);
  return { value, log: logarithm };
}

/** Cost of {@link logSoftmax}. */
export const logSoftmaxCost = (at: Setting, rows: number, classes: number, fraction: number): Cost =>
  sequence(prepareCost(at, rows, classes, fraction), rescaleCost(at, rows, logScale(at.bits) - fraction));

/** ⟨x⟩ [rows, C] → the logarithm of softmax alone, 1 round less. Leaves x alone. @throws RangeError as softmax */
export function* logSoftmax(rt: Runtime, x: Masked): Secure<Masked> {
  const { d, bit, logs } = yield* prepare(rt, x);
  rt.free(bit);
  const log = yield* logOf(rt, d, logs);
  rt.free(d);
  return log;
}

/** d = x − max, whether d ≥ floor, and ln Σ e^d of each row. */
function* prepare(rt: Runtime, x: Masked): Secure<{ d: Masked; bit: MaskedBit; logs: Share }> {
  const { bits } = rt.ring;
  const [, classes] = x.shape;
  if (classes > MAX_CLASSES)
    throw new RangeError(`softmax: ${classes} classes, at most ${MAX_CLASSES} are possible`);
  const largest = (yield* max(rt, x, { width: differenceBits(bits, x.fraction) })).value as Masked;
  const d = minusColumn(rt, x, largest);
  rt.free(largest);
  const { floor, low } = floorOf(bits, d.fraction);
  const words = openedWords(d);
  const [rows, blinded] = yield* together(
    below(rt, words, low, differenceBits(bits, d.fraction) - low, [floor * 2 ** d.fraction]),
    blindExp(rt, words, d.fraction, d.shape),
  );
  const bit = not(rt, bitOfRow(rows, d.shape));
  const terms = selectExp(rt, bit, blinded, d.shape, sumFraction(bits, classes));
  const sums = sumOfColumns(rt, terms);
  rt.free(terms);
  return { d, bit, logs: yield* logSum(rt, sums, classes) };
}

/** Blinds E(x) − ½ for the opened x. */
function* blindExp(rt: Runtime, words: Words, fraction: number, shape: Shape): Secure<Words> {
  const sum = centered[rt.ring.bits];
  const waves = dealWaves(rt, words, fraction, sum.period, harmonicsOf(sum));
  const values = sumWaves(rt, waves, words, sum, expScale[rt.ring.bits] - waves.scale);
  rt.free(waves.words);
  return yield* blind(rt, new Share(values, shape, expScale[rt.ring.bits], true), 'truncate');
}

/** [bit · E] at `to` fraction bits from the blinded E − ½; consumes it. */
function selectExp(rt: Runtime, bit: MaskedBit, blinded: Words, shape: Shape, to: number): Share {
  const share = selectShare(rt, bit, blinded, shape, to, expScale[rt.ring.bits] - to);
  const half = bitShare(rt, bit);
  if (half.words && share.words) {
    rt.ring.shl(half.words, half.words, to - 1);
    rt.ring.add(share.words, share.words, half.words);
  }
  rt.free(half);
  return share;
}

/** [u] = [d − ln S] at the scale of the logarithms, of which the period of E is kept. */
function exponent(rt: Runtime, d: Masked, logs: Share): Share {
  const [rows, classes] = d.shape;
  const share = asShare(rt, d);
  const words = share.words ?? rt.zeros(d.size);
  rt.ring.shl(words, words, logs.fraction - d.fraction);
  if (logs.words) {
    const minus = rt.words(rows);
    rt.ring.neg(minus, logs.words);
    rt.ring.addColumn(words, words, minus, rows, classes);
    rt.free(minus);
  }
  return new Share(words, d.shape, logs.fraction, false);
}

/** [u] → ⟨bit · e^u⟩ at `to` fraction bits; consumes u. */
function* expOf(rt: Runtime, u: Share, bit: MaskedBit, to: number): Secure<Masked> {
  const { shape, fraction } = u;
  const opened = yield* blind(rt, u, 'exponent');
  const blinded = yield* blindExp(rt, opened, fraction, shape);
  rt.free(opened);
  return yield* open(rt, selectExp(rt, bit, blinded, shape, to), 'softmax');
}

/** ⟨d⟩, [ln S] → ⟨d − ln S⟩; consumes the logarithms. */
function* logOf(rt: Runtime, d: Masked, logs: Share): Secure<Masked> {
  const rounded = yield* rescale(rt, logs, logs.fraction - d.fraction);
  const out = minusColumn(rt, d, rounded);
  rt.free(rounded);
  return out;
}

// biome-ignore lint/correctness/useYield: the logarithm is not wanted
function* freed(rt: Runtime, logs: Share): Secure<null> {
  rt.free(logs);
  return null;
}
