/** What is trained on shares is what the float trainer trains: weights close by, accuracy within one test row. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluatePlain, trainPlain } from '../../src/baseline/plain.js';
import { selectRows } from '../../src/data/dataset.js';
import { dense, sgd } from '../../src/model/describe.js';
import { initialWeights } from '../../src/model/weights.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { seed as testSeed } from '../world/seed.js';
import { nameOf, sessionsOfEverySetting } from '../world/sessions.js';
import { type Fold, wineFold, wineLayers, wineModel } from '../world/wine.js';

const { sessions, closeAll } = await sessionsOfEverySetting({}, { seed: testSeed });
test.after(closeAll);

const PLAIN = { epochs: 5, batchSize: 8, learningRate: 0.375 };
/** Whole batches of the training rows, spread over all classes by the shuffle. */
const ROWS = 136;
/** Public seeds of weights and batches; the masks' seed is the test's. */
const SEEDS = [1, 2, 3];

/** Trains the paper's network on shares from the initial weights of `seed`; its accuracy on the fold's test rows. */
async function trainShared(session: Session, fold: Fold, seed: number): Promise<number> {
  const model = sequential(wineLayers());
  model.compile({
    optimizer: sgd({ learningRate: PLAIN.learningRate }),
    loss: 'meanSquaredError',
    metrics: ['accuracy'],
  });
  const share = ({ x, y, rows }: Fold['train']) =>
    [
      session.share(x, { owner: 'alice', shape: [rows, 13] }),
      session.share(y, { owner: 'bob', shape: [rows, 3] }),
    ] as const;
  const train = share(fold.train);
  const test = share(fold.test);
  await model.fit(...train, { epochs: PLAIN.epochs, batchSize: PLAIN.batchSize, seed });
  const { accuracy } = await model.evaluate(...test);
  for (const tensor of [...train, ...test]) tensor.dispose();
  model.dispose();
  return accuracy as number;
}

function trainFloat(fold: Fold, seed: number): number {
  const { weights } = trainPlain(wineModel(), initialWeights(wineModel(), seed), fold.train, {
    ...PLAIN,
    seed,
  });
  return evaluatePlain(wineModel(), weights, fold.test).accuracy;
}

const FOLDS = [0, 1, 2, 3, 4].map((k) => {
  const fold = wineFold(k);
  return { fold, float: SEEDS.map((seed) => trainFloat(fold, seed)) };
});

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;

for (const session of sessions) {
  test(`Wine, ${nameOf(session)}: five folds, three seeds: 95 % on average, 91 % in each fold, as in float`, async () => {
    const all: number[] = [];
    for (const { fold, float } of FOLDS) {
      const shared: number[] = [];
      for (const seed of SEEDS) shared.push(await trainShared(session, fold, seed));
      const what = `${shared} on shares, ${float} in float`;
      assert.ok(median(shared) >= 0.91, what);
      assert.ok(Math.abs(median(shared) - median(float)) <= 1.001 / fold.test.rows, what);
      all.push(...shared);
    }
    assert.ok(mean(all) >= 0.95, `mean ${mean(all)}`);
  });
}

/** How far weights and losses may be off after 34 steps: 50 units, for a relu near 0 may go either way. */
const OFF = { 32: { weights: 1.2e-2, loss: 1e-3 }, 64: { weights: 2e-5, loss: 2e-6 } } as const;

for (const activation of ['relu', 'sigmoid', 'tanh'] as const) {
  test(`${activation}: after two epochs every weight is close to the float trainer’s`, async () => {
    const train = selectRows(
      wineFold(0).train,
      Uint32Array.from({ length: ROWS }, (_, i) => i),
    );
    const layers = [dense({ units: 8, inputShape: [13], activation }), dense({ units: 3 })];
    const initial = initialWeights(wineModel(layers), SEEDS[0]);
    const options = { epochs: 2, batchSize: 8, seed: SEEDS[0] };
    const learningRate = 0.1875; // 0.1875 · (2/3) / 8 = 2^−6: the rate on shares is exact
    const float = trainPlain(wineModel(layers), initial, train, { ...options, learningRate });
    for (const session of sessions) {
      const off = OFF[session.settings.ring];
      const model = sequential(layers);
      model.compile({ optimizer: sgd({ learningRate }), loss: 'meanSquaredError', metrics: ['accuracy'] });
      const x = session.share(train.x, { owner: 'alice', shape: [train.rows, 13] });
      const y = session.share(train.y, { owner: 'bob', shape: [train.rows, 3] });
      const history = await model.fit(x, y, options);
      const trained = await model.weights();
      const distances = trained.flatMap((array, i) =>
        [...array].map((w, j) => Math.abs(w - float.weights[i][j])),
      );
      const farthest = Math.max(...distances);
      assert.ok(farthest < off.weights, `${nameOf(session)}: a weight is off by ${farthest}`);
      history.epochs.forEach(({ loss }, epoch) => {
        const difference = Math.abs(loss - float.history[epoch].loss);
        assert.ok(difference < off.loss, `${nameOf(session)}: a loss is off by ${difference}`);
      });
    }
  });
}

test.run();
