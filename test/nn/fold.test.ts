/**
 * Normalizations folded into the layers before them, in predictions: when, at what cost, and for how long. That the outputs are
 * those of the twin, which folds by its own rule, is in twin-layers.test.ts.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ModelConfig } from '../../src/model/config.js';
import { batchNormalization, conv2d, dense, flatten, sgd } from '../../src/model/describe.js';
import { planModel } from '../../src/model/plan.js';
import { renewMasks } from '../../src/nn/model-state.js';
import { formatSummary, summarize } from '../../src/nn/summary.js';
import { predict } from '../../src/nn/train.js';
import { type Cost, sequence } from '../../src/protocol/cost.js';
import { foldLines, foldLinesCost } from '../../src/protocol/fold.js';
import { inverseSqrtCost } from '../../src/protocol/roots.js';
import { rescaleNarrowCost } from '../../src/protocol/truncate.js';
import { drawn, SteppedModel } from '../world/model-steps.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting } from '../world/settings.js';

const weights = (world: Parties) => [
  ...[drawn(world, 4 * 3, 0.5), drawn(world, 3, 0.5)],
  ...[
    [1, 0.5, 2],
    [0.25, 0, -1],
    [0.5, -0.5, 0],
    [1, 0.25, 4],
  ],
];
const config: ModelConfig = { inputShape: [4], layers: [dense({ units: 3 }), batchNormalization()] };

const costOf = (secure: SteppedModel, rows: number, batchSize = rows): Cost => {
  const { world } = secure;
  const x = secure.rows(drawn(world, rows * 4, 1), rows, [4]);
  return world.run((rt, role) => predict(rt, secure.models[role], x[role], 3, batchSize)).cost;
};

test('it is folded where the kernel has fewer rows than are predicted, all batches counted', () => {
  inEverySetting((world, where) => {
    const { setting, fraction: f } = world;
    const extra = world.parties.length === 2 ? 1 : 0; // two parties hold the products of layers twice
    const outputs = (rows: number, s = f + extra) => rescaleNarrowCost(setting, rows * 3, s);
    const lines = sequence(inverseSqrtCost(setting, 3, f), rescaleNarrowCost(setting, 3, f));
    const made = () => new SteppedModel(world, config, weights(world));
    const apart = sequence(outputs(3), lines, outputs(3, f));
    assert.equal(costOf(made(), 3), apart, `${where}: apart`);
    const folded = (...rows: number[]) =>
      sequence(lines, foldLinesCost(setting, 4, 3, f), ...rows.map((count) => outputs(count)));
    assert.equal(costOf(made(), 8), folded(8), `${where}: one batch`);
    assert.equal(costOf(made(), 8, 3), folded(3, 3, 2), `${where}: batches`);
  });
});

test('what was folded serves until the weights change, whatever the number of rows', () => {
  inEverySetting((world, where) => {
    const secure = new SteppedModel(world, config, weights(world));
    const extra = world.parties.length === 2 ? 1 : 0;
    const alone = rescaleNarrowCost(world.setting, 3, world.fraction + extra);
    const first = costOf(secure, 8);
    assert.equal(costOf(secure, 1), alone, `${where}: the second prediction`);
    const step = { rate: 0.5, previousRate: 0.5, exponent: 6, mean: 1 / 8, count: 1 };
    const g = world.fraction - 3;
    const x = secure.rows(drawn(world, 4 * 4, 1), 4, [4]);
    const t = secure.targets(drawn(world, 4 * 3, 1), 4, 3, 'meanSquaredError', g);
    const pass = { training: true, step: 0, seed: 1 };
    const optimizer = sgd({ learningRate: 0.5 });
    secure.step(x, t, { loss: 'meanSquaredError', optimizer, step, pass, gradientFraction: g });
    assert.equal(costOf(secure, 8), first, `${where}: after a step`);
    world.run((rt, role) => renewMasks(rt, secure.models[role]));
    assert.equal(costOf(secure, 8), first, `${where}: after fresh masks`);
  });
});

test('a summary has the first prediction and the next ones, as the ledger counts them', () => {
  inEverySetting((world, where) => {
    const secure = new SteppedModel(world, config, weights(world));
    const summary = summarize(planModel(config), {
      ring: world.bits,
      fractionBits: world.fraction,
      parties: world.parties.length,
      batchSize: 8,
      loss: 'meanSquaredError',
      optimizer: sgd({ learningRate: 0.5 }),
    });
    for (const what of ['prediction', 'laterPrediction'] as const) {
      const { rounds, online, dealt } = summary[what];
      assert.equal({ rounds, online, dealt }, costOf(secure, 8), `${where}: ${what}`);
    }
    assert.match(formatSummary(summary), /a prediction .*\nthe next ones, normalizations folded /, where);
  });
});

test('a convolution counts the positions of its outputs', () => {
  inEverySetting((world, where) => {
    const images: ModelConfig = {
      inputShape: [6, 6, 1],
      layers: [conv2d({ filters: 2, kernelSize: 3 }), batchNormalization(), flatten(), dense({ units: 3 })],
    };
    const arrays = [18, 2, 2, 2, 2, 2, 96, 3].map((size) => drawn(world, size, 0.5));
    arrays[5] = [1, 2];
    const secure = new SteppedModel(world, images, arrays);
    const { setting, fraction: f } = world;
    const x = secure.rows(drawn(world, 36, 1), 1, [6, 6, 1]);
    const { cost } = world.run((_rt, role) => secure.models[role].forward(x[role]));
    const declared = sequence(
      sequence(inverseSqrtCost(setting, 2, f), rescaleNarrowCost(setting, 2, f)),
      foldLinesCost(setting, 9, 2, f),
      ...[32, 3].map((count) => rescaleNarrowCost(setting, count, f)),
    );
    assert.equal(cost, declared, where);
  });
});

test('the folded numbers are the products with the slopes, rounded', () => {
  inEverySetting((world, where) => {
    const f = world.fraction;
    const one = 2 ** f;
    const kernel = drawn(world, 20 * 6, 1).map((w) => Math.round(w * one));
    const [bias, mean, slope, beta] = [1, 2, 3, 4].map((most) =>
      drawn(world, 6, most).map((w) => Math.round(w * one)),
    );
    const masked = (numbers: number[], shape: number[]) => world.masked(numbers.map(BigInt), f, shape);
    const parameters = masked([...kernel, ...bias], [21, 6]);
    const lines = [mean, slope, beta].map((row) => masked(row, [6]));
    const { results } = world.run((rt, role) => {
      const [means, slopes, betas] = lines.map((values) => values[role]);
      return foldLines(rt, parameters[role], 20, { mean: means, slope: slopes, beta: betas });
    });
    const least = (world.parties.length + 1) / 2;
    world.opened(results).forEach((value, i) => {
      const c = i % 6;
      const exact = i < 120 ? (kernel[i] * slope[c]) / one : ((bias[c] - mean[c]) * slope[c]) / one + beta[c];
      assert.ok(Math.abs(Number(value) - exact) <= least, `${where}: number ${i}`);
    });
  });
});

test.run();
