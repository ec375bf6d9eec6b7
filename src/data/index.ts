/**
 * beaverdam/data: an owner's rows, in clear, made ready to be shared: readers of CSV and IDX files, labels, folds,
 * scaling, and the data sets Wine and Fashion-MNIST, which come with the package.
 *
 *     const { rows, columns, count } = readCsv(text, { label: 'cultivar' });
 *     const scaled = standardise(rows, columnStatistics(rows, columns.length));
 *     const { train, test } = foldSplit(count, 0);
 */

export { type CsvOptions, type CsvTable, readCsv } from './csv.js';
export { type Dataset, selectRows } from './dataset.js';
export { type FashionMnistOptions, loadFashionMnist } from './fashion-mnist.js';
export { type IdxArray, readIdx } from './idx.js';
export { oneHot } from './one-hot.js';
export { type ColumnStatistics, columnStatistics, standardise } from './scale.js';
export { foldSplit, type Split } from './split.js';
export { loadWine } from './wine.js';
