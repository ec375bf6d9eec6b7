import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PlainModel } from '../../src/baseline/model.js';
import { evaluatePlain, predictPlain, trainPlain } from '../../src/baseline/plain.js';
import { type Dataset, selectRows } from '../../src/data/dataset.js';
import { publicRandom } from '../../src/data/random.js';
import { columnStatistics, standardise } from '../../src/data/scale.js';
import { foldSplit } from '../../src/data/split.js';
import { loadWine } from '../../src/data/wine.js';
import type { Activation, ModelConfig } from '../../src/model/config.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';

const network = (inputs: number, units: number[], activation: Activation = 'relu'): ModelConfig => ({
  inputShape: [inputs],
  layers: units.map((n, l) => ({
    type: 'dense',
    units: n,
    activation: l < units.length - 1 ? activation : 'linear',
    useBias: true,
  })),
});

/** Fold k of Wine, standardised with the statistics of its training part. */
async function wineFold(k: number): Promise<{ train: Dataset; test: Dataset }> {
  const wine = await loadWine();
  const split = foldSplit(wine.rows, k);
  const [train, test] = [selectRows(wine, split.train), selectRows(wine, split.test)];
  const statistics = columnStatistics(train.x, wine.features);
  return {
    train: { ...train, x: standardise(train.x, statistics) },
    test: { ...test, x: standardise(test.x, statistics) },
  };
}

const meanSquaredError = (y: Float32Array, t: Float32Array): number =>
  y.reduce((sum, value, i) => sum + (value - t[i]) ** 2, 0) / y.length;

for (const activation of [
  'linear',
  'relu',
  'square',
  'sigmoid',
  'tanh',
  { polynomial: [0.1, 0.5, 0.2, -0.3] },
] as const) {
  const name = typeof activation === 'string' ? activation : 'a polynomial';
  test(`gradients through ${name} equal the slope of the loss`, () => {
    const config = network(5, [4, 4, 3], activation as Activation);
    const random = publicRandom(2);
    const normal = (count: number) => Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
    const [x, t, rows] = [normal(35), normal(21), 7];
    const weights = initialWeights(planModel(config), 3);
    for (const bias of [weights[1], weights[3]]) bias.set(normal(4));
    const model = new PlainModel(planModel(config), weights, rows);
    model.backward(model.forward(x, rows), t, rows);
    let checked = 0;
    for (const [i, array] of weights.entries()) {
      for (let j = 0; j < array.length; j++) {
        const h = 2 ** -8;
        const lossAt = (w: number) => {
          const moved = weights.map((values) => values.slice());
          moved[i][j] = w;
          return meanSquaredError(predictPlain(planModel(config), moved, x), t);
        };
        // fourth order, so that steps large enough for single precision have no bias of their own
        const slope =
          (8 * (lossAt(array[j] + h) - lossAt(array[j] - h)) -
            (lossAt(array[j] + 2 * h) - lossAt(array[j] - 2 * h))) /
          (12 * h);
        const gradient = (model.gradients[i] as Float32Array)[j];
        assert.ok(
          Math.abs(gradient - slope) < 2e-4 + 2e-3 * Math.abs(slope),
          `array ${i}[${j}]: ${gradient} and ${slope}`,
        );
        checked++;
      }
    }
    assert.is(checked, 5 * 4 + 4 + 4 * 4 + 4 + 4 * 3 + 3);
  });
}

test('one step of one weight is the step that the formulas give by hand', () => {
  const config: ModelConfig = {
    inputShape: [1],
    layers: [{ type: 'dense', units: 2, activation: 'linear', useBias: true }],
  };
  const data: Dataset = { x: Float32Array.of(3), y: Float32Array.of(1, 0), rows: 1, features: 1, classes: 2 };
  const initial = [Float32Array.of(0.5, -0.25), Float32Array.of(0, 1)];
  const { weights, history } = trainPlain(planModel(config), initial, data, {
    epochs: 1,
    batchSize: 8,
    learningRate: 0.5,
  });
  // y = (1.5, 0.25), y − t = (0.5, 0.25); loss = (0.25 + 0.0625) / 2; dL/dy = 2 (y − t) / 2
  assert.is(history[0].loss, 0.15625);
  assert.is(history[0].accuracy, 1);
  assert.equal([...weights[0]], [0.5 - 0.5 * 0.5 * 3, -0.25 - 0.5 * 0.25 * 3]);
  assert.equal([...weights[1]], [-0.25, 1 - 0.125]);
  assert.equal([...initial[0]], [0.5, -0.25], 'the initial weights are left as they are');
});

