/**
 * backward is the gradient: every layer's backward pass on shares, against the numeric slope of the same model as a
 * plain function of double precision. The loss is ½ Σ (y − t)², whose gradient at the outputs is y − t.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type LayerConfig, type ModelConfig, planModel, sizeOf } from '../../src/nn/config.js';
import {
  averagePooling2d,
  conv2d,
  dense,
  flatten,
  globalAveragePooling2d,
  leakyRelu,
  maxPooling2d,
} from '../../src/nn/describe.js';
import { masked, type Value } from '../../src/nn/layers/layer.js';
import { SecureModel } from '../../src/nn/model.js';
import type { Secure } from '../../src/party/program.js';
import type { Runtime } from '../../src/party/runtime.js';
import { Masked, type Share } from '../../src/party/values.js';
import { sub } from '../../src/protocol/linear.js';
import { outputs } from '../support/float-model.js';
import type { Parties } from '../support/parties.js';
import { inEverySetting } from '../support/settings.js';

const BATCH = 4;

/** Units in the last place by which a gradient may be off: products of numbers that have each been rounded. */
const TOLERANCE_UNITS = 64;

/** What the slope of a sum of sines is off by (protocol/sigmoid.ts), through a batch and a layer of weights. */
const APPROXIMATION = { 32: 2e-2, 64: 3e-4 } as const;

const approximate = (layer: LayerConfig): boolean =>
  'activation' in layer && (layer.activation === 'sigmoid' || layer.activation === 'tanh');

const model = (inputShape: number[], ...layers: LayerConfig[]): ModelConfig => ({ inputShape, layers });

/** A hidden layer with this activation between two others, so that gradients flow through it. */
const around = (activation: Parameters<typeof dense>[0]['activation']): ModelConfig =>
  model([5], dense({ units: 4, activation }), dense({ units: 3 }));

const CASES: Record<string, ModelConfig> = {
  'dense alone': model([5], dense({ units: 3 })),
  'dense without bias': model([5], dense({ units: 4, useBias: false }), dense({ units: 3, useBias: false })),
  'three dense layers': model(
    [5],
    dense({ units: 4 }),
    dense({ units: 6, activation: 'relu' }),
    dense({ units: 3 }),
  ),
  relu: around('relu'),
  'relu at the end': model([5], dense({ units: 3, activation: 'relu' })),
  'leaky relu': around(leakyRelu(0.25)),
  'leaky relu of the usual slope': around('leakyRelu'),
  square: around('square'),
  'a polynomial in one piece': around({ polynomial: [0.5, 0.5, 0.125] }),
  'a polynomial in stages': around({ polynomial: [0.1, 0.6, 0.2, -0.05] }),
  sigmoid: around('sigmoid'),
  tanh: around('tanh'),
  convolution: model(
    [5, 5, 2],
    conv2d({ filters: 3, kernelSize: [3, 2], activation: 'relu' }),
    flatten(),
    dense({ units: 2 }),
  ),
  'strided convolutions, padded': model(
    [6, 5, 1],
    conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }),
    conv2d({ filters: 2, kernelSize: 2, padding: 'same', useBias: false }),
    flatten(),
    dense({ units: 2 }),
  ),
  'average pooling': model(
    [4, 4, 1],
    conv2d({ filters: 2, kernelSize: 1 }),
    averagePooling2d(),
    flatten(),
    dense({ units: 2 }),
  ),
  'max pooling': model(
    [4, 4, 1],
    conv2d({ filters: 2, kernelSize: 1 }),
    maxPooling2d(),
    flatten(),
    dense({ units: 2 }),
  ),
  'global average pooling': model(
    [4, 4, 1],
    conv2d({ filters: 3, kernelSize: 3, activation: 'relu' }),
    globalAveragePooling2d(),
    dense({ units: 2 }),
  ),
};

/** Outputs and the captured [−∂loss/∂parameter] of every parameter, last layer first. */
function* pass(rt: Runtime, secure: SecureModel, x: Masked, t: Masked) {
  const training = { training: true, step: 0, seed: 1 };
  let value: Value = x;
  for (const layer of secure.layers) value = yield* layer.forward(rt, value, training);
  const y = yield* masked(rt, value);
  const captured: Share[] = [];
  const first = secure.layers.findIndex((layer) => layer.parameters.length > 0);
  let gradient: Value | null = sub(rt, y, t);
  for (let l = secure.layers.length - 1; l >= first && gradient; l--) {
    gradient = yield* secure.layers[l].backward(rt, gradient, {
      inputGradient: l > first,
      descend: (_parameter, negative) => captured.push(negative),
    });
  }
  return { y, captured };
}

