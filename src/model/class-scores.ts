/** What follows of a confusion matrix, in clear. */
import { checkArray, kindOf } from '../options.js';

/** How well one class is told from the others. What has no rows to be a part of is 0. */
export interface ClassScore {
  /** The part of the rows said to be of the class that are. */
  readonly precision: number;
  /** The part of the rows of the class that are said to be. */
  readonly recall: number;
  /** Their harmonic mean. */
  readonly f1: number;
  /** Rows of the class. */
  readonly rows: number;
}

const part = (of: number, whole: number): number => (whole === 0 ? 0 : of / whole);

/**
 * Precision, recall and F₁ of each class, from what `evaluate` returns as `confusionMatrix`: [actual][predicted], counts of rows.
 * Nothing is sent.
 * @throws TypeError for what is no matrix, RangeError for one that is not square or not of integers from 0
 */
export function classScores(confusionMatrix: readonly (readonly number[])[]): ClassScore[] {
  checkArray('classScores: confusionMatrix', confusionMatrix);
  const classes = confusionMatrix.length;
  for (const [i, row] of confusionMatrix.entries()) {
    if (!Array.isArray(row))
      throw new TypeError(`classScores: row ${i} must be an array, got ${kindOf(row)}`);
    if (row.length !== classes || !row.every((count) => Number.isSafeInteger(count) && count >= 0)) {
      throw new RangeError(`classScores: row ${i} must have ${classes} counts, integers from 0`);
    }
  }
  return confusionMatrix.map((row, j) => {
    const rows = row.reduce((sum, count) => sum + count, 0);
    const said = confusionMatrix.reduce((sum, of) => sum + of[j], 0);
    return {
      precision: part(row[j], said),
      recall: part(row[j], rows),
      f1: part(2 * row[j], rows + said),
      rows,
    };
  });
}
