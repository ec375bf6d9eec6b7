/** Splitting rows into a training and a test part. */
import { checkBoolean, checkInteger, checkNumber, checkOptions } from '../options.js';
import { checkSets, type Dataset, selectRows } from './dataset.js';
import { type PublicRandom, publicRandom, purposes } from './random.js';
import { isTable, type Table } from './table/table.js';

/** Rows for training and rows for tests. */
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

/** What `splitRows` takes. */
export interface SplitRowsOptions {
  /** Part of the rows that is for tests, between 0 and 1. Default 0.2. */
  test?: number;
  /** Public seed of the choice. Default 0. */
  seed?: number;
  /** True to take the same part of each class, as nearly as whole rows allow. Default false. */
  stratify?: boolean;
}

/**
 * A training and a test part of a data set or a table, chosen at random by a public seed; each keeps the order of its rows. Of
 * `test` × rows, rounded, and one at the least. With `stratify` each class keeps at least one row for training, so a class
 * with a single row has none to test.
 * @throws RangeError for a part outside 0 … 1, fewer than two rows, or `stratify` where there are no classes
 */
export function splitRows<T extends Dataset | Table>(
  data: T,
  options: SplitRowsOptions = {},
): { train: T; test: T } {
  if (!isTable(data)) checkSets('splitRows', data);
  checkOptions('splitRows', options, ['test', 'seed', 'stratify']);
  const { test = 0.2, seed = 0, stratify = false } = options;
  checkNumber('splitRows: test', test);
  if (!(test > 0 && test < 1)) throw new RangeError('splitRows: test must be between 0 and 1');
  checkInteger('splitRows: seed', seed, 0);
  checkBoolean('splitRows: stratify', stratify);
  const { rows } = data;
  if (rows < 2) throw new RangeError('splitRows: a single row cannot be split');
  const random = publicRandom(seed, purposes.split);
  const groups = stratify ? classGroups(classesOf(data)) : [Array.from({ length: rows }, (_, i) => i)];
  const most = groups.reduce((sum, group) => sum + group.length - 1, 0);
  if (most === 0) throw new RangeError('splitRows: each class has a single row, so none is left for tests');
  const wanted = Math.min(Math.max(1, Math.round(test * rows)), most);
  const chosen = new Uint8Array(rows);
  shareOut(groups, wanted, test).forEach((count, g) => {
    for (const row of draw(groups[g], count, random)) chosen[row] = 1;
  });
  const part = (of: 0 | 1): T =>
    selectRows(
      data,
      Uint32Array.from({ length: rows }, (_, i) => i).filter((i) => chosen[i] === of),
    );
  return { train: part(0), test: part(1) };
}

/** How many rows of each group, `wanted` in all, all but one of each at the most: whole parts first, then the largest rests. */
function shareOut(groups: readonly (readonly number[])[], wanted: number, part: number): number[] {
  const counts = groups.map((group) => Math.min(Math.floor(group.length * part), group.length - 1));
  const rest = (g: number): number =>
    counts[g] < groups[g].length - 1 ? groups[g].length * part - counts[g] : Number.NEGATIVE_INFINITY;
  for (let left = wanted - counts.reduce((a, b) => a + b, 0); left > 0; left--) {
    let largest = 0;
    for (let g = 1; g < groups.length; g++) if (rest(g) > rest(largest)) largest = g;
    counts[largest]++;
  }
  return counts;
}

const draw = (group: readonly number[], count: number, random: PublicRandom): number[] =>
  Array.from(random.permutation(group.length).subarray(0, count), (i) => group[i]);

/** Rows by class, classes in the order of their first row. */
function classGroups(classes: readonly number[]): number[][] {
  const groups = new Map<number, number[]>();
  classes.forEach((of, row) => {
    const group = groups.get(of);
    if (group) group.push(row);
    else groups.set(of, [row]);
  });
  return [...groups.values()];
}

/** Each row's class, as a number. */
function classesOf(data: Dataset | Table): number[] {
  if (data.task === 'regress' || data.task === null) {
    throw new RangeError('splitRows: stratify needs classes, and the data has none');
  }
  if (isTable(data)) {
    const [target] = data.targets;
    return target.kind === 'category' ? [...target.codes] : [...target.values];
  }
  const { y, rows, classes } = data;
  return Array.from({ length: rows }, (_, row) => {
    const own = y.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own));
  });
}
