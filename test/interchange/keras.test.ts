/** Keras' descriptions, of 2 and of 3, some of which TensorFlow.js cannot load. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLayersModel, toLayersModel } from '../../src/interchange/index.js';
import {
  chain,
  converted,
  keras3,
  keras3Layers,
  names,
  ours,
  refusalOf,
  weights,
} from '../world/keras-model.js';
import { plainTfjs } from '../world/tfjs.js';

const renamings: Record<string, (name: string) => string> = {
  'as they are': (name) => name,
  'behind the name of the model': (name) => `sequential/${name}`,
  'with suffixes': (name) => `${name}_1:0`,
  'twice below their layer': (name) => `model/${name.replace(/^[^/]*/, '$&/$&')}`,
  'in a scope below their layer': (name) => name.replace('/', '/scope/'),
  'under other names of layers': (name) => name.replace(/^[^/]*/, '$&_1_2'),
  'under numbers': (name) =>
    `layers/${names.findIndex((other) => other.startsWith(name.replace(/[^/]*$/, '')))}/${name.replace(/.*\//, '')}`,
};

for (const [what, rename] of Object.entries(renamings)) {
  test(`Keras 3's spellings are read; weights ${what}`, async () => {
    const read = await fromLayersModel(converted(chain(), rename));
    assert.equal(read, { layers: ours, weights });
  });
}

test('TensorFlow.js itself does not load this, and loads what we make of it', async () => {
  const tf = await plainTfjs();
  const failed = await tf
    .loadLayersModel(tf.io.fromMemory(converted(chain())))
    .catch((error: Error) => error.message);
  assert.match(
    String(failed),
    /An InputLayer should be passed either a `batchInputShape` or an `inputShape`/,
  );
  const { layers, weights: read } = await fromLayersModel(converted(chain()));
  const model = await tf.loadLayersModel(tf.io.fromMemory(toLayersModel(layers, read)));
  assert.is(model.getWeights().length, 8);
});

test("Keras 3's functional models are read where they are a chain", async () => {
  const history = (name: string) =>
    keras3('', '__keras_tensor__', { shape: [null], dtype: 'float32', keras_history: [name, 0, 0] });
  const layers = keras3Layers.map((layer, i) => ({
    ...layer,
    name: layer.config.name,
    inbound_nodes:
      i === 0 ? [] : [{ args: [history(keras3Layers[i - 1].config.name)], kwargs: { mask: null } }],
  }));
  const config = {
    name: 'functional',
    layers,
    input_layers: [['input_layer', 0, 0]],
    output_layers: [['dense', 0, 0]],
  };
  assert.equal(await fromLayersModel(converted(config, undefined, 'Functional')), { layers: ours, weights });
  const single = { ...config, input_layers: ['input_layer', 0, 0], output_layers: ['dense', 0, 0] };
  assert.equal(await fromLayersModel(converted(single, undefined, 'Functional')), { layers: ours, weights });
});

test('layers that could be taken for each other are refused where no name tells them apart', async () => {
  const layer = (name: string, more = {}) => ({
    class_name: 'Dense',
    config: { name, units: 2, use_bias: false, ...more },
  });
  const topology = {
    class_name: 'Sequential',
    config: { layers: [layer('a', { batch_input_shape: [null, 2] }), layer('b')] },
  };
  const source = (first: string, second: string) => ({
    modelTopology: topology,
    weightSpecs: [first, second].map((name) => ({ name: `${name}/kernel`, shape: [2, 2], dtype: 'float32' })),
    weightData: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer,
  });
  assert.equal((await fromLayersModel(source('b', 'a'))).weights[0], Float32Array.of(5, 6, 7, 8));
  assert.equal((await fromLayersModel(source('b', 'x'))).weights[0], Float32Array.of(5, 6, 7, 8));
  assert.match(
    await refusalOf(source('x', 'y')),
    /\(Dense "a"\): no weights are there by its name, and none that are surely its/,
  );
});

test.run();
