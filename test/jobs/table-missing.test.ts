/** Missing cells of rows that lie with several owners: the mean over all of them stands in, and no part of it is read in one place. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { predictPlain } from '../../src/baseline/plain.js';
import {
  filledShape,
  missingInputs,
  readTable,
  tableShape,
  toDataset,
  toInputs,
} from '../../src/data/index.js';
import { standardise } from '../../src/data/scale.js';
import { pool, runPlain } from '../../src/jobs/clear.js';
import { type LocalTrainingJob, modelOf } from '../../src/jobs/job.js';
import { runJob } from '../../src/jobs/run.js';
import { tableJob } from '../../src/jobs/table.js';
import { holes } from '../cli/holes.js';
import { patients } from '../data/table/small-tables.js';
import { runDisclosing } from '../world/disclosed.js';

const options = { target: 'price', missing: 'mean', epochs: 4 } as const;

/** The mean of a column's cells that are not missing, over the rows that train. */
function meanOf({ parts }: LocalTrainingJob, column: number): number {
  const { x, features } = pool(parts, 'train');
  const cells = [...x].filter((cell, i) => i % features === column && !Number.isNaN(cell));
  return cells.reduce((sum, cell) => sum + cell, 0) / cells.length;
}

/** The same job where the first owner has the rows of all. */
const atOne = (job: LocalTrainingJob): LocalTrainingJob => ({
  ...job,
  parties: job.parts.map(({ owner }) => owner),
  parts: [{ owner: job.parts[0].owner, train: pool(job.parts, 'train'), test: pool(job.parts, 'test') }],
});

for (const ring of [32, 64] as const) {
  test(`ring ${ring}: means are those over all owners, and the training is that of an owner who has all rows`, async () => {
    const { job, shape } = await tableJob(holes, {
      ...options,
      ring,
      owners: { ann: 0.5, ben: 0.3, cyd: 0.2 },
    });
    assert.equal(
      [job.missing, missingInputs(shape)],
      [
        [0, 1, 2],
        [0, 1, 2],
      ],
    );
    const gone = job.parts.map(({ train }) => [...train.x].filter(Number.isNaN).length);
    assert.ok(
      gone.every((cells) => cells > 0),
      String(gone),
    );
    const [apart, whole, plain] = [await runJob(job), await runJob(atOne(job)), runPlain(job)];
    for (const column of job.missing ?? []) {
      const error = Math.abs((apart.scaling.inputs?.mean[column] as number) - meanOf(job, column));
      assert.ok(error < 1e-3, `column ${column}: ${error}`);
    }
    const near = ring === 32 ? 0.02 : 0.001;
    assert.ok(Math.abs(apart.loss - whole.loss) < near, `${apart.loss}, at one owner ${whole.loss}`);
    assert.ok(Math.abs(apart.loss - plain.loss) < near, `${apart.loss}, in clear ${plain.loss}`);
    assert.ok((apart.regression?.r2 as number) > 0.8, String(apart.regression?.r2));
  });
}

test('clients bring rows with missing cells as parties do; where columns are divided the mean is that of their owner', async () => {
  const { job } = await tableJob(holes, { ...options, ring: 64, owners: ['clinic', 'lab'] });
  const session = { ...job.session, clients: ['clinic', 'lab'] };
  const [brought, plain] = [await runJob({ ...job, parties: ['alice', 'bob'], session }), runPlain(job)];
  assert.ok(Math.abs(brought.loss - plain.loss) < 0.001, `${brought.loss}, in clear ${plain.loss}`);
  const columns = { ann: ['age', 'heating', 'price'], ben: ['area', 'rooms'] };
  const divided = (await tableJob(holes, { ...options, columns })).job;
  assert.equal(divided.missing, [0, 4, 5]);
  const [apart, whole] = [await runJob(divided), runPlain(divided)];
  assert.ok(Math.abs(apart.loss - whole.loss) < 0.001, `${apart.loss}, in clear ${whole.loss}`);
  const told = (await runDisclosing(divided)).disclosed.map(({ label }) => label);
  assert.ok(told.length > 0 && !told.includes('aggregate'), String(told));
});

