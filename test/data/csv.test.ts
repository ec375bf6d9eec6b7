import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCsv, readCsvDataset } from '../../src/data/csv.js';

const message = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    assert.instance(error, RangeError);
    return (error as Error).message;
  }
  throw new Error('no error was thrown');
};

test('a table becomes numbers in row-major order', () => {
  const table = readCsv('a,b,c\n1,-2.5,3e2\n.5,+7,8.\n');
  assert.equal(table.columns, ['a', 'b', 'c']);
  assert.equal([...table.rows], [1, -2.5, 300, 0.5, 7, 8]);
  assert.is(table.count, 2);
  assert.is(table.labels, undefined);
});

test('the label column is kept as text and taken out of the numbers', () => {
  const table = readCsv('a,kind,b\n1,setosa,2\n3, versicolor ,4', { label: 'kind' });
  assert.equal(table.columns, ['a', 'b']);
  assert.equal([...table.rows], [1, 2, 3, 4]);
  assert.equal(table.labels, ['setosa', 'versicolor']);
});

test('line ends, a byte order mark, quotes and blank lines at the end change nothing', () => {
  const expected = readCsv('a,b\n1,2\n3,4');
  for (const text of [
    'a,b\r\n1,2\r\n3,4\r\n',
    'a,b\r1,2\r3,4\r',
    '\ufeffa,b\n1,2\n3,4\n\n\n',
    '\ufeff"a","b"\n"1","2"\n 3 , 4 \n',
  ]) {
    assert.equal(readCsv(text), expected);
  }
});

test('a quoted field may hold delimiters, quotes and line breaks', () => {
  const table = readCsv('"a, ""b""\nc",kind\n1,"x,\ny"\n2,""""\n', { label: 'kind' });
  assert.equal(table.columns, ['a, "b"\nc']);
  assert.equal(table.labels, ['x,\ny', '"']);
  assert.equal([...table.rows], [1, 2]);
});

test('other delimiters, ignored columns and a missing header', () => {
  assert.equal([...readCsv('id;a;b\nu7;1;2\nu8;3;4', { delimiter: ';', ignore: ['id'] }).rows], [1, 2, 3, 4]);
  assert.equal([...readCsv('a\tb\n1\t2\n', { delimiter: '\t' }).rows], [1, 2]);
  const bare = readCsv('1.5,2\n3,4', { header: false });
  assert.equal(bare.columns, ['1', '2']);
  assert.is(bare.count, 2);
  assert.match(
    message(() => readCsv('1.5,2\n3,4')),
    'looks like data',
  );
  assert.is(readCsv('0,1\n3,4').count, 1, 'counted columns are a header');
});

test('an error names the row and the column, never the value', () => {
  const csv = (field: string) => `malic acid,ash\n${'1,2\n'.repeat(11)}3,${field}\n4,5\n`;
  const read = (text: string) => message(() => readCsv(text, { name: 'wine.csv' }));
  assert.is(read(csv('')), 'wine.csv row 12, column "ash": missing value');
  assert.is(read(csv('   ')), 'wine.csv row 12, column "ash": missing value');
  assert.is(read(csv('1e999')), 'wine.csv row 12, column "ash": not a finite number');
  for (const field of ['secret', '4711x', '0x4711', 'NaN', 'Infinity', '1 2', '1.2.3', '--4', 'e5', '?']) {
    assert.is(read(csv(field)), 'wine.csv row 12, column "ash": not a number', field);
  }
  assert.is(read(csv('5,6')), 'wine.csv row 12: expected 2 fields, found 3');
  assert.is(read('a,b\n1,2\n\n3,4\n'), 'wine.csv row 2: expected 2 fields, found 1');
});

test('tables that cannot be meant are refused', () => {
  assert.match(
    message(() => readCsv('')),
    'no rows',
  );
  assert.match(
    message(() => readCsv('a,b\n')),
    'no rows',
  );
  assert.match(
    message(() => readCsv('a,a\n1,2')),
    'columns 1 and 2 have one name',
  );
  assert.match(
    message(() => readCsv('a,,c\n1,2,3')),
    'column 2 has no name',
  );
  assert.match(
    message(() => readCsv('a,b\n1,2', { label: 'c' })),
    'no column "c"',
  );
  assert.match(
    message(() => readCsv('a,b\n1,2', { ignore: ['c'] })),
    'no column "c"',
  );
  assert.match(
    message(() => readCsv('a,b\n1,', { label: 'b' })),
    'row 1, column "b": missing value',
  );
  assert.match(
    message(() => readCsv('a\n"1')),
    'a quote is not closed',
  );
  assert.match(
    message(() => readCsv('a\n"1"2')),
    'text after a closing quote',
  );
  assert.match(
    message(() => readCsv('a\n1', { delimiter: '' })),
    'one character',
  );
  assert.throws(
    () => readCsv(new Uint8Array(3) as unknown as string),
    (error: Error) => error instanceof TypeError,
  );
});

test('a table longer than the first buffer is read whole', () => {
  const text = `a,b,c\n${Array.from({ length: 2000 }, (_, i) => `${i},${-i},${i / 8}`).join('\n')}`;
  const { rows, count } = readCsv(text);
  assert.is(count, 2000);
  assert.is(rows.length, 6000);
  assert.equal([...rows.subarray(5997)], [1999, -1999, 1999 / 8]);
});

test('a labelled table becomes a data set with one-hot labels', () => {
  const data = readCsvDataset('a,b,kind\n1,2,10\n3,4,9\n5,6,10', { label: 'kind' });
  assert.equal(data.names, { features: ['a', 'b'], classes: ['9', '10'] });
  assert.equal([...data.x], [1, 2, 3, 4, 5, 6]);
  assert.equal([...data.y], [0, 1, 1, 0, 0, 1]);
  assert.equal([data.rows, data.features, data.classes], [3, 2, 2]);
});

test('classes that were agreed on fix the order, and a label outside them is refused by row', () => {
  const text = 'a,kind\n1,x\n2,z';
  const data = readCsvDataset(text, { label: 'kind', classes: ['z', 'y', 'x'] });
  assert.equal([...data.y], [0, 0, 1, 1, 0, 0]);
  assert.is(
    message(() => readCsvDataset(text, { label: 'kind', classes: ['x', 'y'] })),
    'the label in row 2 is none of the 2 classes',
  );
  assert.match(
    message(() => readCsvDataset('kind\nx', { label: 'kind' })),
    'no column besides the label',
  );
});

test.run();
