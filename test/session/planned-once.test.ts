/** A model is checked and planned when it is made, and never again in the owner's thread, whatever is done with it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { layerKinds } from '../../src/model/config.js';
import { dense, sgd } from '../../src/model/describe.js';
import { sequential } from '../../src/session/sequential.js';
import { withSession } from '../world/sessions.js';

test('making a model plans it once; compile, fit, evaluate, predict, summary and dry run do not', async () => {
  const kind = layerKinds.dense;
  const { check } = kind;
  let planned = 0;
  kind.check = (config, inputShape) => {
    planned++;
    check.call(kind, config, inputShape);
  };
  try {
    await withSession({ ring: 32 }, async (session) => {
      const model = sequential([dense({ units: 2, inputShape: [3] })]);
      assert.is(planned, 1);
      model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError' });
      const [x, y] = [
        session.share(Array(36).fill(0.5), { shape: [12, 3] }),
        session.share(Array(24).fill(1), { shape: [12, 2] }),
      ];
      await model.fit(x, y, { epochs: 2, batchSize: 4, validationData: [x, y] });
      await model.evaluate(x, y);
      await model.predict(x).reveal();
      await model.weights();
      model.summary();
      await model.dryRun(Array(12).fill(0.5), Array(8).fill(1), { epochs: 1 });
      model.dispose();
    });
    assert.is(planned, 1);
  } finally {
    kind.check = check;
  }
});

test.run();
