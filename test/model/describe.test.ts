import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type LayerConfig, layerKinds } from '../../src/model/config.js';
import * as describe from '../../src/model/describe.js';
import { type OptimizerConfig, type OptimizerOf, optimizerKinds } from '../../src/model/optimizers.js';
import { planModel } from '../../src/model/plan.js';

const {
  activation,
  adam,
  averagePooling2d,
  batchNormalization,
  constantRate,
  conv2d,
  cosineDecay,
  dense,
  dropout,
  exponentialDecay,
  flatten,
  globalAveragePooling2d,
  leakyRelu,
  maxPooling2d,
  momentum,
  polynomialActivation,
  sgd,
  stepDecay,
} = describe;

/** Every kind has a builder of its name: the compiler asks for it here. */
const builders: {
  [Type in LayerConfig['type']]: (options: never) => Extract<LayerConfig, { type: Type }>;
} & { [Type in OptimizerConfig['type']]: (options: never) => OptimizerOf<Type> } = describe;

test('every kind of layer and of optimizer has a builder of its name', () => {
  for (const type of [...Object.keys(layerKinds), ...Object.keys(optimizerKinds)]) {
    assert.type(builders[type as keyof typeof builders], 'function', type);
  }
});

test('layers fill in the defaults of TensorFlow.js', () => {
  assert.equal(dense({ units: 3 }), { type: 'dense', units: 3, activation: 'linear', useBias: true });
  assert.equal(conv2d({ filters: 4, kernelSize: 5 }), {
    type: 'conv2d',
    filters: 4,
    kernelSize: [5, 5],
    strides: [1, 1],
    padding: 'valid',
    activation: 'linear',
    useBias: true,
  });
  assert.equal(averagePooling2d(), {
    type: 'averagePooling2d',
    poolSize: [2, 2],
    strides: [2, 2],
    padding: 'valid',
  });
  assert.equal(maxPooling2d({ poolSize: [3, 2], padding: 'same' }), {
    type: 'maxPooling2d',
    poolSize: [3, 2],
    strides: [3, 2],
    padding: 'same',
  });
  assert.equal(batchNormalization(), {
    type: 'batchNormalization',
    momentum: 0.99,
    epsilon: 0.001,
    center: true,
    scale: true,
  });
  assert.equal(flatten(), { type: 'flatten' });
  assert.equal(globalAveragePooling2d(), { type: 'globalAveragePooling2d' });
  assert.equal(activation({ activation: leakyRelu(0.1) }), {
    type: 'activation',
    activation: { leakyRelu: 0.1 },
  });
  assert.equal(dropout({ rate: 0.25 }), { type: 'dropout', rate: 0.25 });
});

test('every layer takes an inputShape', () => {
  const inputShape = [4, 4, 1];
  for (const layer of [
    dense({ units: 3, inputShape }),
    conv2d({ filters: 4, kernelSize: 2, inputShape }),
    averagePooling2d({ inputShape }),
    maxPooling2d({ inputShape }),
    globalAveragePooling2d({ inputShape }),
    flatten({ inputShape }),
    activation({ activation: 'relu', inputShape }),
    dropout({ rate: 0.5, inputShape }),
    batchNormalization({ inputShape }),
  ]) {
    assert.equal(layer.inputShape, inputShape, layer.type);
  }
});

