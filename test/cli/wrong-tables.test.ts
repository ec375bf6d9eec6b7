/** Files, tables and columns that `train FILE` cannot use: each is refused by a line of its own, before anything runs. */
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import { place, refused, type Wrong } from './wrong.js';

const here = place();
const lines = (count: number, line: (i: number) => string): string =>
  `a,b,y\n${Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('')}`;
const uv = (i: number): string => (i % 2 === 0 ? 'u' : 'v');
const good = here.file(
  'good.csv',
  lines(60, (i) => `${i},${(i * 7) % 11},${uv(i)}`),
);

let files = 0;
/** A training on a file with this content, and what is said of it, in which FILE is the file's name. */
const of = (content: string | Uint8Array, line: string, ...more: string[]): Wrong => {
  const name = `t${++files}.csv`;
  return [['train', here.file(name, content), '--target', 'y', ...more], line.replaceAll('FILE', name)];
};
const withOptions = (line: string, ...options: string[]): Wrong => [['train', good, ...options], line];

const texts: readonly Wrong[] = [
  [['train', 'FOLDER/none.csv', '--target', 'y'], 'cannot read FOLDER/none.csv: no such file'],
  [['train', 'FOLDER/', '--target', 'y'], 'cannot read FOLDER/: it is a folder'],
  of('', 'FILE: is empty'),
  of('a,b,y\n', 'FILE: no rows'),
  of('a,b,y\n1,2,u\n\n3,4,v\n', 'FILE line 3: is blank'),
  of('a,b,y\n1,2,u\n1,2\n', 'FILE line 3: expected 3 fields, found 2'),
  of('a,b,y\n1,2,u\n1,2,3,v\n', 'FILE line 3: expected 3 fields, found 4'),
  of('a,b,y\n1,2,"u\n3,4,v\n', 'FILE line 2: a quote is not closed'),
  of('a,b,y\n1,2,"u"x\n', 'FILE line 2: text after a closing quote'),
  of('a,b,y\n1,\0,u\n', 'FILE: holds NUL characters, so it is no text'),
  of(gzipSync(lines(40, (i) => `${i},1,u`)).subarray(0, 60), 'FILE: the gzip data is damaged or cut short'),
  of(
    Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(50)]),
    'FILE: is a zip archive, a spreadsheet perhaps; save the table as CSV',
  ),
  of(
    Buffer.from('a,b,y\n1,2,\xe9\n', 'latin1'),
    'FILE: the text is not UTF-8 (--encoding windows-1252 for instance)',
  ),
];

const columns: readonly Wrong[] = [
  of('a,a,y\n1,2,u\n', 'FILE: columns 1 and 2 have one name'),
  of('a,,y\n1,2,u\n', 'FILE: column 2 has no name'),
  of('y\nu\nv\n', 'FILE: no column is left to learn from'),
  [
    ['train', here.file('numbers.csv', '1.5,2,3\n4,5,6\n'), '--target', '3'],
    'numbers.csv: the first record looks like data, not a header (--no-header)',
  ],
  withOptions('good.csv: no column "z"; there are "a", "b", "y"', '--target', 'z'),
  withOptions('good.csv: column "y" stands twice in target', '--target', 'y,y'),
  withOptions('good.csv: several targets must be numbers; "y" has text', '--target', 'a,y'),
  withOptions('good.csv: no column "c"; there are "a", "b", "y"', '--target', 'y', '--ignore', 'c'),
  withOptions('good.csv: column "y" is target and ignore at once', '--target', 'y', '--ignore', 'y'),
  withOptions('good.csv: column "y" is target and key at once', '--target', 'y', '--key', 'y'),
  withOptions('good.csv line 13, column "b": the key of line 2 again', '--target', 'y', '--key', 'b'),
  withOptions('good.csv: the target "y" has text', '--target', 'y', '--task', 'regress'),
  withOptions(
    'train: each class has a single row, so none is left for tests',
    ...['--target', 'a', '--task', 'classify'],
  ),
  withOptions('good.csv: no column "y"; there are "a,b,y"', ...['--target', 'y', '--delimiter', ';']),
  withOptions(
    'good.csv: kinds names no column "q"; there are "a", "b", "y"',
    ...['--target', 'y', '--categories', 'q'],
  ),
];

