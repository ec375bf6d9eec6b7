/**
 * A model of TensorFlow.js, trained there in clear, becomes one owner's secret, is trained further on another's rows, and goes back:
 * plain TensorFlow.js then predicts what the model on shares does.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLayersModel, toLayersModel } from '../../src/interchange/index.js';
import { sgd } from '../../src/model/describe.js';
import { sequential } from '../../src/session/sequential.js';
import { sizeOf } from '../../src/shape.js';
import { uniform } from '../baseline/gradient-check.js';
import { withSession } from '../world/sessions.js';
import { plainTfjs, predictionsOf } from '../world/tfjs.js';
import { wineFold } from '../world/wine.js';

/** Units of the last place that outputs may be apart: five of the softmax (see its protocol), others of the roundings before. */
const UNITS = 8;

const fold = wineFold(3);
/** Every other row: of cultivars that come one after another, each owner has some. */
const everyOther = (values: Float32Array, width: number, first: 0 | 1): Float32Array =>
  values.filter((_, i) => Math.floor(i / width) % 2 === first);
const [bobsX, alicesX] = ([0, 1] as const).map((first) => everyOther(fold.train.x, 13, first));
const [bobsY, alicesY] = ([0, 1] as const).map((first) => everyOther(fold.train.y, 3, first));
const rowsOf = (x: Float32Array): number => x.length / 13;

for (const ring of [32, 64] as const) {
  test(`ring ${ring}: from TensorFlow.js to shares and back`, async () => {
    const tf = await plainTfjs();
    const clear = tf.sequential();
    clear.add(tf.layers.dense({ units: 16, activation: 'relu', inputShape: [13] }));
    clear.add(tf.layers.dense({ units: 3, activation: 'softmax' }));
    clear.compile({ optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy' });
    clear.setWeights(
      clear.getWeights().map(({ shape }, i) =>
        tf.tensor(
          uniform(sizeOf(shape), i).map((w) => w / 2),
          shape,
        ),
      ),
    );
    const rows = rowsOf(bobsX);
    const [x, y] = [tf.tensor(bobsX, [rows, 13]), tf.tensor(bobsY, [rows, 3])];
    await clear.fit(x, y, { epochs: 3, batchSize: 8, shuffle: false, verbose: 0 });
    const { layers, weights: before } = await fromLayersModel(clear);

    const { weights, predicted, fractionBits } = await withSession({ ring }, async (session) => {
      const rows = rowsOf(alicesX);
      const x = session.share(alicesX, { owner: 'alice', shape: [rows, 13] });
      const y = session.share(alicesY, { owner: 'alice', shape: [rows, 3] });
      const model = sequential(layers);
      model.setWeights(before, { owner: 'bob' });
      model.compile({
        optimizer: sgd({ learningRate: 0.125 }),
        loss: 'softmaxCrossEntropy',
        metrics: ['accuracy'],
      });
      const { epochs } = await model.fit(x, y, { epochs: 1, batchSize: 8 });
      assert.ok((epochs[0].accuracy as number) > 0.7, 'it has learnt something before');
      const asked = session.share(fold.test.x, { owner: 'alice', shape: [fold.test.rows, 13] });
      return {
        weights: await model.weights({ to: 'bob', label: 'the tuned model' }),
        predicted: await model.predict(asked).reveal({ to: 'alice', label: 'predictions' }),
        fractionBits: session.settings.fractionBits,
      };
    });

    const moved = weights[0].reduce((far, w, i) => Math.max(far, Math.abs(w - before[0][i])), 0);
    assert.ok(moved > 0.01, 'the epoch has changed it');
    const tuned = await tf.loadLayersModel(tf.io.fromMemory(toLayersModel(layers, weights)));
    const there = await predictionsOf(tf, tuned, fold.test.x, [fold.test.rows, 13]);
    const apart = there.reduce((far, p, i) => Math.max(far, Math.abs(p - predicted[i])), 0);
    assert.ok(apart < UNITS * 2 ** -fractionBits, `${apart * 2 ** fractionBits} units apart`);
    const untuned = await predictionsOf(tf, clear, fold.test.x, [fold.test.rows, 13]);
    const changed = untuned.reduce((far, p, i) => Math.max(far, Math.abs(p - there[i])), 0);
    assert.ok(changed > 2 * UNITS * 2 ** -fractionBits, 'the model before would be told apart');
  });
}

test.run();
