/** Shapes: what training rows decide, kept as JSON, for later rows and other owners. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  filledShape,
  inputNames,
  missingInputs,
  readTable,
  selectRows,
  splitRows,
  standardise,
  type TableShape,
  tableShape,
  toDataset,
  toInputs,
} from '../../../src/data/index.js';
import { patients } from './small-tables.js';

const message = async (action: () => unknown): Promise<string> => {
  try {
    await action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('no error was thrown');
};
const throughJson = (shape: TableShape): TableShape => JSON.parse(JSON.stringify(shape));

const TEXT = 'n,city,m,y\n1,Rome,5,no\n?,Oslo,?,yes\n4,?,7,no\n1,Rome,100,yes\n';
const table = await readTable(TEXT, {
  target: 'y',
  missing: { n: 'mean', city: 'mean', m: 'median' },
});

test('means, medians, categories and classes are those of the rows', () => {
  assert.equal(tableShape(table), {
    version: 1,
    columns: [
      { kind: 'number', name: 'n', missing: 2 },
      { kind: 'category', name: 'city', categories: ['Oslo', 'Rome'], missing: 'zeros', unknown: 'error' },
      { kind: 'number', name: 'm', missing: 7 },
    ],
    target: { task: 'classify', name: 'y', classes: ['no', 'yes'], missing: 'error' },
  });
  const some = tableShape(selectRows(table, [0, 2]), { unknown: 'zeros' });
  assert.equal(some.columns, [
    { kind: 'number', name: 'n', missing: 2.5 },
    { kind: 'category', name: 'city', categories: ['Rome'], missing: 'zeros', unknown: 'zeros' },
    { kind: 'number', name: 'm', missing: 6 },
  ]);
  assert.equal(some.target, { task: 'classify', name: 'y', classes: ['no'], missing: 'error' });
});

test('rows become numbers as the shape says', () => {
  const data = toDataset(table);
  assert.equal([...data.x], [1, 0, 1, 5, 2, 1, 0, 7, 4, 0, 0, 7, 1, 0, 1, 100]);
  assert.equal([...data.y], [1, 0, 0, 1, 1, 0, 0, 1]);
  assert.equal([data.rows, data.features, data.classes, data.task], [4, 4, 2, 'classify']);
  assert.equal(data.names, { features: ['n', 'city=Oslo', 'city=Rome', 'm'], classes: ['no', 'yes'] });
  assert.equal([...toInputs(table)], [...data.x]);
  assert.equal(inputNames(tableShape(table)), data.names?.features);
});

test('later rows take means and categories from the shape, in any order of columns, with the target or without', async () => {
  const shape = throughJson(tableShape(table));
  const later = await readTable('m,city,n\n?,Oslo,9\n3,,NA\n', { shape });
  assert.equal([later.task, later.targets], [null, []]);
  assert.equal([...toInputs(later, shape)], [9, 1, 0, 7, 2, 0, 0, 3]);
  assert.is(await message(() => toDataset(later, shape)), 'table: no target; toInputs gives the inputs');
  const tested = await readTable('y,m,city,n,more\nyes,1,Rome,2,zz\n', { shape, ignore: ['more'] });
  assert.equal([...toDataset(tested, shape).y], [0, 1]);
});

test('a category that the shape does not have is an error by line, or zeros', async () => {
  const strict = tableShape(table);
  const later = await readTable('n,city,m\n1,Oslo,2\n1,Paris,2\n', { shape: strict });
  assert.is(
    await message(() => toInputs(later, strict)),
    `table line 3, column "city": none of the shape's 2 categories (tableShape's unknown: 'zeros' lets it be)`,
  );
  const loose = tableShape(table, { unknown: 'zeros' });
  assert.equal([...toInputs(later, loose)], [1, 1, 0, 2, 1, 0, 0, 2]);
});

test('a class that the shape does not have is always an error', async () => {
  const shape = tableShape(table, { unknown: 'zeros' });
  const later = await readTable('n,city,m,y\n1,Oslo,2,no\n1,Oslo,2,maybe\n', { shape });
  assert.is(
    await message(() => toDataset(later, shape)),
    `table line 3, column "y": none of the shape's 2 classes`,
  );
});

test('rows that may not lack a cell are dropped or refused as at the training', async () => {
  const shape = tableShape(await readTable('a,b,y\n1,x,2.5\n3,y,4.5\n', { target: 'y', missing: 'drop' }));
  assert.equal(shape.target, { task: 'regress', names: ['y'], missing: 'drop' });
  const later = await readTable('a,b,y\n?,x,1\n2,x,3\n2,,3\n', { shape });
  assert.equal([later.rows, later.dropped, [...later.lines]], [1, 2, [3]]);
  const other = tableShape(await readTable('a,b\n1,x\n3,y\n'));
  const filled = await readTable('a,b\n1,x\n?,y\n', { missing: 'mean' });
  assert.is(
    await message(() => toInputs(filled, other)),
    'table line 3, column "a": missing value, for which the shape has none',
  );
});

test('one owner’s shape for another owner’s rows', async () => {
  const whole = await readTable(patients, { target: 'outcome', missing: 'median' });
  const alice = selectRows(
    whole,
    Array.from({ length: 100 }, (_, i) => i),
  );
  const shape = throughJson(tableShape(alice));
  const lines = patients.split('\n');
  const bob = await readTable([lines[0], ...lines.slice(101, 201)].join('\n'), { shape, name: 'bob.csv' });
  const expected = toDataset(whole, shape);
  assert.equal([...toDataset(bob, shape).x], [...expected.x.subarray(4 * 100)]);
  assert.equal([...toDataset(bob, shape).y], [...expected.y.subarray(2 * 100)]);
});

test('what stands in for missing cells comes from the training rows alone', async () => {
  const whole = await readTable(patients, { target: 'outcome', missing: 'mean' });
  const { train, test } = splitRows(whole, { test: 0.25, seed: 3, stratify: true });
  const shape = tableShape(train);
  const [age] = train.columns;
  const there = age.kind === 'number' ? [...age.values].filter((value) => !Number.isNaN(value)) : [];
  const mean = there.reduce((a, b) => a + b, 0) / there.length;
  assert.ok(Math.abs((shape.columns[0].missing as number) - mean) < 1e-9);
  assert.not.equal(tableShape(test).columns[0].missing, shape.columns[0].missing);
});

test('several targets stand side by side, as the numbers they are', async () => {
  const data = toDataset(await readTable('p,a,q\n100,1,-3\n250,2,4\n', { target: ['q', 'p'] }));
  assert.equal([...data.y], [-3, 100, 4, 250]);
  assert.equal([data.classes, data.task, data.names?.classes], [2, 'regress', ['q', 'p']]);
});

test('tables and shapes of another kind are refused by name', async () => {
  const shape = tableShape(table);
  assert.is(
    await message(() => tableShape(toDataset(table) as never)),
    'tableShape: expected a table, as readTable makes it, got an object',
  );
  assert.is(
    await message(() => toInputs(table, 3 as never)),
    'toInputs: shape: expected a plain object { version, columns, target }, got a number',
  );
  assert.match(await message(() => tableShape(table, { unknown: 'all' as never })), 'unknown must be one of');
  const numbers = await readTable('n,city,m\n1,2,3\n');
  assert.is(
    await message(() => toInputs(numbers, shape)),
    'table, column "city": has numbers, and the shape texts',
  );
  const fewer = await readTable('n,city\n1,x\n');
  assert.is(await message(() => toInputs(fewer, shape)), 'table: no column "m"; there are "n", "city"');
  assert.is(
    await message(() => toDataset(fewer)),
    'toDataset: the shape has no target; toInputs gives the inputs',
  );
  const gone = selectRows(table, [1]);
  assert.is(
    await message(() => tableShape(gone)),
    'table, column "n": none of 1 rows has a number to fill in',
  );
});

test('rows without a single cell of a column are read where a shape says what stands in; means wait for the scaling', async () => {
  const table = await readTable('n,city,m\n1,Rome,2\n3,Oslo,4\n', { missing: 'mean' });
  const shape = tableShape(table, { mean: 'joint' });
  assert.equal(missingInputs(shape), [0, 3]);
  const empty = await readTable('m,n,city\n5,,?\n', { shape });
  assert.equal([...toInputs(empty, shape)], [Number.NaN, 0, 0, 5]);
  const scaling = { mean: Float64Array.of(2, 0.5, 0.5, 3), deviation: Float64Array.of(1, 0.5, 0.5, 1) };
  assert.equal([...standardise(toInputs(empty, shape), scaling, missingInputs(shape))], [0, -1, -1, 2]);
  const filled = filledShape(shape, scaling.mean);
  assert.equal(
    filled.columns.map(({ missing }) => missing),
    [2, 'zeros', 3],
  );
  assert.equal([...toInputs(await readTable('m,n,city\n5,,?\n', { shape: filled }), filled)], [2, 0, 0, 5]);
  const strict = tableShape(await readTable('n,city,m\n1,Rome,2\n'));
  assert.is(
    await message(() => readTable('n,city,m\n,Rome,2\n', { shape: strict })),
    'table line 2, column "n": missing value, for which the shape has none',
  );
  assert.throws(
    () => standardise(Float32Array.of(1), { mean: [0], deviation: [1] } as never, [1]),
    /missing: a column/,
  );
});

test('numbers that single precision would round alike are refused by column; ordinary and constant ones are not', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => i);
  const shapeOf = async (cell: (i: number) => unknown, target: (i: number) => unknown = (i) => i) => {
    const text = rows.map((i) => `${i % 3},${cell(i)},${target(i)}`).join('\n');
    return tableShape(await readTable(`a,t,y\n${text}\n`, { target: 'y', task: 'regress', missing: 'mean' }));
  };
  const part = (i: number) => ((i * 37) % 40) / 40;
  const lost: ((i: number) => number)[] = [
    (i) => 1.7e12 + Math.round(part(i) * 60_000), // milliseconds of a minute
    (i) => 1e9 + part(i),
    (i) => -1e9 - part(i),
    (i) => 45_000 + part(i) / 1000,
    (i) => 7 + (i % 2) * 1e-12,
  ];
  for (const cell of lost) {
    const refused = (column: string) =>
      `table, column "${column}": numbers differ by too little beside their size for single precision: ` +
      'subtract a constant from all, a start from times for instance';
    assert.is(await message(() => shapeOf(cell)), refused('t'));
    assert.is(await message(() => shapeOf((i) => (i === 5 ? '' : cell(i)))), refused('t'));
    assert.is(await message(() => shapeOf((i) => i, cell)), refused('y'));
  }
  const kept: ((i: number) => number | string)[] = [
    (i) => 1990 + (i % 31),
    (i) => 10_000_000 + i,
    (i) => (19.99 + 480 * part(i)).toFixed(2),
    (i) => 1_234_000.05 + 1000 * part(i),
    (i) => 52.520008 + part(i) / 20,
    (i) => 1.7e9 + Math.round(part(i) * 86_400 * 30),
    () => 1.7e12 + 0.1,
    () => 0.1,
    (i) => 0.1 + (i % 2 ? 0.2 : 0.19999999999999998),
    (i) => i * 1e-12,
    (i) => (i === 0 ? 1e30 : i),
    () => 0,
  ];
  for (const cell of kept) {
    const { columns } = await shapeOf(cell);
    assert.is(columns.length, 2);
    await shapeOf((i) => i, cell);
  }
  // rows that come later may be as near to each other as they like
  const shape = await shapeOf((i) => i * 1000);
  const later = await readTable('a,t,y\n1,16777216.1,0\n2,16777216.2,0\n', { shape });
  assert.is(toDataset(later, shape).rows, 2);
});

test.run();
