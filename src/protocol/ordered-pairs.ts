/**
 * orderedPairs: ⟨x⟩ of rows of two classes, public thresholds t₀ < t₁ < … → how many pairs, one row of each class, are in
 * order. Thresholds cut the line into bins; with C_k(b) the rows of class k below threshold b and R_k(b) those in bin b,
 *
 *   right = Σ_b C₀(b − 1) · R₁(b)   pairs whose second row lies in a later bin
 *   level = Σ_b R₀(b) · R₁(b)       pairs that lie in one bin
 *
 * The area under the receiver operating characteristic, which is the part of pairs in order with ties as halves
 * [Hanley, McNeil 1982], is (right + level/2) / pairs, off by level/2 / pairs at the most: rows in one bin are taken for
 * equal. Exact where no two rows in a bin differ.
 *
 * Rounds: the comparison (thresholds.ts), 1 to open its bits as words, 1 to open the counts. Comparisons of a row with the
 * thresholds share its mask. Range: x and x − t below 2^(k − 1) in ring units, pairs below 2^(k − 1).
 */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, MaskedBit, Share } from '../party/values.js';
import { paddedLength, paddedRows } from './bit-rows.js';
import { bitShare } from './bits.js';
import { type Cost, dealing, type Setting, sequence, wordBytes } from './cost.js';
import { asShare, mapMasked } from './linear.js';
import { bilinear, matrixProduct } from './multiply.js';
import { open, openCost } from './open.js';
import { openedWords } from './opened.js';
import { concatAlong } from './rearrange.js';
import { rowDots } from './rows.js';
import { below, belowCost } from './thresholds.js';
import { rowOf } from './views.js';

/** Cost for `rows` rows and so many thresholds. */
export function orderedPairsCost(at: Setting, rows: number, thresholds: number): Cost {
  const bits = thresholds * paddedLength(rows);
  return sequence(
    belowCost(at, rows, at.bits, thresholds),
    dealing(wordBytes(at, bits)),
    openCost(at, bits, true),
    openCost(at, 2 * thresholds, false),
    dealing(wordBytes(at, 3)),
  );
}

/**
 * @param x [rows]
 * @param classes at scale 0, [2, rows]: 1 where a row is of the class
 * @param thresholds in ring units
 * @returns the rows of the second class, right and level: three words, settled
 */
export function* orderedPairs(
  rt: Runtime,
  x: Masked,
  classes: Masked,
  thresholds: readonly number[],
): Secure<Share> {
  const bins = thresholds.length + 1;
  const padded = paddedLength(x.size);
  // bits past the last row are of no class
  const members = paddedRows(rt, [rowOf(rt, classes, 0), rowOf(rt, classes, 1)]);
  const rows = yield* below(rt, openedWords(x), 0, rt.ring.bits, thresholds);
  const plane = ({ ptr, count, blocks }: Planes): Planes => ({ ptr, count: 1, blocks: count * blocks });
  const bits = new MaskedBit(rows.open && plane(rows.open), plane(rows.mask), [bins - 1, padded]);
  const share = bitShare(rt, bits);
  rt.free(bits);
  const less = yield* open(rt, share, 'bins');
  const product = matrixProduct(rt, 'nt', 2, padded, bins - 1);
  const counts = yield* open(rt, bilinear(rt, null, [2, bins - 1], members, less, product), 'counts');
  const upTo = withTotals(rt, counts, members);
  const sums = rt.settle(sumsOf(rt, upTo));
  rt.free(less, counts, members, upTo);
  return sums;
}

/** Rows below each threshold and all rows, by class: [2, bins]. */
function withTotals(rt: Runtime, counts: Masked, members: Masked): Masked {
  const padded = members.shape[1];
  const totals = mapMasked(rt, members, [2, 1], (out, words) => rt.ring.sumColumns(out, words, 2, padded, 0));
  const joined = concatAlong(rt, [counts, totals], 1);
  rt.free(totals);
  return joined;
}

/** Rows of the second class, right and level, from the rows up to each bin. */
function sumsOf(rt: Runtime, upTo: Masked): Share {
  const bins = upTo.shape[1];
  const [first, second] = [rowOf(rt, upTo, 0), rowOf(rt, upTo, 1)];
  const before = mapMasked(rt, first, [2, bins], (out, words) => {
    const [earlier, here] = [rt.part(out, 0, bins), rt.part(out, bins, bins)];
    delayed(rt, earlier, words);
    rt.ring.sub(here, words, earlier);
  });
  const inBin = mapMasked(rt, second, [2, bins], (out, words) => {
    const [here, again] = [rt.part(out, 0, bins), rt.part(out, bins, bins)];
    delayed(rt, again, words);
    rt.ring.sub(here, words, again);
    rt.ring.copy(again, here);
  });
  const pairs = rowDots(rt, before, inBin);
  const all = asShare(rt, rowOf(rt, upTo, 1));
  const words = rt.zeros(3);
  if (all.words) rt.ring.copy(rt.part(words, 0, 1), rt.part(all.words, bins - 1, 1));
  if (pairs.words) rt.ring.copy(rt.part(words, 1, 2), pairs.words);
  rt.free(before, inBin, pairs, all);
  return new Share(words, [3], 0, false);
}

/** 0, x₀, x₁, …, without the last. */
function delayed(rt: Runtime, out: Words, x: Words): void {
  rt.ring.fill(rt.part(out, 0, 1), 0);
  rt.ring.copy(rt.part(out, 1, x.length - 1), rt.part(x, 0, x.length - 1));
}
