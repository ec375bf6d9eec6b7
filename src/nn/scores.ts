/**
 * The scores of an evaluation on shares (model/scores.ts), over the outputs of all rows at once. What is returned are the sums
 * that are revealed to the model owner, settled; nothing else becomes clear.
 */
import type { LossName } from '../model/losses.js';
import { aucThresholds, type Score, type ScoreName } from '../model/scores.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import type { Masked, Share } from '../party/values.js';
import { minusSelected } from '../protocol/abs-max-min.js';
import { bitShare } from '../protocol/bits.js';
import { isNegative } from '../protocol/compare.js';
import { mapMasked } from '../protocol/linear.js';
import { max } from '../protocol/max.js';
import { mean } from '../protocol/mean.js';
import { bilinear, matrixProduct } from '../protocol/multiply.js';
import { open } from '../protocol/open.js';
import { orderedPairs } from '../protocol/ordered-pairs.js';
import { integerMinus } from '../protocol/public-terms.js';
import { concat } from '../protocol/rearrange.js';
import { minusRow } from '../protocol/rows.js';
import { losses, type WideSum, wideSum } from './loss.js';

/** What scores are taken of. */
export interface Scored {
  readonly loss: LossName;
  /** Of an output that says yes. */
  readonly threshold: number;
  /** What the loss takes, [rows, units]. */
  readonly outputs: Masked;
  /** What the loss keeps of them: of a mean squared error outputs less labels. */
  readonly kept: Masked;
  /** [rows, units] at the working scale. */
  readonly t: Masked;
  /** The same at scale 0, where a score is of classes. */
  readonly labels: Masked | null;
}

/** What is opened of a score, as many numbers each as `openedOfScore` says. */
export const scoreSums = (rt: Runtime, { name }: Score, of: Scored): Secure<readonly Share[]> =>
  programs[name](rt, of);

const programs: Readonly<Record<ScoreName, (rt: Runtime, of: Scored) => Secure<readonly Share[]>>> = {
  *confusionMatrix(rt, { outputs, labels, threshold }) {
    const of = labels as Masked;
    const [rows, classes] = of.shape;
    if (classes > 1) {
      const mark = (yield* max(rt, outputs, { value: false, mark: true })).mark as Masked;
      const product = matrixProduct(rt, 'tn', classes, rows, classes);
      const counts = bilinear(rt, null, [classes, classes], of, mark, product);
      rt.free(mark);
      return [rt.settle(counts)];
    }
    const said = yield* above(rt, outputs, threshold);
    const [actual, predicted] = [noAndYes(rt, of), noAndYes(rt, said)];
    const counts = bilinear(rt, null, [2, 2], actual, predicted, matrixProduct(rt, 'nt', 2, rows, 2));
    rt.free(said, actual, predicted);
    return [rt.settle(counts)];
  },

  *meanAbsoluteError(rt, { kept }) {
    const bit = yield* isNegative(rt, kept);
    const distances = minusSelected(rt, kept, bit, kept, 2);
    rt.free(bit);
    return both(yield* wideSum(rt, distances));
  },

  *r2(rt, { t }) {
    const means = yield* mean(rt, t);
    const deviations = minusRow(rt, t, means);
    const sum = yield* losses.meanSquaredError.total(rt, deviations, t);
    rt.free(means, deviations);
    return both(sum);
  },

  *auc(rt, { loss, outputs, labels }) {
    const of = labels as Masked;
    const [rows, units] = of.shape;
    const thresholds = aucThresholds(loss, units).map((value) => Math.round(value * 2 ** outputs.fraction));
    const compared = mapMasked(rt, outputs, [rows], (out, y) => {
      if (units === 1) rt.ring.copy(out, y);
      else secondLessFirst(rt, out, y, rows);
    });
    const classes = units === 1 ? noAndYes(rt, of) : transposed(rt, of);
    const sums = yield* orderedPairs(rt, compared, classes, thresholds);
    rt.free(compared, classes);
    return [sums];
  },
};

const both = ({ low, high }: WideSum): Share[] => [low, high];

/** ⟨y > threshold⟩ at scale 0, [rows]: a comparison and an opening. */
function* above(rt: Runtime, y: Masked, threshold: number): Secure<Masked> {
  const below = integerMinus(rt, Math.round(threshold * 2 ** y.fraction), y);
  const bit = yield* isNegative(rt, below);
  const share = bitShare(rt, bit);
  rt.free(below, bit);
  return yield* open(rt, share, 'mark');
}

/** ⟨b⟩ at scale 0 → ⟨1 − b⟩, ⟨b⟩ as two rows. */
function noAndYes(rt: Runtime, bits: Masked): Masked {
  const no = integerMinus(rt, 1, bits);
  const rows = concat(rt, [no, bits], [2, bits.size]);
  rt.free(no);
  return rows;
}

const transposed = (rt: Runtime, x: Masked): Masked => {
  const [rows, columns] = x.shape;
  return mapMasked(rt, x, [columns, rows], (out, words) => rt.ring.transpose(out, words, rows, columns));
};

/** The second column less the first. */
function secondLessFirst(
  rt: Runtime,
  out: Parameters<Runtime['part']>[0],
  y: typeof out,
  rows: number,
): void {
  const columns = rt.words(2 * rows);
  rt.ring.transpose(columns, y, rows, 2);
  rt.ring.sub(out, rt.part(columns, rows, rows), rt.part(columns, 0, rows));
  rt.free(columns);
}
