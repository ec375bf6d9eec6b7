/** What is refused of Keras' layers and their options, by name. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLayersModel } from '../../src/interchange/index.js';
import {
  type Anything,
  chain,
  converted,
  keras3,
  keras3Layers,
  ours,
  refusalOf,
  weights,
} from '../world/keras-model.js';

/** One layer after an input, with weights of a dense layer. */
const single = (layer: string, config: Anything, shape: Anything = [null, 4, 4, 2], more = {}): Anything => ({
  modelTopology: {
    class_name: 'Sequential',
    config: {
      layers: [{ class_name: layer, config: { name: 'it', batch_input_shape: shape, ...config }, ...more }],
    },
  },
  weightSpecs: [],
  weightData: new ArrayBuffer(0),
});

const conv = { filters: 2, kernel_size: 2, use_bias: false };
const options: [string, string, Anything, RegExp, Anything?][] = [
  ['another layer', 'LSTM', { units: 2 }, /no such layer on shares; known are Dense, Conv2D, /],
  ['a depthwise convolution', 'DepthwiseConv2D', conv, /no such layer on shares/],
  ['a model in a model', 'Sequential', { layers: [] }, /no such layer on shares/],
  ['an inherited name', 'constructor', {}, /no such layer on shares/],
  [
    'an activation',
    'Activation',
    { activation: 'gelu' },
    /activation "gelu" is not there on shares; known are linear, relu/,
  ],
  ['an inherited activation', 'Activation', { activation: 'toString' }, /activation "toString" is not there/],
  [
    'an activation object',
    'Activation',
    { activation: keras3('activations', 'function', 'silu') },
    /activation "silu" is not there/,
  ],
  ['a bounded relu', 'ReLU', { max_value: 6 }, /max_value 6 has no counterpart on shares/],
  ['a relu with a threshold', 'ReLU', { threshold: 0.5 }, /threshold 0.5 has no counterpart/],
  ['a softmax along another axis', 'Softmax', { axis: 2 }, /axis 2 has no counterpart/],
  [
    'channels first',
    'Conv2D',
    { ...conv, data_format: 'channels_first' },
    /data_format "channels_first" has no counterpart/,
  ],
  [
    'channels first in pooling',
    'MaxPooling2D',
    { data_format: 'channels_first' },
    /data_format "channels_first" has no/,
  ],
  [
    'channels first in flatten',
    'Flatten',
    { data_format: 'channels_first' },
    /data_format "channels_first" has no/,
  ],
  ['a dilation', 'Conv2D', { ...conv, dilation_rate: [2, 2] }, /dilation_rate \[2,2\] has no counterpart/],
  ['groups', 'Conv2D', { ...conv, groups: 2 }, /groups 2 has no counterpart/],
  ['padding', 'Conv2D', { ...conv, padding: 'causal' }, /unknown padding "causal"/],
  ['a dense layer over images', 'Dense', { units: 3 }, /expected inputs of shape \[n\], got \[4,4,2\]/],
  ['another axis', 'BatchNormalization', { axis: 1 }, /axis 1: only the last axis, -1, is normalised/],
  [
    'half precision',
    'Flatten',
    { dtype: keras3('', 'DTypePolicy', { name: 'mixed_float16' }) },
    /dtype "mixed_float16": only float32/,
  ],
  ['doubles', 'Flatten', { dtype: 'float64' }, /dtype "float64": only float32/],
  ['an unknown option', 'Dropout', { rate: 0.5, renewed: 3 }, /renewed 3 has no counterpart on shares$/],
  ['kept dimensions', 'GlobalAveragePooling2D', { keepdims: true }, /keepdims true has no counterpart/],
  ['a rate that is no number', 'Dropout', { rate: 'x' }, /rate must be a number, got a string/],
  ['a rate of 1', 'Dropout', { rate: 1 }, /rate must be 0 or more and below 1/],
  ['no units', 'Dense', {}, /units must be a number, got undefined/, [null, 3]],
  ['a size of three', 'Conv2D', { ...conv, kernel_size: [1, 2, 3] }, /kernel_size has 3 entries/],
  ['a softmax in the middle', 'Softmax', {}, /softmax stands at the end of a model only/],
  ['an unknown length', 'Flatten', {}, /lengths must be known/, [null, null, 4]],
  ['no shape', 'Flatten', {}, /neither batch_input_shape nor batch_shape says/, null],
];

for (const [what, layer, config, expected, shape] of options) {
  test(`refused by name: ${what}`, async () => {
    const message = await refusalOf(single(layer, config, shape));
    assert.match(message, expected);
    assert.match(message, /^fromLayersModel: layer 0 \(/);
  });
}

const trainingOnly: [string, Anything][] = [
  ['kernel_regularizer', { class_name: 'L2', config: { l2: 0.01 } }],
  ['activity_regularizer', { class_name: 'L1', config: {} }],
  ['bias_constraint', { class_name: 'NonNeg', config: {} }],
  ['trainable', false],
];
for (const [key, value] of trainingOnly) {
  test(`refused by name unless the model only predicts: ${key}`, async () => {
    const source = () => {
      const model = converted(chain(structuredClone(keras3Layers)));
      model.modelTopology.model_config.config.layers[6].config[key] = value;
      return model;
    };
    assert.match(
      await refusalOf(source()),
      new RegExp(
        `layer 6 \\(Dense "dense"\\): ${key} .*has no counterpart on shares; with { training: false } it is left out`,
      ),
    );
    assert.equal(await fromLayersModel(source(), { training: false }), { layers: ours, weights });
  });
}

test('a class of its own is refused, whatever it is called', async () => {
  const message = await refusalOf(
    single('Dense', { units: 2 }, [null, 3], { registered_name: 'Mine>Dense' }),
  );
  assert.match(message, /layer 0 \(Dense "it"\): "Mine>Dense" is a class of its own/);
});

test.run();
