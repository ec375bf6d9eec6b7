/** Trainings that reveal nothing: the same steps, and no number of them for anybody. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sgd } from '../../src/model/describe.js';
import type { FitOptions } from '../../src/session/fit-options.js';
import { sequential } from '../../src/session/sequential.js';
import { createSession, type Session } from '../../src/session/session.js';
import { wineFold, wineLayers } from '../world/wine.js';

const { train } = wineFold(2);
const FIT: FitOptions = { batchSize: 8, epochs: 2, seed: 3 };

/** A training, what it told, and what was disclosed of it. */
async function trained(session: Session, more: FitOptions) {
  const parts = (values: ArrayLike<number>) => [{ owner: 'alice', values: Float32Array.from(values) }];
  const x = await session.shareRows(parts(train.x), [13]);
  const y = await session.shareRows(parts(train.y), [3]);
  const model = sequential(wineLayers());
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError', metrics: ['accuracy'] });
  const history = await model.fit(x, y, { ...FIT, ...more });
  const disclosed = await session.disclosed();
  return { model, x, y, history, disclosed };
}

for (const owner of ['owner', 'alice']) {
  test(`a quiet training tells ${owner}, the owner, nothing, and ends where one ends that tells`, async () => {
    // ring 64: in ring 32 a rounding can turn a relu, which moves weights by some hundredths
    const session = await createSession({ owner, ring: 64, threads: 0 });
    try {
      const quiet = await trained(session, { quiet: true });
      assert.equal([quiet.history.epochs, quiet.disclosed], [[], []]);
      const loud = await trained(session, {});
      assert.is(loud.history.epochs.length, 2);
      assert.ok(loud.disclosed.some(({ label }) => label === 'fit: loss'));
      const [a, b] = [await quiet.model.weights(), await loud.model.weights()];
      const differences = a.flatMap((array, i) => Array.from(array, (value, j) => Math.abs(value - b[i][j])));
      const most = Math.max(...differences);
      assert.ok(most > 0 && most < 0.001, `weights differ by ${most}`); // by roundings
    } finally {
      await session.close();
    }
  });
}

test('what would tell something is refused, and the session goes on', async () => {
  const session = await createSession({ ring: 32, threads: 0 });
  try {
    const { model, x, y } = await trained(session, { quiet: true });
    const wrong: [FitOptions, RegExp][] = [
      [{ mayStop: true }, /fit: mayStop: not of a training that is quiet/],
      [{ earlyStopping: { patience: 1 } }, /fit: earlyStopping: not of a training that is quiet/],
      [{ callbacks: { onEpochEnd: () => {} } }, /fit: mayStop: not of a training that is quiet/],
      [{ sentinel: true }, /fit: sentinel: not of a training that is quiet/],
      [{ validationData: [x, y] }, /fit: validationData: not of a training that is quiet/],
    ];
    for (const [options, expected] of wrong) {
      const error = await model.fit(x, y, { ...FIT, ...options, quiet: true }).then(String, String);
      assert.match(error, expected);
    }
    assert.match(await model.fit(x, y, { quiet: 1 } as never).then(String, String), /fit: quiet/);
    await model.fit(x, y, { ...FIT, quiet: true });
  } finally {
    await session.close();
  }
});

test.run();
