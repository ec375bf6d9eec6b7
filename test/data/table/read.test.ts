/** Tables that are read: forms of text, kinds of columns, targets, missing cells. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readTable, type Table, type TableColumn, toDataset } from '../../../src/data/index.js';
import { commas, flowers, houses, machines, patients } from './small-tables.js';

/** The cells of a column as they were meant; null where they are missing. */
const cellsOf = (column: TableColumn): (number | string | null)[] =>
  column.kind === 'number'
    ? Array.from(column.values, (value) => (Number.isNaN(value) ? null : value))
    : Array.from(column.codes, (code) => (code < 0 ? null : column.texts[code]));

const cells = ({ columns }: Table): Record<string, (number | string | null)[]> =>
  Object.fromEntries(columns.map((column) => [column.name, cellsOf(column)]));

test('numbers and texts become columns, in order', async () => {
  const table = await readTable('a,b,c\n1,red,-2.5e1\n.5,blue,+7\n8.,red,0\n');
  assert.equal(cells(table), { a: [1, 0.5, 8], b: ['red', 'blue', 'red'], c: [-25, 7, 0] });
  assert.equal([table.rows, table.task, table.targets, table.keys, table.dropped], [3, null, [], null, 0]);
  assert.equal([...table.lines], [2, 3, 4]);
});

test('line ends, a byte order mark and blank lines at the end change nothing', async () => {
  const expected = await readTable('a,b\n1,x\n3,y');
  for (const text of [
    'a,b\r\n1,x\r\n3,y\r\n',
    'a,b\r1,x\r3,y\r',
    'a,b\n1,x\r\n3,y\n',
    'a,b\r\n1,x\n3,y\n',
    '\ufeffa,b\n1,x\n3,y\n\n\n',
    'a,b\r\n1,x\r\n3,y\r\n\r\n \r\n',
    '\ufeff"a","b"\n"1","x"\n 3 , y \n',
    '"a","b"\r\n"1","x"\r\n"3","y"',
    'a,b\n1,"x" \n3,"y" ',
  ]) {
    assert.equal(await readTable(text), expected, JSON.stringify(text));
  }
});

test('quoted fields hold delimiters, quotes and line breaks; lines are counted through them', async () => {
  const table = await readTable('"a, ""b""\nc",kind\n1,"x,\ny"\n2,""""\n3,"x,\ny"\n');
  assert.equal(cells(table), { 'a, "b"\nc': [1, 2, 3], kind: ['x,\ny', '"', 'x,\ny'] });
  assert.equal([...table.lines], [3, 5, 6]);
  const crlf = await readTable('a,b\r\n"x\r\n\r\nz",1\r\n"y",2\r\n');
  assert.equal(cells(crlf).a, ['x\r\n\r\nz', 'y']);
  assert.equal([...crlf.lines], [2, 5]);
  const old = await readTable('a,b\r"x\ry",1\rz,2');
  assert.equal(cells(old), { a: ['x\ry', 'z'], b: [1, 2] });
  assert.equal([...old.lines], [2, 4]);
});

test('a quote inside an unquoted field is text; an empty quoted field is missing', async () => {
  assert.equal(cells(await readTable('a,b\n5" disk,1\nx,2')).a, ['5" disk', 'x']);
  assert.equal(cells(await readTable('a,b\n"",1\n3,2', { missing: 'mean' })).a, [null, 3]);
});

test('a mark in the middle of a text is text, at the beginning of a block too', async () => {
  const rows = '1,x\n'.repeat(20_000);
  async function* pieces() {
    yield `a,b\n${rows}`;
    yield `\ufeffz,q\n${rows}`; // the first piece ends with a record, so this begins a block
  }
  const table = await readTable(pieces(), { kinds: { a: 'category' } });
  const { b } = cells(table);
  assert.is(table.rows, 40_001);
  assert.equal([b[19_999], b[20_000], b[20_001]], ['x', 'q', 'x']);
  assert.equal([...new Set(b)], ['x', 'q']);
});

test('the delimiter is found in the first lines, or given', async () => {
  for (const delimiter of [',', ';', '\t', '|']) {
    const text = ['a,b,c', '1,x,3', '2,y,4'].join('\n').replaceAll(',', delimiter);
    assert.equal(cells(await readTable(text)), { a: [1, 2], b: ['x', 'y'], c: [3, 4] }, delimiter);
  }
  assert.equal(cells(await readTable('a;b\n"1;2";x\n"3;4";y\n', { kinds: { a: 'category' } })).a, [
    '1;2',
    '3;4',
  ]);
  assert.equal(cells(await readTable('note;b\nred, blue;1\nred;2\n')).note, ['red, blue', 'red']);
  assert.equal(cells(await readTable('a:b\n1:2\n', { delimiter: ':' })), { a: [1], b: [2] });
  assert.equal(cells(await readTable('a\n1\n2\n')), { a: [1, 2] }, 'a single column has no delimiter');
});

test('without a header columns are numbered', async () => {
  const table = await readTable('1.5,x\n3,y\n', { header: false, target: '2' });
  assert.equal(cells(table), { 1: [1.5, 3] });
  assert.equal([...table.lines], [1, 2]);
  assert.is((await readTable('0,1\n3,4')).rows, 1, 'counted columns are a header');
});

test('decimal commas are read where they are asked for', async () => {
  assert.equal(cells(await readTable('a;b\n1,5;2\n-,5;1e3\n', { decimal: ',' })), {
    a: [1.5, -0.5],
    b: [2, 1000],
  });
  assert.equal(cells(await readTable('a,b\n"1,5",x\n"2",y\n', { decimal: ',' })).a, [1.5, 2]);
});

