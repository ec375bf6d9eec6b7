import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  checkWeights,
  type DenseConfig,
  initialWeights,
  type ModelConfig,
  planModel,
} from '../../src/nn/config.js';

const dense = (units: number, more: object = {}): DenseConfig => ({
  type: 'dense',
  units,
  activation: 'relu',
  useBias: true,
  ...more,
});
const model = (...layers: DenseConfig[]): ModelConfig => ({ layers, inputShape: [13] });

test('a plan knows the shapes of every layer and its weights', () => {
  const [first, second] = planModel(model(dense(16), dense(3, { useBias: false })));
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

test('initial weights come layer by layer, kernels random and biases zero', () => {
  const weights = initialWeights(model(dense(16), dense(3)), 7);
  assert.equal(
    weights.map((array) => array.length),
    [208, 16, 48, 3],
  );
  assert.ok(weights[1].every((b) => b === 0) && weights[3].every((b) => b === 0));
  assert.ok(weights[0].every((w) => w !== 0 && Math.abs(w) <= Math.sqrt(6 / 29)));
  assert.equal(initialWeights(model(dense(16), dense(3)), 7), weights);
  assert.not.equal(initialWeights(model(dense(16), dense(3)), 8)[0], weights[0]);
});

test("a layer's initial weights do not depend on the sizes of the layers before it", () => {
  const [, , , , third] = initialWeights(model(dense(16), dense(5), dense(3)), 7);
  const [, , , , same] = initialWeights(model(dense(8), dense(5), dense(3)), 7);
  assert.equal(third, same);
});

test('two layers of one shape start with different weights', () => {
  const [first, , second] = initialWeights({ layers: [dense(4), dense(4)], inputShape: [4] }, 7);
  assert.not.equal(first, second);
});

test('a description survives JSON', () => {
  const config = model(dense(16, { activation: { polynomial: [0.5, 0.25] } }), dense(3));
  assert.equal(initialWeights(JSON.parse(JSON.stringify(config)), 1), initialWeights(config, 1));
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
  refused(undefined, TypeError, 'layers must be an array');
  refused({ layers: [], inputShape: [13] }, RangeError, 'no layers');
  refused({ layers: [dense(3)] }, TypeError, 'inputShape must be an array');
  refused({ layers: [dense(3)], inputShape: [0] }, RangeError, 'positive integers');
  refused(
    model({ ...dense(3), type: 'toString' } as never),
    RangeError,
    'layer 0 (toString): unknown kind; known are dense',
  );
  refused(model(dense(3), dense(0)), RangeError, 'layer 1 (dense): units must be a positive integer');
  refused(model(dense(3, { useBias: 1 })), TypeError, 'useBias must be true or false');
  refused(model(dense(3, { activation: 'gelu' })), RangeError, 'unknown activation "gelu"');
  refused(model(dense(3, { activation: {} })), TypeError, 'an activation is a name or');
  refused(model(dense(3, { activation: { polynomial: [] } })), RangeError, 'at least one');
  refused(model(dense(3, { activation: { polynomial: [1, null] } })), RangeError, 'finite numbers');
  refused(
    model(dense(16), dense(3, { inputShape: [15] })),
    RangeError,
    'inputShape is [15], but its inputs are [16]',
  );
  refused(
    { layers: [dense(3)], inputShape: [28, 28] },
    RangeError,
    'expected inputs of shape [n], got [28,28]',
  );
});

test('weights of another model are refused', () => {
  const config = model(dense(16), dense(3));
  const weights = initialWeights(config, 1);
  checkWeights(config, weights);
  assert.throws(() => checkWeights(config, weights.slice(1)), /expected 4 weight arrays, got 3/);
  assert.throws(
    () => checkWeights(config, [weights[0], weights[1], new Float32Array(47), weights[3]]),
    /layer 1: expected kernel \[16,3\], got 47 numbers/,
  );
});

test.run();
