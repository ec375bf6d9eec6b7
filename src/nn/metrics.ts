/** Metrics on shares: only their sums over a whole epoch are revealed, to the model owner. */
import { blocksFor, type Planes, type Words } from '../../bindings/memory.js';
import type { MetricName } from '../model/metrics.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, MaskedBit, Share } from '../party/values.js';
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
 * Labels ⟨t⟩ at the working scale → at `fraction` bits; exactly where the truncated bits are zero, as those of one-hot
 * labels are (no coin falls). 2 rounds, once a data set.
 */
export function* roundedLabels(rt: Runtime, t: Masked, fraction: number): Secure<Masked> {
  return yield* rescale(rt, asShare(rt, t), t.fraction - fraction);
}

/**
 * What a metric counts over all rows, a settled share of one word at scale 0.
 * @param labels one-hot (binaryAccuracy: 0 or 1) at scale 0, [rows, units]
 * @param threshold of an output that says yes
 */
export function* countHits(
  rt: Runtime,
  metric: MetricName,
  outputs: Masked,
  labels: Masked,
  threshold: number,
): Secure<Share> {
  const [rows, units] = outputs.shape;
  if (metric === 'binaryAccuracy' || (metric === 'accuracy' && units === 1)) {
    return yield* sameSide(rt, outputs, labels, threshold);
  }
  const behind = yield* behindLabel(rt, outputs, labels);
  const bit =
    metric === 'accuracy'
      ? yield* noneBehind(rt, behind, rows, units)
      : yield* fewBehind(rt, behind, rows, units, metric.topK);
  const count = sumAll(rt, bitShare(rt, bit));
  rt.free(bit);
  return count;
}

/**
 * [label's output − output j < 0] for every class j and row, class by class, each class padded to whole blocks of
 * 128 values. Ties go to the lowest index, as argmax has it: outputs are compared as y·2^b + (units − 1 − j), all
 * different. 1 round and a comparison. Range: differences of outputs below 2^(k − 1 − f − b), b = ⌈log2 units⌉.
 */
function* behindLabel(rt: Runtime, outputs: Masked, labels: Masked): Secure<MaskedBit> {
  const ranked = rank(rt, outputs);
  const chosen = yield* open(rt, rowDots(rt, ranked, labels), 'label');
  const margins = byClass(rt, ranked, chosen);
  const behind = yield* isNegative(rt, margins);
  rt.free(ranked, chosen, margins);
  return behind;
}

/** ⟨1⟩ for rows whose label is ahead of every class: a product of `units` bits. Consumes the bits. */
function* noneBehind(rt: Runtime, behind: MaskedBit, rows: number, units: number): Secure<MaskedBit> {
  const blocks = blocksFor(rows);
  const planes = (bits: Planes): Planes => ({ ptr: bits.ptr, count: units, blocks });
  const { open: plain, mask } = not(rt, behind);
  return yield* and(rt, { open: plain && planes(plain), mask: planes(mask) }, [rows]);
}

/** ⟨1⟩ for rows whose label is behind fewer than k classes: 1 round and a comparison. Consumes the bits. */
function* fewBehind(
  rt: Runtime,
  behind: MaskedBit,
  rows: number,
  units: number,
  k: number,
): Secure<MaskedBit> {
  const padded = blocksFor(rows) * 128;
  const bits = bitShare(rt, behind);
  rt.free(behind);
  let counts: Words | null = null;
  if (bits.words) {
    const all = rt.words(padded);
    rt.ring.sumRows(all, bits.words, units, padded, 0);
    counts = rt.words(rows);
    rt.ring.copy(counts, { ptr: all.ptr, length: rows });
    rt.free(all, bits);
  }
  const count = yield* open(rt, new Share(counts, [rows], 0, bits.settled), 'rank');
  if (count.delta) rt.ring.addConst(count.delta, count.delta, -k);
  const few = yield* isNegative(rt, count);
  rt.free(count);
  return few;
}

/** Outputs on the same side of the threshold as their label of ½: a comparison. */
function* sameSide(rt: Runtime, outputs: Masked, labels: Masked, threshold: number): Secure<Share> {
  // [threshold − y < 0] is y > threshold; a label is 0 or 1, so [−t < 0] is t = 1
  const below = mapMasked(rt, outputs, outputs.shape, (out, y) => rt.ring.neg(out, y));
  if (below.delta) rt.ring.addConst(below.delta, below.delta, Math.round(threshold * 2 ** outputs.fraction));
  const label = mapMasked(rt, labels, labels.shape, (out, t) => rt.ring.neg(out, t));
  const both = joined(rt, below, label);
  const bits = yield* isNegative(rt, both);
  const blocks = blocksFor(outputs.size);
  const split = (planes: Planes, half: number): Planes => ({
    ptr: planes.ptr + half * blocks * 16,
    count: 1,
    blocks,
  });
  const same = (planes: Planes): Planes => {
    const out = rt.planes(1, blocks);
    rt.ring.xor(out, split(planes, 0), split(planes, 1));
    return out;
  };
  const bit = not(rt, new MaskedBit(bits.open && same(bits.open), same(bits.mask), outputs.shape));
  const count = sumAll(rt, bitShare(rt, bit));
  rt.free(below, label, both, bits, bit);
  return count;
}

/** Two values of one size, each padded to whole blocks of 128, as one. */
function joined(rt: Runtime, x: Masked, y: Masked): Masked {
  const padded = blocksFor(x.size) * 128;
  const join = (a: Words, b: Words): Words => {
    const out = rt.zeros(2 * padded);
    rt.ring.copy(at(rt, out, 0, a.length), a);
    rt.ring.copy(at(rt, out, padded, b.length), b);
    return out;
  };
  return new Masked(x.delta && y.delta && join(x.delta, y.delta), join(x.mask, y.mask), [2, padded], 0);
}

/** y → y·2^b + (units − 1 − index). */
function rank(rt: Runtime, y: Masked): Masked {
  const [rows, units] = y.shape;
  const b = Math.ceil(Math.log2(units));
  const ranked = mapMasked(rt, y, y.shape, (out, x) => rt.ring.shl(out, x, b), 0);
  if (ranked.delta) {
    const bonus = rt.words(units);
    for (let j = 0; j < units; j++) rt.ring.fill(at(rt, bonus, j, 1), units - 1 - j);
    rt.ring.addRow(ranked.delta, ranked.delta, bonus, rows, units);
    rt.free(bonus);
  }
  return ranked;
}

/** ⟨x⟩, ⟨y⟩ [rows, columns] → [Σ_j x_ij · y_ij], one word a row. */
export function rowDots(rt: Runtime, x: Masked, y: Masked): Share {
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
  const [rows, units] = y.shape;
  const padded = blocksFor(rows) * 128;
  return mapMasked2(rt, y, chosen, [units, padded], (out, a, b) => {
    const margins = rt.words(rows * units);
    const turned = rt.words(rows * units);
    rt.ring.neg(margins, a);
    rt.ring.addColumn(margins, margins, b, rows, units);
    rt.ring.transpose(turned, margins, rows, units);
    rt.ring.fill(out, 0);
    for (let j = 0; j < units; j++) {
      rt.ring.copy(at(rt, out, j * padded, rows), at(rt, turned, j * rows, rows));
    }
    rt.free(margins, turned);
  });
}

const at = (rt: Runtime, words: Words, start: number, length: number): Words => ({
  ptr: words.ptr + start * rt.ring.bytes,
  length,
});
