/** Jobs on tables of one's own: classes and numbers, on shares as in clear. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { predictPlain } from '../../src/baseline/plain.js';
import { readTable, toInputs } from '../../src/data/index.js';
import { columnStatistics, standardise } from '../../src/data/scale.js';
import { pool, runPlain } from '../../src/jobs/clear.js';
import { modelOf } from '../../src/jobs/job.js';
import { runJob } from '../../src/jobs/run.js';
import { type TableJobOptions, tableJob } from '../../src/jobs/table.js';
import { commas, flowers, houses, machines, patients } from '../data/table/small-tables.js';
import { runDisclosing } from '../world/disclosed.js';

const TABLES: Readonly<Record<string, readonly [string, TableJobOptions]>> = {
  flowers: [flowers, { target: 'kind' }],
  patients: [patients, { target: 'outcome', missing: 'median' }],
  machines: [machines, { target: 'state' }],
  houses: [houses, { target: 'price' }],
  commas: [commas, { target: ['ertrag', 'rest'], decimal: ',' }],
};
/** What each table is told to at the least, accuracy or R²; float reaches 0.9 to 1. */
const ENOUGH = 0.85;

const score = ({ accuracy, regression }: { accuracy: number; regression?: { r2: number } }): number =>
  regression?.r2 ?? accuracy;

for (const [name, [text, options]] of Object.entries(TABLES)) {
  test(`${name}: the defaults train in clear, with each optimizer`, async () => {
    for (const optimizer of ['sgd', 'momentum', 'adam'] as const) {
      for (const seed of [0, 1]) {
        const { job } = await tableJob(text, { ...options, optimizer, seed });
        const reached = score(runPlain(job));
        assert.ok(reached > ENOUGH, `${optimizer}, seed ${seed}: ${reached}`);
      }
    }
  });

  test(`${name}: on shares as in clear`, async () => {
    const { job } = await tableJob(text, { ...options, name, epochs: 8 });
    const shares = await runJob(job);
    const plain = runPlain(job);
    assert.ok(score(shares) > ENOUGH, String(score(shares)));
    assert.ok(Math.abs(score(shares) - score(plain)) < 0.05, `${score(shares)}, in clear ${score(plain)}`);
    assert.ok(Math.abs(shares.loss - plain.loss) < 0.05, `${shares.loss}, in clear ${plain.loss}`);
    const errors = plain.regression?.mae ?? [];
    assert.is(shares.regression?.mae.length ?? 0, errors.length);
    errors.forEach((error, j) => {
      const own = shares.regression?.mae[j] as number;
      assert.ok(Math.abs(own / error - 1) < 0.1, `target ${j}: ${own}, in clear ${error}`);
    });
  });
}

test('errors of a regression are in the units of its targets', async () => {
  const { job } = await tableJob(houses, { target: 'price', epochs: 10 });
  const [train, tested] = [pool(job.parts, 'train'), pool(job.parts, 'test')];
  const { mae, r2 } = runPlain(job).regression as { mae: readonly number[]; r2: number };
  // prices are 30 apart by heating alone, and come with a noise of deviation 15, so of mean distance 12
  assert.ok(mae[0] > 8 && mae[0] < 30, String(mae));
  const mean = train.y.reduce((a, b) => a + b, 0) / train.rows;
  const guessed = tested.y.reduce((sum, price) => sum + Math.abs(price - mean), 0) / tested.rows;
  assert.ok(guessed > 3 * mae[0], `${guessed} by the mean alone`);
  assert.ok(r2 > 0.85 && r2 < 1);
  assert.is(Number.isNaN(runPlain(job).accuracy), true);
});

test('a target that does not vary is refused by name before the training, whoever has it', async () => {
  const [head, ...rows] = houses.trimEnd().split('\n');
  const text = [`${head},rent`, ...rows.map((row) => `${row},5.5`)].join('\n');
  const area = { ann: ['area'], ben: ['heating', 'age', 'rooms'] };
  for (const options of [
    { target: 'rent', ignore: ['price'] },
    { target: ['price', 'rent'] },
    { target: 'rent', ignore: ['price'], columns: area },
  ]) {
    const { job } = await tableJob(text, { ...options, epochs: 1 });
    const wanted = /^the target rent does not vary in the training rows: nothing to learn$/;
    let trains = false;
    const onStep = ({ step }: { step: string }) => {
      trains ||= step === 'train';
    };
    const error = await runJob(job, { onStep }).catch((cause) => cause);
    assert.instance(error, RangeError);
    assert.match(error.message, wanted);
    assert.is(trains, false);
    assert.throws(() => runPlain(job), wanted);
  }
});

