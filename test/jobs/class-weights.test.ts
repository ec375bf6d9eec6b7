/** Jobs in which the rows of rare classes count for more. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runPlain, runTensorFlow } from '../../src/jobs/clear.js';
import { runJob, tableJob, wineJob } from '../../src/jobs/index.js';
import type { LocalTrainingJob } from '../../src/jobs/job.js';
import { ownedByClients } from '../../src/jobs/owners.js';
import { balancedWeights, countClasses } from '../../src/model/class-weights.js';
import { initJob, ROLES, removeJobs, resultOf, runRoles } from '../cli/job.js';
import { type Ended, runCli } from '../cli/run.js';
import { flowers } from '../data/table/small-tables.js';
import { runDisclosing } from '../world/disclosed.js';

const test = suite('class weights of jobs');
test.after(removeJobs);

const weighted = async (more: object): Promise<LocalTrainingJob> => ({ ...(await wineJob()), ...more });

/** @param apart how far from it the loss is without weights, where that can be told from roundings */
async function likeInClear(job: LocalTrainingJob, apart = 0): Promise<void> {
  const [shares, plain, tensorFlow] = [await runJob(job), runPlain(job), await runTensorFlow(job)];
  const { classWeights: _, ...alike } = job;
  const away = Math.abs(shares.loss - runPlain(alike).loss);
  assert.ok(away >= apart, `${away} from the loss without weights`);
  for (const clear of [plain, tensorFlow ?? plain]) {
    assert.ok(Math.abs(shares.loss - clear.loss) < 0.02, `${shares.loss}, in clear ${clear.loss}`);
    assert.ok(Math.abs(shares.accuracy - clear.accuracy) <= 1 / 18, 'two of 36 rows at the most');
  }
  assert.ok(tensorFlow, 'TensorFlow.js is installed');
}

test('weights of one’s own, in ring 32 and 64: as in clear, and as in TensorFlow.js', async () => {
  for (const ring of [32, 64] as const) {
    await likeInClear(await weighted({ classWeights: [0, 1, 4], session: { ring } }), 0.1);
  }
});

for (const loss of ['softmaxCrossEntropy', 'meanSquaredError'] as const) {
  test(`balanced, ${loss}: as in clear, and as in TensorFlow.js`, async () => {
    await likeInClear(await weighted({ classWeights: 'balanced', loss }));
  });
}

test('three parties, rows of clients, and columns that are divided', async () => {
  await likeInClear({ ...(await wineJob({ parties: 3 })), classWeights: 'balanced' });
  await likeInClear({
    ...ownedByClients(await weighted({}), ['clinic', 'ward']),
    classWeights: 'balanced',
  });
  const columns = { alice: ['width', 'sepal'], bob: ['colour', 'petal', 'kind'] };
  const { job } = await tableJob(flowers, { target: 'kind', columns, epochs: 4 });
  const whole = { ...job, classWeights: 'balanced' as const };
  const [shares, plain] = [await runJob(whole), runPlain(whole)];
  assert.ok(Math.abs(shares.loss - plain.loss) < 0.02);
});

test('balanced weights are those of all owners together, and opened are the counts alone', async () => {
  const job = await weighted({ classWeights: 'balanced', epochs: 1 });
  const { disclosed } = await runDisclosing(job, {});
  const { disclosed: without } = await runDisclosing(await weighted({ epochs: 1 }), {});
  const sums = (lists: typeof disclosed, role: string) =>
    lists.filter(({ label, to }) => label === 'aggregate' && to === role);
  assert.equal(
    disclosed.map(({ label, to }) => `${label} ${to}`),
    without.map(({ label, to }) => `${label} ${to}`),
    'nothing of another kind, to nobody else',
  );
  for (const party of ['alice', 'bob']) {
    const count = (lists: typeof disclosed) => sums(lists, party).reduce((sum, { values: n }) => sum + n, 0);
    assert.is(count(disclosed) - count(without), 3);
  }
  const y = job.parts.flatMap(({ train }) => [...train.y]);
  let told: readonly number[] | null = null;
  await runJob(job, {
    onStep(step) {
      if (step.step === 'train') told = step.classWeights;
    },
  });
  assert.equal(told, balancedWeights(countClasses(y, 3)));
});

test('what are no weights of the classes is refused before anything is shared', async () => {
  const refused: [object, RegExp][] = [
    [{ classWeights: [1, 2] }, /runJob: job\.classWeights: expected a weight for each of 3 classes, got 2/],
    [{ classWeights: [1, 2, -3] }, /runJob: job\.classWeights: weights are numbers from 0 to 60, got -3/],
    [{ classWeights: 'rare' }, /runJob: job\.classWeights: must be 'balanced' or a number for each class/],
    [
      { classWeights: 'balanced', task: 'regress', loss: 'meanSquaredError' },
      /runJob: job\.classWeights: a regression has no classes/,
    ],
  ];
  for (const [more, message] of refused) {
    const error = await runJob(await weighted(more)).catch((reason: Error) => reason);
    assert.match(String(error), message);
  }
});

test('roles in processes of their own train with them, and job check says what is told', async () => {
  const dir = await initJob('wine', '--class-weights', 'balanced', '--epochs', '2');
  const { stdout } = await runCli(['job', 'check', `${dir}/job.json`]);
  assert.match(stdout, /2 epochs in batches of \d+, rare classes counting for more/);
  assert.match(stdout, /bob learns from it how many of alice's each class has/);
  assert.match(stdout, /learns the sums that scale the columns; how many training rows each class has/);
  const ended = await runRoles(dir, ROLES, ['--json']);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  const { accuracy } = resultOf(ended.get('owner') as Ended);
  assert.ok(accuracy > 0.8, `${accuracy}`);
});

test('a training is not taken up with other weights', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'class-weights-'));
  try {
    const job = await weighted({ classWeights: [1, 2, 3], epochs: 2 });
    await runJob({ ...job, epochs: 1 }, { checkpoint: dir });
    for (const other of [{ classWeights: 'balanced' as const }, { classWeights: undefined }]) {
      const error = await runJob({ ...job, ...other }, { resume: dir }).catch((reason: Error) => reason);
      assert.match(String(error), /is of another (?:job|training)/);
    }
    assert.is((await runJob(job, { resume: dir })).epochs.length, 1);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('the command line refuses what fits no classes', async () => {
  for (const [given, message] of [
    ['1,2', /--class-weights: expected a weight for each of 3 classes, got 2/],
    ['rare', /--class-weights: expected balanced, or a number for each class/],
  ] as const) {
    const { code, stderr } = await runCli(['job', 'init', 'wine', '--out', 'x', '--class-weights', given]);
    assert.is(code, 2);
    assert.match(stderr, message);
  }
});

test.run();
