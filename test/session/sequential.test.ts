/** Models as users hold them: describe, compile, fit, evaluate, predict; what is revealed, and what is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluatePlain, predictPlain } from '../../src/baseline/plain.js';
import { sgd } from '../../src/model/describe.js';
import { initialWeights } from '../../src/model/weights.js';
import type { EpochLog } from '../../src/session/history.js';
import { type Sequential, sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { createTestSession } from '../../src/testing.js';
import { seed } from '../world/seed.js';
import { wineFold, wineLayers, wineModel } from '../world/wine.js';

/** Public seed of weights and batches; the masks' seed is the test's. */
const PUBLIC_SEED = 1;

const session = await createTestSession({ ring: 32, threads: 0 }, { seed });
test.after(() => session.close());

const fold = wineFold(0);
const share = (to: Session, { x, y, rows }: typeof fold.train) => ({
  x: to.share(x, { shape: [rows, 13], owner: 'alice' }),
  y: to.share(y, { shape: [rows, 3], owner: 'bob' }),
});
const train = share(session, fold.train);
const held = share(session, fold.test);

function wine(metrics?: readonly 'accuracy'[], learningRate = 0.25): Sequential {
  const model = sequential(wineLayers());
  model.compile({
    optimizer: sgd({ learningRate }),
    loss: 'meanSquaredError',
    ...(metrics && { metrics }),
  });
  return model;
}

test('evaluate is the float evaluation of the weights that were opened; predict its outputs', async () => {
  const model = wine(['accuracy']);
  await model.fit(train.x, train.y, { epochs: 2, batchSize: 8, seed: PUBLIC_SEED });
  const weights = await model.weights();
  const { loss, accuracy } = await model.evaluate(held.x, held.y);
  const clear = evaluatePlain(wineModel(), weights, fold.test);
  assert.ok(Math.abs(loss - clear.loss) < 1e-3, `${loss} and ${clear.loss}`);
  assert.is(accuracy, clear.accuracy);
  const outputs = model.predict(held.x, { batchSize: 10 });
  assert.equal(outputs.shape, [fold.test.rows, 3]);
  const expected = predictPlain(wineModel(), weights, fold.test.x);
  (await outputs.reveal({ to: 'bob' })).forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) < 5e-3);
  });
  outputs.dispose();
  model.dispose();
});

test('callbacks come in order, with losses that fall; progress tells steps and nothing else', async () => {
  const model = wine(['accuracy'], 0.02); // single rows, so that an epoch takes long enough to report
  const calls: string[] = [];
  const progress: object[] = [];
  const history = await model.fit(train.x, train.y, {
    epochs: 3,
    batchSize: 1,
    seed: PUBLIC_SEED,
    validationData: [held.x, held.y],
    callbacks: {
      onTrainBegin: () => void calls.push('begin'),
      onEpochBegin: (epoch) => void calls.push(`epoch ${epoch}`),
      onEpochEnd: (epoch, log) => void calls.push(`end ${epoch} ${log.epoch}`),
      onTrainEnd: (end) => void calls.push(`done ${end.epochs.length}`),
      onProgress: (step) => progress.push(step),
    },
  });
  assert.equal(calls, ['begin', ...[0, 1, 2].flatMap((e) => [`epoch ${e}`, `end ${e} ${e}`]), 'done 3']);
  const losses = history.epochs.map(({ loss }) => loss);
  assert.ok(losses[2] < losses[1] && losses[1] < losses[0], String(losses));
  for (const { accuracy, valLoss, valAccuracy, seconds } of history.epochs) {
    assert.ok((accuracy as number) > 0.5 && (valAccuracy as number) > 0.5, `${accuracy}, ${valAccuracy}`);
    assert.ok((valLoss as number) < 0.3 && seconds > 0, `${valLoss}`);
  }
  assert.ok(progress.length > 0);
  for (const step of progress) assert.equal(Object.keys(step).sort(), ['done', 'epoch', 'total']);
  model.dispose();
});

test('progress is told of epochs that are shorter than its intervals, too', async () => {
  const model = wine([]);
  const told = new Set<number>();
  const batchSize = fold.test.rows; // one step an epoch
  await model.fit(held.x, held.y, { batchSize });
  await model.fit(held.x, held.y, {
    epochs: 200, // until two of them have been told of
    batchSize,
    callbacks: {
      onProgress: ({ epoch }) => void told.add(epoch),
      onEpochEnd: () => (told.size > 1 ? 'stop' : undefined),
    },
  });
  assert.is(told.size, 2);
  model.dispose();
});

test('only what the job names is revealed: a loss an epoch, hits, alarms, and the weights when asked', async () => {
  for (const metrics of [['accuracy'], []] as const) {
    const model = wine(metrics);
    await session.ready();
    const before = (await session.roles.totals()).get('alice');
    await model.fit(train.x, train.y, { epochs: 3, batchSize: 16, seed: PUBLIC_SEED });
    const after = (await session.roles.totals()).get('alice');
    // three epochs: a loss of two words, each metric one, and an alarm for what is watched of each layer
    const watched = ['product', 'gradient', 'update', 'product', 'update', 'loss'].length;
    assert.is((after?.revealed ?? 0) - (before?.revealed ?? 0), 3 * 4 * (2 + watched + metrics.length));
    const opened = Object.keys(after?.openings ?? {}).filter(
      (label) => after?.openings[label] !== before?.openings[label],
    );
    const training = ['truncate', 'compare', 'bit', 'select', 'rescale', 'sentinel'];
    assert.equal(opened.sort(), [...training, ...(metrics.length ? ['label', 'and'] : [])].sort());
    await model.weights();
    const opening = (await session.roles.totals()).get('alice');
    assert.is((opening?.revealed ?? 0) - (after?.revealed ?? 0), (14 * 16 + 17 * 3) * 4);
    assert.equal(opening?.openings, after?.openings, 'opening the weights opens nothing to the parties');
    model.dispose();
  }
});

