/**
 * When updates are delayed, and how many: a public function of the network, the optimizer and the batch. How steps are put
 * together; what a summary says of it; a whole session's training.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LayerConfig, ModelConfig } from '../../src/model/config.js';
import { conv2d, dense, dropout, flatten, momentum, sgd } from '../../src/model/describe.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { planModel } from '../../src/model/plan.js';
import { delayOf, spansOf } from '../../src/nn/delay.js';
import { DelayedUpdate } from '../../src/nn/delayed-update.js';
import { SecureModel } from '../../src/nn/model.js';
import { type Alarms, Sentinel, siteOf } from '../../src/nn/sentinel.js';
import { scalesOf } from '../../src/nn/step-plan.js';
import { constant } from '../../src/protocol/public-terms.js';
import { sequential } from '../../src/session/sequential.js';
import { withSession } from '../world/sessions.js';
import { partiesOf } from '../world/settings.js';

const rate = { learningRate: 0.125 };
const narrow = { ring: 32, fractionBits: 12, parties: 2 } as const;
const wide = { ring: 64, fractionBits: 20, parties: 2 } as const;
const rows = (...layers: LayerConfig[]): ModelConfig => ({ inputShape: [784], layers });
const images = (...layers: LayerConfig[]): ModelConfig => ({ inputShape: [28, 28, 1], layers });
const network = [dense({ units: 128, activation: 'relu' }), dense({ units: 10 })];

const delayed = (
  config: ModelConfig,
  batch: number,
  optimizer: OptimizerConfig = sgd(rate),
  setting: Parameters<typeof delayOf>[2] = narrow,
) => delayOf(planModel(config), optimizer, setting, batch);

test('many weights and few rows: the first layer is updated once in several steps, of at most twice 64 rows in all', () => {
  assert.equal(delayed(rows(...network), 8), { steps: 4, drop: 9 });
  assert.equal(delayed(rows(...network), 16), { steps: 4, drop: 9 });
  assert.equal(delayed(rows(...network), 24), { steps: 2, drop: 9 });
  assert.equal(delayed(rows(...network), 64), { steps: 2, drop: 9 });
  assert.is(delayed(rows(...network), 65), null);
  assert.equal(delayed(images(flatten(), ...network), 16), { steps: 4, drop: 9 });
  assert.equal(delayed(rows(...network), 16, sgd(rate), wide), { steps: 4, drop: 0 });
  assert.equal(delayed(rows(...network), 16, sgd(rate), { ...wide, parties: 3 }), { steps: 4, drop: 0 });
});

test('inputs keep three fraction bits at least, or updates are not delayed', () => {
  const of = (inputs: number) => delayed({ inputShape: [inputs], layers: network }, 16)?.drop;
  assert.is(of(512), 8);
  assert.is(of(1024), 9);
  assert.is(of(1025), undefined);
});

test('updates are not delayed where that saves nothing or is not the same step', () => {
  const one: [string, ModelConfig, OptimizerConfig?, Parameters<typeof delayOf>[2]?][] = [
    ['few weights', { inputShape: [13], layers: [dense({ units: 16 }), dense({ units: 3 })] }],
    ['a convolution first', images(conv2d({ filters: 8, kernelSize: 3 }), flatten(), ...network)],
    ['dropout first', rows(dropout({ rate: 0.5 }), ...network)],
    ['momentum', rows(...network), momentum(rate)],
    ['weight decay', rows(...network), sgd({ ...rate, weightDecay: 0.01 })],
    ['clipping', rows(...network), sgd({ ...rate, clipValue: 1 })],
    ['three parties that would have to round inputs', rows(...network), sgd(rate), { ...narrow, parties: 3 }],
  ];
  for (const [name, config, optimizer, setting] of one) {
    assert.is(delayed(config, 16, optimizer, setting), null, name);
  }
});

test('gradients have the bits that the rows of all steps together leave', () => {
  const plan = planModel(rows(...network));
  assert.is(scalesOf(plan, sgd(rate), narrow, 16).gradientFraction, 8); // 64 rows
  assert.is(scalesOf(plan, momentum(rate), narrow, 16).gradientFraction, 9);
  assert.is(scalesOf(plan, sgd(rate), narrow, 64).gradientFraction, 7); // 128 rows
});

test('steps go together while their rates are near, small enough, and change something', () => {
  const delay = { steps: 3, drop: 0 };
  const counts = (exponents: readonly (number | null)[]) =>
    spansOf(exponents, delay).map(({ start, count, exponent }) => [start, count, exponent]);
  assert.equal(counts([8, 8, 8, 8]), [
    [0, 3, 8],
    [3, 1, 8],
  ]);
  assert.equal(counts([8, 9, 8, 10, 9, null, 9, 9]), [
    [0, 3, 9],
    [3, 2, 10],
    [5, 1, 0],
    [6, 2, 9],
  ]);
  for (const drop of [0, 9, 11]) {
    const least = drop - 5; // gradients have 5 fraction bits at least
    const spans = spansOf([least - 1, least, least], { steps: 3, drop });
    assert.equal(
      spans.map(({ start, count }) => [start, count]),
      [
        [0, 1],
        [1, 2],
      ],
    );
  }
  assert.equal(
    spansOf([8, 8, 8], null).map(({ count }) => count),
    [1, 1, 1],
  );
  assert.equal(counts([]), []);
});

test('inner products are watched at the layer whose updates they stand in for', () => {
  const world = partiesOf(2, 32);
  const plan = planModel({ inputShape: [64], layers: [dense({ units: 2 })] });
  const alarmsOf = (value: number, drop: number) =>
    world.scoped(() => {
      const words = Array<bigint>(4 * 64).fill(BigInt(Math.round(value * 2 ** world.fraction)));
      const x = world.masked(words, world.fraction, [4, 64]);
      const models = world.each(
        (rt) => new SecureModel(rt, plan, [new Float32Array(128), new Float32Array(2)]),
      );
      const batches = [new Uint32Array(2), new Uint32Array(2)];
      const span = { exponent: 8, drop };
      const { results } = world.run(function* (rt, role) {
        rt.watcher = new Sentinel(rt, 0);
        rt.watcher.site = siteOf(0, 'update');
        const delayed = new DelayedUpdate(rt, x[role], batches, span);
        const minus = constant(rt, rt.zeros(4), [2, 2], 8);
        delayed.take(minus, { exponent: 8, rate: 1, previousRate: 1, mean: 1, count: 1 });
        yield* delayed.makeProducts(models[role].kept[0]);
        const found = (yield* (rt.watcher as Sentinel).alarms()) as Alarms;
        rt.watcher = null;
        return found;
      });
      assert.equal(results[0].sites, [siteOf(0, 'update')]);
      return world.joined(results.map(({ words }) => words))[0];
    });
  // 64 numbers' squares may reach 32 · 2^drop; from five eighths of that on it is an alarm
  for (const [drop, quiet, loud] of [
    [0, 0.3, 0.6],
    [4, 0.6, 2.4],
    [9, 2.4, 14],
  ]) {
    assert.is(alarmsOf(quiet, drop), 0n, `${quiet}, ${drop} bits dropped`);
    assert.is.not(alarmsOf(loud, drop), 0n, `${loud}, ${drop} bits dropped`);
  }
});

test('sessions end near each other: two and three parties in ring 64, two in ring 32 that round inputs, and steps alone', async () => {
  const rows = 64;
  const inputs = 256;
  const numbers = Float32Array.from({ length: rows * inputs }, (_, i) => ((i * i * 7 + (i >> 5)) % 23) / 23);
  const labels = Float32Array.from({ length: rows }, (_, i) => numbers[i * inputs] + numbers[i * inputs + 1]);
  const trained = (parties: string[], ring: 32 | 64, clipValue?: number) =>
    withSession({ parties, ring }, async (session) => {
      const model = sequential([
        dense({ units: 64, activation: 'relu', inputShape: [inputs] }),
        // as many weights as a span has inputs: what it kept of a freed block would be written over
        dense({ units: 128, activation: 'relu' }),
        dense({ units: 1 }),
      ]);
      const optimizer = sgd({ learningRate: 0.0078125, ...(clipValue && { clipValue }) });
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const x = session.share(numbers, { shape: [rows, inputs] });
      const y = session.share(labels, { shape: [rows, 1] });
      assert.is(model.summary({ ring, batchSize: 8, parties: parties.length }).together, clipValue ? 1 : 4);
      await model.fit(x, y, { epochs: 2, batchSize: 8, seed: 3 });
      return (await model.weights({ to: session.settings.owner })).map((array) => [...array]);
    });
  const wide = await trained(['alice', 'bob'], 64);
  const apart = (other: readonly number[][]) =>
    Math.max(...other.map((array, a) => Math.max(...array.map((w, i) => Math.abs(w - wide[a][i])))));
  assert.ok(apart(await trained(['alice', 'bob', 'carol'], 64)) < 1e-4, 'three parties');
  assert.ok(apart(await trained(['alice', 'bob'], 64, 1e6)) < 1e-4, 'steps alone');
  assert.ok(apart(await trained(['alice', 'bob'], 32)) < 0.03, 'ring 32');
});

test('large rates where many fraction bits leave little room', async () => {
  await withSession({ ring: 32, fractionBits: 14 }, async (session) => {
    const [rows, inputs] = [64, 256];
    const numbers = Float32Array.from(
      { length: rows * inputs },
      (_, i) => ((i * i * 7 + (i >> 5)) % 23) / 230,
    );
    const labels = Float32Array.from({ length: rows }, (_, i) => numbers[i * inputs]);
    const ofZeros = labels.reduce((sum, label) => sum + label ** 2, 0) / rows; // the loss of a model that says 0
    const x = session.share(numbers, { shape: [rows, inputs] });
    const y = session.share(labels, { shape: [rows, 1] });
    for (const learningRate of [0.5, 0.25, 0.125]) {
      const model = sequential([
        dense({ units: 128, activation: 'relu', inputShape: [inputs] }),
        dense({ units: 1 }),
      ]);
      model.compile({ optimizer: sgd({ learningRate }), loss: 'meanSquaredError' });
      const { epochs } = await model.fit(x, y, { epochs: 4, batchSize: 16, seed: 1 });
      assert.ok(epochs[3].loss < ofZeros, epochs.map(({ loss }) => loss).join());
    }
  });
});

test('a model that is trained on the outputs of another updates its weights in each step', async () => {
  await withSession({ ring: 32 }, async (session) => {
    const rows = 32;
    const numbers = Float32Array.from({ length: rows * 2 }, (_, i) => ((i * 7) % 11) / 11);
    const x = session.share(numbers, { shape: [rows, 2] });
    const y = session.share(
      Float32Array.from({ length: rows }, (_, i) => numbers[2 * i]),
      { shape: [rows, 1] },
    );
    const features = sequential([dense({ units: 300, activation: 'relu', inputShape: [2] })]).predict(x);
    const head = sequential([
      dense({ units: 64, activation: 'relu', inputShape: [300] }),
      dense({ units: 1 }),
    ]);
    head.compile({ optimizer: sgd({ learningRate: 0.03125 }), loss: 'meanSquaredError' });
    assert.is(head.summary({ ring: 32, batchSize: 8 }).together, 4);
    const { epochs } = await head.fit(features, y, { epochs: 4, batchSize: 8, seed: 1 });
    assert.ok(epochs[3].loss < epochs[0].loss / 2, epochs.map(({ loss }) => loss).join());
  });
});

test('a summary says of how many steps it gives the mean', () => {
  const model = sequential([
    dense({ units: 128, activation: 'relu', inputShape: [784] }),
    dense({ units: 10 }),
  ]);
  model.compile({ optimizer: sgd(rate), loss: 'meanSquaredError' });
  const summary = model.summary({ ring: 32, batchSize: 16 });
  assert.is(summary.together, 4);
  assert.match(String(summary), /the mean of 4 that write the first layer once/);
  const each = model.summary({ ring: 32, batchSize: 65 });
  assert.is(each.together, 1);
  assert.not.match(String(each), /write the first layer/);
});

test.run();
