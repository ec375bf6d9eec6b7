/** Splitting rows into a training and a test part. */
import { checkInteger, checkNumber } from '../options.js';

export interface Split {
  /** Indices of the training rows, ascending. */
  readonly train: Uint32Array;
  /** Indices of the test rows, ascending. */
  readonly test: Uint32Array;
}

/**
 * Fold `k` of a cross-validation: row i is a test row when i mod folds = k. On rows sorted by class every fold
 * has its share of each class.
 * @param rows number of rows, at least `folds`
 * @param k 0..folds − 1
 * @param folds at least 2
 */
export function foldSplit(rows: number, k: number, folds = 5): Split {
  checkInteger('foldSplit: folds', folds, 2);
  for (const [name, value] of Object.entries({ rows, k })) checkNumber(`foldSplit: ${name}`, value);
  if (!Number.isInteger(k) || k < 0 || k >= folds)
    throw new RangeError(`foldSplit: k must be in 0..${folds - 1}`);
  if (!Number.isInteger(rows) || rows < folds)
    throw new RangeError(`foldSplit: ${folds} folds need as many rows`);
  const all = Uint32Array.from({ length: rows }, (_, i) => i);
  return { train: all.filter((i) => i % folds !== k), test: all.filter((i) => i % folds === k) };
}
