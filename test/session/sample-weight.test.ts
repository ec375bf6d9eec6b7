/** Rows that count for more or for less: `sampleWeight` of fit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trainPlain } from '../../src/baseline/plain.js';
import type { Dataset } from '../../src/data/dataset.js';
import { rowWeights } from '../../src/model/class-weights.js';
import { dense, sgd } from '../../src/model/describe.js';
import type { LossName } from '../../src/model/losses.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { Random, RINGS } from '../world/ring.js';
import { seed } from '../world/seed.js';
import { namesOf, withSession } from '../world/sessions.js';
import { watched } from '../world/watched.js';

const test = suite('sample weight');
const random = new Random(seed);

const ROWS = 24;
const WIDTH = 5;
const CLASS_WEIGHTS = { 1: [0.25, 3], 3: [0, 1, 4.5] } as const;

/** Rows of some classes, in 16ths. */
function rowsOf(units: 1 | 3): Dataset {
  const x = Float32Array.from({ length: ROWS * WIDTH }, () => (random.below(33) - 16) / 16);
  const y = new Float32Array(ROWS * units);
  for (let row = 0; row < ROWS; row++) {
    if (units === 1) y[row] = random.below(2);
    else y[row * units + random.below(units)] = 1;
  }
  return { x, y, rows: ROWS, features: WIDTH, classes: units };
}

const layersOf = (units: number) => [
  dense({ units: 4, inputShape: [WIDTH], activation: 'relu' }),
  dense({ units }),
];

interface Case {
  readonly loss: LossName;
  readonly units: 1 | 3;
}

const CASES: readonly Case[] = [
  { loss: 'meanSquaredError', units: 3 },
  { loss: 'softmaxCrossEntropy', units: 3 },
  { loss: 'sigmoidCrossEntropy', units: 1 },
  { loss: 'hinge', units: 1 },
];

/** Steps are powers of two: rate·2/3/8 for mean squared errors of three outputs, rate/8 for the other losses. */
const OPTIMIZER = sgd({ learningRate: 0.1875 });
const optimizerOf = (loss: LossName) =>
  loss === 'meanSquaredError' ? OPTIMIZER : sgd({ learningRate: 0.125 });
const TRAINING = { epochs: 3, batchSize: 8, seed: 5 };

/** The weights of a model after a training on shares. */
async function trained(session: Session, { loss, units }: Case, data: Dataset, weights: Float32Array | null) {
  const x = session.share(data.x, { owner: 'alice', shape: [ROWS, WIDTH] });
  const y = session.share(data.y, { owner: 'bob', shape: [ROWS, units] });
  const model = sequential(layersOf(units));
  model.compile({ optimizer: optimizerOf(loss), loss, metrics: [] });
  const sampleWeight = weights && session.share(weights, { owner: 'bob' });
  const history = await model.fit(x, y, { ...TRAINING, ...(sampleWeight && { sampleWeight }) });
  return { history, weights: (await model.weights()).map((array) => [...array]) };
}

for (const ring of RINGS) {
  for (const parties of [2, 3]) {
    for (const one of CASES) {
      test(`${one.loss}, ring ${ring}, ${parties} parties: as in clear, and losses are without weights`, async () => {
        const data = rowsOf(one.units);
        const classWeights = CLASS_WEIGHTS[one.units];
        const plan = planModel({ layers: layersOf(one.units), inputShape: [WIDTH] });
        const first = initialWeights(plan, TRAINING.seed);
        const options = { ...TRAINING, optimizer: optimizerOf(one.loss), loss: one.loss };
        const clear = trainPlain(plan, first, data, { ...options, classWeights });
        const alike = trainPlain(plan, first, data, options);
        const shares = await withSession({ ring, parties: namesOf(parties) }, (session) =>
          trained(session, one, data, rowWeights(data.y, one.units, classWeights)),
        );
        const tolerance = ring === 32 ? 2 ** -6 : 2 ** -10;
        const distance = (other: readonly Float32Array[]) =>
          Math.max(...shares.weights.flatMap((array, i) => array.map((w, j) => Math.abs(w - other[i][j]))));
        assert.ok(distance(clear.weights) < tolerance, `${distance(clear.weights)}`);
        assert.ok(distance(alike.weights) > 4 * tolerance, 'without weights it ends elsewhere');
        shares.history.epochs.forEach(({ loss }, i) => {
          assert.ok(Math.abs(loss - clear.history[i].loss) < 2 * tolerance, `epoch ${i}: ${loss}`);
        });
      });
    }
  }
}

test('rows of weight 0 change nothing, whatever they hold', async () => {
  const data = rowsOf(3);
  const weights = Float32Array.from({ length: ROWS }, (_, row) => row % 2);
  const other = rowsOf(3);
  for (let i = 0; i < data.x.length; i++) if (Math.floor(i / WIDTH) % 2) other.x[i] = data.x[i];
  for (let i = 0; i < data.y.length; i++) if (Math.floor(i / 3) % 2) other.y[i] = data.y[i];
  const [a, b] = await Promise.all(
    [data, other].map((rows) =>
      withSession({ ring: 64 }, (session) => trained(session, CASES[0], rows, weights)),
    ),
  );
  for (const [i, array] of a.weights.entries()) {
    for (const [j, w] of array.entries()) assert.ok(Math.abs(w - b.weights[i][j]) < 2 ** -12);
  }
});