const cells: readonly Wrong[] = [
  of('a,b,y\n1,,u\n', 'FILE line 2, column "b": missing value (--missing mean, median or drop)'),
  of('a,b,y\n1,2,\n3,4,v\n', 'FILE line 2, column "y": missing target (--missing drop leaves such rows out)'),
  of(
    'a,b,y\n1,2,u\nx,4,v\n',
    'FILE line 3, column "a": not a number, as those before (or --categories \'a\')',
  ),
  of(
    'a,b,y\nx,2,u\n3,4,v\n',
    'FILE line 3, column "a": a number, and text before (--categories \'a\' where these numbers are names)',
  ),
  of(
    'a,b,y\n2020-01-01,2,u\n',
    'FILE line 2, column "a": looks like dates or times: put numbers in their place, days since a day of yours for ' +
      "instance, or leave it out (--ignore 'a'); --categories 'a' takes the texts as categories",
  ),
  of('a,b,y\n1e400,2,u\n', 'FILE line 2, column "a": too large for a number, or not finite'),
  of(
    'a,b,y\n1,5%,u\n',
    'FILE line 2, column "b": looks like numbers with a sign of percent or of a currency: write them without it; ' +
      "--categories 'b' takes the texts as categories",
  ),
  of(
    'a;b;y\n1,5;2;u\n',
    'FILE line 2, column "a": looks like numbers with a decimal comma (--decimal ,) or with digits in groups; ' +
      "--categories 'a' takes the texts as categories",
  ),
  of(
    lines(80, (i) => `n${i},1,u`),
    'FILE line 66, column "a": more than 64 different texts (leave out what is different in each row (--ignore ' +
      "'a'), or raise --max-categories)",
  ),
  of(
    lines(80, (i) => `1,2,c${i}`),
    'FILE line 66, column "y": more than 64 classes (raise --max-categories)',
  ),
  of('a,b,y\n,2,u\n,3,v\n', 'FILE: each of 2 rows has a missing cell', '--missing', 'drop'),
  of('a,b,y\n,2,u\n,3,v\n', 'FILE, column "a": no row has a value (--ignore \'a\')', '--missing', 'mean'),
];

const sizes: readonly Wrong[] = [
  of(
    lines(40, (i) => `${i},2,u`),
    'FILE: the target "y" has a single class',
  ),
  of('a,b,y\n1,2,3.5\n', 'train: a single row cannot be split'),
  of('a,b,y\n1,2,u\n2,3,v\n3,4,u\n', 'train: 1 rows are too few for bob to have one'),
  of(
    lines(12, (i) => `${i},${i * i},${uv(i)}`),
    'train: alice has 5 rows to train on; 10 are needed, since sums over fewer say too much of each',
  ),
  of(
    lines(40, (i) => `${i},${i * i},${uv(i)}`),
    'train: 8 rows to test; 10 are needed, since sums over fewer say too much of each (--test)',
  ),
];

const owners: readonly Wrong[] = [
  withOptions('train: owners.bob: no column "c"', ...['--target', 'y', '--columns', 'alice=a:bob=c']),
  withOptions(
    'train: column "a" goes to alice and to bob',
    ...['--target', 'y', '--columns', 'alice=a:bob=a,b'],
  ),
  withOptions('train: column "b" goes to nobody', '--target', 'y', '--columns', 'alice=a:bob=y'),
  withOptions('train: bob has no column to learn from', ...['--target', 'y', '--columns', 'alice=a,b:bob=y']),
  withOptions(
    'train: the targets go to several owners',
    ...['--target', 'a,b', '--columns', 'alice=a,y:bob=b'],
  ),
  withOptions('train: "provider" is the name of another role', '--target', 'y', '--rows', 'provider:bob'),
];

const all = { texts, columns, cells, sizes, owners };
for (const [name, wrong] of Object.entries(all)) {
  test(`${name}: ${wrong.length} wrong inputs, each with its own line`, () => refused(here, wrong));
}

test.run();
