/** Jobs from beginning to end: the same training as in clear, and no row in clear beyond its owner. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trainPlain } from '../../src/baseline/plain.js';
import { loadTensorFlow } from '../../src/baseline/tensorflow.js';
import { columnStatistics, standardise } from '../../src/data/scale.js';
import { loadWine } from '../../src/data/wine.js';
import { pool, runPlain, runTensorFlow, type TensorFlowOptions } from '../../src/jobs/clear.js';
import { fashionMnistJob } from '../../src/jobs/fashion-mnist.js';
import { type LocalTrainingJob, modelOf, startingWeights, totalRows } from '../../src/jobs/job.js';
import { dealRows, ownerNames } from '../../src/jobs/owners.js';
import { type JobResult, rangeOf, runJob } from '../../src/jobs/run.js';
import { wineJob } from '../../src/jobs/wine.js';
import { sgd } from '../../src/model/describe.js';
import { watched } from '../world/watched.js';

test('alice has the odd rows of Wine, bob the even ones, and every row is trained or tested on once', async () => {
  const wine = await loadWine();
  const { parts } = await wineJob({ fold: 3 });
  assert.equal(
    parts.map(({ owner }) => owner),
    ['alice', 'bob'],
  );
  const row = (i: number) => [...wine.x.subarray(i * 13, (i + 1) * 13)];
  const [alice, bob] = parts;
  assert.equal([...alice.train.x.subarray(0, 13)], row(0), 'the first row, counted from 1');
  assert.equal([...bob.train.x.subarray(0, 13)], row(1));
  assert.equal([...bob.test.x.subarray(0, 13)], row(3), 'index mod 5 = 3');
  assert.equal([...alice.test.x.subarray(0, 13)], row(8));
  assert.is(totalRows({ parts }, 'train'), 143);
  assert.is(totalRows({ parts }, 'test'), 35);
  const seen = new Set(
    parts.flatMap((part) =>
      [part.train, part.test].flatMap(({ x, rows }) =>
        Array.from({ length: rows }, (_, i) => String(x.subarray(i * 13, (i + 1) * 13))),
      ),
    ),
  );
  assert.is(seen.size, new Set(Array.from({ length: 178 }, (_, i) => String(row(i)))).size);
});

test('rows go to owners in turn, and owners without rows are refused', async () => {
  const wine = await loadWine();
  const dealt = dealRows(wine, Uint32Array.of(0, 1, 2, 5, 9), 3);
  assert.equal(
    dealt.map(({ rows }) => rows),
    [2, 1, 2],
  );
  assert.throws(() => dealRows(wine, Uint32Array.of(0, 2, 4), 2), /3 rows are too few for 2 owners/);
  assert.equal(ownerNames(3), ['alice', 'bob', 'carol']);
  for (const count of [1, 6, 2.5]) assert.throws(() => ownerNames(count), /from 2 to 5/);
});

/** Losses and accuracies of the job's epochs in clear. */
function plainHistory(job: LocalTrainingJob) {
  const [train, test] = [pool(job.parts, 'train'), pool(job.parts, 'test')];
  const statistics = columnStatistics(train.x, train.features);
  const scaled = (set: typeof train) =>
    job.standardise ? { ...set, x: standardise(set.x, statistics) } : set;
  const { epochs, batchSize, optimizer, seed } = job;
  const options = { epochs, batchSize, optimizer, seed, validation: scaled(test) };
  return trainPlain(modelOf(job), startingWeights(job, modelOf(job)), scaled(train), options).history;
}

/** Fails unless every epoch's losses are within `tolerance` of those in clear. */
function assertSameTraining(job: LocalTrainingJob, result: JobResult, tolerance: number) {
  const plain = plainHistory(job);
  assert.is(result.epochs.length, plain.length);
  for (const [e, log] of result.epochs.entries()) {
    assert.ok(Math.abs(log.loss - plain[e].loss) < tolerance, `loss of epoch ${e}`);
    assert.ok(Math.abs((log.valLoss as number) - (plain[e].valLoss as number)) < tolerance, `epoch ${e}`);
  }
}

