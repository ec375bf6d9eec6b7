/** What fit and compile refuse before anything is sent, how a training stops, and what validation adds to its log. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Activation } from '../../src/model/config.js';
import {
  adam,
  averagePooling2d,
  dense,
  dropout,
  flatten,
  momentum,
  sgd,
  stepDecay,
} from '../../src/model/describe.js';
import type { LossName } from '../../src/model/losses.js';
import type { EpochLog, History } from '../../src/session/history.js';
import { type Sequential, sequential } from '../../src/session/sequential.js';
import { createSession, type Session } from '../../src/session/session.js';
import { withSession } from '../world/sessions.js';

const session = await createSession({ ring: 32, threads: 0 });
test.after(() => session.close());

const ROWS = 12;

const share = (to: Session) => ({
  x: to.share(
    Array.from({ length: ROWS * 4 }, (_, i) => Math.sin(i)),
    { owner: 'alice', shape: [ROWS, 4] },
  ),
  y: to.share(
    Array.from({ length: ROWS * 2 }, (_, i) => (i % 2 === Math.floor(i / 6) % 2 ? 1 : 0)),
    { owner: 'bob', shape: [ROWS, 2] },
  ),
});

const { x, y } = share(session);

const network = (last: Activation = 'linear'): Sequential =>
  sequential([
    dense({ units: 3, inputShape: [4], activation: 'relu' }),
    dense({ units: 2, activation: last }),
  ]);

function compiled(learningRate = 0.25): Sequential {
  const model = network();
  model.compile({ optimizer: sgd({ learningRate }), loss: 'meanSquaredError' });
  return model;
}

/** Fails unless `work` is refused with a RangeError, before any role has sent anything, and the session goes on. */
async function refused(work: () => unknown, pattern: RegExp): Promise<void> {
  const before = await session.roles.totals();
  try {
    await work();
    assert.unreachable('it was accepted');
  } catch (error) {
    assert.instance(error, RangeError);
    assert.match((error as Error).message, pattern);
  }
  assert.equal(await session.roles.totals(), before, 'nothing has crossed');
  const model = compiled();
  assert.is((await model.fit(x, y, { batchSize: 4 })).epochs.length, 1, 'the session goes on');
  model.dispose();
}

test('adam in ring 32 is refused with what to change', async () => {
  const model = network();
  model.compile({ optimizer: adam(), loss: 'meanSquaredError' });
  await refused(() => model.fit(x, y), /ring: 64/);
});

test('so is adam for a model that has been trained with another optimizer', async () => {
  const model = compiled();
  await model.fit(x, y, { batchSize: 4 });
  const before = await model.weights();
  model.compile({ optimizer: adam(), loss: 'meanSquaredError' });
  await refused(() => model.fit(x, y), /ring: 64/);
  assert.equal(await model.weights(), before);
  model.dispose();
});

test('a rate that the ring cannot follow is refused with what to change', async () => {
  await refused(() => compiled(1e-6).fit(x, y), /a larger rate, a smaller batch or ring 64/);
});

test('a rate that decays to the least that the ring follows trains on through layers that add guard bits', async () => {
  const model = sequential([
    averagePooling2d({ inputShape: [4, 4, 1] }), // 2 bits for the mean of 4
    flatten(),
    dense({ units: 2 }),
    dropout({ rate: 0.2 }), // 2 bits for the factor 5/4, on the gradient too
  ]);
  // rates over the batch of 2^-7, 2^-11, 2^-15, then less than the ring follows in one step
  const learningRate = stepDecay({ rate: 2 ** -5, factor: 2 ** -4 });
  const images = session.share(
    Array.from({ length: ROWS * 16 }, (_, i) => Math.sin(i) / 8),
    { owner: 'alice', shape: [ROWS, 4, 4, 1] },
  );
  // with guard bits twice, numbers may reach 2, and the sentinel watches from 1 on: labels far below
  const labels = y.mul(0.25);
  for (const optimizer of [sgd({ learningRate }), momentum({ learningRate, weightDecay: 0.01 })]) {
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const { epochs } = await model.fit(images, labels, { epochs: 4, batchSize: 4 });
    assert.is(epochs.length, 4);
  }
  const once = sgd({ learningRate: 2 ** -13 });
  model.compile({ optimizer: once, loss: 'meanSquaredError' });
  await model.fit(images, labels, { batchSize: 4 });
  model.dispose();
});

