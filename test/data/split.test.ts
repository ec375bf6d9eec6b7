/** Random splits, and rows and columns divided among owners. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  alignRows,
  type Dataset,
  divideColumns,
  divideRows,
  loadWine,
  orderByKey,
  readTable,
  selectRows,
  splitRows,
  type Table,
} from '../../src/data/index.js';
import { flowers, machines } from './table/small-tables.js';

const message = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('no error was thrown');
};
const classCounts = ({ y, classes }: Dataset): number[] =>
  Array.from({ length: classes }, (_, c) => y.filter((_, i) => i % classes === c).reduce((a, b) => a + b));
const wine = await loadWine();
const rows = (count: number, y = (i: number) => `${i % 2}`): Promise<Table> =>
  readTable(`x,y\n${Array.from({ length: count }, (_, i) => `${i},c${y(i)}`).join('\n')}\n`, { target: 'y' });
const numbersOf = (table: Table): number[] => {
  const [column] = table.columns;
  return column.kind === 'number' ? [...column.values] : [];
};

test('a split has each row once, keeps their order and follows from its seed', async () => {
  const table = await rows(101);
  const { train, test } = splitRows(table, { test: 0.3, seed: 5 });
  assert.equal([train.rows, test.rows], [71, 30]);
  const all = [...numbersOf(train), ...numbersOf(test)];
  assert.equal(
    [...all].sort((a, b) => a - b),
    numbersOf(table),
  );
  for (const part of [train, test]) {
    assert.equal(
      numbersOf(part),
      [...numbersOf(part)].sort((a, b) => a - b),
    );
    assert.equal(
      numbersOf(part).map((x) => x + 2),
      [...part.lines],
    );
  }
  assert.equal(splitRows(table, { test: 0.3, seed: 5 }), { train, test });
  assert.not.equal(numbersOf(splitRows(table, { test: 0.3, seed: 6 }).test), numbersOf(test));
  assert.equal([splitRows(table).test.rows, splitRows(await rows(3)).test.rows], [20, 1]);
});

test('every row is a test row equally often', async () => {
  const table = await rows(10);
  const counts = new Array(10).fill(0);
  for (let seed = 0; seed < 1000; seed++) {
    for (const x of numbersOf(splitRows(table, { test: 0.2, seed }).test)) counts[x]++;
  }
  // 200 each, with a deviation of √(1000·0.2·0.8) = 12.6
  for (const count of counts) assert.ok(Math.abs(count - 200) < 5 * 12.6, String(counts));
});

test('a stratified split takes the same part of each class', () => {
  assert.equal(classCounts(wine), [59, 71, 48]);
  for (const seed of [0, 1, 2]) {
    const { train, test } = splitRows(wine, { test: 0.2, seed, stratify: true });
    assert.equal([train.rows, test.rows], [142, 36]);
    assert.equal(classCounts(test), [12, 14, 10]);
  }
});

test('a rare class keeps a row for training', async () => {
  const rare = await readTable(machines, { target: 'state' });
  const { train, test } = splitRows(rare, { test: 0.25, stratify: true });
  const [target] = test.targets;
  assert.is(
    target.kind === 'category' ? target.codes.filter((code) => target.texts[code] === '2').length : 0,
    2,
  );
  assert.is(train.rows + test.rows, 180);
  const single = await rows(9, (i) => (i === 4 ? 'once' : 'often'));
  for (let seed = 0; seed < 20; seed++) {
    assert.ok(!numbersOf(splitRows(single, { test: 0.8, seed, stratify: true }).test).includes(4));
  }
});

test('splits that cannot be meant', async () => {
  const table = await rows(4);
  for (const test of [0, 1, -0.2, 3, Number.NaN]) {
    assert.is(
      message(() => splitRows(table, { test })),
      'splitRows: test must be between 0 and 1',
    );
  }
  assert.match(
    message(() => splitRows(table, { test: '0.2' as never })),
    'test must be a number, got a string',
  );
  assert.match(
    message(() => splitRows(table, { seed: -1 })),
    'seed must be an integer, 0 or more',
  );
  assert.match(
    message(() => splitRows(table, { stratify: 1 as never })),
    'stratify must be true or false',
  );
  assert.match(
    message(() => splitRows(table, { ratio: 1 } as never)),
    'unknown option "ratio"',
  );
  assert.match(
    message(() => splitRows([1] as never)),
    'expected a data set',
  );
  assert.is(
    message(() => splitRows(selectRows(table, [0]))),
    'splitRows: a single row cannot be split',
  );
  assert.is(
    message(() => splitRows(selectRows(table, [0, 1]), { stratify: true })),
    'splitRows: each class has a single row, so none is left for tests',
  );
  const prices = await readTable('x,y\n1,2.5\n2,3.5\n', { target: 'y' });
  for (const data of [prices, await readTable('x,y\n1,2\n2,3\n')]) {
    assert.is(
      message(() => splitRows(data, { stratify: true })),
      'splitRows: stratify needs classes, and the data has none',
    );
  }
});

test('rows go to owners in turn, or by their parts, spread over the whole', async () => {
  const table = await rows(8);
  const inTurn = divideRows(table, ['alice', 'bob', 'carol']);
  assert.equal(Object.keys(inTurn), ['alice', 'bob', 'carol']);
  assert.equal(Object.values(inTurn).map(numbersOf), [
    [0, 3, 6],
    [1, 4, 7],
    [2, 5],
  ]);
  const parts = divideRows(table, { alice: 0.75, bob: 0.25 });
  assert.equal(Object.values(parts).map(numbersOf), [
    [0, 1, 3, 4, 5, 7],
    [2, 6],
  ]);
  const tenths = divideRows(await rows(100), { a: 0.1, b: 0.2, c: 0.7 });
  assert.equal(
    Object.values(tenths).map((part) => part.rows),
    [10, 20, 70],
  );
  const many = divideRows(
    await rows(1000),
    Array.from({ length: 7 }, (_, i) => `p${i}`),
  );
  assert.equal(numbersOf(many.p3).slice(0, 3), [3, 10, 17]);
  assert.is(numbersOf(many.p5).at(-1), 999);
  assert.is(divideRows(wine, ['alice', 'bob']).bob.rows, 89);
});

test('owners and parts that cannot be meant', async () => {
  const table = await rows(2);
  assert.is(
    message(() => divideRows(table, [])),
    'divideRows: no owner',
  );
  assert.is(
    message(() => divideRows(table, {})),
    'divideRows: no owner',
  );
  assert.is(
    message(() => divideRows(table, ['a', 'a'])),
    'divideRows: an owner stands there twice',
  );
  assert.is(
    message(() => divideRows(table, { a: 0.5, b: 0.4 })),
    'divideRows: the parts must sum to 1',
  );
  assert.is(
    message(() => divideRows(table, { a: 1, b: 0 })),
    'divideRows: owners.b must be more than 0',
  );
  assert.match(
    message(() => divideRows(table, { a: '1' } as never)),
    'owners.a must be a number, got a string',
  );
  assert.match(
    message(() => divideRows(table, 'alice' as never)),
    'expected a plain object',
  );
  assert.is(
    message(() => divideRows(table, ['a', 'b', 'c'])),
    'divideRows: 2 rows are too few for c to have one',
  );
});

test('columns go to owners, the target to one of them', async () => {
  const table = await readTable(flowers, { target: 'kind' });
  const { alice, bob } = divideColumns(table, {
    alice: ['petal', 'kind'],
    bob: ['sepal', 'width', 'colour'],
  });
  const names = ({ columns, targets }: Table) => [columns, targets].map((of) => of.map(({ name }) => name));
  assert.equal(names(alice), [['petal'], ['kind']]);
  assert.equal(names(bob), [['sepal', 'width', 'colour'], []]);
  assert.equal([alice.task, bob.task, bob.rows], ['classify', null, 150]);
  const divide = (owners: object) => message(() => divideColumns(table, owners as never));
  const rest = ['sepal', 'width', 'colour'];
  assert.is(
    divide({ a: ['kind', 'petal'], b: ['sepal', 'width'] }),
    'divideColumns: column "colour" goes to nobody',
  );
  assert.is(
    divide({ a: ['kind', 'petal'], b: [...rest, 'petal'] }),
    'divideColumns: column "petal" goes to a and to b',
  );
  assert.is(divide({ a: ['price'] }), 'divideColumns: owners.a: no column "price"');
  assert.is(divide({ a: ['kind'], b: [...rest, 'petal'] }), 'divideColumns: a has no column to learn from');
  assert.match(divide({ a: 'kind' }), 'owners.a must be an array, got a string');
  const two = await readTable('a,b,p,q\n1,2,3.5,4.5\n2,3,4,5\n', { target: ['p', 'q'] });
  assert.is(
    message(() => divideColumns(two, { alice: ['a', 'p'], bob: ['b', 'q'] })),
    'divideColumns: the targets go to several owners',
  );
});

const KEY = { key: 'id' } as const;
const left = await readTable('id,a\nk3,3\nk1,1\nk2,2\n', { ...KEY, name: 'left.csv' });
const right = await readTable('b,id\n20,k2\n10,k1\n30,k3\n', { ...KEY, name: 'right.csv' });

test('rows of different columns come into one order by their keys', () => {
  const { alice, bob } = alignRows({ alice: left, bob: right });
  assert.equal(
    [alice.keys, bob.keys],
    [
      ['k3', 'k1', 'k2'],
      ['k3', 'k1', 'k2'],
    ],
  );
  assert.equal(
    [numbersOf(alice), numbersOf(bob)],
    [
      [3, 1, 2],
      [30, 10, 20],
    ],
  );
  assert.equal([...bob.lines], [4, 3, 2]);
  for (const keys of [undefined, ['k1', 'k2', 'k3']]) {
    assert.equal(
      [left, right].map((table) => numbersOf(orderByKey(table, keys))),
      [
        [1, 2, 3],
        [10, 20, 30],
      ],
    );
  }
});

test('a key that is missing or stands there twice is named by its line, never shown', async () => {
  const longer = await readTable('id,a\nk3,3\nk1,1\nk2,2\nk4,4\n', { ...KEY, name: 'longer.csv' });
  const doubled = selectRows(left, [0, 1, 0]);
  const plain = await readTable('a\n1\n2\n');
  const said = [
    message(() => alignRows({ alice: longer, bob: right })),
    message(() => alignRows({ alice: left, bob: longer })),
    message(() => alignRows({ alice: doubled, bob: right })),
    message(() => alignRows({ alice: plain, bob: right })),
    message(() => orderByKey(longer, ['k1', 'k2', 'k3'])),
    message(() => orderByKey(left, ['k1', 'k2', 'k3', 'k4'])),
    message(() => orderByKey(left, ['k1', 'k2', 'k1'])),
    message(() => orderByKey(doubled)),
    message(() => orderByKey(plain)),
  ];
  assert.equal(said, [
    'alignRows: alice line 5: bob has no row of this key',
    'alignRows: bob line 5: alice has no row of this key',
    'alignRows: alice: left.csv line 2: the key of line 2 again',
    "alignRows: alice: the table has no keys (readTable's option key)",
    'longer.csv line 5: the key is not in the list',
    'left.csv: no row has the key of entry 3',
    'orderByKey: keys, entry 2: stands there twice, as entry 0',
    'orderByKey: left.csv line 2: the key of line 2 again',
    "orderByKey: the table has no keys (readTable's option key)",
  ]);
  assert.is(
    message(() => alignRows({})),
    'alignRows: no table',
  );
  assert.is(
    message(() => alignRows({ alice: left, bob: wine as never })),
    'alignRows: bob: expected a table, as readTable makes it, got an object',
  );
});

test.run();