interface Sample {
  readonly weights: number[][];
  readonly rows: number[][];
  readonly targets: number[][];
}

/** Numbers that the ring holds exactly, so that the plain function sees what the roles see. */
function draw(world: Parties, config: ModelConfig): Sample {
  const unit = 2 ** world.fraction;
  const numbers = (count: number, scale: number) =>
    Array.from({ length: count }, () => Math.round((world.random.unit() * 2 - 1) * scale * unit) / unit);
  const plans = planModel(config);
  const specs = plans.flatMap((plan) => plan.weights);
  return {
    weights: specs.map(({ shape }) => numbers(sizeOf(shape), 0.7)),
    rows: Array.from({ length: BATCH }, () => numbers(sizeOf(config.inputShape), 1)),
    targets: Array.from({ length: BATCH }, () => numbers(sizeOf(plans[plans.length - 1].outputShape), 1)),
  };
}

function lossOf(config: ModelConfig, { weights, rows, targets }: Sample): number {
  return rows.reduce((sum, row, r) => {
    const y = outputs(config, weights, row);
    return sum + y.reduce((total, value, j) => total + (value - targets[r][j]) ** 2 / 2, 0);
  }, 0);
}

/** Central differences of the loss along every weight; null when a kink lies within the step. */
function slopes(config: ModelConfig, sample: Sample): number[][] | null {
  const slope = (array: number, at: number, h: number): number => {
    const moved = (by: number) => {
      const weights = sample.weights.map((values) => [...values]);
      weights[array][at] += by;
      return lossOf(config, { ...sample, weights });
    };
    return (moved(h) - moved(-h)) / (2 * h);
  };
  let smooth = true;
  const all = sample.weights.map((values, array) =>
    values.map((_, at) => {
      const near = slope(array, at, 2 ** -12);
      if (Math.abs(near - slope(array, at, 2 ** -6)) > 0.01) smooth = false;
      return near;
    }),
  );
  return smooth ? all : null;
}

/** A sample and its slopes, with no kink nearby: units have their sign, maxima their place, beyond rounding. */
function drawSmooth(world: Parties, config: ModelConfig): { sample: Sample; truth: number[][] } {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const sample = draw(world, config);
    const truth = slopes(config, sample);
    if (truth) return { sample, truth };
  }
  throw new Error('no smooth sample found');
}

const withShape = (x: Masked, shape: readonly number[]): Masked =>
  new Masked(x.delta, x.mask, shape, x.fraction);

const encode = (world: Parties, numbers: readonly number[]): bigint[] =>
  numbers.map((x) => BigInt(Math.round(x * 2 ** world.fraction)));

for (const [name, config] of Object.entries(CASES)) {
  test(`${name}: the gradients on shares are the slopes of the loss`, () => {
    inEverySetting((world, where) => {
      if (world.parties.length === 3 && world.bits === 64) return; // three parties are shown with ring 32
      const { sample, truth } = drawSmooth(world, config);
      const [x, t] = [sample.rows, sample.targets].map((rows) =>
        world.masked(encode(world, rows.flat()), world.fraction, [BATCH, rows[0].length]),
      );
      const shaped = world.each((_rt, role) => withShape(x[role], [BATCH, ...config.inputShape]));
      const models = world.each((rt) => new SecureModel(rt, config, sample.weights));
      const { results } = world.run(
        (rt, role): Secure<{ y: Masked; captured: Share[] }> => pass(rt, models[role], shaped[role], t[role]),
      );
      // a gradient is a sum over the batch and a layer's places of products of numbers that are off by a few units
      const tolerance =
        2 ** -world.fraction * TOLERANCE_UNITS +
        (config.layers.some(approximate) ? APPROXIMATION[world.bits] : 0);
      let taken = truth.length;
      results[0].captured.forEach((_, i) => {
        const shares = results.map(({ captured }) => captured[i]);
        const got = world.joined(shares).map((word) => -Number(word) / 2 ** shares[0].fraction);
        const layer = planModel(config)
          .filter((plan) => plan.weights.length > 0)
          .at(-1 - i);
        const count = layer?.weights.length ?? 0;
        const expected = truth.slice(taken - count, taken).flat();
        taken -= count;
        assert.is(got.length, expected.length);
        got.forEach((value, j) => {
          assert.ok(
            Math.abs(value - expected[j]) < tolerance,
            `${where}, layer ${layer?.index}, number ${j}: ${value} instead of ${expected[j]}`,
          );
        });
      });
      assert.is(taken, 0, 'every weight has been checked');
    });
  });
}

test.run();
