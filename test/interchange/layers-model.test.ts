/**
 * TensorFlow.js' models in and out: what the library has made is read and predicts alike here, and what is written predicts
 * alike there, for every kind of layer.
 */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PlainModel } from '../../src/baseline/model.js';
import { fromLayersModel, saveLayersModel, toLayersModel } from '../../src/interchange/index.js';
import type { LayerConfig } from '../../src/model/config.js';
import {
  activation,
  averagePooling2d,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePooling2d,
  leakyRelu,
  maxPooling2d,
} from '../../src/model/describe.js';
import { planModel } from '../../src/model/plan.js';
import { sequential } from '../../src/session/sequential.js';
import { sizeOf } from '../../src/shape.js';
import { uniform } from '../baseline/gradient-check.js';
import { artifactsOf, type LayersModel, plainTfjs, predictionsOf, type Tfjs } from '../world/tfjs.js';

const ROWS = 5;
let tf: Tfjs;
test.before(async () => {
  tf = await plainTfjs();
});

/** Numbers for all weights, none like another; variances are positive. */
const numbersFor = (layers: LayerConfig[], inputShape: number[]): Float32Array[] =>
  planModel({ layers, inputShape })
    .layers.flatMap(({ weights }) => weights)
    .map(({ name, shape }, i) => {
      const numbers = uniform(sizeOf(shape), 40 + i);
      return name === 'movingVariance' ? numbers.map((value) => 0.5 + value ** 2) : numbers;
    });

function predictHere(layers: LayerConfig[], weights: Float32Array[], x: Float32Array): Float32Array {
  const inputShape = layers[0].inputShape as number[];
  return new PlainModel(planModel({ layers, inputShape }), weights, ROWS).predict(x, ROWS).slice();
}

function assertClose(a: Float32Array, b: Float32Array, where: string): void {
  assert.is(a.length, b.length, where);
  const apart = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
  assert.ok(apart < 2e-6, `${where}: ${apart} apart`);
  assert.ok(new Set(a).size > 3, `${where}: the predictions differ`);
}

const IMAGE = [7, 6, 2];
const VECTOR = [9];

/** Every kind of layer and option, each in a model that ends with a few numbers. */
const cases: Record<string, LayerConfig[]> = {
  dense: [dense({ units: 4, inputShape: VECTOR })],
  'dense without bias': [
    dense({ units: 4, useBias: false, activation: 'relu', inputShape: VECTOR }),
    dense({ units: 3 }),
  ],
  softmax: [dense({ units: 5, activation: 'softmax', inputShape: VECTOR })],
  sigmoid: [dense({ units: 5, activation: 'sigmoid', inputShape: VECTOR })],
  tanh: [dense({ units: 5, activation: 'tanh', inputShape: VECTOR })],
  'leaky relu': [
    dense({ units: 5, activation: leakyRelu(0.1), inputShape: VECTOR }),
    dense({ units: 3, activation: 'leakyRelu' }),
  ],
  'a convolution': [
    conv2d({ filters: 3, kernelSize: [3, 2], inputShape: IMAGE }),
    flatten(),
    dense({ units: 2 }),
  ],
  'a convolution with leaky relu first': [
    conv2d({ filters: 2, kernelSize: 3, activation: 'leakyRelu', inputShape: IMAGE }),
    flatten(),
  ],
  'a padded convolution with strides, no bias': [
    conv2d({
      filters: 3,
      kernelSize: 3,
      strides: [2, 1],
      padding: 'same',
      useBias: false,
      activation: 'tanh',
      inputShape: IMAGE,
    }),
    flatten(),
    dense({ units: 3 }),
  ],
  'max pooling': [
    maxPooling2d({ poolSize: [3, 2], strides: 2, inputShape: IMAGE }),
    flatten(),
    dense({ units: 3 }),
  ],
  'padded max pooling': [maxPooling2d({ poolSize: 3, padding: 'same', inputShape: IMAGE }), flatten()],
  'average pooling': [averagePooling2d({ strides: [1, 2], inputShape: IMAGE }), flatten()],
  'padded average pooling': [
    averagePooling2d({ poolSize: [2, 4], padding: 'same', inputShape: IMAGE }),
    flatten(),
  ],
  'global average pooling': [globalAveragePooling2d({ inputShape: IMAGE }), dense({ units: 4 })],
  'flatten of images and of vectors': [flatten({ inputShape: IMAGE }), flatten(), dense({ units: 4 })],
  'flatten of vectors first': [flatten({ inputShape: VECTOR }), dense({ units: 4 })],
  'activations as layers': [
    activation({ activation: 'relu', inputShape: IMAGE }),
    activation({ activation: leakyRelu(0.25) }),
    flatten(),
    dense({ units: 4 }),
    activation({ activation: 'sigmoid' }),
    activation({ activation: 'softmax' }),
  ],
  dropout: [dropout({ rate: 0.5, inputShape: VECTOR }), dense({ units: 4 })],
  'batch normalization of vectors': [
    batchNormalization({ epsilon: 0.01, momentum: 0.9, inputShape: VECTOR }),
  ],
  'batch normalization of images': [
    conv2d({ filters: 3, kernelSize: 2, inputShape: IMAGE }),
    batchNormalization(),
    flatten(),
    dense({ units: 3 }),
    batchNormalization({ center: false }),
    batchNormalization({ scale: false }),
    batchNormalization({ center: false, scale: false }),
  ],
};

