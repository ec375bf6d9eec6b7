/**
 * Steps of training on shares beside their clear twin: what the loss took in each step, all trained numbers after the
 * last one, and predictions then are equal bit for bit, in every setting.
 *
 * What is exact: every product, sum, selection, rounding and update, each computed by the twin from its own numbers. A
 * rounding's coin is read from what was opened when the roles rounded the same numbers, so these are compared too.
 *
 * What is held to a bound: values of sigmoid, tanh (and their slopes), softmax and 1/√x, which the protocol approximates
 * by trigonometric sums that depend on the masks, and rounds within. The roles' arguments equal the twin's bit for bit
 * (each was opened, or, a running variance, is compared as a parameter); each value must lie within the function's error
 * bound of the true one, and the twin goes on with it. So a softmax at the end of a prediction is within its bound.
 */
import * as assert from 'uvu/assert';
import type { LayerConfig, ModelConfig } from '../../src/model/config.js';
import { dense, sgd } from '../../src/model/describe.js';
import type { LossName } from '../../src/model/losses.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { planModel } from '../../src/model/plan.js';
import { gradientFraction } from '../../src/nn/scales.js';
import { sizeOf } from '../../src/shape.js';
import { drawn, drawnWeights, encoded, SteppedModel } from '../world/model-steps.js';
import { watchOpenings } from '../world/openings.js';
import type { Parties } from '../world/parties.js';
import type { Bits } from '../world/ring.js';
import { inEverySetting } from '../world/settings.js';
import { Outside } from './oracle.js';
import { StepTwin } from './step-twin.js';
import { Rounder } from './twin-types.js';

export interface TwinCase {
  readonly name: string;
  readonly config: ModelConfig;
  readonly loss?: LossName;
  readonly optimizer?: OptimizerConfig;
  /** Rows of a step; 4 unless given. */
  readonly batch?: number;
  /** 2 unless given. */
  readonly steps?: number;
  /** The ring whose range it needs; both unless given. */
  readonly ring?: Bits;
  /** See `Agreement`. */
  readonly fewRounds?: boolean;
}

export const images = (...layers: LayerConfig[]): ModelConfig => ({ inputShape: [6, 6, 2], layers });
export const rows = (...layers: LayerConfig[]): ModelConfig => ({ inputShape: [7], layers });
export const hidden = rows(dense({ units: 6, activation: 'relu' }), dense({ units: 3 }));
export const rate = { learningRate: 0.5 };

/** Runs a case. @throws when anything differs */
export function equalsTheTwin(made: TwinCase): void {
  inEverySetting((world, where) => {
    if (made.ring === undefined || made.ring === world.bits) compare(world, where, made);
  }, made.fewRounds);
}

/** Around 0, but for what is 1 before a training. */
export function weightsFor(world: Parties, config: ModelConfig): number[][] {
  const specs = planModel(config).weights;
  return drawnWeights(world, config, 0.25).map((array, i) => {
    const one = specs[i].name === 'gamma' || specs[i].name === 'movingVariance';
    return one ? array.map((w) => w + 1) : array;
  });
}

/** What a step needs to know; the rate halves, so that momentum has to follow. */
const planOf = (step: number) => ({
  plan: { rate: 0.5 ** (step + 1), previousRate: 0.5, exponent: 4 + step, mean: 1 / 8, count: step + 1 },
  pass: { training: true, step, seed: 3 },
});

function compare(world: Parties, where: string, made: TwinCase): void {
  const { config, loss = 'meanSquaredError', optimizer = sgd(rate), batch = 4, steps = 2 } = made;
  const weights = weightsFor(world, config);
  const secure = new SteppedModel(world, config, weights);
  const units = planModel(config).units;
  const x = drawn(world, batch * sizeOf(config.inputShape), 1);
  const t = Array.from({ length: batch * units }, (_, i) =>
    i % units === Math.floor(i / units) % units ? 1 : 0,
  );
  const g = gradientFraction(world.bits, world.fraction, batch);
  const xs = secure.rows(x, batch, config.inputShape);
  const ts = secure.targets(t, batch, units, loss, g);
  const plans = Array.from({ length: steps }, (_, step) => planOf(step));
  const outputs: bigint[][] = [];
  const openings = watchOpenings(world, () => {
    for (const { plan, pass } of plans) {
      outputs.push(secure.step(xs, ts, { loss, optimizer, step: plan, pass, gradientFraction: g }).kept);
    }
    outputs.push(secure.predict(xs));
  });

  const outside = new Outside(openings, world.bits, world.fraction);
  const initial = weights.map((array) => encoded(world, array));
  const twin = new StepTwin(planModel(config), initial, new Rounder(outside, g, world.parties.length));
  plans.forEach(({ plan, pass }, step) => {
    const y = twin.step(encoded(world, x), encoded(world, t), batch, loss, optimizer, plan, pass);
    assert.equal(outputs[step], y, `${where}: outputs of step ${step}`);
  });
  const trained = secure.values;
  trained.forEach((values, p) => {
    assert.equal(values, twin.kept[p].values, `${where}: parameter ${p}`);
  });
  assert.is(trained.length, twin.kept.length);
  assert.equal(outputs[steps], twin.predict(encoded(world, x), batch), `${where}: predictions`);
  assert.is(outside.left, 0, `${where}: the twin has rounded all that the roles have rounded`);
  const last = trained[trained.length - 1];
  assert.not.equal(last, initial.flat().slice(-last.length), `${where}: the last layer has learned`);
}
