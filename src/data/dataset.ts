/** The one form in which data reaches a trainer: numbers in rows, with one-hot labels or target numbers. */
import { kindOf } from '../options.js';
import { isTable, pickRows, type Table, type Task } from './table/table.js';

/** A labelled data set, in clear. Both matrices are row-major. */
export interface Dataset {
  /** Inputs, rows × features. */
  readonly x: Float32Array;
  /** One-hot labels, rows × classes; target numbers where the task is `'regress'`, a column each. */
  readonly y: Float32Array;
  /** Number of rows, at least 1. */
  readonly rows: number;
  /** Number of input columns. */
  readonly features: number;
  /** Columns of y: number of classes, or of targets. */
  readonly classes: number;
  /** Names of the columns of x and of y (the classes, or the targets), where the source has them. */
  readonly names?: { readonly features?: readonly string[]; readonly classes?: readonly string[] };
  /** What y says. Left out: classes. */
  readonly task?: Task;
}

/** Throws unless the sizes of `data` fit together. */
export function checkDataset(data: Dataset): void {
  const { x, y, rows, features, classes } = data;
  for (const [name, size] of Object.entries({ rows, features, classes })) {
    if (!Number.isInteger(size) || size < 1)
      throw new RangeError(`data set: ${name} must be a positive integer`);
  }
  if (x.length !== rows * features) {
    throw new RangeError(`data set: x has ${x.length} numbers, expected [${rows},${features}]`);
  }
  if (y.length !== rows * classes) {
    throw new RangeError(`data set: y has ${y.length} numbers, expected [${rows},${classes}]`);
  }
}

/** Throws TypeError unless `data` is a data set, by its two matrices. */
export function checkSets(caller: string, data: Dataset): void {
  if (data?.x instanceof Float32Array && data.y instanceof Float32Array) return;
  throw new TypeError(
    `${caller}: expected a data set { x, y, rows, features, classes }, got ${kindOf(data)}`,
  );
}

/** The rows of several sets of one form, one set's after the other's. */
export function joinSets(sets: readonly Dataset[]): Dataset {
  const joined = (matrix: 'x' | 'y'): Float32Array => {
    const whole = new Float32Array(sets.reduce((sum, set) => sum + set[matrix].length, 0));
    let at = 0;
    for (const set of sets) {
      whole.set(set[matrix], at);
      at += set[matrix].length;
    }
    return whole;
  };
  const rows = sets.reduce((sum, set) => sum + set.rows, 0);
  return { ...sets[0], x: joined('x'), y: joined('y'), rows };
}

/** The rows of a row-major matrix of `width` columns that `indices` names, in that order, as a new matrix. */
export function gatherRows(
  matrix: Float32Array,
  width: number,
  indices: ArrayLike<number>,
  out = new Float32Array(indices.length * width),
): Float32Array {
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i] * width;
    out.set(matrix.subarray(from, from + width), i * width);
  }
  return out;
}

/**
 * The rows of a data set or of a table that `indices` names (0-based), in that order, as one of its own.
 * @throws RangeError when an index lies outside the data or when there is none.
 */
export function selectRows<T extends Dataset | Table>(data: T, indices: ArrayLike<number>): T {
  if (!isTable(data)) checkSets('selectRows', data);
  if (!Array.isArray(indices) && !ArrayBuffer.isView(indices)) {
    throw new TypeError(`selectRows: expected an array of row numbers, got ${kindOf(indices)}`);
  }
  if (indices.length === 0) throw new RangeError('selectRows: no row selected');
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i];
    if (!(Number.isInteger(row) && row >= 0 && row < data.rows)) {
      throw new RangeError(`selectRows: row ${row} is outside 0..${data.rows - 1}`);
    }
  }
  return (isTable(data) ? pickRows(data, indices) : pickSet(data, indices)) as T;
}

const pickSet = (data: Dataset, indices: ArrayLike<number>): Dataset => ({
  ...data,
  x: gatherRows(data.x, data.features, indices),
  y: gatherRows(data.y, data.classes, indices),
  rows: indices.length,
});