for (const [name, layers] of Object.entries(cases)) {
  test(`${name}: written, it predicts alike in TensorFlow.js; saved there, it is read again and predicts alike`, async () => {
    const inputShape = layers[0].inputShape as number[];
    const weights = numbersFor(layers, inputShape);
    const x = uniform(ROWS * sizeOf(inputShape), 3);
    const expected = predictHere(layers, weights, x);

    const model = await tf.loadLayersModel(tf.io.fromMemory(toLayersModel(layers, weights)));
    assertClose(await predictionsOf(tf, model, x, [ROWS, ...inputShape]), expected, 'there');

    const read = await fromLayersModel(model);
    assertClose(predictHere(read.layers, read.weights, x), expected, 'read again');
    assert.equal(
      read.weights.map((array) => [...array]),
      weights.map((array) => [...array]),
    );
    const own = await fromLayersModel(toLayersModel(layers, weights));
    assert.equal(own, read, 'our own format is read as theirs');
    model.dispose();
  });
}

/** A model as a user of TensorFlow.js makes it, with weights that are not those it began with. */
function made(): LayersModel {
  const model = tf.sequential();
  for (const layer of [
    tf.layers.conv2d({
      filters: 4,
      kernelSize: 3,
      activation: 'relu',
      padding: 'same',
      inputShape: IMAGE,
      name: 'first',
    }),
    tf.layers.batchNormalization(),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.reLU(),
    tf.layers.leakyReLU({ alpha: 0.2 }),
    tf.layers.flatten(),
    tf.layers.dropout({ rate: 0.3 }),
    tf.layers.dense({ units: 6, activation: 'tanh', name: 'second' }),
    tf.layers.dense({ units: 3 }),
    tf.layers.softmax(),
  ]) {
    model.add(layer);
  }
  const arrays = model
    .getWeights()
    .map(({ shape }, i) => ({ shape, numbers: uniform(sizeOf(shape), i + 1) }));
  const variance = arrays.length - 1; // what is not trained comes last
  model.setWeights(
    arrays.map(({ shape, numbers }, i) =>
      tf.tensor(
        numbers.map((w) => (i === variance ? 1 + w : w / 2)),
        shape,
      ),
    ),
  );
  return model;
}

test('a model that TensorFlow.js has made is read: from itself, its artifacts, the text of its model.json', async () => {
  const model = made();
  const x = uniform(ROWS * sizeOf(IMAGE), 3);
  const expected = await predictionsOf(tf, model, x, [ROWS, ...IMAGE]);
  const { weightData, weightSpecs, ...described } = await artifactsOf(model);
  const json = { ...described, weightsManifest: [{ paths: ['a', 'b'], weights: weightSpecs }] };
  const bytes = new Uint8Array(weightData as ArrayBuffer);
  const pieces = [bytes.slice(0, 100), bytes.slice(100).buffer];
  const sources: [string, Promise<Awaited<ReturnType<typeof fromLayersModel>>>][] = [
    ['the model', fromLayersModel(model)],
    ['artifacts', fromLayersModel({ ...described, weightData, weightSpecs })],
    ['text', fromLayersModel(` ${JSON.stringify(json)}`, { weights: bytes })],
    ['an object', fromLayersModel(json, { weights: pieces })],
  ];
  for (const [where, source] of sources) {
    const { layers, weights } = await source;
    assertClose(predictHere(layers, weights, x), expected, where);
    sequential(layers).setWeights(weights);
  }
});