test('nothing of a regression is opened but sums, to the roles that are named', async () => {
  const { job } = await tableJob(houses, { target: 'price', epochs: 1, ring: 64 });
  const { disclosed: lists } = await runDisclosing(job);
  const of = (wanted: string) => lists.filter(({ label }) => label === wanted);
  assert.equal(
    of('evaluate: absolute error').map(({ to, values }) => [to, values]),
    [['owner', 1]],
  );
  assert.is(of('fit: accuracy').length + of('evaluate: accuracy').length, 0);
  assert.ok(of('aggregate').length > 0);
});

test('rows are split and divided by the seed, and the shape is that of the training rows', async () => {
  const { job, shape } = await tableJob(flowers, {
    target: 'kind',
    owners: { ann: 0.75, ben: 0.25 },
    seed: 4,
  });
  assert.equal(
    job.parts.map(({ owner, train, test }) => [owner, train.rows, test.rows]),
    [
      ['ann', 90, 23],
      ['ben', 30, 7],
    ],
  );
  assert.equal(shape.target, {
    task: 'classify',
    name: 'kind',
    classes: ['setosa', 'versicolor', 'virginica'],
    missing: 'error',
  });
  const again = await tableJob(flowers, { target: 'kind', owners: { ann: 0.75, ben: 0.25 }, seed: 4 });
  assert.equal(again, { job, shape });
  const other = await tableJob(flowers, { target: 'kind', owners: { ann: 0.75, ben: 0.25 }, seed: 5 });
  assert.not.equal(other.job.parts[0].test.x, job.parts[0].test.x);
});

test('later rows are read by the shape and told by the weights', async () => {
  const { job, shape } = await tableJob(flowers, { target: 'kind' });
  const { weights } = await runJob(job);
  const later = await readTable('colour,width,petal,sepal\ngreen,0.3,1.5,5\nblue,1.9,5.1,6.6\n', { shape });
  const train = pool(job.parts, 'train');
  const x = standardise(toInputs(later, shape), columnStatistics(train.x, train.features));
  const outputs = predictPlain(modelOf(job), [...weights], x);
  const classes = [0, 1]
    .map((row) => outputs.subarray(3 * row, 3 * row + 3))
    .map((own) => own.indexOf(Math.max(...own)));
  assert.equal(classes, [0, 2]);
});

test('options that cannot be used', async () => {
  const refused = async (options: object): Promise<string> => {
    const error = await tableJob(flowers, { target: 'kind', ...options } as never).catch((error) => error);
    assert.instance(error, Error);
    return error.message;
  };
  for (const [options, pattern] of [
    [{ target: undefined }, /^tableJob: target is needed, the column to learn$/],
    [{ targets: 'kind' }, /^tableJob: unknown option "targets"/],
    [{ optimizer: 'rmsprop' }, /^tableJob: optimizer must be one of sgd, momentum, adam$/],
    [
      { target: 'petal', loss: 'hinge' },
      /^tableJob: loss must be meanSquaredError where the target is a number$/,
    ],
    [{ loss: 'mse' }, /^tableJob: loss must be one of meanSquaredError, softmaxCrossEntropy, /],
    [{ activation: 'rleu' }, /activation/],
    [{ owners: ['a', 'a'] }, /^divideRows: an owner stands there twice$/],
    [{ test: 2 }, /^splitRows: test must be between 0 and 1$/],
    [{ hidden: [0] }, /^tableJob: hidden: /],
    [{ ring: 16 }, /^tableJob: ring must be one of auto, 32, 64$/],
    [{ missing: 'zero' }, /^readTable: missing must be one of/],
    [{ epochs: 0 }, /^tableJob: epochs must be a positive integer$/],
  ] as const) {
    assert.match(await refused(options), pattern);
  }
});

test.run();
