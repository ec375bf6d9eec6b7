import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkDataset, type Dataset, selectRows } from '../../src/data/dataset.js';
import { classNames, oneHot } from '../../src/data/one-hot.js';
import { columnStatistics, standardise } from '../../src/data/scale.js';
import { foldSplit } from '../../src/data/split.js';

test('every row is a test row in exactly one fold', () => {
  const seen = new Uint8Array(178);
  for (let k = 0; k < 5; k++) {
    const { train, test } = foldSplit(178, k);
    assert.is(train.length + test.length, 178);
    assert.is(test.length, k < 3 ? 36 : 35);
    assert.ok(test.every((row) => row % 5 === k && !train.includes(row)));
    for (const row of test) seen[row]++;
  }
  assert.ok(seen.every((count) => count === 1));
  for (const [rows, k, folds] of [
    [10, 5, 5],
    [10, -1, 5],
    [4, 0, 5],
    [10, 0, 1],
    [10, 0.5, 2],
  ]) {
    assert.throws(
      () => foldSplit(rows, k, folds),
      (error: Error) => error instanceof RangeError,
    );
  }
});

test('standardised columns have mean 0 and population deviation 1', () => {
  const x = Float64Array.of(1, 10, 7, 2, 30, 7, 6, 50, 7);
  const statistics = columnStatistics(x, 3);
  assert.equal(
    [...statistics.mean].map((m) => m.toFixed(12)),
    ['3.000000000000', '30.000000000000', '7.000000000000'],
  );
  assert.ok(Math.abs(statistics.deviation[0] - Math.sqrt(14 / 3)) < 1e-12);
  const z = columnStatistics(standardise(x, statistics), 3);
  for (const column of [0, 1]) {
    assert.ok(Math.abs(z.mean[column]) < 1e-6);
    assert.ok(Math.abs(z.deviation[column] - 1) < 1e-6);
  }
});

test('a constant column becomes 0 and unseen rows use the statistics given', () => {
  const statistics = columnStatistics(Float32Array.of(7, 0, 7, 4), 2);
  assert.equal([...standardise(Float32Array.of(7, 2, 9, 6), statistics)], [0, 0, 2, 2]);
  for (const value of [7, 0.1, 100, 1e9, 1 / 3]) {
    const constant = new Float32Array(80).fill(value);
    const own = columnStatistics(constant, 1);
    assert.equal([...own.deviation], [0], `${value}`);
    assert.equal([...standardise(constant, own)], [...new Float32Array(80)], `${value}`);
  }
  assert.throws(() => columnStatistics(new Float32Array(0), 2), /no rows/);
  assert.throws(() => columnStatistics(new Float32Array(5), 2), /no whole rows of 2/);
  assert.throws(() => standardise(new Float32Array(5), statistics), /no whole rows of 2/);
});

test('one-hot rows have a single 1, at the label', () => {
  assert.equal([...oneHot([2, 0, 1], 3)], [0, 0, 1, 1, 0, 0, 0, 1, 0]);
});

test('a label outside the classes is refused by row and range, never by value', () => {
  for (const label of [7, -1, 0.5, Number.NaN]) {
    assert.throws(
      () => oneHot([0, 1, 2, label], 3),
      (error: Error) =>
        error instanceof RangeError &&
        error.message === 'oneHot: the label in row 3 (counted from 0) is outside 0..2',
    );
  }
  assert.throws(() => oneHot([0], 0), /classes must be/);
});

test('class names are sorted as numbers when they are numbers, as text otherwise', () => {
  assert.equal(classNames(['10', '9', '10', '1']), ['1', '9', '10']);
  assert.equal(classNames(['10', '9', 'x']), ['10', '9', 'x']);
});

test('selected rows come in the order asked for, inputs and labels together', () => {
  const data: Dataset = {
    x: Float32Array.of(1, 2, 3, 4, 5, 6),
    y: Float32Array.of(1, 0, 0, 1, 1, 0),
    rows: 3,
    features: 2,
    classes: 2,
  };
  checkDataset(data);
  const part = selectRows(data, [2, 1]);
  assert.equal([...part.x], [5, 6, 3, 4]);
  assert.equal([...part.y], [1, 0, 0, 1]);
  assert.is(part.rows, 2);
  checkDataset(part);
  assert.throws(() => selectRows(data, [3]), /outside 0..2/);
  assert.throws(() => selectRows(data, []), /no row/);
  assert.throws(() => checkDataset({ ...data, rows: 2 }), /x has 6 numbers, expected \[2,2\]/);
  assert.throws(() => checkDataset({ ...data, classes: 3 }), /y has 6 numbers, expected \[3,3\]/);
  assert.throws(() => checkDataset({ ...data, features: 0 }), /features must be/);
});

test.run();