const MISFITS: readonly [Activation, LossName, RegExp][] = [
  ['sigmoid', 'softmaxCrossEntropy', /the model ends with sigmoid/],
  ['softmax', 'meanSquaredError', /trains with softmaxCrossEntropy, not with meanSquaredError/],
  ['softmax', 'sigmoidCrossEntropy', /trains with softmaxCrossEntropy, not with sigmoidCrossEntropy/],
  ['softmax', 'hinge', /trains with softmaxCrossEntropy, not with hinge/],
];

for (const [activation, loss, pattern] of MISFITS) {
  test(`a final ${activation} under ${loss} is refused by compile`, async () => {
    const model = network(activation);
    await refused(() => model.compile({ optimizer: sgd({ learningRate: 1 }), loss }), pattern);
  });
}

test('early stopping that watches what validation would reveal is refused without it', async () => {
  const model = compiled();
  await refused(() => model.fit(x, y, { earlyStopping: { monitor: 'valAccuracy' } }), /needs validationData/);
  await refused(() => model.fit(x, y, { earlyStopping: { patience: 0 } }), /patience/);
});

test('losses and metrics over fewer rows than the session allows are refused, to train, to validate and to evaluate', async () => {
  const rows = (count: number) => [x.slice([0, 0], [count, 4]), y.slice([0, 0], [count, 2])] as const;
  const [one, nine, ten] = [rows(1), rows(9), rows(10)];
  await session.ready();
  const model = compiled();
  const least = /10 rows or more \(option leastRows\)$/;
  await refused(() => model.fit(...nine), /^fit: losses and metrics over 9 rows would say too much of each/);
  await refused(() => model.fit(x, y, { validationData: nine }), /^validationData: .* over 9 rows would/);
  await refused(() => model.fit(...nine), least);
  await model.fit(...ten, { validationData: ten });
  await refused(() => model.evaluate(...one), /^evaluate: losses and metrics over 1 row would/);
  await refused(() => model.evaluate(...nine), least);
  await model.evaluate(...ten);
  assert.is(
    (await model.predict(one[0]).reveal({ to: 'alice' })).length,
    2,
    'a prediction is the asker’s own',
  );
  for (const tensor of [...one, ...nine, ...ten]) tensor.dispose();
  model.dispose();
});

test('early stopping that watches an accuracy is refused where compile has left it out', async () => {
  const model = network();
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError', metrics: [] });
  const monitored = (monitor: 'accuracy' | 'valAccuracy') => () =>
    model.fit(x, y, { validationData: [x, y], earlyStopping: { monitor } });
  await refused(monitored('accuracy'), /accuracy is not measured; add 'accuracy' to the metrics of compile/);
  await refused(monitored('valAccuracy'), /valAccuracy is not measured/);
});

