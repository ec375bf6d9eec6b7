import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DenseConfig, ModelConfig } from '../../src/model/config.js';
import {
  activation,
  averagePooling2d,
  batchNormalization,
  conv2d,
  dropout,
  flatten,
  globalAveragePooling2d,
  maxPooling2d,
} from '../../src/model/describe.js';
import { planModel } from '../../src/model/plan.js';
import { checkWeights, initialWeights } from '../../src/model/weights.js';

const dense = (units: number, more: object = {}): DenseConfig => ({
  type: 'dense',
  units,
  activation: 'relu',
  useBias: true,
  ...more,
});
const model = (...layers: DenseConfig[]): ModelConfig => ({ layers, inputShape: [13] });

test('a plan knows the shapes of every layer and its weights', () => {
  const [first, second] = planModel(model(dense(16), dense(3, { useBias: false }))).layers;
  assert.equal([first.inputShape, first.outputShape], [[13], [16]]);
  assert.equal(
    first.weights.map(({ name, shape }) => [name, shape]),
    [
      ['kernel', [13, 16]],
      ['bias', [16]],
    ],
  );
  assert.equal([second.inputShape, second.outputShape], [[16], [3]]);
  assert.equal(
    second.weights.map(({ name, shape }) => [name, shape]),
    [['kernel', [16, 3]]],
  );
});

test('a plan knows what follows from all layers together', () => {
  const plan = planModel(model(dense(16), dense(3, { useBias: false })));
  assert.equal([plan.inputShape, plan.outputShape, plan.units], [[13], [3], 3]);
  assert.equal(
    plan.weights.map(({ name }) => name),
    ['kernel', 'bias', 'kernel'],
  );
  assert.is(plan.parameters, 13 * 16 + 16 + 16 * 3);
  assert.is(plan.last, plan.layers[1]);
});

test('only planModel makes a plan: the compiler takes nothing else for one', () => {
  const config = model(dense(3));
  const plan = planModel(config);
  // @ts-expect-error a description
  assert.throws(() => initialWeights(config, 1));
  // @ts-expect-error what looks like a plan
  initialWeights({ ...plan, layers: plan.layers, inputShape: [13], outputShape: [3] }, 1);
});

test('initial weights come layer by layer, kernels random and biases zero', () => {
  const weights = initialWeights(planModel(model(dense(16), dense(3))), 7);
  assert.equal(
    weights.map((array) => array.length),
    [208, 16, 48, 3],
  );
  assert.ok(weights[1].every((b) => b === 0) && weights[3].every((b) => b === 0));
  assert.ok(weights[0].every((w) => w !== 0 && Math.abs(w) <= Math.sqrt(6 / 29)));
  assert.equal(initialWeights(planModel(model(dense(16), dense(3))), 7), weights);
  assert.not.equal(initialWeights(planModel(model(dense(16), dense(3))), 8)[0], weights[0]);
});

test("a layer's initial weights do not depend on the sizes of the layers before it", () => {
  const [, , , , third] = initialWeights(planModel(model(dense(16), dense(5), dense(3))), 7);
  const [, , , , same] = initialWeights(planModel(model(dense(8), dense(5), dense(3))), 7);
  assert.equal(third, same);
});

test('two layers of one shape start with different weights', () => {
  const [first, , second] = initialWeights(planModel({ layers: [dense(4), dense(4)], inputShape: [4] }), 7);
  assert.not.equal(first, second);
});

test('a convolution has a kernel [height, width, channels, filters], within the limits of its fans', () => {
  const config: ModelConfig = {
    inputShape: [9, 8, 3],
    layers: [conv2d({ filters: 4, kernelSize: [5, 2], strides: [2, 1], padding: 'same' })],
  };
  const [plan] = planModel(config).layers;
  assert.equal(plan.outputShape, [5, 8, 4]);
  assert.equal(
    plan.weights.map(({ name, shape, trainable }) => [name, shape, trainable]),
    [
      ['kernel', [5, 2, 3, 4], true],
      ['bias', [4], true],
    ],
  );
  const [kernel, bias] = initialWeights(planModel(config), 1);
  const limit = Math.sqrt(6 / (10 * 3 + 10 * 4));
  assert.is(kernel.length, 120);
  const largest = Math.max(...kernel.map(Math.abs));
  assert.ok(largest <= limit && largest > 0.9 * limit);
  assert.equal(bias, new Float32Array(4));
});

test('batch normalization keeps statistics that are not trained', () => {
  const weights = (options: object, inputShape = [7, 7, 2]) =>
    planModel({ inputShape, layers: [batchNormalization(options)] }).weights;
  assert.equal(
    weights({}).map(({ name, shape, trainable }) => [name, shape, trainable]),
    [
      ['gamma', [2], true],
      ['beta', [2], true],
      ['movingMean', [2], false],
      ['movingVariance', [2], false],
    ],
  );
  assert.equal(
    weights({ center: false, scale: false }, [5]).map(({ name, shape }) => [name, shape]),
    [
      ['movingMean', [5]],
      ['movingVariance', [5]],
    ],
  );
  const config: ModelConfig = { inputShape: [2], layers: [batchNormalization()] };
  assert.equal(
    initialWeights(planModel(config), 1).map((array) => [...array]),
    [
      [1, 1],
      [0, 0],
      [0, 0],
      [1, 1],
    ],
  );
});

