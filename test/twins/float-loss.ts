/** Losses in double precision, from the formulas of model/losses.ts: the reference for numeric gradients. */
import type { LossName } from '../../src/model/losses.js';

/** The loss of one row from what the loss takes (outputs or logits) and its labels. */
export type RowLoss = (y: readonly number[], t: readonly number[]) => number;

const sum = (x: readonly number[]): number => x.reduce((total, value) => total + value, 0);

/** The mean over a row's units of f(y, t). */
const meanOf =
  (f: (y: number, t: number) => number): RowLoss =>
  (y, t) =>
    sum(y.map((value, j) => f(value, t[j]))) / y.length;

/** Every loss; the cross-entropies take logits. */
export const rowLosses: Readonly<Record<LossName, RowLoss>> = {
  meanSquaredError: meanOf((y, t) => (y - t) ** 2),
  softmaxCrossEntropy(z, t) {
    const largest = Math.max(...z);
    const logarithm = largest + Math.log(sum(z.map((x) => Math.exp(x - largest))));
    return -sum(z.map((x, j) => t[j] * (x - logarithm)));
  },
  sigmoidCrossEntropy: meanOf((z, t) => Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z)))),
  hinge: meanOf((y, t) => Math.max(0, 1 - (2 * t - 1) * y)),
};

/** The cross-entropies of probabilities: of models that end with the activation that the loss contains. */
export const headLosses = {
  softmax: ((p, t) => -sum(p.map((x, j) => t[j] * Math.log(x)))) as RowLoss,
  sigmoid: meanOf((p, t) => -t * Math.log(p) - (1 - t) * Math.log(1 - p)),
};

/** The mean of a loss over the rows. */
export const meanLoss = (loss: RowLoss, y: readonly number[][], t: readonly number[][]): number =>
  sum(y.map((row, r) => loss(row, t[r]))) / y.length;
