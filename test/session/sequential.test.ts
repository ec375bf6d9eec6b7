/** Models as users hold them: describe, compile, fit, evaluate, predict; what is revealed, and what is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluatePlain, predictPlain } from '../../src/baseline/plain.js';
import { initialWeights } from '../../src/nn/config.js';
import { dense, sgd } from '../../src/nn/describe.js';
import type { EpochLog } from '../../src/session/sequential.js';
import { type Sequential, sequential } from '../../src/session/sequential.js';
import { createSession, type Session } from '../../src/session/session.js';
import { seed } from '../support/seed.js';
import { withSession } from '../support/sessions.js';
import { wineFold, wineLayers, wineModel } from '../support/wine.js';

const session = await createSession({ threads: 0 });
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
  const model = wine();
  await model.fit(train.x, train.y, { epochs: 2, batchSize: 8, seed });
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
    seed,
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

test('only what the job names is revealed: one word of loss an epoch, one of hits, and the weights when asked', async () => {
  for (const metrics of [['accuracy'], []] as const) {
    const model = wine(metrics);
    await session.ready();
    const before = (await session.roles.totals()).get('alice');
    await model.fit(train.x, train.y, { epochs: 3, batchSize: 16, seed });
    const after = (await session.roles.totals()).get('alice');
    assert.is((after?.revealed ?? 0) - (before?.revealed ?? 0), 3 * 4 * (1 + metrics.length));
    const opened = Object.keys(after?.openings ?? {}).filter(
      (label) => after?.openings[label] !== before?.openings[label],
    );
    const training = ['truncate', 'compare', 'bit', 'select', 'rescale', 'update'];
    assert.equal(opened.sort(), [...training, ...(metrics.length ? ['label', 'and'] : [])].sort());
    await model.weights();
    const opening = (await session.roles.totals()).get('alice');
    assert.is((opening?.revealed ?? 0) - (after?.revealed ?? 0), (14 * 16 + 17 * 3) * 4);
    assert.equal(opening?.openings, after?.openings, 'opening the weights opens nothing to the parties');
    model.dispose();
  }
});

test('the public seed decides the initial weights and the order of rows', async () => {
  const weights = async (options: { seed: number; shuffle?: boolean }, start?: Float32Array[]) => {
    const model = wine([]);
    if (start) model.setWeights(start);
    await model.fit(train.x, train.y, { epochs: 1, batchSize: 8, ...options });
    const result = await model.weights();
    model.dispose();
    return result;
  };
  const distance = (a: Float32Array[], b: Float32Array[]) =>
    Math.max(...a.flatMap((array, i) => [...array].map((w, j) => Math.abs(w - b[i][j]))));
  const first = await weights({ seed: 1 });
  assert.ok(distance(first, await weights({ seed: 1 })) < 5e-3, 'the same but for the rounding');
  assert.ok(distance(first, await weights({ seed: 2 })) > 0.05);
  const start = initialWeights(wineModel(), 1);
  assert.ok(distance(first, await weights({ seed: 1 }, start)) < 5e-3, 'weights that were set');
  assert.ok(distance(first, await weights({ seed: 1, shuffle: false })) > 0.01);
});

test('training goes on where it stopped, and models of one session are independent', async () => {
  const [one, two] = [wine([]), wine([])];
  const options = { batchSize: 8, seed };
  await one.fit(train.x, train.y, { ...options, epochs: 2 });
  await two.fit(train.x, train.y, { ...options, epochs: 1 });
  const { loss: before } = await two.evaluate(held.x, held.y);
  const more = await two.fit(train.x, train.y, { ...options, epochs: 1 });
  const { loss: after } = await two.evaluate(held.x, held.y);
  assert.ok(after < before && more.epochs[0].epoch === 0);
  const [a, b] = [await one.weights(), await two.weights()];
  const off = Math.max(...a.flatMap((array, i) => [...array].map((w, j) => Math.abs(w - b[i][j]))));
  assert.ok(off < 8e-3, `two epochs at once or one after the other: ${off}`);
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

test('early stopping ends a training whose revealed loss does not fall any more', async () => {
  const model = wine([]);
  const history = await model.fit(train.x, train.y, {
    epochs: 10,
    batchSize: 8,
    seed,
    earlyStopping: { monitor: 'loss', minDelta: 10, patience: 2 },
  });
  assert.is(history.epochs.length, 3);
  const stopped = await model.fit(train.x, train.y, { epochs: 5, callbacks: { onEpochEnd: () => 'stop' } });
  assert.is(stopped.epochs.length, 1);
  model.dispose();
});

type Work = (model: Sequential) => unknown;

const REFUSED: [string, RegExp, Work][] = [
  ['unknown option of compile', /^compile: unknown option "los"/, (m) => m.compile({ los: 1 } as never)],
  ['no optimizer', /^compile: /, (m) => m.compile({ loss: 'meanSquaredError' } as never)],
  [
    'unknown loss',
    /^compile: .*"mse"/,
    (m) => m.compile({ optimizer: sgd({ learningRate: 1 }), loss: 'mse' as never }),
  ],
  [
    'unknown metric',
    /^compile: .*"auc"/,
    (m) =>
      m.compile({ optimizer: sgd({ learningRate: 1 }), loss: 'meanSquaredError', metrics: ['auc' as never] }),
  ],
  [
    'unknown option of fit',
    /^fit: unknown option "batch"/,
    (m) => m.fit(train.x, train.y, { batch: 8 } as never),
  ],
  ['no epoch', /^fit: epochs must be a positive integer/, (m) => m.fit(train.x, train.y, { epochs: 0 })],
  [
    'half a batch',
    /^fit: batchSize must be a positive integer/,
    (m) => m.fit(train.x, train.y, { batchSize: 1.5 }),
  ],
  [
    'a negative seed',
    /^fit: seed must be an integer, 0 or more/,
    (m) => m.fit(train.x, train.y, { seed: -1 }),
  ],
  [
    'clear data',
    /^fit: data must be tensors that the session shared/,
    (m) => m.fit(fold.train.x as never, train.y),
  ],
  [
    'inputs of another width',
    /^fit: expected inputs \[rows,13\], got \[142,3\]/,
    (m) => m.fit(train.y, train.y),
  ],
  [
    'labels of another width',
    /^fit: expected labels \[rows,3\], got \[142,13\]/,
    (m) => m.fit(train.x, train.x),
  ],
  ['rows that do not match', /^fit: 142 rows of inputs, 36 rows of labels/, (m) => m.fit(train.x, held.y)],
  [
    'validation data that do not fit',
    /^validationData: expected labels/,
    (m) => m.fit(train.x, train.y, { validationData: [held.x, held.x] }),
  ],
  [
    'weights revealed to a party',
    /^weights: can be revealed to 'owner' only/,
    (m) => m.weights({ revealTo: 'bob' as never }),
  ],
  ['weights before the training', /^weights: the model has not been trained yet/, (m) => m.weights()],
  ['too few weights', /expected 4 weight arrays, got 1/, (m) => m.setWeights([new Float32Array(3)])],
  [
    'weights that are not finite',
    /array 1 holds a number that is not finite/,
    (m) => m.setWeights(initialWeights(wineModel(), 1).map((w, i) => (i === 1 ? w.fill(Number.NaN) : w))),
  ],
];

for (const [name, pattern, work] of REFUSED) {
  test(`refused: ${name}`, async () => {
    const model = wine();
    try {
      await work(model);
      assert.unreachable('it was accepted');
    } catch (error) {
      assert.match((error as Error).message, pattern);
      assert.ok(error instanceof TypeError || error instanceof RangeError, (error as Error).name);
    }
    assert.not.ok(session.roles.ended);
  });
}

test('refused: training before compile, tensors of two sessions, a disposed tensor, weights set too late', async () => {
  const fails = async (work: () => unknown, pattern: RegExp) => {
    try {
      await work();
      assert.unreachable('it was accepted');
    } catch (error) {
      assert.match((error as Error).message, pattern);
    }
  };
  await fails(() => sequential(wineLayers()).fit(train.x, train.y), /^fit: compile the model first/);
  await withSession({}, async (other) => {
    const elsewhere = share(other, fold.test);
    await fails(() => wine().fit(held.x, elsewhere.y), /of different sessions/);
    const validationData = [elsewhere.x, elsewhere.y] as const;
    await fails(() => wine().fit(train.x, train.y, { validationData }), /validationData: of another session/);
    const model = wine([]);
    await model.fit(held.x, held.y);
    await fails(() => model.evaluate(elsewhere.x, elsewhere.y), /the model belongs to another session/);
    await fails(() => model.setWeights(initialWeights(wineModel(), 1)), /has been shared already/);
    model.dispose();
  });
  const gone = session.share(Array(39).fill(0), { shape: [3, 13] });
  gone.dispose();
  await fails(() => wine().predict(gone), /has been disposed/);
  assert.throws(() => sequential([]), /the first layer needs an inputShape/);
  assert.throws(() => sequential([dense({ units: 3 })]), /the first layer needs an inputShape/);
  assert.throws(
    () => sequential([dense({ units: 0, inputShape: [2] })]),
    /layer 0 \(dense\): units must be a positive integer/,
  );
});

test('a model that does not fit the ring is refused before anything is sent', async () => {
  const model = sequential([
    dense({ units: 4, inputShape: [13], activation: { polynomial: [0, 0, 0, 0, 0, 0.1] } }),
    dense({ units: 3 }),
  ]);
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError' });
  try {
    await model.fit(train.x, train.y);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, RangeError);
    assert.match((error as Error).message, /degree 5 .* does not fit ring 32/);
  }
  assert.not.ok(session.roles.ended);
});

test('the epochs’ logs hold revealed numbers only', async () => {
  const model = wine();
  const logs: EpochLog[] = [];
  await model.fit(held.x, held.y, { callbacks: { onEpochEnd: (_epoch, log) => void logs.push(log) } });
  assert.equal(Object.keys(logs[0]).sort(), ['accuracy', 'epoch', 'loss', 'metrics', 'seconds']);
  model.dispose();
});

test.run();
