/** What the outputs of a table's model say of its rows: classes by their names, numbers in their own units. */
import type { Dataset } from '../data/dataset.js';
import { columnStatistics, standardise } from '../data/scale.js';
import type { Table } from '../data/table/table.js';
import { csv } from '../jobs/csv.js';
import { largest } from '../jobs/predictions.js';
import { inUnits, plainScores } from '../jobs/targets.js';
import type { TableModel } from './table-model.js';

/** Of one row; `row` counts from 1, `line` is that of the file. */
export type Answer =
  | { readonly row: number; readonly line: number; readonly class: string; readonly outputs: number[] }
  | { readonly row: number; readonly line: number; readonly values: number[] };

/** How right they are, on rows that have targets. */
export type Scores = { readonly accuracy: number } | { readonly r2: number; readonly mae: readonly number[] };

/** Digits that fixed point gives to a number. */
const DIGITS = 7;
export const rounded = (value: number): number => Number(value.toFixed(6));

/** @param outputs [rows, outputs], row-major */
export function answersOf({ shape, targets }: TableModel, { lines }: Table, outputs: Float64Array): Answer[] {
  const units = outputs.length / lines.length;
  const { target } = shape;
  return Array.from(lines, (line, i) => {
    const own = Array.from(outputs.subarray(i * units, (i + 1) * units));
    const place = { row: i + 1, line };
    if (target.task === 'classify' || !targets) {
      const names = target.task === 'classify' ? target.classes : [];
      return { ...place, class: names[largest(own)], outputs: own.map(rounded) };
    }
    const values = inUnits(own, targets);
    return { ...place, values: values.map((value) => Number(value.toPrecision(DIGITS))) };
  });
}

/** A line a row, and the line of the file that each comes from first. */
export function csvOf({ shape: { target } }: TableModel, answers: readonly Answer[]): string {
  const named =
    target.task === 'classify'
      ? [target.name, ...target.classes.map((name) => `output ${name}`)]
      : [...target.names];
  const lines = answers.map((answer) => [
    String(answer.line),
    ...('class' in answer ? [answer.class, ...answer.outputs.map(String)] : answer.values.map(String)),
  ]);
  return csv([['line', ...named], ...lines]);
}

/** The part of rows of which the largest output is that of their class. */
export function accuracyOf(outputs: Float64Array, { y, classes, rows }: Dataset): number {
  const of = (values: Float64Array | Float32Array, row: number) =>
    largest(values.subarray(row * classes, (row + 1) * classes));
  const right = Array.from({ length: rows }, (_, row) => row).filter(
    (row) => of(outputs, row) === of(y, row),
  );
  return right.length / rows;
}

/** Computed by who asks, in clear, from what it has learned and its own targets. */
export function scoresOf({ targets }: TableModel, outputs: Float64Array, set: Dataset): Scores {
  if (!targets) return { accuracy: accuracyOf(outputs, set) };
  const { y } = set;
  const wanted = standardise(y, targets);
  const squares = outputs.reduce((sum, value, i) => sum + (value - wanted[i]) ** 2, 0);
  const { mae } = plainScores(Float32Array.from(outputs), wanted, squares / wanted.length, targets);
  const { deviation } = columnStatistics(wanted, targets.mean.length);
  const spread = (wanted.length / deviation.length) * deviation.reduce((sum, own) => sum + own ** 2, 0);
  return { r2: spread > 0 ? 1 - squares / spread : Number.NaN, mae };
}