for (const parties of [2, 3]) {
  test(`Wine on the shares of ${parties} is the training in clear: network, weights, order, scaling (ring 64)`, async () => {
    // batches of 2 divide the 142 rows, so every step's rate is 0.09375·2/3/2 = 2^−5 exactly
    const steps = { epochs: 2, batchSize: 2, learningRate: 0.09375 };
    const job = await wineJob({ ...steps, parties, ring: 64, fold: 1, seed: 4, hidden: [8, 4] });
    const result = await runJob(job);
    assertSameTraining(job, result, 2e-5);
    const last = result.epochs[1];
    assert.equal([result.accuracy, result.loss], [last.valAccuracy, last.valLoss]);
    const plain = runPlain(job);
    assert.is(plain.accuracy, plainHistory(job)[1].valAccuracy);
    assert.equal(
      result.weights.map((array) => array.length),
      [13 * 8, 8, 8 * 4, 4, 4 * 3, 3],
    );
  });
}

test('Fashion-MNIST on shares is the training in clear', async () => {
  const options = { images: 48, epochs: 2, batchSize: 8, hidden: [6], ring: 64 } as const;
  // steps of 0.625·2/10/8 = 2^−6 exactly
  const job = { ...(await fashionMnistJob(options)), optimizer: sgd({ learningRate: 0.625 }) };
  assert.equal([totalRows(job, 'train'), totalRows(job, 'test')], [48, 1000]);
  assertSameTraining(job, await runJob(job), 2e-5);
});

test('Wine trains to more than 85 % in ring 32, and its costs and predictions are told', async () => {
  const job = await wineJob();
  const steps: string[] = [];
  const progress: number[] = [];
  const epochs: number[] = [];
  const result = await runJob(job, {
    predictions: 4,
    onStep: ({ step }) => steps.push(step),
    onEpoch: ({ epoch }) => epochs.push(epoch),
    onProgress: ({ done, total }) => progress.push(done / total),
  });
  assert.ok(result.accuracy > 0.85);
  assert.equal(steps, ['connect', 'share', 'exchange', 'train']);
  assert.equal(epochs, [0, 1, 2, 3, 4]);
  assert.ok(progress.every((share, i) => share <= 1 && (i === 0 || share >= progress[i - 1])));
  const [alice, bob, provider] = ['alice', 'bob', 'provider'].map((role) => result.costs.get(role));
  assert.is(alice?.rounds, bob?.rounds);
  assert.is(alice?.online, bob?.online);
  assert.is(Number(alice?.dealt) + Number(bob?.dealt), provider?.dealt);
  assert.is(provider?.online, 0);
  // 142 rows of 13 inputs lie at a party twice: opened, and as a share of the mask
  for (const party of ['alice', 'bob']) assert.ok((result.peakMemory.get(party) ?? 0) > 142 * 13 * 4 * 2);
  assert.equal(
    result.predictions.map(({ owner, row }) => [owner, row]),
    [0, 4, 9, 13].map((row) => ['alice', row]),
  );
  const { y } = job.parts[0].test;
  for (const { row, actual } of result.predictions) assert.is(y[row * 3 + actual], 1);
});

test('a row in clear goes to its owner alone; the others get sums and commands without data', async () => {
  const job = await wineJob({ epochs: 1, parties: 3 });
  const seen = await watched(() => runJob(job));
  const shared = new Map<string, number>();
  for (const { command, payloads } of seen) {
    const receivers = Object.keys(payloads);
    if (command.name === 'share' || command.name === 'shareRows') {
      const { owner, ...rest } = command.args as { owner: string };
      assert.ok(JSON.stringify(rest).length < 100, 'shapes and places only');
      assert.equal(receivers, [owner]);
      const count = (payloads[owner] as Float64Array).length;
      shared.set(owner, (shared.get(owner) ?? 0) + count);
    } else if (command.name === 'aggregate') {
      assert.equal(receivers, ['alice', 'bob', 'carol']);
      for (const sums of Object.values(payloads)) {
        assert.instance(sums, BigInt64Array);
        assert.is((sums as BigInt64Array).length, 2 * 13); // of 128 bits
      }
    } else {
      assert.equal(receivers, [], command.name);
      const text = JSON.stringify(command.args ?? null);
      if (command.name !== 'createModel') assert.ok(text.length < 300, `${command.name} carries no data`);
    }
  }
  for (const { owner, train, test } of job.parts) {
    assert.is(shared.get(owner), (train.rows + test.rows) * (13 + 3));
  }
});

