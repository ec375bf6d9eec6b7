/** Models that are refused: by name and shape, before anything is sent, and the session goes on. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dense, sgd } from '../../src/model/describe.js';
import { initialWeights } from '../../src/model/weights.js';
import { type Sequential, sequential } from '../../src/session/sequential.js';
import { createSession, type Session } from '../../src/session/session.js';
import { withSession } from '../world/sessions.js';
import { wineFold, wineLayers, wineModel } from '../world/wine.js';

const session = await createSession({ threads: 0, ring: 32 });
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
    'an unknown option of earlyStopping',
    /^earlyStopping: unknown option "patiance"/,
    (m) => m.fit(train.x, train.y, { earlyStopping: { patiance: 2 } as never }),
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
    /^weights: revealTo can be 'owner' only; name a role as to/,
    (m) => m.weights({ revealTo: 'bob' as never }),
  ],
  ['weights before the training', /^weights: the model has not been trained yet/, (m) => m.weights()],
  ['too few weights', /expected 4 weight arrays, got 1/, (m) => m.setWeights([new Float32Array(3)])],
  [
    'weights that are not finite',
    /^setWeights: array 1 \(layer 0: bias \[16\]\), number 0: not a finite number$/,
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
    assert.match((error as Error).message, /degree 5 .* does not fit ring 32 .* use ring 64/);
  }
  assert.not.ok(session.roles.ended);
});

test('initial weights that the ring cannot use are refused by array and place before anything is sent', async () => {
  const start = (value: number) => {
    const weights = initialWeights(wineModel(), 1);
    weights[2][7] = value;
    return weights;
  };
  const before = await session.roles.totals();
  for (const value of [1e6, -64]) {
    const model = wine();
    model.setWeights(start(value));
    for (const work of [
      () => model.fit(train.x, train.y),
      async () => model.predict(train.x),
      () => model.evaluate(train.x, train.y),
    ]) {
      try {
        await work();
        assert.unreachable();
      } catch (error) {
        assert.instance(error, RangeError);
        assert.is(
          (error as Error).message,
          'setWeights: array 2 (layer 1: kernel [16,3]), number 7: magnitude 64 or more, too large for ring 32 with 12 fraction bits',
        );
      }
    }
  }
  assert.equal(await session.roles.totals(), before);
  const model = wine();
  model.setWeights(start(1e6));
  assert.throws(() => model.setWeights(start(Number.NaN)), /number 7: not a finite number$/);
  model.setWeights(start(1));
  assert.is((await model.fit(train.x, train.y)).epochs.length, 1, 'the session and the model go on');
  await withSession({ ring: 64 }, async (wide) => {
    const fine = wine();
    fine.setWeights(start(1e6));
    const x = wide.share(fold.test.x, { shape: [fold.test.rows, 13] });
    assert.is((await fine.predict(x).reveal()).length, 3 * fold.test.rows, 'ring 64 has room for it');
  });
});

test.run();
