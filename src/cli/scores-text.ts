/** Metrics as lines for people: the confusion matrix as a table, with precision and recall. */
import type { JobScores } from '../jobs/metrics.js';
import { classScores } from '../model/class-scores.js';
import { count, percent, table } from '../report/format.js';

const digits = (value: number): string => (Number.isNaN(value) ? 'none' : value.toFixed(4));

/** @param classes their names */
export function scoresText(
  { confusionMatrix, meanAbsoluteError, r2, auc, aucError }: JobScores,
  classes: readonly string[],
): string[] {
  const lines: string[] = [];
  if (confusionMatrix) lines.push(...matrixText(confusionMatrix, classes));
  if (auc !== undefined) {
    const about = aucError ? ` ± ${digits(aucError)}` : '';
    lines.push(`area under the curve ${digits(auc)}${about}`);
  }
  if (r2 !== undefined) lines.push(`R² against the mean of these rows ${digits(r2)}`);
  if (meanAbsoluteError !== undefined)
    lines.push(`mean absolute error of outputs as the loss takes them ${digits(meanAbsoluteError)}`);
  return lines;
}

function matrixText(matrix: readonly (readonly number[])[], classes: readonly string[]): string[] {
  const scores = classScores(matrix);
  const names = matrix.map((_, i) => classes[i] ?? String(i));
  return table([
    ['rows of, told as', ...names, 'recall'],
    ...matrix.map((row, i) => [names[i], ...row.map(count), percent(scores[i].recall)]),
    ['precision', ...scores.map(({ precision }) => percent(precision)), ''],
  ]);
}
