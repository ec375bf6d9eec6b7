/**
 * beaverdam/data: an owner's rows, in clear, made ready to be shared: a reader of tables, of IDX files, labels, splits,
 * scaling, and the data sets Wine and Fashion-MNIST, which come with the package.
 *
 *     const table = await readTable('patients.csv', { target: 'outcome', missing: 'median' });
 *     const { train, test } = splitRows(table, { test: 0.2, stratify: true });
 *     const shape = tableShape(train);
 *     const [trainSet, testSet] = [toDataset(train, shape), toDataset(test, shape)];
 */

export { type Dataset, selectRows } from './dataset.js';
export { divideColumns, divideRows } from './divide.js';
export { type FashionMnistOptions, loadFashionMnist } from './fashion-mnist.js';
export { type IdxArray, readIdx } from './idx.js';
export { alignRows, orderByKey } from './keys.js';
export { oneHot } from './one-hot.js';
export { type ColumnStatistics, columnStatistics, standardise } from './scale.js';
export { foldSplit, type Split, type SplitRowsOptions, splitRows } from './split.js';
export { filledShape, inputNames, missingInputs, toDataset, toInputs } from './table/apply.js';
export type { ColumnKind } from './table/cells.js';
export type { ReadTableOptions } from './table/options.js';
export { readTable } from './table/read.js';
export {
  type CategoryShape,
  type NumberShape,
  type TableShape,
  type TargetShape,
  tableShape,
} from './table/shape.js';
export type { PieceStream, TableSource } from './table/source.js';
export type { CategoryColumn, MissingRule, NumberColumn, Table, TableColumn, Task } from './table/table.js';
export { loadWine } from './wine.js';
