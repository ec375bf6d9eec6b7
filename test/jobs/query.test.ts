/** Asking a model that has stayed at its parties, all roles in one process: the answers of the model that was trained. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { predictPlain } from '../../src/baseline/plain.js';
import { columnStatistics, standardise } from '../../src/data/scale.js';
import { pool } from '../../src/jobs/clear.js';
import { modelOf } from '../../src/jobs/job.js';
import { runQuery } from '../../src/jobs/query.js';
import { evaluationOf, predictionOf, type QueryJob } from '../../src/jobs/query-job.js';
import { runJob } from '../../src/jobs/run.js';
import { tableJob } from '../../src/jobs/table.js';
import { wineJob } from '../../src/jobs/wine.js';

const state = mkdtempSync(join(tmpdir(), 'beaverdam-query-'));
test.after(() => rmSync(state, { recursive: true }));

const job = { ...(await wineJob({ fold: 1, ring: 32 })), saveAs: 'wine' };
const trained = await runJob(job, { state });

const messageOf = (work: Promise<unknown>) => work.then(String, ({ message }: Error) => message);

test('a test of the kept model comes to what the training told at its end', async () => {
  const { measures, answers, ring } = await runQuery(evaluationOf(job), { state });
  assert.is(measures?.accuracy, trained.accuracy);
  assert.ok(Math.abs((measures?.loss ?? 1) - trained.loss) < 0.002);
  assert.equal([answers, ring], [null, 32]);
});

test('predictions are those of the opened weights in clear, by the statistics of the training', async () => {
  const { measures, answers } = await runQuery(predictionOf(job, 'bob'), { state });
  assert.is(measures, null);
  const { test: rows } = job.parts[1];
  const train = pool(job.parts, 'train');
  const x = standardise(rows.x, columnStatistics(train.x, train.features));
  const clear = predictPlain(modelOf(job), [...trained.weights], x);
  assert.is(answers?.length, rows.rows);
  for (const [row, { predicted, outputs }] of (answers ?? []).entries()) {
    const own = [...clear.subarray(row * 3, row * 3 + 3)];
    for (const [j, output] of outputs.entries()) assert.ok(Math.abs(output - own[j]) < 0.02, `${row}, ${j}`);
    assert.is(predicted, outputs.indexOf(Math.max(...outputs)));
    const [first, second] = [...own].sort((a, b) => b - a);
    if (first - second > 0.04) assert.is(predicted, own.indexOf(first));
  }
});

/** A training whose rows are a client's, but for whose they are the same. */
const clientsOwn = <T extends typeof job>(training: T): T => ({
  ...training,
  parts: [{ ...training.parts[1], owner: 'clinic' }],
  parties: ['alice', 'bob'],
  session: { ...training.session, clients: ['clinic', 'lab'] },
});

test('a client that holds no share asks, and is told what a party is', async () => {
  const asked = predictionOf(clientsOwn(job), 'clinic');
  assert.equal([asked.asker, asked.session.clients], ['clinic', ['clinic']]);
  const { answers } = await runQuery(asked, { state });
  const { answers: same } = await runQuery(predictionOf(job, 'bob'), { state });
  assert.is(answers?.length, same?.length);
  for (const [row, { outputs }] of (answers ?? []).entries()) {
    for (const [j, output] of outputs.entries()) {
      assert.ok(Math.abs(output - (same?.[row].outputs[j] ?? Number.NaN)) < 0.02, `${row}, ${j}`);
    }
  }
});

test('numbers come to a client in their own units', async () => {
  const lines = Array.from(
    { length: 120 },
    (_, i) => `${i % 11},${i % 7},${1000 + 50 * (i % 11) - 20 * (i % 7)}`,
  );
  const { job: made } = await tableJob(`a,b,price\n${lines.join('\n')}\n`, { target: 'price', epochs: 30 });
  const training = { ...made, session: { ...made.session, ring: 32 as const }, saveAs: 'prices' };
  await runJob(training, { state });
  const { answers } = await runQuery(predictionOf(clientsOwn(training), 'clinic'), { state });
  const { y } = training.parts[1].test;
  const errors = (answers ?? []).map(({ outputs }, i) => Math.abs(outputs[0] - y[i]));
  assert.ok(errors.length > 5 && Math.max(...errors) < 100, `${errors}`);
});

test('the model is opened as it was at the end of the training, with its scaling, bit for bit', async () => {
  const opening: QueryJob = { ...evaluationOf(job), task: 'open', parts: [] };
  const { opened, measures, answers } = await runQuery(opening, { state });
  assert.equal([measures, answers], [null, null]);
  assert.equal(opened?.weights, trained.weights);
  assert.equal(opened?.scaling, trained.scaling.inputs);
  const beside = await runQuery({ ...opening, session: { ...opening.session, owner: 'bob' } }, { state });
  assert.equal(beside.opened, opened);
});

test('what makes no sense is refused before a worker starts', async () => {
  const query = evaluationOf(job);
  const refused = async (change: Partial<QueryJob>, expected: RegExp) =>
    assert.match(await messageOf(runQuery({ ...query, ...change }, { state })), expected);
  await refused({ parts: [] }, /job\.parts has 0 owners/);
  await refused({ parts: [{ owner: 'carol', rows: 3 }] }, /"carol" is no party/);
  await refused({ task: 'predict' }, /job\.parts has 2 owners/);
  await refused({ task: 'open' }, /job\.parts has 2 owners/);
  await refused({ session: { ring: 'auto' } }, /session\.ring must be the training's/);
  await refused({ parts: [{ owner: 'bob', rows: 3 }] }, /bob is here, and its rows are not/);
  await refused({ from: 'beer' }, /alice has no model "beer"/);
  await refused({ standardise: false }, /columns of "wine" were scaled in its training, and are not scaled/);
  assert.match(await messageOf(runQuery(query, {})), /state is needed/);
  assert.match(
    await messageOf(runJob(job)),
    /state is needed, the folder for the model that job\.saveAs names/,
  );
  assert.throws(() => evaluationOf({ ...job, saveAs: undefined as never }), /leaves no model/);
  assert.throws(() => predictionOf(job, 'owner'), /no owner named "owner"/);
});

test.run();
