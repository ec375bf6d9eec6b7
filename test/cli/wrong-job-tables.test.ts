/** Jobs on tables that make no sense, and owners' files that are not as the job says: the line that is said of each. */
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { flowers } from '../data/table/small-tables.js';
import { holes } from './holes.js';
import { call } from './in-process.js';
import { place, refused, type Wrong } from './wrong.js';

const here = place();
const { at, file } = here;
file('holes.csv', holes);
file('flowers.csv', flowers);
const made = async (name: string, table: string, ...args: string[]) => {
  const { code, error } = await call(['job', 'init', 'table', at(table), ...args, '--out', at(name)]);
  assert.equal([code, error], [0, '']);
};
await made('houses', 'holes.csv', '--target', 'price', '--missing', 'mean', '--ring', '64');
await made('kinds', 'flowers.csv', '--target', 'kind', '--ring', '64');

test('what job init table is asked for', async () => {
  const init = ['job', 'init', 'table'];
  const out = ['--out', 'FOLDER/new'];
  const table = 'FOLDER/holes.csv';
  await refused(here, [
    [init, 'job init table: FILE is missing (see beaverdam job init table --help)'],
    [[...init, table], 'job init table: --out is needed (see beaverdam job init table --help)'],
    [
      [...init, table, ...out],
      'job init table: --target is needed (see beaverdam job init table FILE --help)',
    ],
    [[...init, 'FOLDER/none.csv', '--target', 'y', ...out], 'cannot read FOLDER/none.csv: no such file'],
    [
      [...init, table, '--target', 'price', ...out],
      'holes.csv line 14, column "area": missing value (--missing mean, median or drop)',
    ],
    [
      [...init, table, '--target', 'value', ...out],
      'holes.csv: no column "value"; there are "area", "rooms", "age", "heating", "price"',
    ],
    [
      [...init, table, '--target', 'price', '--missing', 'mean', '--rows', 'a:b', '--clients', 'c', ...out],
      "job init table: --rows and --clients: the rows are either parties' or clients'",
    ],
    [
      [...init, table, '--target', 'price', '--missing', 'mean', '--clients', 'bob', ...out],
      'job init table: --clients: the name "bob" is taken twice',
    ],
    [
      [...init, table, '--target', 'price', '--missing', 'mean', '--rows', 'owner:bob', ...out],
      'job init table: "owner" is the name of another role',
    ],
    [
      [...init, table, '--target', 'price', '--missing', 'mean', '--out', 'FOLDER/kinds'],
      'FOLDER/kinds is not empty; nothing was written',
    ],
  ]);
});

/** Lines of a file of alice's, changed; what `job check` says of it. */
const TABLES: [job: string, change: (lines: string[]) => string[], line: string][] = [
  [
    'houses',
    (lines) => lines.with(4, '70,3,12,coal,300'),
    'train.csv line 5, column "heating": none of the job\'s 3 categories',
  ],
  [
    'kinds',
    (lines) => lines.with(2, '5,1,,blue,setosa'),
    'train.csv line 3, column "width": missing value, where the job says that none may be missing',
  ],
  [
    'kinds',
    (lines) => lines.with(2, '5,1,1,blue,secret'),
    'train.csv line 3, column "kind": none of the job\'s 3 classes',
  ],
  [
    'kinds',
    (lines) => lines.with(2, '5,1,secret,blue,setosa'),
    'train.csv line 3, column "width": not a number',
  ],
  ['kinds', (lines) => lines.with(2, '5,1,1,blue'), 'train.csv line 3: expected 5 fields, found 4'],
  [
    'houses',
    (lines) => lines.map((line, i) => `${line},${i === 0 ? 'name' : 'secret'}`),
    'train.csv: has a column "name" that is not in the job',
  ],
  [
    'houses',
    (lines) => lines.map((line) => line.replace(/^[^,]*,/, '')),
    'train.csv: lacks the column "area" of the job',
  ],
  [
    'houses',
    (lines) => lines.map((line) => line.replace(/,[^,]*$/, '')),
    'train.csv: lacks the column "price" of the job',
  ],
  [
    'houses',
    (lines) => lines.map((line, i) => (i === 0 ? line : line.replace(/^[^,]*/, String(1e9 + (i % 7) / 8)))),
    'train.csv, column "area": numbers differ by too little beside their size for single precision: subtract a constant from all, a start from times for instance',
  ],
  [
    'houses',
    (lines) => lines.with(3, '70,3,12,gas,'),
    'train.csv line 4, column "price": missing value, where the job says that none may be missing',
  ],
];

for (const [job, change, line] of TABLES) {
  test(`${job}: ${line}`, async () => {
    const folder = `${job}/data/alice`;
    const path = at(`${folder}/train.csv`);
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, `${change(before.trimEnd().split('\n')).join('\n')}\n`);
    const args = ['--role', 'alice', '--data', `FOLDER/${folder}`];
    await refused(here, [[['job', 'check', `FOLDER/${job}/job.json`, ...args], `FOLDER/${folder}/${line}`]]);
    await refused(here, [[['run', `FOLDER/${job}/job.json`, '--role', 'alice'], `FOLDER/${folder}/${line}`]]);
    writeFileSync(path, before);
  });
}

