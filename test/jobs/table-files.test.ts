/** Jobs on a file an owner: what columns, categories and classes there are is found in all of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { columnStatistics, filledShape } from '../../src/data/index.js';
import { pool, runPlain } from '../../src/jobs/clear.js';
import { wholeRows } from '../../src/jobs/columns.js';
import { runJob } from '../../src/jobs/run.js';
import { type TableJobOptions, tableJob } from '../../src/jobs/table.js';
import { north, south } from '../data/table/owners-tables.js';
import { runDisclosing } from '../world/disclosed.js';

const FILES = [
  { owner: 'north', file: north },
  { owner: 'south', file: south },
];
const options: TableJobOptions = { target: 'kind', missing: 'mean', epochs: 12 };

test('categories and classes are those of both files, sorted; each owner has its own rows, split by themselves', async () => {
  const { job, shape } = await tableJob(FILES, options);
  assert.equal(shape.columns[3], {
    kind: 'category',
    name: 'colour',
    categories: ['blue', 'red', 'white'],
    missing: 'zeros',
    unknown: 'zeros',
  });
  assert.equal(shape.target, {
    task: 'classify',
    name: 'kind',
    classes: ['setosa', 'versicolor', 'virginica'],
    missing: 'error',
  });
  assert.equal(
    job.parts.map(({ owner, train, test }) => [owner, train.rows + test.rows, test.rows]),
    [
      ['north', 75, 15],
      ['south', 75, 15],
    ],
  );
  const counts = job.parts.map(({ train: { y } }) =>
    [0, 1, 2].map((kind) => y.filter((label, i) => i % 3 === kind && label === 1).length),
  );
  assert.equal(counts, [
    [40, 20, 0],
    [0, 20, 40],
  ]);
  // every cell stands where its column does, though the files have them in another order
  const rows = job.parts.map(({ train, test }) => [...train.x, ...test.x]);
  assert.equal(
    rows.map((x) => x.filter((cell, i) => i % 6 === 0 && Number.isNaN(cell)).length),
    [0, 75],
  );
  assert.equal(
    rows.map((x) => [4, 5].map((input) => x.some((cell, i) => i % 6 === input && cell === 1))),
    [
      [false, true],
      [true, false],
    ],
  );
  assert.is(job.title, 'table: kind');
});

test('a training on two files, each of which lacks a class, is on shares as in clear', async () => {
  const { job } = await tableJob(FILES, options);
  const [shares, plain] = [await runJob(job), runPlain(job)];
  assert.ok(plain.accuracy > 0.85, String(plain.accuracy));
  assert.ok(
    Math.abs(shares.accuracy - plain.accuracy) < 0.07,
    `${shares.accuracy}, in clear ${plain.accuracy}`,
  );
  assert.ok(Math.abs(shares.loss - plain.loss) < 0.02, `${shares.loss}, in clear ${plain.loss}`);
  // sepals are measured in the north alone
  const { x } = job.parts[0].train;
  const sepals = x.filter((_, i) => i % 6 === 0);
  const mean = sepals.reduce((sum, cell) => sum + cell, 0) / sepals.length;
  assert.ok(Math.abs((shares.scaling.inputs?.mean[0] as number) - mean) < 1e-3);
});

test('numbers in both files are learned as numbers, over both', async () => {
  const { job, shape } = await tableJob(FILES, { ...options, target: 'petal', ignore: ['sepal'] });
  assert.equal(shape.target, { task: 'regress', names: ['petal'], missing: 'error' });
  assert.is(pool(job.parts, 'train').rows, 120);
});

test('what cannot be meant is refused by file, line and option', async () => {
  const file = (text: string, name: string) => Object.assign(new Blob([text]), { name });
  const refused = async (souths: string, more: object = {}, files = FILES as readonly object[]) => {
    const given = souths === '' ? files : [FILES[0], { owner: 'south', file: souths }];
    const error = await tableJob(given as never, { ...options, ...more }).catch((error) => error);
    assert.instance(error, Error);
    return error.message;
  };
  for (const [souths, pattern] of [
    ['kind,colour,width,petal\nsetosa,red,1,1\n', /lacks the column "sepal" that table has$/],
    [south.replace('sepal', 'leaf'), /has a column "leaf" that table has not \(ignore: \["leaf"\]\)$/],
    [south.replace('virginica,blue', 'virginica,7'), /column "colour": a number, and text before/],
    [south.replace(/,[0-9.]+,\n/, ',wide,\n'), /column "petal": not a number, as those before/],
    ['kind,colour,width,petal,sepal\n', /no rows, or each has a missing cell$/],
  ] as const) {
    assert.match(await refused(souths), pattern);
  }
  for (const [more, pattern] of [
    [{ owners: ['a', 'b'] }, /^tableJob: owners: each owner has rows of its own, in a file$/],
    [{ columns: { a: ['petal'], b: ['kind'] } }, /^tableJob: columns: each owner/],
    [{ key: 'sepal' }, /^tableJob: key: each owner/],
  ] as const) {
    assert.match(await refused('', more), pattern);
  }
  for (const [files, pattern] of [
    [[FILES[0]], /^tableJob: files of two owners or more are needed$/],
    [[FILES[0], FILES[0]], /^tableJob: files: north stands there twice$/],
    [[FILES[0], { owner: 'south' }], /^readTable: expected a path, .* got undefined$/],
    [[FILES[0], { owner: 7, file: south }], /^tableJob: files, entry 1: owner must be a string/],
    [[FILES[0], { name: 'south', file: south }], /^tableJob: files, entry 1: unknown option "name"/],
    [[FILES[0], { owner: 'south', file: file('a\n', 'x') }], /no column "kind"/],
  ] as const) {
    assert.match(await refused('', {}, files), pattern);
  }
});

for (const ring of [32, 64] as const) {
  test(`ring ${ring}: a missing cell has the median over both files, of which nobody reads more than its digits`, async () => {
    const missing = { sepal: 'median', petal: 'median', width: 'mean', colour: 'mean' } as const;
    const { job, shape } = await tableJob(FILES, { ...options, missing, ring });
    assert.equal(
      shape.columns.slice(0, 3).map(({ missing }) => missing),
      ['median', 'median', 'mean'],
    );
    assert.equal(
      [job.missing, job.medians],
      [
        [0, 1, 2],
        [0, 1],
      ],
    );
    const { disclosed, result } = await runDisclosing(job);
    assert.equal(
      disclosed.filter(({ label }) => label === 'medians').map(({ to }) => to),
      ['north', 'south'],
    );
    const plain = runPlain(job);
    const near = ring === 32 ? 0.02 : 0.005;
    assert.ok(Math.abs(result.loss - plain.loss) < near, `${result.loss}, in clear ${plain.loss}`);
    const { x, features } = pool(job.parts, 'train');
    const mean = result.scaling.inputs?.mean as Float64Array;
    for (const column of [0, 1]) {
      const cells = x.filter((cell, i) => i % features === column && !Number.isNaN(cell)).sort();
      assert.is(mean[column], cells[(cells.length - 1) >> 1]);
    }
    assert.equal(filledShape(shape, mean).columns[0], { kind: 'number', name: 'sepal', missing: mean[0] });
  });
}

test('clients bring rows and learn the medians too; where columns are divided each owner takes its own', async () => {
  const few = { ...options, epochs: 4 };
  const { job } = await tableJob(FILES, { ...few, missing: 'median', ring: 64 });
  const session = { ...job.session, clients: ['north', 'south'] };
  const { result, disclosed } = await runDisclosing({ ...job, parties: ['alice', 'bob'], session });
  const plain = runPlain(job);
  assert.ok(Math.abs(result.loss - plain.loss) < 0.005, `${result.loss}, in clear ${plain.loss}`);
  assert.equal(
    disclosed.filter(({ label }) => label === 'medians').map(({ to }) => to),
    ['alice', 'bob', 'north', 'south'],
  );
  const columns = { ann: ['sepal', 'petal', 'kind'], ben: ['width', 'colour'] };
  const { job: means } = await tableJob(north, { ...few, columns });
  const divided = { ...means, medians: means.missing };
  const [apart, whole] = [await runDisclosing(divided), runPlain(divided)];
  assert.ok(Math.abs(apart.result.loss - whole.loss) < 0.005, `${apart.result.loss}, in clear ${whole.loss}`);
  const { x, features } = wholeRows(divided.parts, 'train');
  const clear = columnStatistics(x, features, divided.missing, divided.medians);
  assert.equal([...(apart.result.scaling.inputs?.mean ?? [])], [...clear.mean]);
  assert.not.ok(apart.disclosed.some(({ label }) => label === 'medians'));
});

test('medians of a job are of inputs in which a cell may be missing', async () => {
  const { job } = await tableJob(FILES, { ...options, missing: 'median', ring: 64 });
  assert.equal(job.medians, [0, 1, 2]);
  const error = await runJob({ ...job, missing: [0, 1] }).catch(String);
  assert.match(String(error), /job\.medians: an input that is not one of job\.missing$/);
});

test.run();
