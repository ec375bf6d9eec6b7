/**
 * The gradient of every loss on shares, times its public factor over the batch, is the slope of the mean loss in double
 * precision: along what the loss takes, and along every weight of a model, with and without the final activation
 * that a loss contains (losses.ts).
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainLosses } from '../../src/baseline/loss.js';
import type { Activation, ModelConfig } from '../../src/model/config.js';
import { activation, dense } from '../../src/model/describe.js';
import { foldedActivation, type LossName, layersUnder, lossNames } from '../../src/model/losses.js';
import { planModel } from '../../src/model/plan.js';
import { masked } from '../../src/nn/layers/layer.js';
import { losses } from '../../src/nn/loss.js';
import { curves, softmax } from '../twins/approximations.js';
import { headLosses, meanLoss, rowLosses } from '../twins/float-loss.js';
import {
  assertClose,
  drawSmooth,
  gradientsOnShares,
  type Objective,
  sensitivities,
} from '../twins/numeric-gradient.js';
import { drawn, encoded } from '../world/model-steps.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting } from '../world/settings.js';

const ROWS = 8;

/** Outputs or logits: beyond where the sigmoid saturates in ring 32, and where most of a softmax is next to 0. */
const MOST = 12;

/** Largest error of a gradient on shares at one output, before the factor: that of σ or softmax, which it contains. */
const BOUNDS = {
  meanSquaredError: { 32: 0, 64: 0 },
  hinge: { 32: 0, 64: 0 },
  sigmoidCrossEntropy: curves.sigmoid.value.bound,
  softmaxCrossEntropy: softmax.bound,
} as const;

/** Of central differences at a distance of 2⁻¹², for losses whose third derivative is below 1. */
const NUMERIC = 5e-8;

/** Units by which the gradient's sum over the batch may be off along a weight, by roundings of the layers. */
const TOLERANCE_UNITS = 16;

/** A row of labels of the kind that a loss takes, as exact numbers of the working scale; every second one is hard. */
function labels(world: Parties, loss: LossName, units: number): number[] {
  if (loss === 'meanSquaredError') return drawn(world, units, 1);
  const hard = loss === 'hinge' || world.random.below(2) === 0;
  if (loss === 'softmaxCrossEntropy') {
    const label = world.random.below(units);
    const share = hard ? 0 : 1 / 2 ** Math.ceil(Math.log2(units) + 1);
    return Array.from({ length: units }, (_, j) => (j === label ? 1 - (units - 1) * share : share));
  }
  return drawn(world, units, 1).map((x) => (hard ? Number(x > 0) : Math.abs(x)));
}

/** Whether the hinge of this output has its kink nearby. */
const nearKink = (y: number, t: number): boolean => Math.abs(1 - (2 * t - 1) * y) < 2 ** -6;

/** Outputs away from kinks, and their labels, row by row. */
function drawOutputs(world: Parties, loss: LossName, units: number): { y: number[][]; t: number[][] } {
  const t = Array.from({ length: ROWS }, () => labels(world, loss, units));
  const draw = (label: number): number => {
    const [y] = drawn(world, 1, world.random.below(2) ? MOST : 1);
    return loss === 'hinge' && nearKink(y, label) ? draw(label) : y;
  };
  return { t, y: t.map((row) => row.map(draw)) };
}

/** Central differences of the mean loss along every output. */
function slopesAlongOutputs(loss: LossName, y: readonly number[][], t: readonly number[][]): number[][] {
  const moved = (r: number, j: number, by: number) =>
    meanLoss(
      rowLosses[loss],
      y.map((row, i) => (i === r ? row.with(j, row[j] + by) : row)),
      t,
    );
  const h = 2 ** -12;
  return y.map((row, r) => row.map((_, j) => (moved(r, j, h) - moved(r, j, -h)) / (2 * h)));
}