/** Changes of the houses' job, and what is said of it. */
const DATA: [change: Record<string, unknown>, line: string][] = [
  [{ columns: [{ name: 'area' }] }, 'data.columns[0].kind: expected number, category'],
  [{ columns: [7] }, 'data.columns[0]: expected a name, or an object that says what the column is'],
  [
    { columns: [{ name: 'area', kind: 'number', missing: 'mode' }] },
    'data.columns[0].missing: expected error, drop, mean, median, or a number',
  ],
  [{ scaling: 'none' }, 'data.columns[0].missing: mean is what columns are scaled by: data.scaling is none'],
  [{ columns: [{ name: 'a', kind: 'number', unit: 'm' }] }, 'data.columns[0]: unknown field "unit"'],
  [{ columns: [{ name: 'a', kind: 'category' }] }, 'data.columns[0].categories: is missing'],
  [
    { columns: [{ name: 'a', kind: 'category', categories: ['x', 'y', 'x'] }] },
    'model.inputShape: has 6 numbers, but a row of the data 3',
  ],
  [
    { columns: ['b', 'c', 'd', { name: 'a', kind: 'category', categories: ['x', 'y', 'x'] }] },
    'data.columns[3].categories[2]: stands there twice',
  ],
  [{ columns: ['a', 'b', 'c', 'd', 'e', 'price'] }, 'data.target: is one of the columns too'],
  [{ target: ['price', 'rest'] }, 'data.target: 2 numbers, but the model has 1 outputs'],
  [{ target: 7 }, 'data.target: expected a name, or several'],
  [{ classes: ['cheap', 'dear'] }, 'data.classes: 2 classes, but the model has 1 outputs'],
];

/** Changes of a job of columns, and what is said of it. */
const OWNERS: [change: (data: Record<string, never>) => object, line: string][] = [
  [() => ({ owners: { alice: ['sepal', 'petal'] } }), 'data.rows.bob: has no columns'],
  [
    () => ({ owners: { alice: ['sepal', 'petal'], bob: ['width', 'kind'] } }),
    'data.owners: nobody has the column "colour"',
  ],
  [
    () => ({ owners: { alice: ['sepal', 'petal'], bob: ['width', 'colour', 'kind', 'size'] } }),
    'data.owners.bob[3]: is no column of the job',
  ],
  [
    () => ({ owners: { alice: ['sepal', 'petal', 'width'], bob: ['width', 'colour', 'kind'] } }),
    'data.owners.alice[2]: stands there twice',
  ],
  [
    () => ({ owners: { alice: ['petal', 'sepal'], bob: ['width', 'colour', 'kind'] } }),
    'data.columns[0]: columns stand in the order of their owners: "petal" comes here',
  ],
  [
    () => ({ owners: { alice: ['sepal', 'petal', 'width', 'colour'], bob: ['kind'] } }),
    'data.owners.bob: has no column to learn from',
  ],
  [() => ({ owners: { alice: ['sepal'], provider: ['kind'] } }), 'data.owners.provider: is no party'],
  [() => ({ key: 'petal' }), 'data.key: is one of the columns too'],
  [() => ({ keys: { test: `sha256:${'0'.repeat(64)}` } }), 'data.keys: are of data.key, which is missing'],
  [() => ({ key: 'id', owners: undefined }), 'data.key: is of columns that are divided: data.owners'],
  [
    () => ({ missingTarget: 'drop' }),
    'data.missingTarget: no row is left out where others have columns of it',
  ],
  [
    ({ rows }) => ({ rows: { ...(rows as object), bob: { train: 7, test: 30 } } }),
    'data.rows.bob: columns are of the same rows, and alice has others',
  ],
];

test('what a job says of columns that are divided', async () => {
  await made(
    'columns',
    'flowers.csv',
    '--target',
    'kind',
    '--columns',
    'alice=sepal,petal:bob=width,colour,kind',
  );
  const job = JSON.parse(readFileSync(at('columns/job.json'), 'utf8'));
  const wrong: Wrong[] = OWNERS.map(([change, line], i) => {
    const data = { ...job.data, ...change(job.data) };
    const path = file(`divided/${i}.json`, JSON.stringify({ ...job, data }));
    return [['job', 'check', path], `${path}: ${line}`];
  });
  const init = ['job', 'init', 'table', 'FOLDER/flowers.csv', '--target', 'kind', '--out', 'FOLDER/new'];
  wrong.push(
    [
      [...init, '--columns', 'alice=sepal,petal:bob=width,colour', '--clients', 'lab'],
      "job init table: --columns and --clients: columns are the parties' own",
    ],
    [[...init, '--columns', 'alice=sepal:bob=width,colour'], 'job init table: column "petal" goes to nobody'],
  );
  await refused(here, wrong);
});

test('what a job says of its table', async () => {
  const job = JSON.parse(readFileSync(at('houses/job.json'), 'utf8'));
  const wrong: Wrong[] = DATA.map(([change, line], i) => {
    const path = file(`wrong/${i}.json`, JSON.stringify({ ...job, data: { ...job.data, ...change } }));
    return [['job', 'check', path], `${path}: ${line}`];
  });
  const loss = { ...job, training: { ...job.training, loss: 'hinge' } };
  wrong.push([
    ['job', 'check', file('wrong/loss.json', JSON.stringify(loss))],
    'FOLDER/wrong/loss.json: training.loss: must be meanSquaredError where the target is a number',
  ]);
  for (const [metrics, line] of [
    [['auc'], 'metrics: auc is of classes, and the target is a number'],
    [['r2', 'r2'], 'metrics: the metric r2 comes twice'],
    [['f1'], 'metrics[0]: Invalid option: expected one of "confusionMatrix"|"meanAbsoluteError"|"r2"|"auc"'],
  ] as const) {
    const path = file(`wrong/${metrics.join('-')}.json`, JSON.stringify({ ...job, metrics }));
    wrong.push([['job', 'check', path], `${path}: ${line}`]);
  }
  await refused(here, wrong);
});

test.run();