test('pooling, flattening, activations and dropout have no weights', () => {
  const { layers } = planModel({
    inputShape: [6, 6, 2],
    layers: [
      maxPooling2d(),
      averagePooling2d({ poolSize: 2, strides: 1 }),
      dropout({ rate: 0.5 }),
      activation({ activation: 'leakyRelu' }),
      flatten(),
    ],
  });
  assert.equal(
    layers.map(({ index, outputShape, weights }) => [index, outputShape, weights.length]),
    [
      [0, [3, 3, 2], 0],
      [1, [2, 2, 2], 0],
      [2, [2, 2, 2], 0],
      [3, [2, 2, 2], 0],
      [4, [8], 0],
    ],
  );
  const pooled = planModel({ inputShape: [6, 6, 2], layers: [globalAveragePooling2d()] });
  assert.equal(pooled.outputShape, [2]);
});

test('a description survives JSON', () => {
  const config = model(dense(16, { activation: { polynomial: [0.5, 0.25] } }), dense(3));
  assert.equal(
    initialWeights(planModel(JSON.parse(JSON.stringify(config))), 1),
    initialWeights(planModel(config), 1),
  );
});

test('a description that makes no sense is refused, and the layer is named', () => {
  const refused = (config: unknown, kind: typeof RangeError | typeof TypeError, text: string) => {
    try {
      planModel(config as ModelConfig);
    } catch (error) {
      assert.instance(error, kind);
      assert.match((error as Error).message, text);
      return;
    }
    assert.unreachable(text);
  };
  refused(undefined, TypeError, 'expected a plain object { layers, inputShape }, got undefined');
  refused({ layers: [], inputShape: [13] }, RangeError, 'no layers');
  refused({ layers: [dense(3)] }, TypeError, 'inputShape must be an array, got undefined');
  refused({ layers: [dense(3)], inputShape: [0] }, RangeError, 'positive integers');
  refused(
    model({ ...dense(3), type: 'toString' } as never),
    RangeError,
    'layer 0 (toString): unknown kind; known are dense',
  );
  refused(model(dense(3), dense(0)), RangeError, 'layer 1 (dense): units must be a positive integer');
  refused(model(dense(3, { useBias: 1 })), TypeError, 'useBias must be true or false');
  refused(model(dense(3, { activation: 'gelu' })), RangeError, 'unknown activation "gelu"');
  refused(model(dense(3, { activation: {} })), TypeError, 'an activation is a name, { polynomial');
  refused(model(dense(3, { activation: { polynomial: [] } })), RangeError, 'at least one');
  refused(model(dense(3, { activation: { polynomial: [1, null] } })), RangeError, 'finite numbers');
  refused(
    model(dense(16), dense(3, { inputShape: [15] })),
    RangeError,
    'inputShape is [15], but its inputs are [16]',
  );
  const refusedLayer = (layer: object, kind: typeof RangeError | typeof TypeError, text: string) =>
    refused({ layers: [layer], inputShape: [4, 4, 2] }, kind, text);
  const convolution = conv2d({ filters: 2, kernelSize: 3 });
  refusedLayer({ ...convolution, filters: 0.5 }, RangeError, 'layer 0 (conv2d): filters must be a positive');
  refusedLayer({ ...convolution, kernelSize: 3 }, TypeError, 'kernelSize must be [height, width]');
  refusedLayer({ ...convolution, strides: [1, 0] }, RangeError, 'strides must hold positive integers');
  refusedLayer({ ...convolution, padding: 'full' }, RangeError, 'unknown padding "full"; known are valid');
  refusedLayer({ ...convolution, padding: undefined }, TypeError, "padding must be 'valid' or 'same'");
  refusedLayer({ ...convolution, kernelSize: [5, 3] }, RangeError, 'windows of [5,3] do not fit');
  refusedLayer(maxPooling2d({ poolSize: 5 }), RangeError, 'windows of [5,5] do not fit inputs of [4,4,2]');
  refusedLayer(dropout({ rate: 1 }), RangeError, 'rate must be 0 or more and below 1');
  refusedLayer(dropout({ rate: '0.5' as never }), TypeError, 'rate must be a number');
  refusedLayer(batchNormalization({ epsilon: 0 }), RangeError, 'epsilon must be positive');
  refusedLayer(batchNormalization({ momentum: 1 }), RangeError, 'momentum must be 0 or more and below 1');
  refusedLayer(batchNormalization({ center: 1 as never }), TypeError, 'center must be true or false');
  const slope = (leakyRelu: unknown) => activation({ activation: { leakyRelu } as never });
  refusedLayer(slope(1.5), RangeError, 'the slope of a leaky ReLU must lie in 0..1');
  refusedLayer(slope('0.1'), TypeError, 'the slope of a leaky ReLU must be a number');
  refusedLayer(activation({ activation: 'softmax' }), RangeError, 'at the end of a model only, on outputs');
  refused(model(dense(3, { activation: 'softmax' }), dense(3)), RangeError, 'softmax stands at the end');
  refused(model(globalAveragePooling2d() as never), RangeError, 'of shape [height,width,channels], got [13]');
  refused(
    { layers: [dense(3)], inputShape: [28, 28] },
    RangeError,
    'expected inputs of shape [n], got [28,28]',
  );
});

test('weights of another model are refused', () => {
  const config = model(dense(16), dense(3));
  const weights = initialWeights(planModel(config), 1);
  checkWeights(planModel(config), weights);
  assert.throws(() => checkWeights(planModel(config), weights.slice(1)), /expected 4 weight arrays, got 3/);
  assert.throws(
    () => checkWeights(planModel(config), [weights[0], weights[1], new Float32Array(47), weights[3]]),
    /layer 1: expected kernel \[16,3\], got 47 numbers/,
  );
});

test.run();