test('a fit that nobody watches reveals what a watched one does, epoch by epoch, validation included', async () => {
  const fitted = (seen: EpochLog[] | null) => {
    const work = async (own: Session) => {
      const data = share(own);
      const model = network();
      model.compile({
        optimizer: momentum({ learningRate: 0.25 }),
        loss: 'meanSquaredError',
        metrics: ['accuracy', 'binaryAccuracy'],
      });
      const { epochs } = await model.fit(data.x, data.y, {
        epochs: 4,
        batchSize: 4,
        seed: 3,
        validationData: [data.x, data.y],
        ...(seen && { callbacks: { onEpochEnd: (_, log) => void seen.push(log) } }),
      });
      return { epochs, weights: await model.weights() };
    };
    return withSession({}, work, { seed: 5 });
  };
  const seen: EpochLog[] = [];
  const [unwatched, watched] = [await fitted(null), await fitted(seen)];
  const numbers = (logs: readonly EpochLog[]) => logs.map(({ seconds: _, ...revealed }) => revealed);
  assert.equal(seen, watched.epochs);
  assert.equal(numbers(unwatched.epochs), numbers(watched.epochs));
  assert.equal(unwatched.weights, watched.weights);
  assert.equal(
    unwatched.epochs.map(({ epoch, valMetrics }) => [epoch, Object.keys(valMetrics ?? {})]),
    [0, 1, 2, 3].map((epoch) => [epoch, ['accuracy', 'binaryAccuracy']]),
  );
  assert.is(new Set(unwatched.epochs.map(({ loss }) => loss)).size, 4, 'every epoch has numbers of its own');
  for (const { epochs } of [unwatched, watched]) {
    const seconds = epochs.map((log) => log.seconds);
    assert.equal(
      seconds,
      seconds.toSorted((a, b) => a - b),
      'never decreases',
    );
  }
});

test("onEpochEnd that returns or resolves to 'stop' ends the training; onTrainEnd gets what there is", async () => {
  for (const late of [false, true]) {
    const model = compiled();
    const ends: History[] = [];
    const history = await model.fit(x, y, {
      epochs: 6,
      batchSize: 4,
      callbacks: {
        onEpochEnd: (epoch) => {
          const verdict = epoch === 2 ? ('stop' as const) : undefined;
          return late ? Promise.resolve(verdict) : verdict;
        },
        onTrainEnd: (whole) => void ends.push(whole),
      },
    });
    assert.equal(
      history.epochs.map(({ epoch }) => epoch),
      [0, 1, 2],
    );
    assert.equal(ends, [history]);
    model.dispose();
  }
});

test('early stopping watches the validation rows, and their numbers are those of evaluate', async () => {
  const model = compiled();
  const logs: EpochLog[] = [];
  const history = await model.fit(x, y, {
    epochs: 9,
    batchSize: 4,
    validationData: [x, y],
    earlyStopping: { patience: 2, minDelta: 100 },
    callbacks: { onEpochEnd: (_, log) => void logs.push(log) },
  });
  assert.is(history.epochs.length, 3);
  assert.equal(logs, history.epochs);
  const { loss, accuracy } = await model.evaluate(x, y);
  const last = history.epochs[2];
  assert.is(last.valAccuracy, accuracy);
  // the coins fall anew
  assert.ok(Math.abs((last.valLoss as number) - loss) < 2e-3, `${last.valLoss} and ${loss}`);
  model.dispose();
});

test('adam trains in ring 64', async () => {
  await withSession({ ring: 64 }, async (wide) => {
    const data = share(wide);
    const model = network('softmax');
    model.compile({ optimizer: adam({ learningRate: 2 ** -4 }), loss: 'softmaxCrossEntropy' });
    const { epochs } = await model.fit(data.x, data.y, { epochs: 12, batchSize: 4 });
    assert.ok(epochs[11].loss < 0.8 * epochs[0].loss, `from ${epochs[0].loss} to ${epochs[11].loss}`);
  });
});

test('a batch is no larger than the rows: the same training, evaluation and prediction, and a rate that fits it', async () => {
  const fitted = (batchSize: number) =>
    withSession(
      { ring: 32 },
      async (own) => {
        const data = share(own);
        const model = compiled(0.25);
        const { epochs } = await model.fit(data.x, data.y, { batchSize, seed: 3 });
        const { loss } = await model.evaluate(data.x, data.y, { batchSize });
        const outputs = await model.predict(data.x, { batchSize }).reveal();
        return { trained: epochs[0].loss, loss, outputs, totals: (await own.roles.totals()).get('bob') };
      },
      { seed: 5, leastRows: 1 },
    );
  assert.equal(await fitted(1e6), await fitted(ROWS));
});

test.run();
