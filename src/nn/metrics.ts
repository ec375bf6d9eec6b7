/** Metrics on shares: only their sums over a whole epoch are revealed, to the model owner. */
import { blocksFor, type Planes, type Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { type Masked, Share } from '../party/values.js';
import { and } from '../protocol/and.js';
import { bitShare } from '../protocol/bits.js';
import { isNegative } from '../protocol/compare.js';
import { asShare, mapMasked, mapMasked2 } from '../protocol/linear.js';
import { bilinear, Into } from '../protocol/multiply.js';
import { open } from '../protocol/open.js';
import { not } from '../protocol/relu.js';
import { rescale } from '../protocol/truncate.js';

/** [x] → [Σ x], one word, settled. Consumes its argument. */
export function sumAll(rt: Runtime, x: Share): Share {
  let sum: Words | null = null;
  if (x.words) {
    sum = rt.words(1);
    rt.ring.sumColumns(sum, x.words, 1, x.size, 0);
    rt.free(x.words);
  } else if (!rt.isProvider) sum = rt.zeros(1);
  return rt.settle(new Share(sum, [1], x.fraction, x.settled));
}

/**
 * One-hot labels ⟨t⟩ at the working scale → at scale 0, exactly (the truncated bits are zero, so no coin falls).
 * 2 rounds, once a data set.
 */
export function* integerLabels(rt: Runtime, t: Masked): Secure<Masked> {
  return yield* rescale(rt, asShare(rt, t), t.fraction);
}

/**
 * The number of rows whose largest output is the label's, a settled share of one word. Ties go to the lowest index,
 * as argmax does: outputs are compared as y·2^b + (classes − 1 − index), all different.
 * 1 round for the label's output, a comparison with every output, and a product of `classes` bits.
 * Range: differences between outputs below 2^(k − 1 − f − b), b = ⌈log2 classes⌉.
 * @param labels one-hot at scale 0, [rows, classes]
 */
export function* hits(rt: Runtime, outputs: Masked, labels: Masked): Secure<Share> {
  const [rows, classes] = outputs.shape;
  const ranked = rank(rt, outputs);
  const chosen = yield* open(rt, rowDots(rt, ranked, labels), 'label');
  const margins = byClass(rt, ranked, chosen);
  const behind = yield* isNegative(rt, margins);
  rt.free(ranked, chosen, margins);
  const blocks = blocksFor(rows);
  const planes = (bits: Planes): Planes => ({ ptr: bits.ptr, count: classes, blocks });
  const { open: plain, mask } = not(rt, behind);
  const all = yield* and(rt, { open: plain && planes(plain), mask: planes(mask) }, [rows]);
  const count = sumAll(rt, bitShare(rt, all));
  rt.free(all);
  return count;
}

/** y → y·2^b + (classes − 1 − index). */
function rank(rt: Runtime, y: Masked): Masked {
  const [rows, classes] = y.shape;
  const b = Math.ceil(Math.log2(classes));
  const ranked = mapMasked(rt, y, y.shape, (out, x) => rt.ring.shl(out, x, b), 0);
  if (ranked.delta) {
    const bonus = rt.words(classes);
    for (let j = 0; j < classes; j++) rt.ring.fill(at(rt, bonus, j, 1), classes - 1 - j);
    rt.ring.addRow(ranked.delta, ranked.delta, bonus, rows, classes);
    rt.free(bonus);
  }
  return ranked;
}

/** ⟨x⟩, ⟨y⟩ [rows, columns] → [Σ_j x_ij · y_ij], one word a row. */
function rowDots(rt: Runtime, x: Masked, y: Masked): Share {
  const [rows, columns] = x.shape;
  const products = rt.words(rows * columns);
  const share = bilinear(rt, null, [rows], x, y, (out, a, b, into) => {
    rt.ring.mul(products, a, b);
    if (into === Into.subtract) rt.ring.neg(products, products);
    rt.ring.sumColumns(out, products, rows, columns, into === Into.set ? 0 : 1);
  });
  rt.free(products);
  return share;
}

/** chosen_i − y_ij, class by class, each class padded to whole blocks of 128 values (with zeros). */
function byClass(rt: Runtime, y: Masked, chosen: Masked): Masked {
  const [rows, classes] = y.shape;
  const padded = blocksFor(rows) * 128;
  return mapMasked2(rt, y, chosen, [classes, padded], (out, a, b) => {
    const margins = rt.words(rows * classes);
    const turned = rt.words(rows * classes);
    rt.ring.neg(margins, a);
    rt.ring.addColumn(margins, margins, b, rows, classes);
    rt.ring.transpose(turned, margins, rows, classes);
    rt.ring.fill(out, 0);
    for (let j = 0; j < classes; j++) {
      rt.ring.copy(at(rt, out, j * padded, rows), at(rt, turned, j * rows, rows));
    }
    rt.free(margins, turned);
  });
}

const at = (rt: Runtime, words: Words, start: number, length: number): Words => ({
  ptr: words.ptr + start * rt.ring.bytes,
  length,
});
