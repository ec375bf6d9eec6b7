/** What a step of training costs: its rounds, and its bytes as the sum of what the operations declare. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LayerConfig } from '../../src/model/config.js';
import { dense, sgd } from '../../src/model/describe.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { losses } from '../../src/nn/loss.js';
import { countHits, roundedLabels } from '../../src/nn/metrics.js';
import { SecureModel, type TrainingPlan } from '../../src/nn/model.js';
import { gradientFraction } from '../../src/nn/scales.js';
import type { Share } from '../../src/party/values.js';
import { type Cost, parallel, sequence } from '../../src/protocol/cost.js';
import { reluCost } from '../../src/protocol/relu.js';
import { selectCost } from '../../src/protocol/select.js';
import { rescaleNarrowCost, truncateCost } from '../../src/protocol/truncate.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting } from '../world/settings.js';

const BATCH = 8;
const RATE_EXPONENT = 5;

const relu = (units: number) => dense({ units, activation: 'relu' });
const wine = [relu(16), dense({ units: 3 })];
const three = [relu(16), relu(12), dense({ units: 3 })];

const plan: Omit<TrainingPlan, 'gradientFraction'> = {
  loss: 'meanSquaredError',
  optimizer: sgd({ learningRate: 0.375 }),
  step: { rate: 0.375, previousRate: 0.375, exponent: RATE_EXPONENT, mean: 1 / 12, count: 1 },
  pass: { training: true, step: 0, seed: 0 },
};

const planOf = ({ bits, fraction }: Parties) => ({
  ...plan,
  gradientFraction: gradientFraction(bits, fraction, BATCH),
});

/** Fraction bits that a layer's product has beyond those of its factors: two parties hold it twice. */
const extraOf = ({ parties }: Parties): number => (parties.length === 2 ? 1 : 0);

/** Numbers in ±1 at the working scale, masked, as rows. */
function rows(world: Parties, columns: number, count = BATCH) {
  const values = Array.from({ length: count * columns }, () =>
    BigInt(Math.round((world.random.unit() * 2 - 1) * 2 ** world.fraction)),
  );
  return world.masked(values, world.fraction, [count, columns]);
}

function models(world: Parties, layers: LayerConfig[]): SecureModel[] {
  const config = { inputShape: [13], layers };
  return world.each((rt) => new SecureModel(rt, planModel(config), initialWeights(planModel(config), 1)));
}

/** The cost of one step of training. */
function step(world: Parties, layers: LayerConfig[]): Cost {
  const secure = models(world, layers);
  const [x, t] = [rows(world, 13), rows(world, 3)];
  return world.run((_rt, role) => secure[role].step(x[role], t[role], planOf(world))).cost;
}

test('a step of Wine’s two layers takes 10 rounds, of three layers 16', () => {
  inEverySetting((world, where) => {
    const more = world.bits - world.fraction > 37 ? 1 : 0; // a comparison of more bits takes one round more
    assert.is(step(world, wine).rounds, 10 + more, where);
    assert.is(step(world, three).rounds, 16 + 2 * more, where);
    if (world.bits === 32) assert.is(more, 0);
  });
});

test('a step costs what its operations declare: relu, rescale, and select beside the updates', () => {
  inEverySetting((world, where) => {
    const { setting, fraction: f } = world;
    const g = gradientFraction(setting.bits, f, BATCH);
    const extra = extraOf(world);
    const update = (inputs: number, units: number) =>
      rescaleNarrowCost(setting, (inputs + 1) * units, g + extra + RATE_EXPONENT);
    const declared = sequence(
      reluCost(setting, BATCH * 16, f + extra),
      rescaleNarrowCost(setting, BATCH * 3, 2 * f + extra - g),
      parallel(selectCost(setting, BATCH * 16, f + extra, false), update(16, 3)),
      update(13, 16),
    );
    assert.equal(step(world, wine), declared, where);
  });
});

test('dense+relu forward takes 4 rounds in ring 32, with 7.75 bytes a value to each peer (two parties: 7.625); backward takes 2', () => {
  inEverySetting((world, where) => {
    if (world.bits !== 32) return;
    const units = 128;
    const secure = models(world, [relu(units), dense({ units: 3 })]);
    const x = rows(world, 13);
    const { pass } = plan;
    const forward = world.run(function* (rt, role) {
      const [layer, activation] = secure[role].layers;
      return yield* activation.forward(rt, yield* layer.forward(rt, x[role], pass), pass);
    }).cost;
    assert.is(forward.rounds, 4, where);
    assert.is(
      forward.online,
      BATCH * units * (7.75 - extraOf(world) / 8) * (world.parties.length - 1),
      where,
    );
    const gradient = world.share(
      Array.from({ length: BATCH * units }, () => 5n),
      2 * world.fraction,
      false,
      [BATCH, units],
    );
    const backward = world.run(function* (rt, role) {
      const flow = { inputGradient: false, descend: () => {}, fraction: planOf(world).gradientFraction };
      const [layer, activation] = secure[role].layers;
      return yield* layer.backward(rt, (yield* activation.backward(rt, gradient[role], flow)) as Share, flow);
    }).cost;
    assert.is(backward.rounds, 2, where);
  });
});

test('a prediction of Wine takes 6 rounds in ring 32: relu, and the rescale of the outputs', () => {
  inEverySetting((world, where) => {
    const secure = models(world, wine);
    const x = rows(world, 13);
    const { cost } = world.run((_rt, role) => secure[role].forward(x[role]));
    const s = world.fraction + extraOf(world);
    const declared = sequence(
      reluCost(world.setting, BATCH * 16, s),
      rescaleNarrowCost(world.setting, BATCH * 3, s),
    );
    assert.equal(cost, declared, where);
    if (world.bits === 32) assert.is(cost.rounds, 6);
  });
});

test('an epoch’s loss is one truncation (in ring 64 a rescale before it) and two settled words; accuracy 1 round, a comparison and a product', () => {
  inEverySetting((world, where) => {
    const count = 36;
    const [y, t] = [rows(world, 3, count), rows(world, 3, count)];
    const { bits, fraction } = world;
    const g = gradientFraction(bits, fraction, BATCH);
    const kept = world.masked(Array(3 * count).fill(5n), g, [count, 3]);
    const loss = world.run((rt, role) => losses.meanSquaredError.total(rt, kept[role], t[role]));
    const near = Math.min(g, bits === 32 ? 9 : 16); // differences are rounded to so many bits before they are squared
    const declared = sequence(
      g > near ? rescaleNarrowCost(world.setting, count * 3, g - near) : parallel(),
      truncateCost(world.setting, count * 3, Math.ceil(Math.log2(count * 3)) - 1),
    );
    const settled = { ...declared, dealt: declared.dealt + (2 * world.bits) / 8 };
    assert.equal(loss.cost, settled, where);
    const labels = world.run((rt, role) => roundedLabels(rt, t[role], 0)).results;
    const hits = world.run((rt, role) => countHits(rt, 'accuracy', y[role], labels[role], 0.5));
    assert.is(hits.cost.rounds, world.bits === 32 ? 1 + 2 + 1 : 1 + 3 + 1, where);
  });
});

test.run();