for (const [loss, units] of [
  ...lossNames.map((name) => [name, 3] as const),
  ['softmaxCrossEntropy', 18] as const,
]) {
  test(`${loss} of ${units} outputs: its gradient on shares is the slope of the mean loss`, () => {
    inEverySetting((world, where) => {
      const { y, t } = drawOutputs(world, loss, units);
      const [ys, ts] = [y, t].map((rows) =>
        world.masked(encoded(world, rows.flat()), world.fraction, [ROWS, units]),
      );
      const { results } = world.run(function* (rt, role) {
        return yield* masked(rt, yield* gradientOf(loss)(rt, ys[role], ts[role]));
      });
      const factor = losses[loss].factor(units) / ROWS;
      const got = world.opened(results).map((word) => (Number(word) / 2 ** world.fraction) * factor);
      const tolerance = BOUNDS[loss][world.bits] * factor + NUMERIC;
      assertClose([got], [slopesAlongOutputs(loss, y, t).flat()], tolerance, where);
    });
  });
}

/** The gradient at outputs, as precise as it can be. */
const gradientOf = (loss: LossName): Objective['gradient'] =>
  function* (rt, y, t) {
    return (yield* losses[loss].head(rt, y, t, rt.fraction)).gradient;
  };

interface Case {
  readonly loss: LossName;
  readonly config: ModelConfig;
}

const endingWith = (last: Activation): ModelConfig => ({
  inputShape: [5],
  layers: [dense({ units: 4, activation: 'relu' }), dense({ units: 3, activation: last })],
});

const CASES: Record<string, Case> = {
  ...Object.fromEntries(
    lossNames.map((loss) => [`${loss} of a model's outputs`, { loss, config: endingWith('linear') }]),
  ),
  'softmaxCrossEntropy of a softmax': { loss: 'softmaxCrossEntropy', config: endingWith('softmax') },
  'softmaxCrossEntropy of a softmax as a layer of its own': {
    loss: 'softmaxCrossEntropy',
    config: { inputShape: [5], layers: [dense({ units: 6 }), activation({ activation: 'softmax' })] },
  },
  'sigmoidCrossEntropy of a sigmoid': { loss: 'sigmoidCrossEntropy', config: endingWith('sigmoid') },
};

for (const [name, { loss, config }] of Object.entries(CASES)) {
  test(`${name}: the gradients on shares are the slopes of the mean loss`, () => {
    inEverySetting((world, where) => {
      const plan = planModel(config);
      const head = foldedActivation(plan, loss);
      const rowLoss = head ? headLosses[head] : rowLosses[loss];
      const units = name.includes('of its own') ? 6 : 3;
      const objective: Objective = {
        value: (y, t) => meanLoss(rowLoss, y, t),
        gradient: gradientOf(loss),
        factor: losses[loss].factor(units) / ROWS,
        loss,
      };
      const label = () => labels(world, loss, units);
      const { sample, truth } = drawSmooth(world, config, ROWS, objective, label);
      // an error at an output counts by how much that output depends on the weight
      const tolerances = sensitivities(
        { ...config, layers: layersUnder(plan, loss).map((l) => l.config) },
        sample,
      ).map((numbers) =>
        numbers.map(
          (sensitivity) =>
            objective.factor *
              (TOLERANCE_UNITS * 2 ** -world.fraction + sensitivity * BOUNDS[loss][world.bits]) +
            NUMERIC,
        ),
      );
      assertClose(gradientsOnShares(world, config, sample, objective), truth, tolerances, where);
    });
  });
}

test('the losses of double precision are those of the float trainer', () => {
  const y = [
    [0.5, -2, 3],
    [7, -0.25, 1.5],
  ];
  const t = [
    [0, 0.25, 0.75],
    [1, 0, 0],
  ];
  for (const loss of lossNames) {
    const total = plainLosses[loss].total(Float32Array.from(y.flat()), Float32Array.from(t.flat()), 2, 3);
    const off = Math.abs(total / 2 - meanLoss(rowLosses[loss], y, t));
    assert.ok(off < 1e-6, `${loss} is off by ${off}`);
  }
});

test.run();
