/** Metrics on shares: only their sums over a whole epoch are revealed, to the model owner. */
import type { MetricName } from '../model/metrics.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, MaskedBit, Share } from '../party/values.js';
import { and } from '../protocol/and.js';
import { countedBits, exclusiveOr, paddedLength, paddedRows, rowsOfBits } from '../protocol/bit-rows.js';
import { bitShare } from '../protocol/bits.js';
import { isNegative } from '../protocol/compare.js';
import { asShare, mapMasked, mapMasked2, neg } from '../protocol/linear.js';
import { open } from '../protocol/open.js';
import { increase, increaseColumns, integerMinus } from '../protocol/public-terms.js';
import { not } from '../protocol/relu.js';
import { rowDots } from '../protocol/rows.js';
import { sumAll } from '../protocol/sums.js';
import { rescale } from '../protocol/truncate.js';

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
  const most = ranked.bound + Math.ceil(Math.log2(outputs.shape[1]));
  const chosen = yield* open(rt, rowDots(rt, ranked, labels), 'label', most);
  const margins = byClass(rt, ranked, chosen);
  const behind = yield* isNegative(rt, margins);
  rt.free(ranked, chosen, margins);
  return behind;
}

/** ⟨1⟩ for rows whose label is ahead of every class: a product of `units` bits. Consumes the bits. */
const noneBehind = (rt: Runtime, behind: MaskedBit, rows: number, units: number): Secure<MaskedBit> =>
  and(rt, rowsOfBits(not(rt, behind), units), [rows]);

/** ⟨1⟩ for rows whose label is behind fewer than k classes: 1 round and a comparison. Consumes the bits. */
function* fewBehind(
  rt: Runtime,
  behind: MaskedBit,
  rows: number,
  units: number,
  k: number,
): Secure<MaskedBit> {
  const count = yield* open(rt, countedBits(rt, behind, units, rows), 'rank');
  increase(rt, count, -k);
  const few = yield* isNegative(rt, count);
  rt.free(count);
  return few;
}

/** Outputs on the same side of the threshold as their label of ½: a comparison. */
function* sameSide(rt: Runtime, outputs: Masked, labels: Masked, threshold: number): Secure<Share> {
  // [threshold − y < 0] is y > threshold; a label is 0 or 1, so [−t < 0] is t = 1
  const below = integerMinus(rt, Math.round(threshold * 2 ** outputs.fraction), outputs);
  const label = neg(rt, labels);
  const both = paddedRows(rt, [below, label]);
  const bits = yield* isNegative(rt, both);
  const bit = not(rt, exclusiveOr(rt, rowsOfBits(bits, 2), outputs.shape));
  const count = sumAll(rt, bitShare(rt, bit));
  rt.free(below, label, both, bits, bit);
  return count;
}

/** y → y·2^b + (units − 1 − index). */
function rank(rt: Runtime, y: Masked): Masked {
  const units = y.shape[1];
  const b = Math.ceil(Math.log2(units));
  const ranked = mapMasked(rt, y, y.shape, (out, x) => rt.ring.shl(out, x, b), 0, y.bound + b);
  increaseColumns(
    rt,
    ranked,
    Array.from({ length: units }, (_, j) => BigInt(units - 1 - j)),
  );
  return ranked;
}

/** chosen_i − y_ij, class by class, each class padded to whole blocks of 128 values (with zeros). */
function byClass(rt: Runtime, y: Masked, chosen: Masked): Masked {
  const [rows, units] = y.shape;
  const padded = paddedLength(rows);
  const bound = Math.max(y.bound, chosen.bound) + 1;
  return mapMasked2(
    rt,
    y,
    chosen,
    [units, padded],
    (out, a, b) => {
      const margins = rt.words(rows * units);
      const turned = rt.words(rows * units);
      rt.ring.neg(margins, a);
      rt.ring.addColumn(margins, margins, b, rows, units);
      rt.ring.transpose(turned, margins, rows, units);
      rt.ring.fill(out, 0);
      for (let j = 0; j < units; j++) {
        rt.ring.copy(rt.part(out, j * padded, rows), rt.part(turned, j * rows, rows));
      }
      rt.free(margins, turned);
    },
    y.fraction,
    bound,
  );
}