test('a promise of onEpoch holds the next epoch back', async () => {
  const told: string[] = [];
  let release = () => {};
  const done = runJob(await wineJob({ epochs: 2, hidden: [4] }), {
    onEpoch: ({ epoch }) => {
      told.push(`epoch ${epoch}`);
      return epoch === 0 ? new Promise<void>((resolve) => (release = resolve)) : undefined;
    },
    onProgress: ({ epoch }) => told.push(`progress ${epoch}`),
  });
  while (!told.includes('epoch 0')) await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.is(told.at(-1), 'epoch 0');
  release();
  await done;
  assert.is(told.at(-1), 'epoch 1');
});

test('TensorFlow.js trains the same in clear, with the module that a page gives it, and tells of epochs', async () => {
  const job = await wineJob({ epochs: 2 });
  const tf = await loadTensorFlow();
  assert.ok(tf);
  const epochs: unknown[] = [];
  const result = await runTensorFlow(job, { tf, onEpoch: (epoch) => epochs.push(epoch) });
  assert.equal(epochs, result?.epochs);
  assert.is(epochs.length, 2);
  assert.ok(Math.abs((result?.loss ?? Number.NaN) - runPlain(job).loss) < 1e-4);
  const refused = async (options: object, pattern: RegExp) => {
    const error = await runTensorFlow(job, options as TensorFlowOptions).catch((cause) => cause);
    assert.match(String(error), pattern);
  };
  await refused({ tf: {} }, /TypeError: runTensorFlow: tf must be the module of TensorFlow\.js/);
  await refused({ onEpoch: 1 }, /TypeError: runTensorFlow: onEpoch must be a function/);
  await refused({ onStep: () => {} }, /TypeError: runTensorFlow: .*onStep/);
});

test('an interrupted job fails at once and leaves no worker', async () => {
  const job = await wineJob({ epochs: 10_000 });
  const controller = new AbortController();
  const began = performance.now();
  const error = await runJob(job, {
    signal: controller.signal,
    onEpoch: () => controller.abort(),
  }).catch((cause) => cause);
  assert.is(error.name, 'JobError');
  assert.match(error.message, /interrupted/);
  assert.ok(performance.now() - began < 10_000);
  const early = await runJob(job, { signal: AbortSignal.abort() }).catch((cause) => cause);
  assert.match(early.message, /interrupted/);
});

test('a ring that is chosen holds the rows of all owners, not of the first alone', async () => {
  const job = await wineJob({ epochs: 1 });
  const [alice, bob] = job.parts;
  assert.is((await rangeOf('test', job))?.ring, 32);
  const x = bob.train.x.slice();
  for (let row = 0; row < bob.train.rows; row++) x[row * bob.train.features] = row === 5 ? 1e6 : 0;
  // one value far out: alice's column is nearly constant beside it
  const far = { ...job, standardise: false, parts: [alice, { ...bob, train: { ...bob.train, x } }] };
  const scaled = {
    ...far,
    parts: far.parts.map((part) => ({
      ...part,
      train: { ...part.train, x: part.train.x.map((v) => v / 1e3) },
      test: { ...part.test, x: part.test.x.map((v) => v / 1e3) },
    })),
  };
  assert.is((await rangeOf('test', scaled))?.ring, 64);
});

test.run();
