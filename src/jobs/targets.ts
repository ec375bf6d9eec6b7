/** Targets that are numbers: scaled for a training like its columns, told in their own units. */
import type { ColumnStatistics } from '../data/scale.js';
import type { Sequential } from '../session/sequential.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';

/** How well numbers are told, on the test rows. */
export interface RegressionScores {
  /** 1 − mean squared error / variance of the training targets, the mean over the targets: 1 is perfect, 0 is their mean. */
  readonly r2: number;
  /** The mean absolute error of each target, in its own units. */
  readonly mae: readonly number[];
}

/** R² by a mean squared error of targets that were scaled to deviation 1. */
export const r2Of = (loss: number): number => 1 - loss;

/** @throws RangeError for a target that is the same in all training rows */
export function refuseConstant({ deviation }: ColumnStatistics, names: readonly string[] = []): void {
  const at = deviation.indexOf(0);
  if (at < 0) return;
  throw new RangeError(`the target ${names[at] ?? at} does not vary in the training rows: nothing to learn`);
}

/**
 * The scores of a trained model on the test rows, to the model owner alone: a mean over all rows for each target; null where
 * the owner or the targets' deviations are not here.
 */
export async function regressionScores(
  model: Sequential,
  [x, y]: readonly [SecureTensor, SecureTensor],
  loss: number | undefined,
  targets: ColumnStatistics | null,
): Promise<RegressionScores | null> {
  const outputs = model.predict(x);
  const apart = outputs.sub(y);
  const distances = apart.abs();
  const means = distances.mean(0);
  const opened = await means.reveal({ label: 'evaluate: absolute error' });
  for (const tensor of [outputs, apart, distances, means]) tensor.dispose();
  if (!opened || !targets || loss === undefined) return null;
  return { r2: r2Of(loss), mae: Array.from(opened, (mean, j) => mean * unit(targets, j)) };
}

/** The same of outputs in clear, row-major like `y`. */
export function plainScores(
  outputs: Float32Array,
  y: Float32Array,
  loss: number,
  targets: ColumnStatistics,
): RegressionScores {
  const columns = targets.mean.length;
  const sums = new Float64Array(columns);
  for (let i = 0; i < y.length; i++) sums[i % columns] += Math.abs(outputs[i] - y[i]);
  const rows = y.length / columns;
  return { r2: r2Of(loss), mae: Array.from(sums, (sum, j) => (sum / rows) * unit(targets, j)) };
}

/** A row's outputs in the targets' own units. */
export const inUnits = (outputs: readonly number[], targets: ColumnStatistics): number[] =>
  outputs.map((value, j) => value * unit(targets, j) + targets.mean[j]);

/** What one unit of a scaled target is; a constant one was not scaled. */
const unit = ({ deviation }: ColumnStatistics, column: number): number => deviation[column] || 1;