test('every fold of Wine is learned to more than 90 % in five epochs (median of five seeds)', async () => {
  const config = network(13, [16, 3]);
  for (let k = 0; k < 5; k++) {
    const { train, test } = await wineFold(k);
    const accuracies = [1, 2, 3, 4, 5].map((seed) => {
      const options = { epochs: 5, batchSize: 8, learningRate: 0.375, seed, validation: test };
      return trainPlain(planModel(config), initialWeights(planModel(config), seed), train, options).history[4]
        .valAccuracy as number;
    });
    const median = accuracies.sort((a, b) => a - b)[2];
    assert.ok(median > 0.9, `fold ${k}: ${accuracies.map((a) => a.toFixed(3))}`);
  }
});

test('a smaller last batch counts by its rows', async () => {
  const { train } = await wineFold(0);
  const config = network(13, [3]);
  const weights = initialWeights(planModel(config), 1);
  const tiny = { epochs: 1, learningRate: 1e-9, shuffle: false };
  const whole = trainPlain(planModel(config), weights, train, { ...tiny, batchSize: train.rows });
  const parts = trainPlain(planModel(config), weights, train, { ...tiny, batchSize: 50 });
  assert.ok(Math.abs(whole.history[0].loss - parts.history[0].loss) < 1e-6);
  assert.is(whole.history[0].accuracy, parts.history[0].accuracy);
});

test('the same seed repeats a training exactly, another seed goes through the rows differently', async () => {
  const { train } = await wineFold(0);
  const config = network(13, [16, 3]);
  const run = (seed: number) =>
    trainPlain(planModel(config), initialWeights(planModel(config), 1), train, {
      epochs: 2,
      batchSize: 8,
      learningRate: 0.25,
      seed,
    });
  assert.equal(run(4).weights, run(4).weights);
  assert.not.equal(run(4).weights, run(5).weights);
});

test('evaluation agrees with prediction, over more rows than one block', () => {
  const config = network(4, [8, 3]);
  const weights = initialWeights(planModel(config), 9);
  const random = publicRandom(1);
  const rows = 600;
  const x = Float32Array.from({ length: rows * 4 }, () => random.uniform() - 0.5);
  const y = predictPlain(planModel(config), weights, x);
  const t = new Float32Array(rows * 3);
  for (let row = 0; row < rows; row++) t[row * 3 + random.below(3)] = 1;
  const right = Array.from({ length: rows }, (_, row) => {
    const [a, b] = [y, t].map((m) => [...m.subarray(row * 3, row * 3 + 3)]);
    return a.indexOf(Math.max(...a)) === b.indexOf(1);
  }).filter(Boolean).length;
  const result = evaluatePlain(planModel(config), weights, { x, y: t, rows, features: 4, classes: 3 });
  assert.is(result.accuracy, right / rows);
  assert.ok(Math.abs(result.loss - meanSquaredError(y, t)) < 1e-6);
});

test('data and settings that do not fit are refused', () => {
  const config = network(4, [3]);
  const data: Dataset = { x: new Float32Array(8), y: new Float32Array(6), rows: 2, features: 4, classes: 3 };
  const train = (options: object, set: Dataset = data, weights = initialWeights(planModel(config), 1)) =>
    trainPlain(planModel(config), weights, set, { epochs: 1, batchSize: 1, learningRate: 0.1, ...options });
  train({});
  assert.throws(() => train({ epochs: 0 }), /epochs must be/);
  assert.throws(() => train({ batchSize: 1.5 }), /batchSize must be/);
  assert.throws(() => train({ learningRate: 0 }), /learningRate must be/);
  const wide: Dataset = { x: new Float32Array(10), y: new Float32Array(6), rows: 2, features: 5, classes: 3 };
  assert.throws(
    () => train({}, wide),
    /data: the model maps 4 features to 3 units, the data set has 5 and 3/,
  );
  assert.throws(() => train({ validation: wide }), /validation: the model maps/);
  assert.throws(() => train({}, { ...data, rows: 1 }), /x has 8 numbers/);
  assert.throws(() => train({}, data, [new Float32Array(12)]), /expected 2 weight arrays/);
  assert.throws(
    () => predictPlain(planModel(config), initialWeights(planModel(config), 1), new Float32Array(7)),
    /no whole rows of 4/,
  );
});

test.run();