test('kinds that are given: numbers as names', async () => {
  const table = await readTable('zip,n\n01234,1\n1234,2\nx,3\n', { kinds: { zip: 'category', n: 'number' } });
  assert.equal(cells(table), { zip: ['01234', '1234', 'x'], n: [1, 2, 3] });
});

test('columns that are ignored are not looked at', async () => {
  const table = await readTable('id,when,a\nx1,2024-01-01,1\nx2,,2\n', { ignore: ['id', 'when'] });
  assert.equal(cells(table), { a: [1, 2] });
});

test('missing cells are kept, filled in later, or drop their rows', async () => {
  const text = 'a,b,c\n1,x,1\n,y,2\n3,?,NA\nnull,N/A,4\nNaN,x,5\n';
  const kept = await readTable(text, { missing: 'mean' });
  assert.equal(cells(kept), {
    a: [1, null, 3, null, null],
    b: ['x', 'y', null, null, 'x'],
    c: [1, 2, null, 4, 5],
  });
  const dropped = await readTable(text, { missing: 'drop' });
  assert.equal(cells(dropped), { a: [1], b: ['x'], c: [1] });
  assert.is(dropped.dropped, 4);
  const each = await readTable(text, { missing: { a: 'median', b: 'drop', c: 'drop' } });
  assert.equal(cells(each), { a: [1, null, null], b: ['x', 'y', 'x'], c: [1, 2, 5] });
  assert.equal([...each.lines], [2, 3, 6]);
});

test('a column whose first cells are missing gets its kind from the first that is not', async () => {
  const table = await readTable('a,b\n?,?\nNA,\nx,2\n?,3\n', { missing: 'median' });
  assert.equal(cells(table), { a: [null, null, 'x', null], b: [null, null, 2, 3] });
});

test('the task follows from the target, or is given', async () => {
  const of = async (cells: readonly (string | number)[], options = {}) => {
    const table = await readTable(`x,y\n${cells.map((cell, i) => `${i},${cell}`).join('\n')}\n`, {
      target: 'y',
      ...options,
    });
    return [table.task, table.targets[0].kind];
  };
  assert.equal(await of(['a', 'b', 'a']), ['classify', 'category']);
  assert.equal(await of([1, 2, 1, 2]), ['classify', 'category']);
  assert.equal(await of([1, 2, 1, 2, 3]), ['regress', 'number'], 'a 3 that stands there once');
  assert.equal(await of([1.5, 2.5, 1.5, 2.5]), ['regress', 'number']);
  assert.equal(await of(Array.from({ length: 40 }, (_, i) => i % 11)), ['regress', 'number'], '11 numbers');
  assert.equal(await of([1, 2, 1, 2], { task: 'regress' }), ['regress', 'number']);
  assert.equal(await of([1.5, 2.5, 3.5], { task: 'classify' }), ['classify', 'category']);
  assert.equal(await of(['01', '1', '01', '1'], { kinds: { y: 'category' } }), ['classify', 'category']);
});

test('classes that are numbers are one class however they are written, and in order of size', async () => {
  const table = await readTable('x,y\n1,10\n2,9\n3,1e1\n4,9.0\n', { target: 'y' });
  const { y, names, classes } = toDataset(table);
  assert.equal(names?.classes, ['9', '10']);
  assert.is(classes, 2);
  assert.equal([...y], [0, 1, 1, 0, 0, 1, 1, 0]);
});

test('keys are kept beside the rows', async () => {
  const table = await readTable('id,a\n007,1\nx,2\n', { key: 'id' });
  assert.equal(table.keys, ['007', 'x']);
  assert.equal(cells(table), { a: [1, 2] });
});

test('five small tables, as they are', async () => {
  const kinds = toDataset(await readTable(flowers, { target: 'kind' }));
  assert.equal([kinds.rows, kinds.features, kinds.classes, kinds.task], [150, 5, 3, 'classify']);
  assert.equal(kinds.names?.features, ['sepal', 'petal', 'width', 'colour=blue', 'colour=white']);

  const prices = toDataset(await readTable(houses, { target: 'price' }));
  assert.equal([prices.rows, prices.features, prices.classes, prices.task], [240, 6, 1, 'regress']);
  assert.ok(prices.y.every((price) => price > 100 && price < 800));

  const ill = toDataset(await readTable(patients, { target: 'outcome', missing: 'median' }));
  assert.equal([ill.rows, ill.features, ill.names?.classes], [200, 4, ['ill', 'well']]);
  assert.ok(ill.x.every(Number.isFinite));

  const failures = await readTable(machines, { target: 'state' });
  assert.is(failures.task, 'classify');
  assert.is(
    toDataset(failures)
      .y.filter((_, i) => i % 2 === 1)
      .reduce((a, b) => a + b),
    9,
  );

  const refused = await readTable(commas, { target: ['ertrag', 'rest'] }).catch((error) => error);
  assert.match(refused.message, /^table line 2, column "zeit": looks like numbers with a decimal comma/);
  const yields = toDataset(await readTable(commas, { target: ['ertrag', 'rest'], decimal: ',' }));
  assert.equal([yields.rows, yields.features, yields.classes, yields.task], [160, 4, 2, 'regress']);
  assert.equal(yields.names?.classes, ['ertrag', 'rest']);
});

test.run();
