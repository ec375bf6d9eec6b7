/**
 * The slopes of a loss along every trained weight, in double precision (float-model.ts), and the gradients that the
 * roles compute of the same model on shares.
 */
import * as assert from 'uvu/assert';
import type { ModelConfig } from '../../src/model/config.js';
import type { LossName } from '../../src/model/losses.js';
import { foldedActivation } from '../../src/model/losses.js';
import { planModel } from '../../src/model/plan.js';
import type { Value } from '../../src/nn/layers/layer.js';
import type { SecureModel } from '../../src/nn/model.js';
import type { Secure } from '../../src/party/program.js';
import type { Runtime } from '../../src/party/runtime.js';
import type { Masked, Share } from '../../src/party/values.js';
import { sub } from '../../src/protocol/linear.js';
import { sizeOf } from '../../src/shape.js';
import { drawn, SteppedModel } from '../world/model-steps.js';
import type { Parties } from '../world/parties.js';
import { outputs } from './float-model.js';

type Rows = readonly number[][];

/** Neither the first step nor the usual seed, so that a mask of another one is noticed. */
const PASS = { training: true, seed: 7, step: 3 } as const;

/** What is differentiated. */
export interface Objective {
  /** The loss of a batch in double precision, from the outputs of the whole model. */
  value(y: Rows, t: Rows): number;
  /** Its gradient on shares, at what the loss takes. */
  gradient(rt: Runtime, y: Masked, t: Masked): Secure<Value>;
  /** Public factor of that gradient. */
  readonly factor: number;
  /** Named where it may contain the model's final activation. */
  readonly loss: LossName | null;
}

/** ½ Σ (y − t)², summed over the batch. */
export const halfSquares: Objective = {
  value: (y, t) => y.flat().reduce((sum, value, i) => sum + (value - t.flat()[i]) ** 2 / 2, 0),
  // biome-ignore lint/correctness/useYield: local, no round
  *gradient(rt, y, t) {
    return sub(rt, y, t);
  },
  factor: 1,
  loss: null,
};

export interface Sample {
  readonly weights: number[][];
  readonly rows: number[][];
  readonly targets: number[][];
}

/** Numbers of each row, `count` at a time. */
const split = (numbers: readonly number[], count: number): number[][] =>
  Array.from({ length: numbers.length / count }, (_, r) => numbers.slice(r * count, (r + 1) * count));

/**
 * Numbers that the ring holds exactly, so that the plain function sees what the roles see. Weights lie around 0, a
 * gamma around 1.
 * @param label a row of targets; random numbers unless given
 */
function draw(
  world: Parties,
  config: ModelConfig,
  batch: number,
  label?: (units: number) => number[],
): Sample {
  const { units, weights: specs } = planModel(config);
  const weights = specs.map(({ name, shape }) =>
    drawn(world, sizeOf(shape), 0.7).map((w) => (name === 'gamma' ? 1 + w : w)),
  );
  const rows = split(drawn(world, batch * sizeOf(config.inputShape), 1), sizeOf(config.inputShape));
  return { weights, rows, targets: rows.map(() => label?.(units) ?? drawn(world, units, 1)) };
}

/** `f` at a distance of h along one weight, on either side. */
function along<T>(sample: Sample, array: number, at: number, h: number, f: (weights: Rows) => T): [T, T] {
  const moved = (by: number) => {
    const weights = sample.weights.map((values) => [...values]);
    weights[array][at] += by;
    return f(weights);
  };
  return [moved(h), moved(-h)];
}

/** One number for each trained weight, an array for each layer that has any. */
function forEachWeight(
  config: ModelConfig,
  { weights }: Sample,
  f: (array: number, at: number) => number,
): number[][] {
  let taken = 0;
  return planModel(config)
    .layers.map((plan) =>
      plan.weights.flatMap(({ trainable }) => {
        const array = taken++;
        return trainable ? weights[array].map((_, at) => f(array, at)) : [];
      }),
    )
    .filter((numbers) => numbers.length > 0);
}

/** Distances of central differences: of the slopes themselves, and of others that must not differ. */
const NEAR = 2 ** -18;
const FAR = 2 ** -6;