test('large weights of large differences stay in range, or are told of', async () => {
  const [rows, label, weight, rate] = [16, 31, 62, 1 / 4096];
  await withSession({ ring: 32, parties: namesOf(3) }, async (session) => {
    const x = session.share(new Float32Array(rows), { owner: 'alice', shape: [rows, 1] });
    const y = session.share(new Float32Array(rows).fill(label), { owner: 'bob', shape: [rows, 1] });
    const sampleWeight = session.share(new Float32Array(rows).fill(weight));
    const model = sequential([dense({ units: 1, inputShape: [1] })]);
    model.compile({ optimizer: sgd({ learningRate: rate }), loss: 'meanSquaredError' });
    let bias = 0;
    for (let step = 0; step < 4; step++) bias += 2 * rate * weight * (label - bias);
    try {
      await model.fit(x, y, { epochs: 4, batchSize: rows, sampleWeight });
      const [, [trained]] = await model.weights();
      assert.ok(Math.abs(trained - bias) < 0.1, `${trained}, not ${bias}`);
    } catch (error) {
      assert.is((error as Error).name, 'RangeExceeded', String(error));
    }
  });
});

test('commands say that there are weights, and none of them', async () => {
  const weights = Float32Array.from({ length: ROWS }, (_, row) => (row + 1) / 32);
  const seen = await watched(() =>
    withSession({}, (session) => trained(session, CASES[1], rowsOf(3), weights)),
  );
  const epochs = seen.filter(({ command }) => command.name === 'fitEpoch');
  assert.is(epochs.length, TRAINING.epochs);
  for (const { command, payloads } of epochs) {
    assert.is((command.args as { weighted?: boolean }).weighted, true);
    assert.equal(payloads, {});
  }
});

test('a weight for each row is wanted, of the same session, and nothing has been sent for others', async () => {
  await withSession({}, async (session) => {
    const data = rowsOf(3);
    const x = session.share(data.x, { owner: 'alice', shape: [ROWS, WIDTH] });
    const y = session.share(data.y, { owner: 'bob', shape: [ROWS, 3] });
    const model = sequential(layersOf(3));
    model.compile({ optimizer: OPTIMIZER, loss: 'meanSquaredError' });
    const gone = session.share(new Float32Array(ROWS));
    gone.dispose();
    const refused: [unknown, RegExp][] = [
      [new Float32Array(ROWS), /fit: sampleWeight: must be a tensor that the session shared/],
      [session.share(new Float32Array(ROWS - 1)), /fit: sampleWeight: expected a weight for each of 24 rows/],
      [session.share(new Float32Array(ROWS), { shape: [ROWS, 1] }), /got \[24,1\]/],
      [gone, /has been disposed/],
    ];
    for (const [sampleWeight, message] of refused) {
      try {
        await model.fit(x, y, { ...TRAINING, sampleWeight } as never);
        assert.unreachable(String(message));
      } catch (error) {
        assert.match((error as Error).message, message);
      }
    }
    await withSession({}, async (another) => {
      const foreign = another.share(new Float32Array(ROWS));
      const error = await model.fit(x, y, { sampleWeight: foreign }).catch((reason: Error) => reason);
      assert.match(String(error), /fit: sampleWeight: of another session/);
    });
    await model.fit(x, y, { ...TRAINING, sampleWeight: session.share(new Float32Array(ROWS).fill(1)) });
  });
});

test('a training with weights is not taken up as one without', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'weighted-'));
  try {
    const data = rowsOf(3);
    const run = (weighted: boolean, more: object) =>
      withSession({}, async (session) => {
        const x = session.share(data.x, { owner: 'alice', shape: [ROWS, WIDTH] });
        const y = session.share(data.y, { owner: 'bob', shape: [ROWS, 3] });
        const model = sequential(layersOf(3));
        model.compile({ optimizer: OPTIMIZER, loss: 'meanSquaredError' });
        const sampleWeight = session.share(new Float32Array(ROWS).fill(2));
        return model.fit(x, y, { ...TRAINING, ...more, ...(weighted && { sampleWeight }) });
      });
    await run(true, { epochs: 1, checkpoint: dir });
    const error = await run(false, { resume: dir }).catch((reason: Error) => reason);
    assert.match(String(error), /is of another training: weighted/);
    assert.is((await run(true, { resume: dir })).before, 1);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('a dry run sees what weights make of gradients', async () => {
  const data = rowsOf(3);
  const model = sequential(layersOf(3));
  model.compile({ optimizer: OPTIMIZER, loss: 'meanSquaredError' });
  const largest = async (weight: number) => {
    const options = { batchSize: 8, ring: 64 as const, sampleWeight: new Array<number>(ROWS).fill(weight) };
    const { peaks } = await model.dryRun(data.x, data.y, options);
    return Math.max(...peaks.filter(({ kind }) => kind === 'gradient').map((peak) => peak.largest));
  };
  // 5 times 20 is more than differences may be, though each product of it is in range
  const large = { ...data, y: new Float32Array(ROWS * 3).fill(5) };
  const check = (weight: number) =>
    model.dryRun(large.x, large.y, { batchSize: 8, ring: 32, sampleWeight: new Array(ROWS).fill(weight) });
  const loss = (await check(20)).peaks.find(({ kind }) => kind === 'loss');
  assert.ok(loss && loss.largest > 64 && loss.limit === 64, JSON.stringify(loss));
  const ratio = (await largest(16)) / (await largest(1));
  assert.ok(ratio > 8, `${ratio}`);
  for (const [sampleWeight, message] of [
    [[1, 2], /dryRun: sampleWeight: expected 24 numbers, one a row, got 2/],
    [new Array(ROWS).fill(Number.NaN), /dryRun: sampleWeight: number 0 is not finite/],
  ] as const) {
    const error = await model.dryRun(data.x, data.y, { sampleWeight }).catch((reason: Error) => reason);
    assert.match(String(error), message);
  }
});

test.run();