test('a functional model that is a chain is read, whatever the order of its list; an optimizer beside it is left out', async () => {
  const input = tf.input({ shape: IMAGE });
  const inner = tf.layers.flatten().apply(tf.layers.conv2d({ filters: 2, kernelSize: 2 }).apply(input));
  const model = tf.model({
    inputs: input,
    outputs: tf.layers.dense({ units: 4, activation: 'relu' }).apply(inner),
  });
  const x = uniform(ROWS * sizeOf(IMAGE), 3);
  const { layers, weights } = await fromLayersModel(model);
  assertClose(predictHere(layers, weights, x), await predictionsOf(tf, model, x, [ROWS, ...IMAGE]), 'chain');
  // biome-ignore lint/suspicious/noExplicitAny: a description of another library
  const artifacts: any = structuredClone(await artifactsOf(model));
  artifacts.modelTopology.config.layers.reverse();
  const bytes = [artifacts.weightData, new Uint8Array(8)];
  const state = [{ name: 'iter', shape: [], dtype: 'int32', group: 'optimizer' }];
  const more = [{ name: 'm', shape: [1], dtype: 'float32', group: 'optimizer' }];
  const again = await fromLayersModel({
    ...artifacts,
    weightSpecs: [...artifacts.weightSpecs, ...state, ...more],
    weightData: bytes,
  });
  assert.equal(again, { layers, weights });
});

test('plain TensorFlow.js loads the files that are written, over HTTP, and they are read again from their path', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'layers-model-'));
  const server = createServer(async (request, response) => {
    response.end(await readFile(join(dir, String(request.url))));
  });
  try {
    const layers = cases['batch normalization of images'];
    const weights = numbersFor(layers, IMAGE);
    await saveLayersModel(dir, sequential(layers), weights);
    for (const file of ['model.json', 'weights.bin'])
      assert.is((await stat(join(dir, file))).mode & 0o777, 0o600);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const model = await tf.loadLayersModel(`http://127.0.0.1:${port}/model.json`);
    const x = uniform(ROWS * sizeOf(IMAGE), 3);
    const expected = predictHere(layers, weights, x);
    assertClose(await predictionsOf(tf, model, x, [ROWS, ...IMAGE]), expected, 'there');
    const path = join(dir, 'model.json');
    for (const source of [path, `file://${path}`, new URL(`file://${path}`)]) {
      const read = await fromLayersModel(source);
      assertClose(predictHere(read.layers, read.weights, x), expected, 'read again');
    }
    // weights in pieces, as TensorFlow.js cuts large files
    const bytes = await readFile(join(dir, 'weights.bin'));
    const json = JSON.parse(await readFile(path, 'utf8'));
    json.weightsManifest[0].paths = ['group1-shard1of2.bin', 'group 1 #2.bin'];
    await writeFile(path, JSON.stringify(json));
    await writeFile(join(dir, 'group1-shard1of2.bin'), bytes.subarray(0, 33));
    await writeFile(join(dir, 'group 1 #2.bin'), bytes.subarray(33));
    assert.equal((await fromLayersModel(path)).weights, weights);
  } finally {
    server.close();
    await rm(dir, { recursive: true });
  }
});

for (const dtype of ['uint8', 'uint16', 'float16']) {
  test(`weights quantized as ${dtype} are decoded as TensorFlow.js decodes them`, async () => {
    const layers = cases.dense;
    const artifacts = toLayersModel(layers, numbersFor(layers, VECTOR));
    const quantization = { dtype, ...(dtype === 'float16' ? {} : { scale: 0.013, min: -1.7 }) };
    const weightSpecs = artifacts.weightSpecs.map((spec) => ({ ...spec, quantization }));
    const words = Uint8Array.from({ length: 40 * (dtype === 'uint8' ? 1 : 2) }, (_, i) => (i * 29 + 7) % 120);
    const quantized = { ...artifacts, weightSpecs, weightData: words.buffer };
    const model = await tf.loadLayersModel(tf.io.fromMemory(quantized));
    const expected = await Promise.all(model.getWeights().map((weight) => weight.data()));
    assert.equal((await fromLayersModel(quantized)).weights, expected);
  });
}

test.run();