/** The loss's slopes along every trained weight, layer by layer; null when a kink lies within the step. */
function slopes(config: ModelConfig, sample: Sample, { value, factor }: Objective): number[][] | null {
  const at = (weights: Rows) => value(outputs(config, weights, sample.rows, PASS), sample.targets);
  const here = at(sample.weights);
  let smooth = true;
  const all = forEachWeight(config, sample, (array, index) => {
    // a kink within rounding lies beyond the near step or at its middle, and well within the far one
    const [up, down] = along(sample, array, index, NEAR, at);
    const [farUp, farDown] = along(sample, array, index, FAR, at);
    const near = (up - down) / (2 * NEAR);
    const kinked = [(up - here) / NEAR, (farUp - farDown) / (2 * FAR)].some(
      (other) => !(Math.abs(near - other) <= 0.01 * factor),
    );
    if (kinked) smooth = false;
    return near;
  });
  return smooth ? all : null;
}

/** A sample and its slopes, with no kink nearby: units have their sign, maxima their place, beyond rounding. */
export function drawSmooth(
  world: Parties,
  config: ModelConfig,
  batch: number,
  objective: Objective,
  label?: (units: number) => number[],
): { sample: Sample; truth: number[][] } {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const sample = draw(world, config, batch, label);
    const truth = slopes(config, sample, objective);
    if (truth) return { sample, truth };
  }
  throw new Error('no smooth sample found');
}

/** For every trained weight, layer by layer, Σ |∂y/∂w| over all outputs y of the batch. */
export function sensitivities(config: ModelConfig, sample: Sample): number[][] {
  const h = 2 ** -12;
  return forEachWeight(config, sample, (array, at) => {
    const [up, down] = along(sample, array, at, h, (weights) =>
      outputs(config, weights, sample.rows, PASS).flat(),
    );
    return up.reduce((sum, y, i) => sum + Math.abs(y - down[i]) / (2 * h), 0);
  });
}

/** [−∂loss/∂parameter] of every parameter, last layer first, without the factor. */
function* backward(
  rt: Runtime,
  secure: SecureModel,
  x: Masked,
  t: Masked,
  { loss, gradient: start }: Objective,
): Secure<Share[]> {
  const y = yield* secure.forward(x, loss, PASS);
  const { fraction } = rt; // as precise as it can be
  const folded = loss !== null && foldedActivation(secure.plan, loss) !== null;
  const layers = folded ? secure.layers.slice(0, -1) : secure.layers;
  const captured: Share[] = [];
  const first = layers.findIndex((layer) => layer.parameters.length > 0);
  let gradient: Value | null = yield* start(rt, y, t);
  for (let l = layers.length - 1; l >= first && gradient; l--) {
    gradient = yield* layers[l].backward(rt, gradient, {
      inputGradient: l > first,
      descend: (_parameter, negative) => captured.push(negative),
      fraction,
    });
  }
  return captured;
}

/** The gradients on shares, layer by layer, as numbers. */
export function gradientsOnShares(
  world: Parties,
  config: ModelConfig,
  sample: Sample,
  objective: Objective,
): number[][] {
  const secure = new SteppedModel(world, config, sample.weights);
  const batch = sample.rows.length;
  const x = secure.rows(sample.rows.flat(), batch, config.inputShape);
  const t = secure.rows(sample.targets.flat(), batch, [sample.targets[0].length]);
  const { results } = world.run((rt, role) => backward(rt, secure.models[role], x[role], t[role], objective));
  return results[0]
    .map((_, i) => {
      const shares = results.map((captured) => captured[i]);
      return world.joined(shares).map((word) => (-Number(word) / 2 ** shares[0].fraction) * objective.factor);
    })
    .reverse();
}

/** Asserts that gradients lie within a tolerance of the slopes: one for all, or one for each. */
export function assertClose(got: Rows, expected: Rows, tolerance: number | Rows, where: string): void {
  assert.equal(
    got.map((numbers) => numbers.length),
    expected.map((numbers) => numbers.length),
    `${where}: every trained weight has a gradient`,
  );
  got.forEach((numbers, l) => {
    numbers.forEach((value, j) => {
      const most = typeof tolerance === 'number' ? tolerance : tolerance[l][j];
      assert.ok(
        Math.abs(value - expected[l][j]) < most,
        `${where}, trained layer ${l}, number ${j}: ${value} instead of ${expected[l][j]} ± ${most}`,
      );
    });
  });
}
