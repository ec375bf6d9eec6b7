/** Tables and options that are refused, each by a message of its own that names what to do and never a cell. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readTable } from '../../../src/data/index.js';

type Case = readonly [
  source: unknown,
  options: unknown,
  error: typeof RangeError | typeof TypeError,
  message: string | RegExp,
];

const many = (column: (i: number) => string): string =>
  `id,a\n${Array.from({ length: 70 }, (_, i) => `${column(i)},${i}`).join('\n')}\n`;
const T = 'a,b,y\n1,2,u\n3,4,v\n';
const shape = {
  version: 1,
  columns: [
    { kind: 'number', name: 'a', missing: 'error' },
    { kind: 'category', name: 'b', categories: ['u', 'v'], missing: 'zeros', unknown: 'error' },
  ],
  target: { task: 'classify', name: 'y', classes: ['no', 'yes'], missing: 'error' },
};
const withShape = (change: object) => ({ shape: { ...shape, ...change } });
const withColumn = (column: object) => withShape({ columns: [column] });

const CASES: readonly Case[] = [
  // sources
  [7, {}, TypeError, 'readTable: expected a path, a URL, text, bytes or a stream, got a number'],
  [null, {}, TypeError, 'readTable: expected a path, a URL, text, bytes or a stream, got null'],
  [[1], {}, TypeError, 'readTable: expected a path, a URL, text, bytes or a stream, got an array'],
  ['', {}, RangeError, 'readTable: the source is an empty string, neither text nor path'],
  ['\n\n', {}, RangeError, 'table: is empty'],
  [new Uint8Array(0), { name: 'x.csv' }, RangeError, 'x.csv: is empty'],
  ['a,b\n', {}, RangeError, 'table: no rows'],
  [
    Uint8Array.of(0x50, 0x4b, 3, 4, 9),
    {},
    RangeError,
    'table: is a zip archive, a spreadsheet perhaps; save the table as CSV',
  ],
  [Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3), {}, RangeError, 'table: the gzip data is damaged or cut short'],
  [
    Uint8Array.of(97, 10, 0xe4, 10),
    {},
    RangeError,
    "table: the text is not UTF-8 (option encoding, 'windows-1252' for instance)",
  ],
  [Uint8Array.of(97, 10, 0, 49), {}, RangeError, 'table: holds NUL characters, so it is no text'],
  [
    pieces('a\n', Uint8Array.of(49)),
    {},
    TypeError,
    'table: the stream was to give text, as before, and gave an array',
  ],
  [
    pieces(Uint8Array.of(97, 10, 49, 10), '2'),
    {},
    TypeError,
    'table: the stream was to give a Uint8Array, and gave a string',
  ],
  [pieces(17 as never), {}, TypeError, 'table: the stream was to give a Uint8Array, and gave a number'],

  // the form of the text
  ['a,b\n1,2\n3\n', {}, RangeError, 'table line 3: expected 2 fields, found 1'],
  ['a,b\n1,2\n3,4,5\n', {}, RangeError, 'table line 3: expected 2 fields, found 3'],
  ['a,b\n1,2\n\n3,4\n', {}, RangeError, 'table line 3: is blank'],
  ['a,b\n"x\ny",2\n3,4,5\n', {}, RangeError, 'table line 4: expected 2 fields, found 3'],
  ['a,b\n1,"2\n3,4\n', {}, RangeError, 'table line 2: a quote is not closed'],
  ['a,b\n1,"2"3\n4,5\n', {}, RangeError, 'table line 2: text after a closing quote'],
  [
    `a,b\n1,"${'x,y\n'.repeat(300_000)}`,
    {},
    RangeError,
    'table line 2: a record of more than 1,048,576 characters; is a quote not closed?',
  ],
  ['a|b,c\n1|2,3\n', {}, RangeError, "table: the delimiter may be ',' or '|' (option delimiter)"],
  ['a\tx;y\n1\t2;3\n', {}, RangeError, "table: the delimiter may be ';' or 'tab' (option delimiter)"],

  // columns
  ['a,a\n1,2\n', {}, RangeError, 'table: columns 1 and 2 have one name'],
  ['a,,c\n1,2,3\n', {}, RangeError, 'table: column 2 has no name'],
  [
    '1.5,2\n3,4\n',
    {},
    RangeError,
    'table: the first record looks like data, not a header (option header: false)',
  ],
  [T, { target: 'z' }, RangeError, 'table: no column "z"; there are "a", "b", "y"'],
  [
    'a,b,c,d,e,f,g\n1,2,3,4,5,6,7\n',
    { target: 'z' },
    RangeError,
    /no column "z"; there are "a", "b", "c", "d", "e" and 2 more$/,
  ],
  [T, { ignore: ['z'] }, RangeError, 'table: no column "z"; there are "a", "b", "y"'],
  [T, { key: 'z' }, RangeError, 'table: no column "z"; there are "a", "b", "y"'],
  [T, { kinds: { z: 'number' } }, RangeError, 'table: kinds names no column "z"; there are "a", "b", "y"'],
  [T, { missing: { z: 'drop' } }, RangeError, 'table: missing names no column "z"; there are "a", "b", "y"'],
  [
    T,
    { ignore: ['a'], kinds: { a: 'number' } },
    RangeError,
    'table: kinds names column "a", which is not learned from',
  ],
  [
    T,
    { key: 'a', missing: { a: 'drop' } },
    RangeError,
    'table: missing names column "a", which is not learned from',
  ],
  [T, { target: 'y', ignore: ['y'] }, RangeError, 'table: column "y" is target and ignore at once'],
  [T, { target: 'y', key: 'y' }, RangeError, 'table: column "y" is target and key at once'],
  [T, { target: ['a', 'a'] }, RangeError, 'table: column "a" stands twice in target'],
  [T, { ignore: ['a', 'b'], target: 'y' }, RangeError, 'table: no column is left to learn from'],

  // cells
  [
    'a,b\n1,2\n,3\n',
    {},
    RangeError,
    `table line 3, column "a": missing value (missing: 'mean', 'median' or 'drop')`,
  ],
  [
    'a,b\n1,2\n4,NA\n',
    { name: 'my.csv' },
    RangeError,
    `my.csv line 3, column "b": missing value (missing: 'mean', 'median' or 'drop')`,
  ],
  [
    'a,y\n1,u\n4,?\n',
    { target: 'y', missing: 'mean' },
    RangeError,
    `table line 3, column "y": missing target (missing: { "y": 'drop' } leaves such rows out)`,
  ],
  [
    'a,y\n1,u\n',
    { target: 'y', missing: { y: 'median' } },
    RangeError,
    'table: missing: the target "y" is never filled in; drop its rows',
  ],
  [
    'a,b\n?,2\nNA,3\n',
    { missing: 'mean' },
    RangeError,
    'table, column "a": no row has a value (ignore: ["a"])',
  ],
  [
    'a,b\n?,2\nNA,3\n',
    { missing: 'mean', kinds: { a: 'category' } },
    RangeError,
    'table, column "a": no row has a value (ignore: ["a"])',
  ],
  ['a,b\n?,2\nNA,3\n', { missing: 'drop' }, RangeError, 'table: each of 2 rows has a missing cell'],
  [
    'a,b\n1,2\nsecret,3\n',
    {},
    RangeError,
    `table line 3, column "a": not a number, as those before (or kinds: { "a": 'category' })`,
  ],
  ['a,b\n1,2\nsecret,3\n', { kinds: { a: 'number' } }, RangeError, 'table line 3, column "a": not a number'],
  [
    'a,b\nx,2\n4711,3\n',
    {},
    RangeError,
    `table line 3, column "a": a number, and text before (kinds: { "a": 'category' } where these numbers are names)`,
  ],
  ['a,b\n1,2\n1e999,3\n', {}, RangeError, 'table line 3, column "a": too large for a number, or not finite'],
  ['a,b\n1,2\n-4e38,3\n', {}, RangeError, 'table line 3, column "a": too large for a number, or not finite'],
  ['a,b\n1,2\nInfinity,3\n', {}, RangeError, 'table line 3, column "a": not a number: is not finite'],
  [
    'a,b\n0x10,2\n1,3\n',
    {},
    RangeError,
    `table line 3, column "a": a number, and text before (kinds: { "a": 'category' } where these numbers are names)`,
  ],
  [
    'a;b\n1,5;2\n',
    {},
    RangeError,
    `table line 2, column "a": looks like numbers with a decimal comma (option decimal: ',') or with digits in groups; kinds: { "a": 'category' } takes the texts as categories`,
  ],
  [
    'a;b\n1;2\n1,5;2\n',
    {},
    RangeError,
    `table line 3, column "a": not a number: looks like numbers with a decimal comma (option decimal: ',') or with digits in groups`,
  ],
  [
    'a;b\n1.5;2\n',
    { decimal: ',' },
    RangeError,
    /column "a": looks like numbers with a decimal point, and decimal is ','; kinds/,
  ],
  [
    'a;b\n1.234.567;2\n',
    {},
    RangeError,
    /column "a": looks like numbers whose digits stand in groups: write them without separators; kinds/,
  ],
  ["a;b\n12'345;2\n", {}, RangeError, /column "a": looks like numbers whose digits stand in groups/],
  [
    'a,b\n12 %,2\n',
    {},
    RangeError,
    /column "a": looks like numbers with a sign of percent or of a currency: write them without it; kinds/,
  ],
  ['a,b\n$99,2\n', {}, RangeError, /column "a": looks like numbers with a sign of percent or of a currency/],
  [
    many((i) => `person ${i}`),
    {},
    RangeError,
    'table line 66, column "id": more than 64 different texts (leave out what is different in each row (ignore: ["id"]), or raise maxCategories)',
  ],
  [
    many((i) => `person ${i}`),
    { maxCategories: 9 },
    RangeError,
    /^table line 11, column "id": more than 9 different texts/,
  ],
  [
    many((i) => `person ${i}`),
    { target: 'id' },
    RangeError,
    'table line 66, column "id": more than 64 classes (raise maxCategories)',
  ],
  [
    many(String),
    { target: 'id', task: 'classify' },
    RangeError,
    `table: the target "id" has 70 different numbers, more than 64 classes (task: 'regress', or raise maxCategories)`,
  ],

  // targets and keys
  [T, { target: ['a', 'y'] }, RangeError, 'table: several targets must be numbers; "y" has text'],
  [T, { target: ['a', 'b'], task: 'classify' }, RangeError, 'table: classes are one column, not 2'],
  [T, { target: 'y', task: 'regress' }, RangeError, 'table: the target "y" has text'],
  ['id,a\nx,1\nx,2\n', { key: 'id' }, RangeError, 'table line 3, column "id": the key of line 2 again'],
  ['id,a\nx,1\n,2\n', { key: 'id' }, RangeError, 'table line 3, column "id": missing key'],

  // options
  [T, 'y', TypeError, /^readTable: expected a plain object \{ name, target, .* \}, got a string$/],
  [T, { label: 'y' }, TypeError, /^readTable: unknown option "label" \(known: name, target/],
  [T, { targets: 'y' }, TypeError, /did you mean "target"\?$/],
  [T, { target: 3 }, TypeError, 'readTable: target must be a string or an array of them, got a number'],
  [T, { target: [3] }, TypeError, 'readTable: target: entry 0 must be a string, got a number'],
  [T, { target: [] }, RangeError, 'readTable: target names no column; leave it out'],
  [T, { task: 'regress' }, RangeError, 'readTable: task needs a target'],
  [T, { target: 'y', task: 'rank' }, RangeError, "readTable: task must be one of 'classify', 'regress'"],
  [T, { ignore: 'a' }, TypeError, 'readTable: ignore must be an array, got a string'],
  [T, { key: 1 }, TypeError, 'readTable: key must be a string, got a number'],
  [T, { kinds: ['a'] }, TypeError, /^readTable: kinds: expected a plain object .* got an array$/],
  [T, { kinds: { a: 'text' } }, RangeError, `readTable: kinds["a"] must be one of 'number', 'category'`],
  [T, { missing: 'zero' }, RangeError, "readTable: missing must be one of 'error', 'mean', 'median', 'drop'"],
  [T, { missing: 0 }, TypeError, 'readTable: missing must be an object with columns for keys, got a number'],
  [
    T,
    { missing: { a: 'zero' } },
    RangeError,
    `readTable: missing["a"] must be one of 'error', 'mean', 'median', 'drop'`,
  ],
  [T, { maxCategories: 0 }, RangeError, 'readTable: maxCategories must be a positive integer'],
  [
    T,
    { delimiter: ', ' },
    RangeError,
    'readTable: delimiter must be one character, not a quote or a line break',
  ],
  [
    T,
    { delimiter: '"' },
    RangeError,
    'readTable: delimiter must be one character, not a quote or a line break',
  ],
  [T, { decimal: ';' }, RangeError, "readTable: decimal must be one of '.', ','"],
  [T, { header: 1 }, TypeError, 'readTable: header must be true or false, got a number'],
  [T, { encoding: 'latin-7' }, RangeError, 'readTable: encoding is none that TextDecoder knows'],

  // shapes
  [T, { shape, target: 'y' }, RangeError, 'readTable: target is said by the shape; leave it out'],
  [T, { shape, missing: 'drop' }, RangeError, 'readTable: missing is said by the shape; leave it out'],
  [T, { shape: 'x' }, TypeError, /^readTable: shape: expected a plain object .* got a string$/],
  [T, withShape({ version: 2 }), RangeError, 'readTable: shape.version must be an integer from 1 to 1'],
  [T, withShape({ columns: [] }), RangeError, 'readTable: shape.columns is empty'],
  [
    T,
    withShape({ columns: [shape.columns[0], shape.columns[0]] }),
    RangeError,
    'readTable: shape.columns: a name stands there twice',
  ],
  [
    T,
    withColumn({ kind: 'date', name: 'a' }),
    RangeError,
    'readTable: shape.columns, entry 0: kind must be one of number, category',
  ],
  [
    T,
    withColumn({ kind: 'number', name: 'a', missing: Number.NaN }),
    RangeError,
    'readTable: shape.columns, entry 0: missing must be finite',
  ],
  [
    T,
    withColumn({ kind: 'number', name: 'a', missing: 'mode' }),
    RangeError,
    'readTable: shape.columns, entry 0: missing must be one of error, drop, mean, median',
  ],
  [
    T,
    withColumn({ ...shape.columns[1], categories: ['u', 'u'] }),
    RangeError,
    'readTable: shape.columns, entry 0: categories: a name stands there twice',
  ],
  [
    T,
    withColumn({ ...shape.columns[1], categories: [] }),
    RangeError,
    'readTable: shape.columns, entry 0: categories is empty',
  ],
  [
    T,
    withShape({ target: { task: 'classify', name: 'y', classes: [], missing: 'error' } }),
    RangeError,
    'readTable: shape.target: classes is empty',
  ],
  [
    T,
    withShape({ target: { task: 'rank' } }),
    RangeError,
    'readTable: shape.target: task must be one of classify, regress',
  ],
  ['a\n1\n', { shape }, RangeError, 'table: no column "b"; there are "a"'],
  ['a,b,c\n1,u,2\n', { shape }, RangeError, 'table: the shape has no column "c" (option ignore)'],
  [
    'a,b\n,u\n',
    { shape },
    RangeError,
    'table line 2, column "a": missing value, for which the shape has none',
  ],
  ['a,b\nx,u\n', { shape }, RangeError, 'table line 2, column "a": not a number'],
  [
    'a,b,p\n1,u,3\n',
    withShape({ target: { task: 'regress', names: ['p', 'q'], missing: 'error' } }),
    RangeError,
    'table: has the target "p", not "q"',
  ],
];

async function* pieces(...all: (string | Uint8Array)[]) {
  yield* all;
}

async function refusal(source: unknown, options: unknown): Promise<Error> {
  try {
    await readTable(source as never, options as never);
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

for (const [i, [source, options, kind, message]] of CASES.entries()) {
  test(`${i + 1}: ${String(message)}`, async () => {
    const error = await refusal(source, options);
    assert.instance(error, kind, error.message);
    if (typeof message === 'string') assert.is(error.message, message);
    else assert.match(error.message, message);
  });
}

test('dates and times are refused by name, in the ways that they are written', async () => {
  const dates = [
    '2024-01-31',
    '2024/1/31',
    '2024-01-31T10:00:00Z',
    '2024-01-31 10:00:00.5 +02:00',
    '31.12.2024',
    '12/31/2024',
    '31-12-24',
    '1/31/2024 10:05 pm',
    '5 Jan 2024',
    '05-Mar-24',
    'January 5, 2024',
    '10:30',
  ];
  for (const date of dates) {
    const error = await refusal(`a,seen\n1,"${date}"\n`, {});
    assert.is(
      error.message,
      `table line 2, column "seen": looks like dates or times: put numbers in their place, days since a day of yours for instance, or leave it out (ignore: ["seen"]); kinds: { "seen": 'category' } takes the texts as categories`,
      date,
    );
    assert.is((await readTable(`a,seen\n1,"${date}"\n`, { kinds: { seen: 'category' } })).rows, 1);
  }
  assert.is((await readTable('a,b\n1,version 1.2.3\n2,mayor 12\n')).rows, 2);
});

test('no message has what stands in a cell', async () => {
  const secret = 'hunter2';
  for (const text of [
    `a,b\n1,2\n${secret},3\n`,
    `a,b\n1,2\n"${secret}"x,3\n`,
    `a,b\n1,2\n${secret},3,4\n`,
    `a,b\n1,2\n"${secret}`,
    `${secret},b\n1,2,3\n`,
  ]) {
    assert.not.match((await refusal(text, {})).message, secret);
  }
  const twice = await refusal(`id,b\n${secret},2\n${secret},3\n`, { key: 'id' });
  assert.not.match(twice.message, secret);
});

test(`${CASES.length} messages, sixty or more`, () => {
  const distinct = new Set(CASES.map(([, , , message]) => String(message)));
  assert.ok(distinct.size >= 60, String(distinct.size));
});

test.run();
