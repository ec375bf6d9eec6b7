/** Standardisation: every input column to mean 0 and deviation 1, with statistics from the training rows. */
import { checkArray, checkInteger, checkOptions, kindOf } from '../options.js';

/** Mean and population standard deviation of each column. */
export interface ColumnStatistics {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/**
 * Statistics of a row-major [rows, columns] matrix; the deviation divides by the number of rows (not by one less).
 * @param missing columns, from 0, in which a cell may be missing, NaN: the column is taken to have its mean there, that of the cells
 *   which are not missing; where all are, mean and deviation are 0
 * @param medians columns that are scaled about their median, the lower one of an even number of cells, in place of the mean: `mean` has it there, and
 *   `deviation` is about it
 * @throws RangeError when there is no row or the size is not a multiple of `columns`.
 */
export function columnStatistics(
  x: Float32Array | Float64Array,
  columns: number,
  missing: readonly number[] = [],
  medians: readonly number[] = [],
): ColumnStatistics {
  const rows = rowCount('columnStatistics', x, columns);
  if (rows === 0) throw new RangeError('columnStatistics: no rows');
  checkColumns('columnStatistics: missing', missing, columns);
  checkColumns('columnStatistics: medians', medians, columns);
  const mean = new Float64Array(columns);
  const deviation = new Float64Array(columns);
  for (let c = 0; c < columns; c++) {
    const lacks = missing.includes(c);
    let first = c;
    let there = rows;
    if (lacks) {
      there = 0;
      for (let i = x.length - columns + c; i >= 0; i -= columns) {
        if (Number.isNaN(x[i])) continue;
        first = i;
        there++;
      }
      if (there === 0) continue;
    }
    // differences from the first cell: those of a constant column are exactly 0
    let sum = 0;
    for (let i = c; i < x.length; i += columns) {
      if (!(lacks && Number.isNaN(x[i]))) sum += (x[i] - x[first]) / there;
    }
    mean[c] = medians.includes(c) ? lowerMedian(x, columns, c) : sum + x[first];
    for (let i = c; i < x.length; i += columns) {
      if (!(lacks && Number.isNaN(x[i]))) deviation[c] += (x[i] - mean[c]) ** 2 / rows;
    }
  }
  return { mean, deviation: deviations(deviation, mean) };
}

/** Below this part of the mean a deviation is what roundings have left of 0. */
const ROUNDING = 2 ** -48;

/** Deviations of variances; 0 where a column was constant, but for the rounding of its mean. */
export const deviations = (variances: Float64Array, means: Float64Array): Float64Array =>
  variances.map((variance, column) => {
    const deviation = Math.sqrt(variance);
    return deviation > Math.abs(means[column]) * ROUNDING ? deviation : 0;
  });

/**
 * (x − mean) / deviation for each column; a column that was constant becomes x − mean.
 * @param missing columns, from 0, in which a cell may be missing, NaN: it becomes 0, as the column's mean does
 */
export function standardise(
  x: Float32Array | Float64Array,
  statistics: ColumnStatistics,
  missing: readonly number[] = [],
): Float32Array {
  checkOptions('standardise: statistics', statistics, ['mean', 'deviation']);
  const { mean, deviation } = statistics;
  for (const [name, values] of Object.entries({ mean, deviation })) {
    if (Array.isArray(values) || ArrayBuffer.isView(values)) continue;
    throw new TypeError(`standardise: ${name} must be an array, got ${kindOf(values)}`);
  }
  const columns = mean.length;
  if (deviation.length !== columns) {
    throw new RangeError(`standardise: ${columns} means, but ${deviation.length} deviations`);
  }
  rowCount('standardise', x, columns);
  const scale = deviation.map((d) => (d > 0 ? 1 / d : 1));
  checkColumns('standardise: missing', missing, columns);
  const scaled = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) scaled[i] = (x[i] - mean[i % columns]) * scale[i % columns];
  for (const column of missing) {
    for (let i = column; i < x.length; i += columns) if (Number.isNaN(x[i])) scaled[i] = 0;
  }
  return scaled;
}

/** Of the cells that are not missing, of which there is one. */
function lowerMedian(x: Float32Array | Float64Array, columns: number, column: number): number {
  const cells = x.filter((cell, i) => i % columns === column && !Number.isNaN(cell)).sort();
  return cells[(cells.length - 1) >> 1];
}

function checkColumns(name: string, chosen: readonly number[], columns: number): void {
  checkArray(name, chosen);
  for (const column of chosen) checkInteger(`${name}: a column`, column, 0, columns - 1);
}

function rowCount(caller: string, x: ArrayLike<number>, columns: number): number {
  if (!Array.isArray(x) && !ArrayBuffer.isView(x)) {
    throw new TypeError(`${caller}: expected an array of numbers, got ${kindOf(x)}`);
  }
  checkInteger(`${caller}: columns`, columns, 1);
  if (x.length % columns !== 0) {
    throw new RangeError(`${caller}: ${x.length} numbers are no whole rows of ${columns} columns`);
  }
  return x.length / columns;
}