test('in clear it is the training on rows that were filled in before', async () => {
  const { job } = await tableJob(holes, options);
  const table = await readTable(holes, { target: 'price', missing: 'mean' });
  const filled = toDataset(table, filledShape(tableShape(table, { mean: 'joint' }), meansOf(job)));
  assert.not.ok(filled.x.some(Number.isNaN));
  const { missing: _, ...whole } = job;
  const parts = job.parts.map((part) => ({ ...part, train: fill(part.train), test: fill(part.test) }));
  const [one, other] = [runPlain(job), runPlain({ ...whole, parts })];
  assert.ok(Math.abs(one.loss - other.loss) < 1e-5, `${one.loss}, ${other.loss}`);

  function fill(set: LocalTrainingJob['parts'][number]['train']) {
    const x = set.x.map((cell, i) => (Number.isNaN(cell) ? meanOf(job, i % set.features) : cell));
    return { ...set, x };
  }
});

/** A mean for each input; 0 where none is needed. */
const meansOf = (job: LocalTrainingJob): number[] =>
  Array.from({ length: job.parts[0].train.features }, (_, column) =>
    job.missing?.includes(column) ? meanOf(job, column) : 0,
  );

test('later rows are read by the shape, with what the training has scaled by', async () => {
  const { job, shape } = await tableJob(patients, { target: 'outcome', missing: 'mean', epochs: 8 });
  const { weights, scaling } = await runJob(job);
  assert.ok(scaling.inputs);
  const later = 'smoker,pressure,age\nyes,170,70\nno,,30\nyes,160,?\n';
  const read = async (own: typeof shape) => toInputs(await readTable(later, { shape: own }), own);
  const own = standardise(await read(shape), scaling.inputs, missingInputs(shape));
  const filled = standardise(await read(filledShape(shape, scaling.inputs.mean)), scaling.inputs);
  own.forEach((cell, i) => {
    assert.ok(Math.abs(cell - filled[i]) < 1e-6, `${cell}, ${filled[i]}`);
  });
  const outputs = predictPlain(modelOf(job), [...weights], own);
  assert.equal([outputs[0] > outputs[1], outputs[2] > outputs[3]], [true, false], 'ill, well');
});

test('what cannot be meant', async () => {
  const { job, shape } = await tableJob(holes, { ...options, ring: 64 });
  const refused = async (change: Partial<LocalTrainingJob>): Promise<string> =>
    String(await runJob({ ...job, ...change }).catch((error: Error) => error));
  assert.match(
    await refused({ standardise: false }),
    /job\.missing: a missing cell has the mean that standardise/,
  );
  assert.match(await refused({ missing: [7] }), /job\.missing: an input must be/);
  assert.match(await refused({ missing: [0] }), /jointStatistics: alice's column age is not finite/);
  assert.throws(() => filledShape(shape, [1, 2]), /^filledShape: 2 means, and the shape has 6 inputs$/);
  const empty = job.parts.map(({ owner, train, test }) => {
    const x = train.x.map((cell, i) => (i % train.features === 0 ? Number.NaN : cell));
    return { owner, train: { ...train, x }, test };
  });
  assert.match(await refused({ parts: empty }), /column area: nobody has a number to train on/);
  assert.match(
    await refused({ parts: [job.parts[0], { ...job.parts[1], train: few(job.parts[1].train) }] }),
    /bob's column area has fewer than 10 cells that are not missing/,
  );

  function few(set: LocalTrainingJob['parts'][number]['train']) {
    const x = set.x.map((cell, i) => (i % set.features === 0 && i > 20 ? Number.NaN : cell));
    return { ...set, x };
  }
});

test.run();