test('the public seed decides the initial weights and the order of rows', async () => {
  // in ring 64, where roundings are far below what another seed or order changes
  const wide = await createTestSession({ ring: 64, threads: 0 }, { seed });
  const rows = share(wide, fold.train);
  const weights = async (options: { seed: number; shuffle?: boolean }, start?: Float32Array[]) => {
    const model = wine([]);
    if (start) model.setWeights(start);
    await model.fit(rows.x, rows.y, { epochs: 1, batchSize: 8, ...options });
    const result = await model.weights();
    model.dispose();
    return result;
  };
  const distance = (a: Float32Array[], b: Float32Array[]) =>
    Math.max(...a.flatMap((array, i) => [...array].map((w, j) => Math.abs(w - b[i][j]))));
  const first = await weights({ seed: 1 });
  assert.ok(distance(first, await weights({ seed: 1 })) < 1e-4, 'the same but for the rounding');
  assert.ok(distance(first, await weights({ seed: 2 })) > 0.05);
  const start = initialWeights(wineModel(), 1);
  assert.ok(distance(first, await weights({ seed: 1 }, start)) < 1e-4, 'weights that were set');
  assert.ok(distance(first, await weights({ seed: 1, shuffle: false })) > 0.01);
  await wide.close();
});

test('training goes on where it stopped, and models of one session are independent', async () => {
  const [one, two] = [wine([]), wine([])];
  const options = { batchSize: 8, seed: PUBLIC_SEED };
  await one.fit(train.x, train.y, { ...options, epochs: 2 });
  await two.fit(train.x, train.y, { ...options, epochs: 1 });
  const { loss: before } = await two.evaluate(held.x, held.y);
  const more = await two.fit(train.x, train.y, { ...options, epochs: 1 });
  const { loss: after } = await two.evaluate(held.x, held.y);
  assert.ok(after < before && more.epochs[0].epoch === 0);
  const [a, b] = [await one.weights(), await two.weights()];
  const off = Math.max(...a.flatMap((array, i) => [...array].map((w, j) => Math.abs(w - b[i][j]))));
  assert.ok(off < 2e-2, `two epochs at once or one after the other: ${off}`);
  for (const model of [one, two]) model.dispose();
});

test('models and their labels leave nothing at the roles', async () => {
  const live = async () => {
    await session.ready();
    return [...(await session.roles.memoryUse()).values()].map((use) => use.live);
  };
  const before = await live();
  const model = wine();
  await model.fit(train.x, train.y, { epochs: 1, batchSize: 8, validationData: [held.x, held.y] });
  model.predict(held.x).dispose();
  model.dispose();
  model.dispose();
  assert.equal(await live(), before);
});

test('a disposed model is of no use on shares, trained or not: every operation says so', async () => {
  const trained = wine();
  await trained.fit(train.x, train.y, { epochs: 1, batchSize: 8 });
  for (const model of [trained, wine()]) {
    model.dispose();
    const operations: Readonly<Record<string, () => unknown>> = {
      fit: () => model.fit(train.x, train.y),
      evaluate: () => model.evaluate(held.x, held.y),
      predict: () => model.predict(held.x),
      weights: () => model.weights(),
      setWeights: () => model.setWeights(initialWeights(wineModel(), 1)),
      save: () => model.save('nowhere'),
      keep: () => model.keep('wine', { dir: 'nowhere' }),
      checkpoint: () => model.checkpoint('nowhere'),
      restore: () => model.restore(session, 'wine', { dir: 'nowhere' }),
    };
    for (const [name, operation] of Object.entries(operations)) {
      const outcome = await new Promise((resolve) => resolve(operation())).catch((error: unknown) => error);
      assert.instance(outcome, TypeError, name);
      assert.is((outcome as Error).message, `${name}: the model has been disposed`);
    }
    model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: 'meanSquaredError' });
    assert.is(model.summary().parameters, 14 * 16 + 17 * 3);
    const { x, y } = fold.test;
    assert.is((await model.dryRun(x, y, { epochs: 1, batchSize: 8 })).ring, 32);
  }
});

test('early stopping ends a training whose revealed loss does not fall any more', async () => {
  const model = wine([]);
  const history = await model.fit(train.x, train.y, {
    epochs: 10,
    batchSize: 8,
    seed: PUBLIC_SEED,
    earlyStopping: { monitor: 'loss', minDelta: 10, patience: 2 },
  });
  assert.is(history.epochs.length, 3);
  const stopped = await model.fit(train.x, train.y, { epochs: 5, callbacks: { onEpochEnd: () => 'stop' } });
  assert.is(stopped.epochs.length, 1);
  model.dispose();
});

test('the epochs’ logs hold revealed numbers only', async () => {
  for (const [metrics, own] of [
    [['accuracy'], ['accuracy']],
    [undefined, []],
  ] as const) {
    const model = wine(metrics);
    const logs: EpochLog[] = [];
    await model.fit(held.x, held.y, { callbacks: { onEpochEnd: (_epoch, log) => void logs.push(log) } });
    assert.equal(Object.keys(logs[0]).sort(), [...own, 'epoch', 'loss', 'metrics', 'seconds']);
    model.dispose();
  }
});

test.run();
