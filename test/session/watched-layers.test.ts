/** Numbers inside layers that leave what the ring holds are refused, by dry runs and in trainings, as those between layers are. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  batchNormalization,
  createSession,
  dense,
  type Layer,
  RangeExceeded,
  type Sequential,
  sequential,
  sgd,
} from '../../src/index.js';

const test = suite('watched layers');

const ROWS = 64;

function modelOf(layers: readonly Layer[], weights: readonly Float32Array[]): Sequential {
  const model = sequential(layers);
  model.compile({ optimizer: sgd({ learningRate: 2 ** -6 }), loss: 'meanSquaredError', metrics: [] });
  model.setWeights(weights);
  return model;
}

/** Evaluates and trains on equal rows. */
async function run(model: Sequential, ring: 32 | 64, x: Float32Array, y: Float32Array) {
  const session = await createSession({ ring });
  try {
    const inputs = session.share(x, { shape: [ROWS, 1] });
    const labels = session.share(y, { shape: [ROWS, 1] });
    const evaluated = await model.evaluate(inputs, labels);
    await model.fit(inputs, labels, { batchSize: 16 });
    return evaluated?.loss ?? Number.NaN;
  } finally {
    await session.close();
  }
}

const isRefused = async (work: Promise<unknown>, what: RegExp): Promise<void> => {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof RangeExceeded, String(error));
    assert.match((error as Error).message, what);
    return;
  }
  assert.unreachable(`not refused: ${what}`);
};

for (const activation of ['tanh', 'sigmoid'] as const) {
  /** The curve is 1 at `sum`. */
  const curve = (sum: number) =>
    modelOf(
      [dense({ units: 1, inputShape: [1], activation, useBias: false }), dense({ units: 1, useBias: false })],
      [Float32Array.of(sum / 10), Float32Array.of(1)],
    );
  const [x, y] = [new Float32Array(ROWS).fill(10), new Float32Array(ROWS).fill(1)];

  test(`${activation}: sums that ring 32 does not hold`, async () => {
    for (const sum of [40, 80, 100, -80]) {
      assert.is((await curve(sum).dryRun(x, y, { batchSize: 16 })).ring, 64, `${sum}`);
      await isRefused(run(curve(sum), 32, x, y), /layer 0 \(dense\): product/);
    }
    assert.ok((await run(curve(12), 32, x, y)) < 0.001);
    assert.ok((await run(curve(80), 64, x, y)) < 0.001);
  });
}

test('batchNormalization: variances beyond those that it takes', async () => {
  const rows = Float32Array.from({ length: ROWS }, (_, i) => 1000 * Math.sin(i));
  const y = rows.map((value) => value / 1000);
  const layers = [
    batchNormalization({ inputShape: [1], center: false, scale: false }),
    dense({ units: 1, useBias: false }),
  ];
  const weights = [Float32Array.of(0), Float32Array.of(1), Float32Array.of(0.5)];
  const made = () => modelOf(layers, weights);
  const report = await made().dryRun(rows, y, { batchSize: 16 });
  assert.not.ok(report.fits);
  assert.match(String(report), /layer 0 \(batchNormalization\) +product +\d{6} +4096 /);
  await isRefused(run(made(), 64, rows, y), /layer 0 \(batchNormalization\): product/);
  const smaller = rows.map((value) => value / 50);
  assert.ok((await made().dryRun(smaller, y, { batchSize: 16 })).fits);
  await run(made(), 64, smaller, y);
  const session = await createSession({ ring: 64 });
  const wide = modelOf(layers, [Float32Array.of(0), Float32Array.of(5000), Float32Array.of(0.5)]);
  try {
    await wide.predict(session.share(rows, { shape: [ROWS, 1] })).reveal();
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /movingVariance \[1\]\), number 0: 4096 or more, too large/);
  } finally {
    await session.close();
  }
});

test.run();