test('an unknown option is a TypeError that names builder and option', () => {
  const builders = { ...describe } as unknown as Record<string, (options: object) => unknown>;
  const options: Record<string, object> = {
    dense: { units: 3 },
    conv2d: { filters: 4, kernelSize: 2 },
    averagePooling2d: {},
    maxPooling2d: {},
    globalAveragePooling2d: {},
    flatten: {},
    activation: { activation: 'relu' },
    dropout: { rate: 0.5 },
    batchNormalization: {},
    sgd: { learningRate: 0.5 },
    momentum: { learningRate: 0.5 },
    adam: {},
    constantRate: { rate: 0.5 },
    exponentialDecay: { rate: 0.5, decayRate: 0.5, decaySteps: 10 },
    stepDecay: { rate: 0.5 },
    cosineDecay: { rate: 0.5, decaySteps: 10 },
  };
  const others = ['polynomialActivation', 'leakyRelu'];
  assert.equal(
    Object.keys(builders)
      .filter((name) => !others.includes(name))
      .sort(),
    Object.keys(options).sort(),
  );
  for (const [name, known] of Object.entries(options)) {
    builders[name](known);
    try {
      builders[name]({ ...known, unit: 1 });
      assert.unreachable(name);
    } catch (error) {
      assert.instance(error, TypeError);
      assert.match((error as Error).message, `${name}: unknown option "unit" (known: `);
      assert.match((error as Error).message, Object.keys(known)[0] ?? '');
    }
  }
});

test('optimizers fill in the defaults of TensorFlow.js, and adam clips', () => {
  assert.equal(sgd({ learningRate: 0.5 }), { type: 'sgd', learningRate: 0.5 });
  assert.equal(momentum({ learningRate: 0.5, weightDecay: 0.01, clipValue: 1 }), {
    type: 'momentum',
    momentum: 0.9,
    nesterov: false,
    learningRate: 0.5,
    weightDecay: 0.01,
    clipValue: 1,
  });
  const defaults = { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, learningRate: 0.001 };
  assert.equal(adam(), { ...defaults, clipValue: 1 });
  assert.equal(adam({ clipValue: Math.SQRT2 }), { ...defaults, clipValue: Math.SQRT2 });
});

test('schedules are plain descriptions', () => {
  assert.equal(constantRate({ rate: 0.5 }), { type: 'constant', rate: 0.5 });
  assert.equal(exponentialDecay({ rate: 0.5, decayRate: 0.9, decaySteps: 10 }), {
    type: 'exponentialDecay',
    rate: 0.5,
    decayRate: 0.9,
    decaySteps: 10,
    staircase: false,
  });
  assert.equal(stepDecay({ rate: 0.5 }), { type: 'step', rate: 0.5, factor: 0.5, every: 1 });
  assert.equal(cosineDecay({ rate: 0.5, decaySteps: 10 }), {
    type: 'cosine',
    rate: 0.5,
    final: 0,
    decaySteps: 10,
  });
});

test('builders name themselves when a value is refused', () => {
  assert.throws(() => sgd({ learningRate: 0 }), /^sgd: learningRate must be positive and below 1024$/);
  assert.throws(() => sgd({ learningRate: '1' as never }), /^sgd: learningRate must be a number or a sched/);
  assert.throws(() => momentum({ learningRate: 1, momentum: 1 }), /^momentum: momentum must be 0 or more/);
  assert.throws(() => adam({ beta2: -1 }), /^adam: beta2 must be 0 or more and below 1$/);
  assert.throws(() => adam({ clipValue: 1.5 }), /^adam: clipValue must be at most √2 .* leave the ring$/);
  assert.throws(() => stepDecay({ rate: 1, every: 0 }), /^stepDecay: every must be a positive integer$/);
});

test('what builders make is a model', () => {
  const { layers } = planModel({
    inputShape: [28, 28, 1],
    layers: [
      conv2d({ filters: 6, kernelSize: 5, padding: 'same', activation: 'relu' }),
      averagePooling2d(),
      conv2d({ filters: 16, kernelSize: 5, activation: polynomialActivation([0, 1, 0.5]) }),
      maxPooling2d(),
      flatten(),
      dropout({ rate: 0.1 }),
      dense({ units: 84 }),
      batchNormalization(),
      activation({ activation: 'relu' }),
      dense({ units: 10, activation: 'softmax' }),
    ],
  });
  assert.equal(
    layers.map(({ outputShape }) => outputShape.join('×')),
    ['28×28×6', '14×14×6', '10×10×16', '5×5×16', '400', '400', '84', '84', '84', '10'],
  );
});

test.run();
